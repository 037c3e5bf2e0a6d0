//! The fields of a user that this program writes, and their typed values.
//!
//! This is what the mapping produces and the client sends. It knows the API's names and nothing of files. The writable
//! set is what the server itself marks `api_writable` in `GET /data_attributes?model=contact`.

use std::sync::Arc;

use compact_str::CompactString;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// A field of a user that can be written, or (`Id`) that a user can be matched by.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field {
    /// Intercom's own id of the contact: matches, is never written.
    Id,
    /// The caller's id; unique among users.
    ExternalId,
    /// Unique among users at create only.
    Email,
    /// In E.164 form.
    Phone,
    /// The full name.
    Name,
    /// An https URL.
    Avatar,
    /// `user` or `lead`.
    Role,
    /// The id of an admin of the workspace.
    OwnerId,
    /// Seconds since 1970.
    SignedUpAt,
    /// Seconds since 1970.
    LastSeenAt,
    /// Whether the user opted out of all email.
    UnsubscribedFromEmails,
    /// A custom attribute of the workspace, by its case-sensitive name.
    Custom(Arc<str>),
}

impl Field {
    /// The standard fields, in the order that files and messages list them.
    pub const STANDARD: [Self; 11] = [
        Self::Id,
        Self::ExternalId,
        Self::Email,
        Self::Phone,
        Self::Name,
        Self::Avatar,
        Self::Role,
        Self::OwnerId,
        Self::SignedUpAt,
        Self::LastSeenAt,
        Self::UnsubscribedFromEmails,
    ];

    /// Returns the API's name of the field; for a custom attribute, the attribute's name.
    #[must_use]
    pub fn api_name(&self) -> &str {
        match self {
            Self::Id => "id",
            Self::ExternalId => "external_id",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Name => "name",
            Self::Avatar => "avatar",
            Self::Role => "role",
            Self::OwnerId => "owner_id",
            Self::SignedUpAt => "signed_up_at",
            Self::LastSeenAt => "last_seen_at",
            Self::UnsubscribedFromEmails => "unsubscribed_from_emails",
            Self::Custom(name) => name,
        }
    }
}

impl std::fmt::Display for Field {
    /// Writes the name that a mapping uses: `email`, `custom.plan`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Custom(name) => write!(f, "custom.{name}"),
            standard => f.write_str(standard.api_name()),
        }
    }
}

/// A typed value of a field, as it is sent.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// Clears the field; sent as `null`.
    Clear,
    /// Text, already trimmed and folded where the field wants it.
    Text(CompactString),
    /// A whole number; dates are seconds since 1970.
    Integer(i64),
    /// A finite number.
    Float(f64),
    /// A yes or a no.
    Boolean(bool),
    /// A list of texts.
    List(Vec<String>),
}

/// The fields of one user, in the order of the row, each at most once.
///
/// Serializes to the JSON body of a contact write: standard fields at the top, custom attributes below
/// `custom_attributes`. [`Field::Id`] is never part of the body.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct UserFields {
    fields: Vec<(Field, Value)>,
}

impl UserFields {
    /// Returns an empty set with room for `capacity` fields.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        Self { fields: Vec::with_capacity(capacity) }
    }

    /// Adds a field that is not in the set yet; a mapping makes sure of that.
    pub fn push(&mut self, field: Field, value: Value) {
        debug_assert!(self.value(&field).is_none(), "a field is set once");
        self.fields.push((field, value));
    }

    /// Returns the value of a field, if the row has one.
    #[must_use]
    pub fn value(&self, field: &Field) -> Option<&Value> {
        self.fields.iter().find(|(candidate, _)| candidate == field).map(|(_, value)| value)
    }

    /// Returns the text of a field, if it is set to one.
    #[must_use]
    pub fn text(&self, field: &Field) -> Option<&str> {
        match self.value(field)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Walks the fields in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&Field, &Value)> {
        self.fields.iter().map(|(field, value)| (field, value))
    }

    /// Returns whether nothing is set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }
}

impl FromIterator<(Field, Value)> for UserFields {
    fn from_iter<I: IntoIterator<Item = (Field, Value)>>(fields: I) -> Self {
        Self { fields: fields.into_iter().collect() }
    }
}

impl Serialize for UserFields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut body = serializer.serialize_map(None)?;
        let mut has_custom = false;
        for (field, value) in &self.fields {
            match field {
                Field::Id => {}
                Field::Custom(_) => has_custom = true,
                standard => body.serialize_entry(standard.api_name(), value)?,
            }
        }
        if has_custom {
            body.serialize_entry("custom_attributes", &CustomAttributes(&self.fields))?;
        }
        body.end()
    }
}

/// The custom attributes among some fields, as the object that the API takes.
struct CustomAttributes<'a>(&'a [(Field, Value)]);

impl Serialize for CustomAttributes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().filter_map(|(field, value)| match field {
            Field::Custom(name) => Some((&**name, value)),
            _ => None,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_nests_custom_attributes_and_leaves_the_id_out() {
        let fields: UserFields = [
            (Field::Id, Value::Text("6064".into())),
            (Field::Email, Value::Text("a@x.test".into())),
            (Field::Custom("plan".into()), Value::Text("pro".into())),
            (Field::Phone, Value::Clear),
            (Field::Custom("seats".into()), Value::Integer(3)),
        ]
        .into_iter()
        .collect();
        assert_eq!(
            r#"{"email":"a@x.test","phone":null,"custom_attributes":{"plan":"pro","seats":3}}"#,
            serde_json::to_string(&fields).unwrap()
        );
    }
}
