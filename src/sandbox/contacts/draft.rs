//! The body of a contact's write, read into types. Pure.
//!
//! Only what a server's own list of attributes marks as writable is read [R]; unknown and read-only keys are ignored
//! [I php#350]. The texts of the refusals are [X] unless a source is named.

use serde_json::Map;
use serde_json::Value;

use crate::sandbox::attributes::is_seconds;
use crate::sandbox::contact::Role;
use crate::sandbox::errors::Refusal;
use crate::sandbox::unknowns::EmailCase;
use crate::sandbox::unknowns::InsecureAvatar;
use crate::sandbox::unknowns::InvalidPhone;
use crate::sandbox::unknowns::LongFieldText;
use crate::sandbox::unknowns::MAX_FIELD_TEXT;
use crate::sandbox::unknowns::UnknownRole;
use crate::sandbox::unknowns::Unknowns;
use crate::sandbox::unknowns::UnparsableEmail;
use crate::sandbox::versions::Version;

/// What a write says about one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sandbox) enum Field<T> {
    Absent,
    Null,
    Value(T),
}

/// A contact's write, checked as far as it can be without the workspace.
#[derive(Debug)]
pub(in crate::sandbox) struct Draft {
    pub(super) role: Option<Role>,
    pub(super) external_id: Field<String>,
    pub(super) email: Field<String>,
    pub(super) phone: Field<String>,
    pub(super) name: Field<String>,
    pub(super) avatar: Field<String>,
    pub(super) owner_id: Field<u64>,
    pub(super) signed_up_at: Field<i64>,
    pub(super) last_seen_at: Field<i64>,
    pub(super) unsubscribed_from_emails: Field<bool>,
    /// Read from Preview on [S0].
    pub(super) language_override: Field<String>,
    pub(super) custom_attributes: Map<String, Value>,
}

impl<T> Field<T> {
    /// Returns the value that is given, if one is.
    pub(in crate::sandbox) fn given(&self) -> Option<&T> {
        match self {
            Field::Value(value) => Some(value),
            Field::Absent | Field::Null => None,
        }
    }

    /// Returns the value that is given; else null, as on a create.
    pub(in crate::sandbox) fn into_option(self) -> Option<T> {
        match self {
            Field::Value(value) => Some(value),
            Field::Absent | Field::Null => None,
        }
    }

    /// Changes a stored field: an absent key leaves it, null clears it [R].
    pub(in crate::sandbox) fn apply(self, stored: &mut Option<T>) {
        match self {
            Field::Absent => {}
            Field::Null => *stored = None,
            Field::Value(value) => *stored = Some(value),
        }
    }
}

impl Draft {
    /// Reads a body.
    pub(super) fn read(body: &[u8], version: Version, unknowns: &Unknowns) -> Result<Draft, Refusal> {
        let value = serde_json::from_slice(body).map_err(|_| Refusal::malformed_json())?;
        let Value::Object(keys) = value else { return Err(Refusal::malformed_json()) };
        Draft::of(keys, version, unknowns)
    }

    /// Reads an object.
    pub(in crate::sandbox) fn of(
        mut keys: Map<String, Value>,
        version: Version,
        unknowns: &Unknowns,
    ) -> Result<Draft, Refusal> {
        check_email_verified(&keys, version)?;
        Ok(Draft {
            role: role(keys.get("role"), unknowns)?,
            external_id: text(&keys, "external_id", unknowns)?,
            email: email(&keys, unknowns)?,
            phone: phone(&keys, unknowns)?,
            name: text(&keys, "name", unknowns)?,
            avatar: avatar(&keys, unknowns)?,
            owner_id: owner_id(keys.get("owner_id"))?,
            // 1.x's name of the field is in the message [I node#131].
            signed_up_at: seconds(keys.get("signed_up_at"), "remote_created_at", unknowns)?,
            last_seen_at: seconds(keys.get("last_seen_at"), "last_seen_at", unknowns)?,
            unsubscribed_from_emails: truth(&keys, "unsubscribed_from_emails")?,
            language_override: language_override(&keys, version, unknowns)?,
            custom_attributes: custom_attributes(keys.remove("custom_attributes"))?,
        })
    }
}

/// `email_verified` needs `email` in the same request [S 2.16 #590]; before 2.16 it is an unknown key.
fn check_email_verified(keys: &Map<String, Value>, version: Version) -> Result<(), Refusal> {
    let alone = keys.contains_key("email_verified") && !keys.contains_key("email");
    if alone && Version::V2_16 <= version {
        return Err(Refusal::parameter_invalid("email_verified can only be set together with email"));
    }
    Ok(())
}

/// Reads a role; `contact` makes a user [R].
fn role(value: Option<&Value>, unknowns: &Unknowns) -> Result<Option<Role>, Refusal> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(role)) => match role.as_str() {
            "user" | "contact" => Ok(Some(Role::User)),
            "lead" => Ok(Some(Role::Lead)),
            _ if unknowns.unknown_role == UnknownRole::Refused => {
                Err(Refusal::parameter_invalid("Role is invalid"))
            }
            _ => Ok(Some(Role::User)),
        },
        Some(_) => Err(Refusal::bad_parameter("role")),
    }
}

