//! The fields of a user that this program writes, and their typed values.
//!
//! This is what the mapping produces and the client sends. It knows the API's names and nothing of files. Which engine
//! writes which of them is in `engine.rs`, how they look in a request in `body.rs`.

use std::sync::Arc;

use compact_str::CompactString;
use serde::Serialize;

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
    /// A language as ISO 639-1, in place of the browser's. Preview only.
    LanguageOverride,
    /// The companies that the user belongs to, by the caller's own company ids.
    Companies,
    /// The tags that the user has, by name.
    Tags,
    /// When the user was last heard of, seconds since 1970. 1.x only.
    LastRequestAt,
    /// Sets the time of the last request to now. 1.x only.
    UpdateLastRequestAt,
    /// Counts a new session. 1.x only.
    NewSession,
    /// How many sessions there were. 1.x only.
    SessionCount,
    /// A campaign's mark. 1.x only.
    UtmCampaign,
    /// A campaign's mark. 1.x only.
    UtmContent,
    /// A campaign's mark. 1.x only.
    UtmMedium,
    /// A campaign's mark. 1.x only.
    UtmSource,
    /// A campaign's mark. 1.x only.
    UtmTerm,
    /// A custom attribute of the workspace, by its case-sensitive name.
    Custom(Arc<str>),
}

impl Field {
    /// The standard fields, in the order that files and messages list them.
    pub const STANDARD: [Self; 23] = [
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
        Self::LanguageOverride,
        Self::Companies,
        Self::Tags,
        Self::LastRequestAt,
        Self::UpdateLastRequestAt,
        Self::NewSession,
        Self::SessionCount,
        Self::UtmCampaign,
        Self::UtmContent,
        Self::UtmMedium,
        Self::UtmSource,
        Self::UtmTerm,
    ];

    /// Returns whether several columns may give the field: it holds a list.
    #[must_use]
    pub fn is_list(&self) -> bool {
        matches!(self, Self::Companies | Self::Tags)
    }

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
            Self::LanguageOverride => "language_override",
            Self::Companies => "companies",
            Self::Tags => "tags",
            Self::LastRequestAt => "last_request_at",
            Self::UpdateLastRequestAt => "update_last_request_at",
            Self::NewSession => "new_session",
            Self::SessionCount => "session_count",
            Self::UtmCampaign => "utm_campaign",
            Self::UtmContent => "utm_content",
            Self::UtmMedium => "utm_medium",
            Self::UtmSource => "utm_source",
            Self::UtmTerm => "utm_term",
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

    /// Returns the texts of a field that holds a list; none if the row has no such field.
    #[must_use]
    pub fn texts(&self, field: &Field) -> &[String] {
        match self.value(field) {
            Some(Value::List(texts)) => texts,
            _ => &[],
        }
    }

    /// Adds texts to a field that holds a list; each once.
    pub fn extend_texts(&mut self, field: Field, texts: Vec<String>) {
        match self.fields.iter_mut().find(|(candidate, _)| *candidate == field) {
            Some((_, Value::List(known))) => {
                for text in texts {
                    if !known.contains(&text) {
                        known.push(text);
                    }
                }
            }
            Some((_, value)) => *value = Value::List(texts),
            None => self.fields.push((field, Value::List(texts))),
        }
    }

    /// Takes a field out.
    pub fn remove(&mut self, field: &Field) {
        self.fields.retain(|(candidate, _)| candidate != field);
    }

    /// Returns these fields and those of `others` that are not among them.
    #[must_use]
    pub fn or(mut self, others: &Self) -> Self {
        for (field, value) in others.iter() {
            if self.value(field).is_none() {
                self.push(field.clone(), value.clone());
            }
        }
        self
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
