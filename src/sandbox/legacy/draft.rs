//! The body of a user's or lead's write, read into types. Pure.
//!
//! Unlike 2.x, 1.x refuses a key that it does not know [I python-intercom#182]. The texts of the refusals are [X] unless
//! a source is named.

use serde_json::Map;
use serde_json::Value;

use crate::sandbox::contacts::draft;
use crate::sandbox::contacts::draft::Field;
use crate::sandbox::errors::Refusal;
use crate::sandbox::unknowns::InsecureAvatar;
use crate::sandbox::unknowns::SentUtm;
use crate::sandbox::unknowns::Unknowns;

/// The documented parameters [D 1.4], with the two that were documented up to 1.1 and that clients still send, and the
/// old name of `signed_up_at` [I php#71].
const KNOWN: [&str; 18] = [
    "avatar",
    "companies",
    "custom_attributes",
    "email",
    "id",
    "last_request_at",
    "last_seen_ip",
    "last_seen_user_agent",
    "name",
    "new_session",
    "phone",
    "remote_created_at",
    "signed_up_at",
    "unsubscribed_from_emails",
    "update_last_request_at",
    "user_id",
    "referrer",
    "session_count",
];
/// What a user has but is not documented to be written; clients send it all the same [C n8n].
const ORIGIN: [&str; 5] = ["utm_campaign", "utm_content", "utm_medium", "utm_source", "utm_term"];

/// A write, checked as far as it can be without the workspace.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) id: Option<String>,
    pub(super) user_id: Field<String>,
    pub(super) email: Field<String>,
    pub(super) phone: Field<String>,
    pub(super) name: Field<String>,
    pub(super) avatar: Field<String>,
    pub(super) signed_up_at: Field<i64>,
    pub(super) last_request_at: Field<i64>,
    pub(super) seen_now: bool,
    pub(super) new_session: bool,
    pub(super) unsubscribed_from_emails: Field<bool>,
    pub(super) last_seen_ip: Field<String>,
    pub(super) user_agent: Field<String>,
    pub(super) origin: Origin,
    pub(super) custom_attributes: Map<String, Value>,
    pub(super) companies: Vec<Map<String, Value>>,
}

/// Where a user came from, and how often.
#[derive(Debug)]
pub(super) struct Origin {
    pub(super) session_count: Field<i64>,
    pub(super) referrer: Field<String>,
    /// In the order of `ORIGIN`.
    pub(super) utm: [Field<String>; 5],
}

impl Draft {
    /// Reads a body.
    pub(super) fn read(mut keys: Map<String, Value>, unknowns: &Unknowns) -> Result<Draft, Refusal> {
        let known = |key: &str| KNOWN.contains(&key) || ORIGIN.contains(&key);
        if let Some(unknown) = keys.keys().find(|key| !known(key)) {
            return Err(Refusal::bad_parameter(unknown));
        }
        let user_id = user_id(&mut keys, unknowns)?;
        let remote_created_at = keys.remove("remote_created_at");
        let signed_up_at = keys.get("signed_up_at").or(remote_created_at.as_ref());
        let signed_up_at = draft::seconds(signed_up_at, "remote_created_at", unknowns)?;
        Ok(Draft {
            id: draft::text(&keys, "id", unknowns)?.into_option(),
            user_id,
            email: draft::email(&keys, unknowns)?,
            phone: draft::text(&keys, "phone", unknowns)?,
            name: draft::text(&keys, "name", unknowns)?,
            avatar: avatar(keys.get("avatar"), unknowns)?,
            signed_up_at,
            last_request_at: draft::seconds(keys.get("last_request_at"), "last_request_at", unknowns)?,
            seen_now: draft::truth(&keys, "update_last_request_at")?.into_option().unwrap_or(false),
            new_session: draft::truth(&keys, "new_session")?.into_option().unwrap_or(false),
            unsubscribed_from_emails: draft::truth(&keys, "unsubscribed_from_emails")?,
            last_seen_ip: draft::text(&keys, "last_seen_ip", unknowns)?,
            user_agent: draft::text(&keys, "last_seen_user_agent", unknowns)?,
            origin: Origin::read(&keys, unknowns)?,
            companies: companies(keys.remove("companies"))?,
            custom_attributes: draft::custom_attributes(keys.remove("custom_attributes"))?,
        })
    }
}

