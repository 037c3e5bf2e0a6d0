//! A contact as the store keeps it. How it looks to a client is in `contact_json.rs`.

use std::sync::Arc;

use serde::Deserialize;
use serde::Serialize;

use super::extra::Extras;
use super::links::Links;
use super::object_id::ObjectId;

/// The id of a contact.
pub(super) type ContactId = ObjectId;

/// A user or a lead.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
pub(super) struct Contact {
    pub(super) id: ContactId,
    pub(super) role: Role,
    pub(super) external_id: Option<String>,
    pub(super) email: Option<String>,
    pub(super) phone: Option<String>,
    pub(super) name: Option<String>,
    pub(super) avatar: Option<String>,
    pub(super) owner_id: Option<u64>,
    pub(super) unsubscribed_from_emails: bool,
    pub(super) created_at: i64,
    pub(super) updated_at: i64,
    pub(super) signed_up_at: Option<i64>,
    pub(super) last_seen_at: Option<i64>,
    #[serde(with = "attribute_values")]
    pub(super) custom_attributes: Vec<AttributeValue>,
    pub(super) life: Life,
    /// Data files of before there were links have none.
    #[serde(default, skip_serializing_if = "Links::is_empty")]
    pub(super) links: Links,
    #[serde(default, skip_serializing_if = "Extras::is_empty")]
    pub(super) extras: Extras,
}

/// One custom attribute of one contact. The name is shared with the attribute's definition.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct AttributeValue {
    pub(super) name: Arc<str>,
    pub(super) value: Scalar,
}

/// What a custom attribute can hold.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub(super) enum Scalar {
    /// Cleared: the key stays, with null [R].
    Null,
    Boolean(bool),
    Integer(i64),
    Float(f64),
    Text(String),
}

/// Which of the two kinds a contact is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Role {
    User,
    Lead,
}

/// Where a contact is in its life: live, archived (can come back), deleted (keeps its identifiers locked for a while) [R],
/// merged into another one [S].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Life {
    Live,
    Archived,
    Deleted { at: i64 },
    Merged { into: ContactId },
}

impl Contact {
    pub(super) fn is_live(&self) -> bool {
        self.life == Life::Live
    }

    pub(super) fn is_archived(&self) -> bool {
        self.life == Life::Archived
    }

    /// Returns the value of a custom attribute; `None` if the contact never had it.
    pub(super) fn attribute(&self, name: &str) -> Option<&Scalar> {
        self.custom_attributes.iter().find(|attribute| &*attribute.name == name).map(|found| &found.value)
    }

    /// Sets one custom attribute and leaves the others alone.
    pub(super) fn set_attribute(&mut self, changed: AttributeValue) {
        match self.custom_attributes.iter_mut().find(|attribute| attribute.name == changed.name) {
            Some(attribute) => attribute.value = changed.value,
            None => self.custom_attributes.push(changed),
        }
    }
}

impl Role {
    pub(super) fn name(self) -> &'static str {
        match self {
            Role::User => "user",
            Role::Lead => "lead",
        }
    }
}

/// Custom attributes as one JSON object.
pub(super) struct AsObject<'a>(pub(super) &'a [AttributeValue]);

impl Serialize for AsObject<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        attribute_values::serialize(self.0, serializer)
    }
}

/// Custom attributes as one JSON object, which is also how a client sees them.
///
/// Read by hand: a derived untagged enum tries one variant after the other, and a data file of 200,000 users has more
/// than a million values.
pub(super) mod attribute_values {
    use std::fmt;

    use serde::Deserialize;
    use serde::Deserializer;
    use serde::Serializer;
    use serde::de::Error;
    use serde::de::MapAccess;
    use serde::de::Visitor;

    use super::AttributeValue;
    use super::Scalar;

    pub(in crate::sandbox) fn serialize<S: Serializer>(
        attributes: &[AttributeValue],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_map(attributes.iter().map(|attribute| (&*attribute.name, &attribute.value)))
    }

    pub(in crate::sandbox) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<AttributeValue>, D::Error> {
        deserializer.deserialize_map(ObjectVisitor)
    }

    struct ObjectVisitor;

    impl<'de> Visitor<'de> for ObjectVisitor {
        type Value = Vec<AttributeValue>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("an object of custom attributes")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
            let mut attributes = Vec::new();
            while let Some((name, value)) = object.next_entry::<String, Scalar>()? {
                attributes.push(AttributeValue { name: name.into(), value });
            }
            Ok(attributes)
        }
    }

    impl<'de> Deserialize<'de> for Scalar {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Scalar, D::Error> {
            deserializer.deserialize_any(ScalarVisitor)
        }
    }

    struct ScalarVisitor;

    impl Visitor<'_> for ScalarVisitor {
        type Value = Scalar;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("a number, text, a boolean or null")
        }

        fn visit_unit<E: Error>(self) -> Result<Scalar, E> {
            Ok(Scalar::Null)
        }

        fn visit_bool<E: Error>(self, truth: bool) -> Result<Scalar, E> {
            Ok(Scalar::Boolean(truth))
        }

        fn visit_i64<E: Error>(self, integer: i64) -> Result<Scalar, E> {
            Ok(Scalar::Integer(integer))
        }

        fn visit_u64<E: Error>(self, integer: u64) -> Result<Scalar, E> {
            i64::try_from(integer).map(Scalar::Integer).map_err(E::custom)
        }

        fn visit_f64<E: Error>(self, float: f64) -> Result<Scalar, E> {
            Ok(Scalar::Float(float))
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<Scalar, E> {
            Ok(Scalar::Text(text.to_owned()))
        }

        fn visit_string<E: Error>(self, text: String) -> Result<Scalar, E> {
            Ok(Scalar::Text(text))
        }
    }
}
