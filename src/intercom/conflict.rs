//! A create that was refused because somebody has the identity: this user, somebody else, or our own lost request.
//!
//! The id stands in the message only. The contact behind it is read and its identity compared before anything is
//! written to it, for the id may belong to somebody else with the same email.

use super::contacts_engine::Delivery;
use super::diff::differences;
use super::upsert::{Archived, Delivered, Mode, UpsertError, Upserted};
use super::{ApiError, Contact, Field, Raw, Refusal, Trace, UserFields};

impl Delivery<'_> {
    /// Decides what a conflict means, and writes to the contact if it is the row's.
    pub(super) fn settle_conflict(
        &self,
        refusal: &Refusal,
        trace: &mut Trace,
    ) -> Result<Delivered, UpsertError> {
        let Some(id) = conflicting_id(&refusal.message) else {
            return Err(ApiError::Refused(refusal.clone().into()).into());
        };
        if refusal.message.starts_with("An archived contact") {
            return self.settle_archived(id, refusal, trace);
        }
        let contact = self.client.read(id, trace)?;
        if is_ours(&contact.value, trace) && differences(self.fields, &contact.value).is_empty() {
            return Ok(Delivered::new(Upserted::Created, contact));
        }
        if self.policy.mode == Mode::Create {
            let (message, refusal) = (refusal.message.clone(), Some(refusal.clone().into()));
            return Err(UpsertError::Exists { message, refusal });
        }
        self.write_if_same(contact, trace)
    }

    /// An archived contact can be neither read nor written; it is brought back first, and archived again if it turns
    /// out to be somebody else.
    fn settle_archived(
        &self,
        id: &str,
        refusal: &Refusal,
        trace: &mut Trace,
    ) -> Result<Delivered, UpsertError> {
        match self.policy.archived {
            Archived::Reject => Err(UpsertError::Archived { id: id.into(), refusal: refusal.clone().into() }),
            Archived::Skip => Ok(Delivered::archived_skipped()),
            Archived::Unarchive => {
                self.client.unarchive(id, trace).map_err(|error| not_restored(id, error))?;
                let contact = self.client.read(id, trace)?;
                if is_same_person(self.fields, self.key, &contact.value) {
                    return self.write_restored(contact, trace);
                }
                self.client.archive(id, trace)?;
                self.write_by_external_id(&contact.value, trace)
            }
        }
    }

    /// Writes to a contact that was just brought back; if the server refuses that, it is archived as it was.
    pub(super) fn write_restored(
        &self,
        contact: Raw<Contact>,
        trace: &mut Trace,
    ) -> Result<Delivered, UpsertError> {
        let id = contact.value.id.clone();
        match self.write_differences(contact, trace) {
            Err(error @ UpsertError::Api(ApiError::Refused(_))) => {
                self.client.archive(&id, trace)?;
                Err(error)
            }
            written => written.map(Delivered::unarchived),
        }
    }

    fn write_if_same(&self, contact: Raw<Contact>, trace: &mut Trace) -> Result<Delivered, UpsertError> {
        if is_same_person(self.fields, self.key, &contact.value) {
            return self.write_differences(contact, trace);
        }
        self.write_by_external_id(&contact.value, trace)
    }

    /// The conflict named somebody else. The row's own user may still exist, when a row with an external id changes
    /// its email to one that another user has, too: one more read tells.
    fn write_by_external_id(&self, other: &Contact, trace: &mut Trace) -> Result<Delivered, UpsertError> {
        let external_id = self.fields.text(&Field::ExternalId).filter(|_| *self.key == Field::ExternalId);
        if let Some(external_id) = external_id {
            match self.client.find_by_external_id(external_id, trace) {
                Ok(contact) => return self.write_differences(contact, trace),
                Err(error) if error.is_not_found() => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(self.mismatch(other))
    }

    pub(super) fn mismatch(&self, other: &Contact) -> UpsertError {
        UpsertError::Mismatch {
            row: identity(self.fields.text(&Field::ExternalId), self.fields.text(&Field::Email)),
            contact: identity(other.external_id.as_deref(), other.email.as_deref()),
            id: other.id.clone(),
        }
    }
}

/// Tells a deleted contact from one that could not be brought back now: 400 `bad_request` in March 2021, and a 500 that
/// stayed one in January (recorded).
pub(super) fn not_restored(id: &str, error: ApiError) -> UpsertError {
    let refusal = match &error {
        ApiError::Refused(refusal) => refusal.clone(),
        ApiError::AnswerLost { status: Some(500), request_id, .. } => Box::new(Refusal {
            status: 500,
            code: "server_error".into(),
            message: "Intercom cannot restore it".into(),
            field: None,
            request_id: request_id.clone(),
            canonical: None,
            list: None,
        }),
        _ => return error.into(),
    };
    UpsertError::Deleted { id: id.into(), refusal }
}

/// Returns whether our own create, whose answer was lost, made the contact: it is no older than the row's first
/// request, by the server's clock.
fn is_ours(contact: &Contact, trace: &Trace) -> bool {
    let created_at = contact.created_at.and_then(|seconds| u64::try_from(seconds).ok());
    trace.is_uncertain
        && trace.begun_at > 0
        && created_at.is_some_and(|created_at| created_at >= trace.begun_at)
}

/// Returns whether a contact is the one that a row means.
///
/// By external id: the same one, or none yet and the same email (Intercom's own rule for adopting a user in 1.x). By
/// email: the same one, and no other external id; a lead's own is Intercom's. Anything else would rewrite somebody's
/// identity.
pub(super) fn is_same_person(fields: &UserFields, key: &Field, contact: &Contact) -> bool {
    let row_id = fields.text(&Field::ExternalId);
    let contact_id = contact.external_id.as_deref().filter(|id| !id.is_empty() && !contact.is_lead());
    let is_same_email = match (fields.text(&Field::Email), contact.email.as_deref()) {
        (Some(ours), Some(theirs)) => ours.eq_ignore_ascii_case(theirs),
        _ => false,
    };
    match (row_id, contact_id) {
        (Some(ours), Some(theirs)) if ours != theirs => false,
        (Some(_), Some(_)) if *key == Field::ExternalId => true,
        _ => is_same_email,
    }
}

fn identity(external_id: Option<&str>, email: Option<&str>) -> String {
    let external_id = external_id.filter(|text| !text.is_empty()).map(|id| format!("external_id `{id}`"));
    let email = email.filter(|text| !text.is_empty()).map(|email| format!("email `{email}`"));
    match (external_id, email) {
        (Some(external_id), Some(email)) => format!("{external_id} with {email}"),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => "without identity".into(),
    }
}

/// Returns the id in `A contact matching those details already exists with id=6064d5c43910cc082d903f6c`; the message
/// is the only place where the server tells it.
fn conflicting_id(message: &str) -> Option<&str> {
    let (_, tail) = message.split_once("id=")?;
    let end = tail.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(tail.len());
    Some(&tail[..end]).filter(|id| !id.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intercom::Value;

    #[test]
    fn the_id_is_found_in_both_wordings() {
        let id = Some("6064d5c43910cc082d903f6c");
        assert_eq!(
            id,
            conflicting_id(
                "A contact matching those details already exists with id=6064d5c43910cc082d903f6c"
            )
        );
        assert_eq!(id, conflicting_id("An archived contact … with id=6064d5c43910cc082d903f6c."));
        assert_eq!(None, conflicting_id("already exists"));
        assert_eq!(None, conflicting_id("with id="));
    }

    /// `row` and `contact` are external id and email; empty for none.
    #[track_caller]
    fn check(key: &Field, row: (&str, &str), contact: (&str, &str), expected: bool) {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let fields = [(Field::ExternalId, row.0), (Field::Email, row.1)]
            .into_iter()
            .filter_map(|(field, text)| Some((field, Value::Text(some(text)?.into()))))
            .collect();
        let contact = Contact { external_id: some(contact.0), email: some(contact.1), ..Contact::default() };
        assert_eq!(expected, is_same_person(&fields, key, &contact));
    }

    #[test]
    fn an_external_id_decides_who_is_meant() {
        check(&Field::ExternalId, ("1", "a@x"), ("1", "a@x"), true);
        check(&Field::ExternalId, ("1", "new@x"), ("1", "old@x"), true);
        check(&Field::ExternalId, ("1", ""), ("1", "a@x"), true);
        check(&Field::ExternalId, ("1", "a@x"), ("2", "a@x"), false);
        check(&Field::ExternalId, ("1", "a@x"), ("", "A@X"), true);
        check(&Field::ExternalId, ("1", "a@x"), ("", "b@x"), false);
    }

    #[test]
    fn an_email_decides_unless_the_external_ids_contradict() {
        check(&Field::Email, ("", "a@x"), ("", "a@x"), true);
        check(&Field::Email, ("", "a@x"), ("2", "a@x"), true);
        check(&Field::Email, ("1", "a@x"), ("2", "a@x"), false);
        check(&Field::Email, ("1", "a@x"), ("1", "b@x"), false);
        check(&Field::Email, ("", "a@x"), ("", "b@x"), false);
    }
}
