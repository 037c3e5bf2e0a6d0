//! A contact as the API gives it. Unknown keys are ignored: Intercom adds some without a new version.

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value as Json};

/// Something that the server gave: decoded, and as it was written.
#[derive(Debug, Clone)]
pub struct Raw<T> {
    /// As this program understands it.
    pub value: T,
    /// As the server wrote it.
    pub json: AsWritten,
}

/// JSON as the server wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsWritten(Box<str>);

impl AsWritten {
    /// Returns the text.
    #[must_use]
    pub fn get(&self) -> &str {
        &self.0
    }
}

impl From<Box<RawValue>> for AsWritten {
    fn from(json: Box<RawValue>) -> Self {
        Self(json.into())
    }
}

impl<T: DeserializeOwned> Raw<T> {
    /// Decodes a whole body, reading it once: as a part of something else it is read twice, to find its end first.
    pub(super) fn decode(body: &[u8]) -> serde_json::Result<Self> {
        let value = serde_json::from_slice(body)?;
        let text = std::str::from_utf8(body).map_err(serde_json::Error::custom)?;
        Ok(Self { value, json: AsWritten(text.into()) })
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Raw<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Box::<RawValue>::deserialize(deserializer)?;
        let value = serde_json::from_str(json.get()).map_err(D::Error::custom)?;
        Ok(Self { value, json: json.into() })
    }
}

/// A user or lead. Times are seconds since 1970.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
#[allow(missing_docs)] // The names and meanings are the API's own.
pub struct Contact {
    pub id: String,
    pub external_id: Option<String>,
    pub role: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub name: Option<String>,
    pub avatar: Option<Avatar>,
    #[serde(deserialize_with = "id_text")]
    pub owner_id: Option<String>,
    pub has_hard_bounced: Option<bool>,
    pub marked_email_as_spam: Option<bool>,
    pub unsubscribed_from_emails: Option<bool>,
    pub created_at: Option<i64>,
    pub updated_at: Option<i64>,
    pub signed_up_at: Option<i64>,
    pub last_seen_at: Option<i64>,
    pub last_replied_at: Option<i64>,
    pub last_contacted_at: Option<i64>,
    pub last_email_opened_at: Option<i64>,
    pub last_email_clicked_at: Option<i64>,
    pub language_override: Option<String>,
    pub browser: Option<String>,
    pub browser_version: Option<String>,
    pub browser_language: Option<String>,
    pub os: Option<String>,
    pub location: Option<Address>,
    pub android_app_name: Option<String>,
    pub android_app_version: Option<String>,
    pub android_device: Option<String>,
    pub android_os_version: Option<String>,
    pub android_sdk_version: Option<String>,
    pub android_last_seen_at: Option<i64>,
    pub ios_app_name: Option<String>,
    pub ios_app_version: Option<String>,
    pub ios_device: Option<String>,
    pub ios_os_version: Option<String>,
    pub ios_sdk_version: Option<String>,
    pub ios_last_seen_at: Option<i64>,
    pub custom_attributes: Map<String, Json>,
    pub social_profiles: Option<NestedList>,
    pub tags: Option<NestedList>,
    pub notes: Option<NestedList>,
    pub companies: Option<NestedList>,
}

/// The picture of a contact; sent as a plain URL, given back as an object.
#[derive(Debug, Clone, Deserialize)]
pub struct Avatar {
    /// Where the picture lies.
    pub image_url: Option<String>,
}

/// Where a contact was last seen; found by Intercom from the IP address.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
#[allow(missing_docs)] // The names and meanings are the API's own.
pub struct Address {
    pub country: Option<String>,
    pub region: Option<String>,
    pub city: Option<String>,
}

/// Up to ten entries of something that belongs to a contact; `total_count` tells how many there are.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct NestedList {
    /// The entries, as the server wrote them.
    pub data: Vec<Box<RawValue>>,
    /// How many there are in all.
    pub total_count: Option<u64>,
    /// Whether `data` leaves some out.
    pub has_more: bool,
}

impl NestedList {
    /// Returns Intercom's ids of the entries that are shown.
    #[must_use]
    pub fn ids(&self) -> Vec<String> {
        self.entries().into_iter().filter_map(|entry| entry.id).collect()
    }

    /// Returns what the entries say of themselves.
    pub(super) fn entries(&self) -> Vec<Entry> {
        self.data.iter().filter_map(|entry| serde_json::from_str(entry.get()).ok()).collect()
    }
}

/// A company or a tag as a contact shows it: 2.x says its id, 1.x also what it is called.
#[derive(Deserialize)]
pub(super) struct Entry {
    #[serde(default, deserialize_with = "id_text")]
    pub(super) id: Option<String>,
    #[serde(default)]
    pub(super) name: Option<String>,
    #[serde(default)]
    pub(super) company_id: Option<String>,
}

impl Contact {
    /// Returns whether the contact is a lead.
    #[must_use]
    pub fn is_lead(&self) -> bool {
        self.role.as_deref() == Some("lead")
    }
}

/// Reads an id that was an integer until 2.15 and is a string since 2.16.
fn id_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Id {
        Text(String),
        Number(i64),
    }
    Ok(Option::<Id>::deserialize(deserializer)?.map(|id| match id {
        Id::Text(text) => text,
        Id::Number(number) => number.to_string(),
    }))
}
