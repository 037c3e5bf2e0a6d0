//! What hangs on a contact: companies, tags, notes, consents, and who was merged into it.
//!
//! Most contacts have none of it, so that it costs them one word of memory.

use std::ops::Deref;

use serde::Deserialize;
use serde::Serialize;

use super::company::CompanyId;
use super::contact::ContactId;
use super::contact::Role;
use super::tag::AppliedTag;

/// A contact's links; read through `Deref`, changed with `edit`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(transparent)]
pub(super) struct Links(Option<Box<Linked>>);

/// The links of a contact that has any, each list in the order in which it grew.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Linked {
    pub(super) companies: Vec<CompanyId>,
    pub(super) tags: Vec<AppliedTag>,
    /// The ids of notes.
    pub(super) notes: Vec<u64>,
    /// The ids of subscription types that the contact chose: to get those of opt-in, not to get those of opt-out [S].
    pub(super) subscriptions: Vec<u64>,
    /// Who was merged into this contact, oldest first.
    pub(super) merged: Vec<MergedIn>,
    pub(super) blocked: bool,
}

/// A contact that was merged into another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
pub(super) struct MergedIn {
    pub(super) id: ContactId,
    pub(super) role: Role,
    pub(super) merged_at: i64,
}

static NOTHING: Linked = Linked {
    companies: Vec::new(),
    tags: Vec::new(),
    notes: Vec::new(),
    subscriptions: Vec::new(),
    merged: Vec::new(),
    blocked: false,
};

impl Links {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Changes the links, and gives their memory back if none is left.
    pub(super) fn edit(&mut self, change: impl FnOnce(&mut Linked)) {
        let mut linked = self.0.take().unwrap_or_default();
        change(&mut linked);
        self.0 = Some(linked).filter(|linked| **linked != NOTHING);
    }
}

impl Deref for Links {
    type Target = Linked;

    fn deref(&self) -> &Linked {
        self.0.as_deref().unwrap_or(&NOTHING)
    }
}

impl Linked {
    /// Returns how a tag is applied to the contact, if it is.
    pub(super) fn tag(&self, id: u64) -> Option<&AppliedTag> {
        self.tags.iter().find(|applied| applied.id == id)
    }
}
