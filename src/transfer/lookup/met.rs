//! Whether a row before may have been about the same contact under another key.
//!
//! Rows of one key are superseded by one of them; but a file that is matched by external id, and where there is none by
//! email, may mean one contact by both. What the index shows of it is then older than the first of these rows.

use crate::intercom::Contact;
use crate::intercom::Role;
use crate::mapping::Identity;
use crate::mapping::RowKey;
use crate::transfer::duplicates::{Filter, KeyHash};
use crate::transfer::feed::Job;

/// The keys of rows that were sent, by their kind, in little memory: now and then one is taken for met that was not.
pub(in crate::transfer) struct Met {
    n_rows: u64,
    has_two_kinds: bool,
    external_ids: Option<Filter>,
    emails: Option<Filter>,
}

impl Met {
    /// Returns one for a file of so many rows; it is of use if they may have keys of two kinds.
    pub(in crate::transfer) fn new(n_rows: u64, has_two_kinds: bool) -> Self {
        Self { n_rows, has_two_kinds, external_ids: None, emails: None }
    }

    pub(super) fn note(&mut self, job: &Job) {
        let filter = match &job.identity {
            Identity::ExternalId(_) if self.has_two_kinds => &mut self.external_ids,
            Identity::Email(_) if self.has_two_kinds => &mut self.emails,
            _ => return,
        };
        filter.get_or_insert_with(|| Filter::for_rows(self.n_rows)).insert(hash(&job.identity));
    }

    pub(super) fn may_have(&self, job: &Job) -> bool {
        let Some(other) = job.shown().and_then(|shown| other_identity(&job.identity, shown)) else {
            return false;
        };
        let filter = match &other {
            Identity::Email(_) => &self.emails,
            _ => &self.external_ids,
        };
        filter.as_ref().is_some_and(|filter| filter.has(hash(&other)))
    }
}

/// Returns what the contact of a row is called by rows with keys of the other kind.
fn other_identity(identity: &Identity, contact: &Contact) -> Option<Identity> {
    match identity {
        Identity::ExternalId(_) => contact.email.as_deref().map(|it| Identity::Email(it.to_lowercase())),
        Identity::Email(_) => contact.external_id.clone().map(Identity::ExternalId),
        Identity::Id(_) => None,
    }
}

fn hash(identity: &Identity) -> u128 {
    KeyHash::of(&RowKey { role: Role::User, identity: identity.clone() }).number()
}
