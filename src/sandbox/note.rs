//! Notes about contacts.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::Serialize;

use super::contact::ContactId;

/// The id of the first note, of the size of the examples [S].
const FIRST_ID: u64 = 17_495_901;

/// A note. Its contact lists its id.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
pub(super) struct Note {
    pub(super) id: u64,
    pub(super) contact: ContactId,
    /// The admin who wrote it.
    pub(super) author: Option<u64>,
    pub(super) body: String,
    pub(super) created_at: i64,
}

/// Every note of the workspace.
#[derive(Debug, Default)]
pub(super) struct Notes(BTreeMap<u64, Note>);

impl Notes {
    pub(super) fn all(&self) -> impl Iterator<Item = &Note> + Clone {
        self.0.values()
    }

    pub(super) fn get(&self, id: u64) -> Option<&Note> {
        self.0.get(&id)
    }

    /// Returns the id of a new note.
    pub(super) fn new_id(&self) -> u64 {
        self.0.last_key_value().map_or(FIRST_ID, |(last, _)| last + 1)
    }

    pub(super) fn put(&mut self, note: Note) {
        self.0.insert(note.id, note);
    }
}
