//! The fields that a search can name, and their values. Pure.
//!
//! A field that the sandbox has no data for (browser, location, devices) is known and always null.

use serde_json::Value;

use crate::sandbox::attributes::Attributes;
use crate::sandbox::attributes::DataType;
use crate::sandbox::attributes::Model;
use crate::sandbox::contact::Contact;
use crate::sandbox::contact::Scalar;
use crate::sandbox::identities::Key;

/// A field that can be searched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SearchField {
    name: String,
    pub(super) kind: Kind,
}

/// Which operators a field has, and what it is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
    Boolean,
    /// A standard timestamp: whole days before Preview, seconds in Preview [S].
    Timestamp,
    /// A custom attribute of type date: whole days, always [S].
    Day,
}

/// A field's value in one contact.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Found {
    Null,
    Number(f64),
    Boolean(bool),
    Text(String),
}

const PREFIX: &str = "custom_attributes.";

/// The standard fields of the 2.16 description [S 2.16]; `andoid_sdk_version` is its spelling.
const STANDARD: [(&str, Kind); 43] = [
    ("id", Kind::Text),
    ("role", Kind::Text),
    ("name", Kind::Text),
    ("avatar", Kind::Text),
    ("owner_id", Kind::Number),
    ("email", Kind::Text),
    ("email_domain", Kind::Text),
    ("phone", Kind::Text),
    ("formatted_phone", Kind::Text),
    ("external_id", Kind::Text),
    ("created_at", Kind::Timestamp),
    ("signed_up_at", Kind::Timestamp),
    ("updated_at", Kind::Timestamp),
    ("last_seen_at", Kind::Timestamp),
    ("last_contacted_at", Kind::Timestamp),
    ("last_replied_at", Kind::Timestamp),
    ("last_email_opened_at", Kind::Timestamp),
    ("last_email_clicked_at", Kind::Timestamp),
    ("language_override", Kind::Text),
    ("browser", Kind::Text),
    ("browser_language", Kind::Text),
    ("os", Kind::Text),
    ("location.country", Kind::Text),
    ("location.region", Kind::Text),
    ("location.city", Kind::Text),
    ("unsubscribed_from_emails", Kind::Boolean),
    ("marked_email_as_spam", Kind::Boolean),
    ("has_hard_bounced", Kind::Boolean),
    ("ios_last_seen_at", Kind::Timestamp),
    ("ios_app_version", Kind::Text),
    ("ios_device", Kind::Text),
    ("ios_app_device", Kind::Text),
    ("ios_os_version", Kind::Text),
    ("ios_app_name", Kind::Text),
    ("ios_sdk_version", Kind::Text),
    ("android_last_seen_at", Kind::Timestamp),
    ("android_app_version", Kind::Text),
    ("android_device", Kind::Text),
    ("android_app_name", Kind::Text),
    ("andoid_sdk_version", Kind::Text),
    ("android_os_version", Kind::Text),
    ("segment_id", Kind::Text),
    ("tag_id", Kind::Text),
];

impl SearchField {
    /// Finds a field by its name; `None` if no contact can have it.
    pub(super) fn find(name: &str, attributes: &Attributes) -> Option<SearchField> {
        let kind = match name.strip_prefix(PREFIX) {
            Some(custom) => custom_kind(custom, attributes)?,
            None => STANDARD.iter().find(|(known, _)| *known == name)?.1,
        };
        Some(SearchField { name: name.to_owned(), kind })
    }

    /// Returns the place of a contact in a listing without a sort.
    pub(super) fn created_at() -> SearchField {
        SearchField { name: "created_at".to_owned(), kind: Kind::Timestamp }
    }

    /// Returns the field's value in a contact.
    pub(super) fn value(&self, contact: &Contact) -> Found {
        if let Some(custom) = self.name.strip_prefix(PREFIX) {
            return contact.attribute(custom).map_or(Found::Null, Found::of_scalar);
        }
        let domain = || contact.email.as_deref().and_then(|email| email.rsplit_once('@'));
        match self.name.as_str() {
            "id" => Found::Text(contact.id.to_string()),
            "role" => Found::text(Some(contact.role.name())),
            "name" => Found::text(contact.name.as_deref()),
            "avatar" => Found::text(contact.avatar.as_deref()),
            "owner_id" => contact.owner_id.map_or(Found::Null, |owner_id| Found::Number(owner_id as f64)),
            "email" => Found::text(contact.email.as_deref()),
            "email_domain" => Found::text(domain().map(|(_, domain)| domain)),
            "phone" => Found::text(contact.phone.as_deref()),
            "external_id" => Found::text(contact.external_id.as_deref()),
            "created_at" => Found::Number(contact.created_at as f64),
            "updated_at" => Found::Number(contact.updated_at as f64),
            "signed_up_at" => Found::time(contact.signed_up_at),
            "last_seen_at" => Found::time(contact.last_seen_at),
            "unsubscribed_from_emails" => Found::Boolean(contact.unsubscribed_from_emails),
            "marked_email_as_spam" | "has_hard_bounced" => Found::Boolean(false),
            _ => Found::Null,
        }
    }
}

