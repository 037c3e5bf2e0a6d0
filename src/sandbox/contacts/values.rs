//! The fields that a search can name, and their values. Pure.
//!
//! A field that the sandbox has no data for (browser, location, devices) is known and always null.

use std::borrow::Cow;
use std::cmp::Ordering;

use serde_json::Value;

use crate::sandbox::attributes::Attributes;
use crate::sandbox::attributes::DataType;
use crate::sandbox::attributes::Model;
use crate::sandbox::contact::Contact;
use crate::sandbox::contact::Scalar;
use crate::sandbox::identities::Key;
use crate::sandbox::versions::Version;

/// A field that can be searched.
#[derive(Debug, Clone)]
pub(super) struct SearchField {
    name: String,
    pub(super) kind: Kind,
    source: Source,
}

/// Where a field's value comes from.
#[derive(Debug, Clone)]
enum Source {
    Standard(Read),
    /// A custom attribute, by its name.
    Custom(String),
}

type Read = for<'a> fn(&'a Contact) -> Found<'a>;

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
    /// The tags of a contact, which are only asked for by `=` and `!=` [S].
    Tag,
    /// The segments of a contact, by the operators of text [S].
    Segment,
}

/// A field's value in one contact.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Found<'a> {
    Null,
    Number(f64),
    Boolean(bool),
    Text(Cow<'a, str>),
}

const PREFIX: &str = "custom_attributes.";
const NEVER: Read = |_| Found::Null;

/// The standard fields of the 2.16 description [S 2.16]; `andoid_sdk_version` is its spelling.
const STANDARD: [(&str, Kind, Read); 42] = [
    ("id", Kind::Text, |contact| Found::Text(contact.id.to_string().into())),
    ("role", Kind::Text, |contact| Found::text(Some(contact.role.name()))),
    ("name", Kind::Text, |contact| Found::text(contact.name.as_deref())),
    ("avatar", Kind::Text, |contact| Found::text(contact.avatar.as_deref())),
    ("owner_id", Kind::Text, |contact| {
        contact.owner_id.map_or(Found::Null, |id| Found::Text(id.to_string().into()))
    }),
    ("email", Kind::Text, |contact| Found::text(contact.email.as_deref())),
    ("email_domain", Kind::Text, |contact| {
        let parts = contact.email.as_deref().and_then(|email| email.rsplit_once('@'));
        Found::text(parts.map(|(_, domain)| domain))
    }),
    ("phone", Kind::Text, |contact| Found::text(contact.phone.as_deref())),
    ("formatted_phone", Kind::Text, NEVER),
    ("external_id", Kind::Text, |contact| Found::text(contact.external_id.as_deref())),
    ("created_at", Kind::Timestamp, created_at),
    ("signed_up_at", Kind::Timestamp, |contact| Found::time(contact.signed_up_at)),
    ("updated_at", Kind::Timestamp, |contact| Found::time(Some(contact.updated_at))),
    ("last_seen_at", Kind::Timestamp, |contact| Found::time(contact.last_seen_at)),
    ("last_contacted_at", Kind::Timestamp, NEVER),
    ("last_replied_at", Kind::Timestamp, NEVER),
    ("last_email_opened_at", Kind::Timestamp, NEVER),
    ("last_email_clicked_at", Kind::Timestamp, NEVER),
    ("language_override", Kind::Text, NEVER),
    ("browser", Kind::Text, NEVER),
    ("browser_language", Kind::Text, NEVER),
    ("os", Kind::Text, NEVER),
    ("location.country", Kind::Text, NEVER),
    ("location.region", Kind::Text, NEVER),
    ("location.city", Kind::Text, NEVER),
    ("unsubscribed_from_emails", Kind::Boolean, |contact| Found::Boolean(contact.unsubscribed_from_emails)),
    ("marked_email_as_spam", Kind::Boolean, |_| Found::Boolean(false)),
    ("has_hard_bounced", Kind::Boolean, |_| Found::Boolean(false)),
    ("ios_last_seen_at", Kind::Timestamp, NEVER),
    ("ios_app_version", Kind::Text, NEVER),
    ("ios_device", Kind::Text, NEVER),
    ("ios_app_device", Kind::Text, NEVER),
    ("ios_os_version", Kind::Text, NEVER),
    ("ios_app_name", Kind::Text, NEVER),
    ("ios_sdk_version", Kind::Text, NEVER),
    ("android_last_seen_at", Kind::Timestamp, NEVER),
    ("android_app_version", Kind::Text, NEVER),
    ("android_device", Kind::Text, NEVER),
    ("android_app_name", Kind::Text, NEVER),
    ("andoid_sdk_version", Kind::Text, NEVER),
    ("segment_id", Kind::Segment, NEVER),
    ("tag_id", Kind::Tag, NEVER),
];