/// Reads text; empty text clears, as null does [X].
pub(in crate::sandbox) fn text(
    keys: &Map<String, Value>,
    name: &str,
    unknowns: &Unknowns,
) -> Result<Field<String>, Refusal> {
    match keys.get(name) {
        None => Ok(Field::Absent),
        Some(Value::Null) => Ok(Field::Null),
        Some(Value::String(text)) if text.is_empty() => Ok(Field::Null),
        Some(Value::String(text)) => {
            let too_long = MAX_FIELD_TEXT < text.chars().count();
            if too_long && unknowns.long_field_text == LongFieldText::Refused {
                return Err(Refusal::parameter_invalid(format!("{name} is longer than 255 characters")));
            }
            Ok(Field::Value(text.clone()))
        }
        Some(_) => Err(Refusal::bad_parameter(name)),
    }
}

pub(in crate::sandbox) fn email(
    keys: &Map<String, Value>,
    unknowns: &Unknowns,
) -> Result<Field<String>, Refusal> {
    let email = text(keys, "email", unknowns)?;
    let bad = email.given().is_some_and(|email| !looks_like_an_address(email));
    if bad && unknowns.unparsable_email == UnparsableEmail::Refused {
        return Err(Refusal::parameter_invalid("Email is invalid"));
    }
    Ok(match email {
        Field::Value(email) if unknowns.email_case == EmailCase::Lowered => {
            Field::Value(email.to_lowercase())
        }
        email => email,
    })
}

fn looks_like_an_address(email: &str) -> bool {
    let Some((mailbox, domain)) = email.rsplit_once('@') else { return false };
    let clean = !email.contains(|letter: char| letter.is_whitespace() || letter.is_control());
    clean && !mailbox.is_empty() && !mailbox.contains('@') && domain.contains('.') && !domain.starts_with('.')
}

pub(in crate::sandbox) fn phone(
    keys: &Map<String, Value>,
    unknowns: &Unknowns,
) -> Result<Field<String>, Refusal> {
    let phone = text(keys, "phone", unknowns)?;
    let bad = phone.given().is_some_and(|phone| !looks_like_a_number(phone));
    if bad && unknowns.invalid_phone == InvalidPhone::Refused {
        return Err(Refusal::parameter_invalid("Phone is invalid"));
    }
    Ok(phone)
}

/// Every example is in E.164; what people put between digits is taken as well.
fn looks_like_a_number(phone: &str) -> bool {
    let allowed = |letter: char| letter.is_ascii_digit() || " +-.()/".contains(letter);
    phone.chars().all(allowed) && phone.contains(|letter: char| letter.is_ascii_digit())
}

fn avatar(keys: &Map<String, Value>, unknowns: &Unknowns) -> Result<Field<String>, Refusal> {
    let avatar = text(keys, "avatar", unknowns)?;
    let insecure = avatar.given().is_some_and(|address| !address.starts_with("https://"));
    if insecure && unknowns.insecure_avatar == InsecureAvatar::Refused {
        return Err(Refusal::bad_parameter("avatar"));
    }
    Ok(avatar)
}

/// Reads an admin's id, which is text since 2.16 and a number before; both are taken on every version [D].
fn owner_id(value: Option<&Value>) -> Result<Field<u64>, Refusal> {
    let id = match value {
        None => return Ok(Field::Absent),
        Some(Value::Null) => return Ok(Field::Null),
        Some(Value::Number(number)) => number.as_u64(),
        Some(Value::String(text)) => text.parse().ok(),
        Some(_) => return Err(Refusal::bad_parameter("owner_id")),
    };
    id.map(Field::Value).ok_or_else(not_a_member)
}

/// 400 for an owner that is no admin [D].
pub(super) fn not_a_member() -> Refusal {
    Refusal::parameter_invalid("The owner specified is not a member of the workspace")
}

pub(in crate::sandbox) fn seconds(
    value: Option<&Value>,
    name: &str,
    unknowns: &Unknowns,
) -> Result<Field<i64>, Refusal> {
    match value {
        None => Ok(Field::Absent),
        Some(Value::Null) => Ok(Field::Null),
        Some(value) => {
            let seconds = value.as_i64().filter(|seconds| is_seconds(*seconds, unknowns));
            seconds.map(Field::Value).ok_or_else(|| Refusal::bad_parameter(name))
        }
    }
}

pub(in crate::sandbox) fn truth(keys: &Map<String, Value>, name: &str) -> Result<Field<bool>, Refusal> {
    match keys.get(name) {
        None => Ok(Field::Absent),
        Some(Value::Null) => Ok(Field::Null),
        Some(Value::Bool(truth)) => Ok(Field::Value(*truth)),
        Some(_) => Err(Refusal::bad_parameter(name)),
    }
}

/// Reads a language; one that is not supported becomes null without an error [S0]. Which are supported is [X]: here all
/// that look like a code of ISO 639-1.
fn language_override(
    keys: &Map<String, Value>,
    version: Version,
    unknowns: &Unknowns,
) -> Result<Field<String>, Refusal> {
    if version < Version::PREVIEW {
        return Ok(Field::Absent);
    }
    let is_code = |code: &str| code.len() == 2 && code.bytes().all(|letter| letter.is_ascii_lowercase());
    Ok(match text(keys, "language_override", unknowns)? {
        Field::Value(code) if !is_code(&code) => Field::Null,
        language => language,
    })
}

pub(in crate::sandbox) fn custom_attributes(value: Option<Value>) -> Result<Map<String, Value>, Refusal> {
    match value {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(attributes)) => Ok(attributes),
        Some(_) => Err(Refusal::bad_parameter("custom_attributes")),
    }
}