fn custom_kind(name: &str, attributes: &Attributes) -> Option<Kind> {
    let defined = attributes.all().find(|attribute| {
        attribute.model == Model::Contact && attribute.name == name && !attribute.archived
    })?;
    Some(match defined.data_type {
        DataType::String => Kind::Text,
        DataType::Integer | DataType::Float => Kind::Number,
        DataType::Boolean => Kind::Boolean,
        DataType::Date => Kind::Day,
    })
}

impl Found {
    fn text(text: Option<&str>) -> Found {
        text.map_or(Found::Null, |text| Found::Text(text.to_owned()))
    }

    fn time(seconds: Option<i64>) -> Found {
        seconds.map_or(Found::Null, |seconds| Found::Number(seconds as f64))
    }

    fn of_scalar(scalar: &Scalar) -> Found {
        match scalar {
            Scalar::Null => Found::Null,
            Scalar::Boolean(truth) => Found::Boolean(*truth),
            Scalar::Integer(integer) => Found::Number(*integer as f64),
            Scalar::Float(float) => Found::Number(*float),
            Scalar::Text(text) => Found::Text(text.clone()),
        }
    }

    /// Reads what a query compares with; `None` if the field has another type. Numbers may be text, as in the
    /// specification's own examples [S].
    pub(super) fn operand(value: &Value, kind: Kind) -> Option<Found> {
        match (value, kind) {
            (Value::Null, _) => Some(Found::Null),
            (Value::String(text), Kind::Text) => Some(Found::Text(text.clone())),
            (Value::Bool(truth), Kind::Boolean) => Some(Found::Boolean(*truth)),
            (Value::Number(number), Kind::Number | Kind::Timestamp | Kind::Day) => {
                number.as_f64().map(Found::Number)
            }
            (Value::String(text), Kind::Number | Kind::Timestamp | Kind::Day) => {
                text.parse().ok().map(Found::Number)
            }
            _ => None,
        }
    }

    /// Returns the key that a contact with this value of a field has, if the field is one of the keys.
    pub(super) fn key(&self, field: &SearchField) -> Option<Key<'_>> {
        match (field.name.as_str(), self) {
            ("id", Found::Text(id)) => Some(Key::Id(id)),
            ("email", Found::Text(email)) => Some(Key::Email(email)),
            ("external_id", Found::Text(external_id)) => Some(Key::ExternalId(external_id)),
            _ => None,
        }
    }

    /// Returns the value as a cursor carries it.
    pub(super) fn to_json(&self) -> Value {
        match self {
            Found::Null => Value::Null,
            Found::Number(number) => (*number).into(),
            Found::Boolean(truth) => (*truth).into(),
            Found::Text(text) => text.as_str().into(),
        }
    }

    /// Reads the value of a cursor.
    pub(super) fn of_json(value: &Value) -> Option<Found> {
        match value {
            Value::Null => Some(Found::Null),
            Value::Bool(truth) => Some(Found::Boolean(*truth)),
            Value::Number(number) => number.as_f64().map(Found::Number),
            Value::String(text) => Some(Found::Text(text.clone())),
            Value::Array(_) | Value::Object(_) => None,
        }
    }

    /// Orders values of one field: null first.
    pub(super) fn order(&self, other: &Found) -> std::cmp::Ordering {
        match (self, other) {
            (Found::Number(one), Found::Number(other)) => one.total_cmp(other),
            (Found::Text(one), Found::Text(other)) => one.cmp(other),
            (Found::Boolean(one), Found::Boolean(other)) => one.cmp(other),
            (one, other) => (*one != Found::Null).cmp(&(*other != Found::Null)),
        }
    }
}
