//! Creating or updating one user: the heart of an importer.
//!
//! Create first, because the server's uniqueness check is immediate while its search lags by minutes. On a conflict
//! the id stands in the message; the contact behind it is read and its identity compared before anything is written,
//! for the id may belong to somebody else with the same email.

use serde_json::json;

use super::diff::differences;
use super::{ApiError, Client, Contact, Field, Refusal, Trace, UserFields};

/// What may happen to a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// Create it, or update it if it exists.
    #[default]
    Upsert,
    /// Create it; one that exists is refused.
    Create,
    /// Update it; one that does not exist is refused.
    Update,
}

/// What happened to a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Upserted {
    /// It is new.
    Created,
    /// At least one field was written.
    Updated,
    /// Every field had its value already; nothing was written.
    Unchanged,
}

/// Why a user was not written. A variant is a different thing to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UpsertError {
    /// The request failed.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// Another user has the row's email or id.
    #[error(
        "the row is {row}, but Intercom's contact {id} with the same details is {contact}: nothing was written"
    )]
    Mismatch {
        /// Who the row says it is.
        row: String,
        /// Who the contact is.
        contact: String,
        /// Intercom's id of the contact.
        id: String,
    },
    /// The contact was archived or deleted, and still holds the identity.
    #[error("{}", refusal.message)]
    Archived {
        /// Intercom's id of the contact.
        id: String,
        /// The server's words.
        refusal: Box<Refusal>,
    },
    /// The user exists, and only new ones were asked for.
    #[error("{}", .0.message)]
    Exists(Box<Refusal>),
    /// The user does not exist, and only existing ones were asked for.
    #[error("there is no user with {field} `{value}`")]
    Missing {
        /// The key that was looked for.
        field: Field,
        /// Its value in the row.
        value: String,
    },
    /// Several users have the row's email.
    #[error("{count} users have the email `{email}`: the row does not say which is meant")]
    Ambiguous {
        /// The email.
        email: String,
        /// How many have it.
        count: usize,
    },
}

impl Client {
    /// Writes one user, matched by `key` (`ExternalId`, `Email` or `Id`), with the fewest requests that are safe:
    /// a new user costs one, an existing one two or three.
    ///
    /// # Errors
    /// As [`UpsertError`]. When the server's answer was lost for good, `trace` says whether a write may have happened.
    pub fn upsert(
        &self,
        fields: &UserFields,
        key: &Field,
        mode: Mode,
        trace: &mut Trace,
    ) -> Result<Upserted, UpsertError> {
        if *key == Field::Id || mode == Mode::Update {
            let contact = self.find(fields, key, trace)?;
            return self.write_differences(fields, &contact, trace);
        }
        match self.create(fields, trace) {
            Ok(_) => Ok(Upserted::Created),
            Err(error) => match error.conflict() {
                Some(refusal) => self.settle_conflict(fields, key, mode, refusal, trace),
                None => Err(error.into()),
            },
        }
    }

    /// The identity is taken: by this user, by somebody else, or by our own request whose answer was lost.
    fn settle_conflict(
        &self,
        fields: &UserFields,
        key: &Field,
        mode: Mode,
        refusal: &Refusal,
        trace: &mut Trace,
    ) -> Result<Upserted, UpsertError> {
        let Some(id) = conflicting_id(&refusal.message) else {
            return Err(ApiError::Refused(refusal.clone().into()).into());
        };
        if refusal.message.starts_with("An archived contact") {
            return Err(UpsertError::Archived { id: id.into(), refusal: refusal.clone().into() });
        }
        let contact = self.read(id, trace)?;
        if is_ours(&contact, trace) && differences(fields, &contact).is_empty() {
            return Ok(Upserted::Created);
        }
        if mode == Mode::Create {
            return Err(UpsertError::Exists(refusal.clone().into()));
        }
        if is_same_person(fields, key, &contact) {
            return self.write_differences(fields, &contact, trace);
        }
        self.write_by_external_id(fields, key, &contact, trace)
    }

    /// The conflict named somebody else. The row's own user may still exist, when a row with an external id changes
    /// its email to one that another user has, too: one more read tells.
    fn write_by_external_id(
        &self,
        fields: &UserFields,
        key: &Field,
        other: &Contact,
        trace: &mut Trace,
    ) -> Result<Upserted, UpsertError> {
        let external_id = fields.text(&Field::ExternalId).filter(|_| *key == Field::ExternalId);
        if let Some(external_id) = external_id {
            match self.find_by_external_id(external_id, trace) {
                Ok(contact) => return self.write_differences(fields, &contact, trace),
                Err(error) if error.is_not_found() => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(UpsertError::Mismatch {
            row: identity(fields.text(&Field::ExternalId), fields.text(&Field::Email)),
            contact: identity(other.external_id.as_deref(), other.email.as_deref()),
            id: other.id.clone(),
        })
    }

    fn write_differences(
        &self,
        fields: &UserFields,
        contact: &Contact,
        trace: &mut Trace,
    ) -> Result<Upserted, UpsertError> {
        let changed = differences(fields, contact);
        if changed.is_empty() {
            return Ok(Upserted::Unchanged);
        }
        self.update(&contact.id, &changed, trace)?;
        Ok(Upserted::Updated)
    }

    /// Finds the user of a row without writing.
    fn find(&self, fields: &UserFields, key: &Field, trace: &mut Trace) -> Result<Contact, UpsertError> {
        let value = fields.text(key).unwrap_or_default();
        let found = match key {
            Field::Id => self.read(value, trace),
            Field::ExternalId => self.find_by_external_id(value, trace),
            _ => return self.find_by_email(value, trace),
        };
        found.map_err(|error| match error.is_not_found() {
            true => UpsertError::Missing { field: key.clone(), value: value.into() },
            false => error.into(),
        })
    }

    fn find_by_email(&self, email: &str, trace: &mut Trace) -> Result<Contact, UpsertError> {
        let query = json!({"operator": "AND", "value": [
            {"field": "email", "operator": "=", "value": email},
            {"field": "role", "operator": "=", "value": "user"},
        ]});
        let mut hits = self.search(&query, Self::PAGE_SIZE, None, trace)?.items;
        match (hits.pop(), hits.len()) {
            (Some(contact), 0) => Ok(contact),
            (Some(_), others) => Err(UpsertError::Ambiguous { email: email.into(), count: others + 1 }),
            (None, _) => Err(UpsertError::Missing { field: Field::Email, value: email.into() }),
        }
    }
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
/// email: the same one, and no other external id. Anything else would rewrite somebody's identity.
fn is_same_person(fields: &UserFields, key: &Field, contact: &Contact) -> bool {
    let row_id = fields.text(&Field::ExternalId);
    let contact_id = contact.external_id.as_deref().filter(|id| !id.is_empty());
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
