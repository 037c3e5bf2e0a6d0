//! `--strict`: refuses what Intercom would take and ignore [S][I php#350], so that a client's tests see that nothing of
//! what it sends is lost. Pure.
//!
//! It is about 2.x and Preview; 1.x and companies refuse unknown keys by themselves. Intercom never answers so.

use axum::http::StatusCode;
use axum::http::Uri;
use serde_json::Map;
use serde_json::Value;

use super::errors::Refusal;
use super::versions::Version;

/// What a contact's write can hold [R][S].
const CONTACT: &[&str] = &[
    "role",
    "external_id",
    "email",
    "phone",
    "name",
    "avatar",
    "owner_id",
    "signed_up_at",
    "last_seen_at",
    "unsubscribed_from_emails",
    "custom_attributes",
];
const ATTRIBUTE: &[&str] = &["name", "model", "data_type", "options", "description", "messenger_writable"];
const ATTRIBUTE_UPDATE: &[&str] = &["archived", "options", "description", "messenger_writable"];

/// What one endpoint reads of a request.
struct Reads {
    /// The method and the path with names for ids.
    of: (&'static str, &'static str),
    query: &'static [&'static str],
    body: &'static [&'static str],
}

const fn reads(
    method: &'static str,
    pattern: &'static str,
    query: &'static [&'static str],
    body: &'static [&'static str],
) -> Reads {
    Reads { of: (method, pattern), query, body }
}

/// The endpoints that ignore what they do not know.
const TOLERANT: &[Reads] = &[
    reads("GET", "/me", &[], &[]),
    reads("GET", "/contacts", &["per_page", "starting_after", "include_merge_history"], &[]),
    reads("POST", "/contacts", &[], CONTACT),
    reads("POST", "/contacts/search", &["include_merge_history"], &["query", "pagination", "sort"]),
    reads("GET", "/contacts/find_by_external_id/{external_id}", &["include_merge_history"], &[]),
    reads("GET", "/contacts/{id}", &["include_merge_history"], &[]),
    reads("PUT", "/contacts/{id}", &[], CONTACT),
    reads("DELETE", "/contacts/{id}", &[], &[]),
    reads("POST", "/contacts/{id}/archive", &[], &[]),
    reads("POST", "/contacts/{id}/unarchive", &[], &[]),
    reads("GET", "/contacts/{id}/companies", &["page", "per_page"], &[]),
    reads("POST", "/contacts/{id}/companies", &[], &["id"]),
    reads("DELETE", "/contacts/{id}/companies/{company_id}", &[], &[]),
    reads("GET", "/contacts/{id}/tags", &[], &[]),
    reads("POST", "/contacts/{id}/tags", &[], &["id"]),
    reads("DELETE", "/contacts/{id}/tags/{tag_id}", &[], &[]),
    reads("GET", "/contacts/{id}/notes", &["page", "per_page"], &[]),
    reads("POST", "/contacts/{id}/notes", &[], &["body", "admin_id"]),
    reads("POST", "/contacts/{id}/subscriptions", &[], &["id", "consent_type"]),
    reads("POST", "/contacts/merge", &[], &["from", "into", "skip_duplicate_validation"]),
    reads("POST", "/companies/list", &["page", "per_page", "order"], &[]),
    reads("GET", "/companies/scroll", &["scroll_param"], &[]),
    reads("GET", "/tags", &[], &[]),
    reads("POST", "/tags", &[], &["id", "name", "users", "companies"]),
    reads("GET", "/data_attributes", &["model", "include_archived"], &[]),
    reads("POST", "/data_attributes", &[], ATTRIBUTE),
    reads("PUT", "/data_attributes/{id}", &[], ATTRIBUTE_UPDATE),
];

/// Refuses a request if part of it would be ignored; `of` is its method and its path with names for ids.
pub(super) fn check(
    of: (&'static str, &'static str),
    version: Version,
    uri: &Uri,
    body: &[u8],
) -> Result<(), Refusal> {
    let Some(reads) = TOLERANT.iter().find(|reads| reads.of == of) else { return Ok(()) };
    if version < Version::V2_0 {
        return Ok(());
    }
    for parameter in uri.query().unwrap_or_default().split('&').filter(|part| !part.is_empty()) {
        let name = parameter.split_once('=').map_or(parameter, |(name, _)| name);
        refuse_unless(reads.query.contains(&name), &format!("query parameter `{name}`"))?;
    }
    // What is no object is refused by the room itself.
    let Ok(keys) = serde_json::from_slice::<Map<String, Value>>(body) else { return Ok(()) };
    check_keys(&keys, "", |key| reads.body.contains(&key) || is_since(key, reads.body, version))?;
    match of {
        ("POST", "/contacts/search") => check_search(&keys),
        ("POST", "/contacts") => {
            let is_replaced = keys.get("role") == Some(&"lead".into()) && keys.contains_key("external_id");
            refuse_unless(!is_replaced, "`external_id` of a lead")
        }
        ("PUT", "/contacts/{id}") => {
            refuse_unless(keys.get("external_id") != Some(&Value::Null), "null as `external_id`")
        }
        _ => Ok(()),
    }
}

/// Says whether a key of a contact is read in this version though not in each [S 2.16][S0].
fn is_since(key: &str, body: &[&str], version: Version) -> bool {
    let of_contact = std::ptr::eq(body, CONTACT);
    match key {
        "email_verified" => of_contact && Version::V2_16 <= version,
        "language_override" => of_contact && version == Version::PREVIEW,
        _ => false,
    }
}

fn check_search(keys: &Map<String, Value>) -> Result<(), Refusal> {
    let inside = |name: &str, known: &[&str]| match keys.get(name) {
        Some(Value::Object(keys)) => check_keys(keys, name, |key| known.contains(&key)),
        _ => Ok(()),
    };
    inside("pagination", &["per_page", "starting_after"])?;
    inside("sort", &["field", "order"])?;
    check_filter(keys.get("query").unwrap_or(&Value::Null))
}

fn check_filter(filter: &Value) -> Result<(), Refusal> {
    let Value::Object(keys) = filter else { return Ok(()) };
    check_keys(keys, "query", |key| ["field", "operator", "value"].contains(&key))?;
    let mut filters = keys.get("value").and_then(Value::as_array).into_iter().flatten();
    filters.try_for_each(check_filter)
}

fn check_keys(keys: &Map<String, Value>, place: &str, known: impl Fn(&str) -> bool) -> Result<(), Refusal> {
    match keys.keys().find(|key| !known(key)) {
        Some(key) if place.is_empty() => refuse_unless(false, &format!("`{key}`")),
        Some(key) => refuse_unless(false, &format!("`{place}.{key}`")),
        None => Ok(()),
    }
}

fn refuse_unless(is_read: bool, what: &str) -> Result<(), Refusal> {
    if is_read {
        return Ok(());
    }
    let message = format!("strict: Intercom would ignore {what}");
    Err(Refusal::new(StatusCode::BAD_REQUEST, "sandbox_strict", message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tolerant_endpoint_exists() {
        for reads in TOLERANT {
            let exists = crate::sandbox::routes::endpoints().any(|known| known.of() == reads.of);
            assert!(exists, "{:?}", reads.of);
        }
    }
}
