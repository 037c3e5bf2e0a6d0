//! Which fields of a row differ from what a contact has. Pure.

use serde_json::Value as Json;

use super::body::ContactBody;
use super::{Contact, Field, UserFields, Value};

/// Returns the fields that a write would change.
pub(super) fn differences(fields: &UserFields, contact: &Contact) -> UserFields {
    fields
        .iter()
        .filter(|(field, value)| ContactBody::holds(field) && !is_same(field, value, contact))
        .map(|(field, value)| (field.clone(), value.clone()))
        .collect()
}

fn is_same(field: &Field, value: &Value, contact: &Contact) -> bool {
    match field {
        Field::LanguageOverride => is_text(value, contact.language_override.as_deref()),
        Field::ExternalId => is_text(value, contact.external_id.as_deref()),
        Field::Email => is_email(value, contact.email.as_deref()),
        Field::Phone => is_text(value, contact.phone.as_deref()),
        Field::Name => is_text(value, contact.name.as_deref()),
        Field::Avatar => {
            is_text(value, contact.avatar.as_ref().and_then(|avatar| avatar.image_url.as_deref()))
        }
        Field::Role => is_text(value, contact.role.as_deref()),
        Field::OwnerId => is_id(value, contact.owner_id.as_deref()),
        Field::SignedUpAt => is_integer(value, contact.signed_up_at),
        Field::LastSeenAt => is_integer(value, contact.last_seen_at),
        Field::UnsubscribedFromEmails => match value {
            Value::Boolean(wanted) => Some(*wanted) == contact.unsubscribed_from_emails,
            Value::Clear => contact.unsubscribed_from_emails.is_none(),
            _ => false,
        },
        Field::Custom(name) => is_json(value, contact.custom_attributes.get(&**name)),
        // Compared elsewhere, or not part of a contact at all: a mapping for contacts has none of these.
        Field::Id
        | Field::Companies
        | Field::Tags
        | Field::LastRequestAt
        | Field::UpdateLastRequestAt
        | Field::NewSession
        | Field::SessionCount
        | Field::UtmCampaign
        | Field::UtmContent
        | Field::UtmMedium
        | Field::UtmSource
        | Field::UtmTerm => false,
    }
}

/// A cleared text comes back as `null` or as `""`, depending on the field and the moment.
fn is_text(wanted: &Value, stored: Option<&str>) -> bool {
    match wanted {
        Value::Text(text) => Some(text.as_str()) == stored,
        Value::Clear => stored.unwrap_or_default().is_empty(),
        _ => false,
    }
}

fn is_email(wanted: &Value, stored: Option<&str>) -> bool {
    match (wanted, stored) {
        (Value::Text(text), Some(stored)) => text.eq_ignore_ascii_case(stored),
        (wanted, stored) => is_text(wanted, stored),
    }
}

/// Ids are numbers in old versions and texts in new ones.
fn is_id(wanted: &Value, stored: Option<&str>) -> bool {
    match wanted {
        Value::Integer(number) => Some(number.to_string().as_str()) == stored,
        wanted => is_text(wanted, stored),
    }
}

fn is_integer(wanted: &Value, stored: Option<i64>) -> bool {
    match wanted {
        Value::Integer(number) => Some(*number) == stored,
        Value::Clear => stored.is_none(),
        _ => false,
    }
}

fn is_json(wanted: &Value, stored: Option<&Json>) -> bool {
    let stored = stored.unwrap_or(&Json::Null);
    match wanted {
        Value::Clear => stored.is_null(),
        Value::Text(text) => stored.as_str() == Some(text),
        // 3 and 3.0 are one number: the server keeps the type of the attribute, not of the request.
        Value::Integer(number) => stored.as_i64() == Some(*number) || stored.as_f64() == Some(*number as f64),
        Value::Float(number) => stored.as_f64() == Some(*number),
        Value::Boolean(wanted) => stored.as_bool() == Some(*wanted),
        Value::List(texts) => stored.as_array().is_some_and(|list| {
            list.len() == texts.len()
                && list.iter().zip(texts).all(|(entry, text)| entry.as_str() == Some(text))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `stored` is the contact's JSON; `expected` the body that would be sent.
    #[track_caller]
    fn check(field: Field, value: Value, stored: &str, expected: &str) {
        let contact: Contact = serde_json::from_str(stored).unwrap();
        let changed = differences(&[(field, value)].into_iter().collect(), &contact);
        assert_eq!(expected, serde_json::to_string(&changed).unwrap());
    }

    fn text(text: &str) -> Value {
        Value::Text(text.into())
    }

    #[test]
    fn only_what_differs_is_sent() {
        check(Field::Name, text("A"), r#"{"name":"A"}"#, "{}");
        check(Field::Name, text("B"), r#"{"name":"A"}"#, r#"{"name":"B"}"#);
        check(Field::Name, text("A"), r#"{"name":null}"#, r#"{"name":"A"}"#);
        check(Field::Email, text("a@x.test"), r#"{"email":"A@X.test"}"#, "{}");
        check(Field::Id, text("1"), r#"{"id":"2"}"#, "{}");
    }

    #[test]
    fn a_field_that_is_empty_already_needs_no_clearing() {
        check(Field::Email, Value::Clear, r#"{"email":""}"#, "{}");
        check(Field::Phone, Value::Clear, r#"{"phone":null}"#, "{}");
        check(Field::Phone, Value::Clear, r#"{"phone":"+1"}"#, r#"{"phone":null}"#);
        check(Field::Custom("plan".into()), Value::Clear, r#"{"custom_attributes":{"plan":null}}"#, "{}");
        check(Field::Custom("plan".into()), Value::Clear, "{}", "{}");
    }

    #[test]
    fn numbers_are_compared_as_numbers_and_ids_as_text() {
        let seats = || Field::Custom("seats".into());
        check(seats(), Value::Integer(3), r#"{"custom_attributes":{"seats":3.0}}"#, "{}");
        check(seats(), Value::Float(3.0), r#"{"custom_attributes":{"seats":3}}"#, "{}");
        check(
            seats(),
            text("3"),
            r#"{"custom_attributes":{"seats":3}}"#,
            r#"{"custom_attributes":{"seats":"3"}}"#,
        );
        check(Field::OwnerId, Value::Integer(7), r#"{"owner_id":"7"}"#, "{}");
        check(Field::OwnerId, text("7"), r#"{"owner_id":7}"#, "{}");
    }

    #[test]
    fn an_avatar_is_compared_by_its_url() {
        let stored = r#"{"avatar":{"type":"avatar","image_url":"https://x.test/a.png"}}"#;
        check(Field::Avatar, text("https://x.test/a.png"), stored, "{}");
    }
}
