//! What hangs on a contact: companies, tags, notes, consents, and who was merged into it.
//!
//! Most contacts have none of it, so that it costs them one word of memory.

use std::ops::Deref;

use serde::Deserialize;
use serde::Serialize;

use super::company::CompanyId;
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
}

static NOTHING: Linked = Linked { companies: Vec::new(), tags: Vec::new() };

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
