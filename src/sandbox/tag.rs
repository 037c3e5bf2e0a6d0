//! Tags, and how they are applied to contacts and companies.

use serde::Deserialize;
use serde::Serialize;

/// The id of the first tag, of the recorded size [R].
const FIRST_ID: u64 = 4_919_401;

/// A tag of the workspace.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
pub(super) struct Tag {
    pub(super) id: u64,
    pub(super) name: String,
}

/// A tag on one contact or company.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
pub(super) struct AppliedTag {
    pub(super) id: u64,
    pub(super) applied_at: i64,
}

/// Every tag of the workspace, oldest first.
#[derive(Debug, Default)]
pub(super) struct Tags {
    all: Vec<Tag>,
    last_id: u64,
}

impl Tags {
    pub(super) fn all(&self) -> impl Iterator<Item = &Tag> + Clone {
        self.all.iter()
    }

    /// Finds a tag by the text of its id.
    pub(super) fn with_id(&self, id: &str) -> Option<&Tag> {
        id.parse().ok().and_then(|id| self.get(id))
    }

    pub(super) fn get(&self, id: u64) -> Option<&Tag> {
        self.all.iter().find(|tag| tag.id == id)
    }

    /// Finds a tag by its name, whatever its case [S].
    pub(super) fn named(&self, name: &str) -> Option<&Tag> {
        let name = name.to_lowercase();
        self.all.iter().find(|tag| tag.name.to_lowercase() == name)
    }

    /// Returns the id of a new tag.
    pub(super) fn new_id(&self) -> u64 {
        FIRST_ID.max(self.last_id + 1)
    }

    /// Adds a tag, or replaces the one with the same id.
    pub(super) fn put(&mut self, tag: Tag) {
        self.last_id = self.last_id.max(tag.id);
        match self.all.iter_mut().find(|known| known.id == tag.id) {
            Some(known) => *known = tag,
            None => self.all.push(tag),
        }
    }

    pub(super) fn remove(&mut self, id: u64) {
        self.all.retain(|tag| tag.id != id);
    }
}
