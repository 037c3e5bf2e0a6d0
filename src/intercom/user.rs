//! A user as the 1.x API gives it, read as a [`Contact`]. Unknown keys are ignored.

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value as Json};

use super::contact::{Address, Avatar, NestedList};
use super::{Contact, Raw};

/// A user or lead of 1.x. Times are seconds since 1970.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct User {
    #[serde(rename = "type")]
    kind: Option<String>,
    id: String,
    user_id: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    name: Option<String>,
    avatar: Option<Avatar>,
    owner_id: Option<Json>,
    created_at: Option<i64>,
    updated_at: Option<i64>,
    signed_up_at: Option<i64>,
    remote_created_at: Option<i64>,
    last_request_at: Option<i64>,
    unsubscribed_from_emails: Option<bool>,
    marked_email_as_spam: Option<bool>,
    has_hard_bounced: Option<bool>,
    location_data: Option<Location>,
    custom_attributes: Map<String, Json>,
    companies: Option<Companies>,
    tags: Option<Tags>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Location {
    country_name: Option<String>,
    region_name: Option<String>,
    city_name: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Companies {
    companies: Vec<Box<RawValue>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Tags {
    tags: Vec<Box<RawValue>>,
}

/// A user of 1.x that is read as a contact, with the JSON that the server wrote.
pub(super) struct AsContact(pub(super) Raw<Contact>);

impl<'de> Deserialize<'de> for AsContact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Raw { value, json } = Raw::<User>::deserialize(deserializer)?;
        Ok(Self(Raw { value: value.into(), json }))
    }
}

impl From<User> for Contact {
    fn from(user: User) -> Self {
        let role = if user.kind.as_deref() == Some("contact") { "lead" } else { "user" };
        let list = |data: Vec<Box<RawValue>>| NestedList {
            total_count: u64::try_from(data.len()).ok(),
            data,
            has_more: false,
        };
        Self {
            id: user.id,
            external_id: user.user_id,
            role: Some(role.into()),
            email: user.email,
            phone: user.phone,
            name: user.name,
            avatar: user.avatar,
            owner_id: user.owner_id.filter(|id| !id.is_null()).map(|id| match id {
                Json::String(id) => id,
                id => id.to_string(),
            }),
            has_hard_bounced: user.has_hard_bounced,
            marked_email_as_spam: user.marked_email_as_spam,
            unsubscribed_from_emails: user.unsubscribed_from_emails,
            created_at: user.created_at,
            updated_at: user.updated_at,
            signed_up_at: user.signed_up_at.or(user.remote_created_at),
            last_seen_at: user.last_request_at,
            location: user.location_data.map(|at| Address {
                country: at.country_name,
                region: at.region_name,
                city: at.city_name,
            }),
            custom_attributes: user.custom_attributes,
            companies: user.companies.map(|companies| list(companies.companies)),
            tags: user.tags.map(|tags| list(tags.tags)),
            ..Self::default()
        }
    }
}
