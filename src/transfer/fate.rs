//! What would become of a row that is only looked at, and why it would be refused.

use super::feed::Job;
use super::{Outcome, Reject, RowEvent};
use crate::intercom::Change;
use crate::intercom::Contact;
use crate::intercom::Trace;
use crate::intercom::UpsertError;

/// What would become of a row.
pub(super) enum Fate {
    Ends(Outcome),
    Changes(Vec<Change>),
    Refused(UpsertError),
    /// Its user is known, and the index does not show what it has.
    Unseen,
    /// Nobody was asked.
    Unasked,
}

impl Fate {
    /// There is nobody to update.
    pub(super) fn missing(job: &Job) -> Self {
        let (role, field, value) = (job.role, job.identity.field(), job.identity.value().to_owned());
        Self::Refused(UpsertError::Missing { role, field, value })
    }

    /// There is somebody, and only new users were asked for.
    pub(super) fn exists(contact: &Contact) -> Self {
        let message = format!("a contact with these details exists: {}", contact.id);
        Self::Refused(UpsertError::Exists { message, refusal: None })
    }

    /// The details are somebody else's.
    pub(super) fn mismatch(job: &Job, contact: &Contact) -> Self {
        let named = |name: &str, value: &Option<String>| Some(format!("{name} `{}`", value.as_ref()?));
        let parts = [named("external_id", &contact.external_id), named("email", &contact.email)];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        Self::Refused(UpsertError::Mismatch {
            row: job.identity.to_string(),
            contact: parts.join(" with "),
            id: contact.id.clone(),
        })
    }
}

/// Returns the end of a row that would be refused.
pub(super) fn refused(job: Job, error: &UpsertError) -> RowEvent {
    let (position, key) = (job.row.position(), job.identity.to_string());
    RowEvent::of_reject(position, Reject::of_upsert(job.row, key, error, &Trace::default()))
}