/// An owner is a number before 2.16 [S 2.15].
const OWNER_BEFORE_2_16: (Kind, Read) =
    (Kind::Number, |contact| contact.owner_id.map_or(Found::Null, |owner_id| Found::Number(owner_id as f64)));

fn created_at(contact: &Contact) -> Found<'_> {
    Found::time(Some(contact.created_at))
}

impl SearchField {
    /// Finds a field by its name; `None` if no contact can have it.
    pub(super) fn find(name: &str, attributes: &Attributes, version: Version) -> Option<SearchField> {
        let (kind, source) = match name.strip_prefix(PREFIX) {
            Some(custom) => (custom_kind(custom, attributes)?, Source::Custom(custom.to_owned())),
            None => {
                let (kind, read) = standard(name, version)?;
                (kind, Source::Standard(read))
            }
        };
        Some(SearchField { name: name.to_owned(), kind, source })
    }

    /// Returns the place of a contact in a listing without a sort.
    pub(super) fn created_at() -> SearchField {
        SearchField {
            name: "created_at".to_owned(),
            kind: Kind::Timestamp,
            source: Source::Standard(created_at),
        }
    }

    /// Says whether the field has a name.
    pub(super) fn is(&self, name: &str) -> bool {
        self.name == name
    }

    /// Says whether the index is in the order of this field.
    pub(super) fn orders_the_index(&self) -> bool {
        self.is("created_at")
    }

    /// Returns the field's value in a contact.
    pub(super) fn value<'a>(&self, contact: &'a Contact) -> Found<'a> {
        match &self.source {
            Source::Standard(read) => read(contact),
            Source::Custom(name) => contact.attribute(name).map_or(Found::Null, Found::of_scalar),
        }
    }
}

fn standard(name: &str, version: Version) -> Option<(Kind, Read)> {
    if name == "owner_id" && version < Version::V2_16 {
        return Some(OWNER_BEFORE_2_16);
    }
    STANDARD.iter().find(|(known, ..)| *known == name).map(|(_, kind, read)| (*kind, *read))
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

impl<'a> Found<'a> {
    fn text(text: Option<&'a str>) -> Found<'a> {
        text.map_or(Found::Null, |text| Found::Text(text.into()))
    }

    fn time(seconds: Option<i64>) -> Found<'a> {
        seconds.map_or(Found::Null, |seconds| Found::Number(seconds as f64))
    }

    fn of_scalar(scalar: &'a Scalar) -> Found<'a> {
        match scalar {
            Scalar::Null => Found::Null,
            Scalar::Boolean(truth) => Found::Boolean(*truth),
            Scalar::Integer(integer) => Found::Number(*integer as f64),
            Scalar::Float(float) => Found::Number(*float),
            Scalar::Text(text) => Found::Text(text.as_str().into()),
        }
    }

    /// Reads what a query compares with; `None` if the field has another type. Numbers may be text, as in the
    /// specification's own examples [S].
    pub(super) fn operand(value: &Value, kind: Kind) -> Option<Found<'static>> {
        match (value, kind) {
            (Value::Null, _) => Some(Found::Null),
            (Value::String(text), Kind::Text | Kind::Tag | Kind::Segment) => {
                Some(Found::Text(text.clone().into()))
            }
            (Value::Bool(truth), Kind::Boolean) => Some(Found::Boolean(*truth)),
            (Value::Number(number), Kind::Number | Kind::Timestamp | Kind::Day) => {
                number.as_f64().map(Found::Number)
            }
            (Value::String(text), Kind::Number | Kind::Timestamp | Kind::Day) => {
                text.parse().ok().filter(|number: &f64| number.is_finite()).map(Found::Number)
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
            Found::Text(text) => text.as_ref().into(),
        }
    }

    /// Reads the value of a cursor.
    pub(super) fn of_json(value: &Value) -> Option<Found<'static>> {
        match value {
            Value::Null => Some(Found::Null),
            Value::Bool(truth) => Some(Found::Boolean(*truth)),
            Value::Number(number) => number.as_f64().map(Found::Number),
            Value::String(text) => Some(Found::Text(text.clone().into())),
            Value::Array(_) | Value::Object(_) => None,
        }
    }

    /// Orders values of one field: null first.
    pub(super) fn order(&self, other: &Found<'_>) -> Ordering {
        match (self, other) {
            (Found::Number(one), Found::Number(other)) => one.total_cmp(other),
            (Found::Text(one), Found::Text(other)) => one.cmp(other),
            (Found::Boolean(one), Found::Boolean(other)) => one.cmp(other),
            (one, other) => (*one != Found::Null).cmp(&(*other != Found::Null)),
        }
    }
}