impl Origin {
    /// Reads what may be written, or is dropped, or refuses the whole write [X].
    fn read(keys: &Map<String, Value>, unknowns: &Unknowns) -> Result<Origin, Refusal> {
        let names = ORIGIN.iter().chain(&["referrer", "session_count"]);
        if let Some(sent) = names.copied().find(|name| keys.contains_key(*name)) {
            match unknowns.sent_utm {
                SentUtm::Ignored => return Ok(Origin::nothing()),
                SentUtm::Refused => return Err(Refusal::bad_parameter(sent)),
                SentUtm::Stored => {}
            }
        }
        let mut origin = Origin::nothing();
        for (field, name) in origin.utm.iter_mut().zip(ORIGIN) {
            *field = draft::text(keys, name, unknowns)?;
        }
        origin.referrer = draft::text(keys, "referrer", unknowns)?;
        origin.session_count = count(keys.get("session_count"))?;
        Ok(origin)
    }

    fn nothing() -> Origin {
        let utm = [const { Field::Absent }; 5];
        Origin { session_count: Field::Absent, referrer: Field::Absent, utm }
    }
}

fn count(value: Option<&Value>) -> Result<Field<i64>, Refusal> {
    match value {
        None => Ok(Field::Absent),
        Some(Value::Null) => Ok(Field::Null),
        Some(value) => {
            let count = value.as_i64().filter(|count| 0 <= *count);
            count.map(Field::Value).ok_or_else(|| Refusal::bad_parameter("session_count"))
        }
    }
}

/// Reads a user's id; a number is taken for its text [C intercom-ruby README]. No space may be around it [D 1.4].
fn user_id(keys: &mut Map<String, Value>, unknowns: &Unknowns) -> Result<Field<String>, Refusal> {
    if let Some(Value::Number(number)) = keys.get("user_id") {
        let text = Value::String(number.to_string());
        keys.insert("user_id".to_owned(), text);
    }
    let user_id = draft::text(keys, "user_id", unknowns)?;
    if user_id.given().is_some_and(|user_id| user_id.trim() != user_id) {
        return Err(Refusal::parameter_invalid("user_id can't have leading or trailing whitespace"));
    }
    Ok(user_id)
}

/// Reads `{"type":"avatar","image_url":"https://…"}` [D user model]; anything else is told "bad 'avatar' parameter"
/// [I ruby#138].
fn avatar(value: Option<&Value>, unknowns: &Unknowns) -> Result<Field<String>, Refusal> {
    let avatar = match value {
        None => return Ok(Field::Absent),
        Some(Value::Null) => return Ok(Field::Null),
        Some(value) => value,
    };
    let is_avatar = avatar.get("type").is_none_or(|kind| kind == "avatar");
    match avatar.get("image_url").filter(|_| is_avatar) {
        Some(Value::Null) => Ok(Field::Null),
        Some(Value::String(address))
            if address.starts_with("https://") || unknowns.insecure_avatar == InsecureAvatar::Stored =>
        {
            Ok(Field::Value(address.clone()))
        }
        _ => Err(Refusal::bad_parameter("avatar")),
    }
}

fn companies(value: Option<Value>) -> Result<Vec<Map<String, Value>>, Refusal> {
    let bad = || Refusal::bad_parameter("companies");
    match value {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(companies)) => {
            let company = |company| match company {
                Value::Object(company) => Ok(company),
                _ => Err(bad()),
            };
            companies.into_iter().map(company).collect()
        }
        Some(_) => Err(bad()),
    }
}
