//! A company as a client sees it: the keys of the examples [S]. What a company does not have is left out, as there.

use serde_json::Value;
use serde_json::json;

use crate::sandbox::company::Company;
use crate::sandbox::contact::AsObject;
use crate::sandbox::store::Store;
use crate::sandbox::versions::Version;

/// Returns a company as one JSON object.
pub(in crate::sandbox) fn shown(company: &Company, store: &Store) -> Value {
    let mut shown = json!({
        "type": "company",
        "company_id": company.company_id,
        "id": company.id,
        "app_id": store.workspace,
        "created_at": company.created_at,
        "updated_at": company.updated_at,
        "monthly_spend": company.monthly_spend,
        "session_count": 0,
        "user_count": store.companies.n_users(company.id),
        "tags": { "type": "tag.list", "tags": tags(company, store) },
        // No rule of a segment looks at companies.
        "segments": { "type": "segment.list", "segments": [] },
        "plan": plan(company.plan.as_deref()),
        "custom_attributes": AsObject(&company.custom_attributes),
    });
    let optional = [
        ("name", json!(company.name)),
        ("remote_created_at", json!(company.remote_created_at)),
        ("last_request_at", json!(company.last_request_at)),
        ("size", json!(company.size)),
        ("website", json!(company.website)),
        ("industry", json!(company.industry)),
    ];
    for (key, value) in optional.into_iter().filter(|(_, value)| !value.is_null()) {
        shown[key] = value;
    }
    shown
}

/// Returns the type of a list of companies, and the key that holds them: 1.x names both by what is listed [D 1.4].
pub(super) fn list_names(version: Version) -> (&'static str, &'static str) {
    if version < Version::V2_0 { ("company.list", "companies") } else { ("list", "data") }
}

fn tags(company: &Company, store: &Store) -> Vec<Value> {
    let tags = company.tags.iter().filter_map(|applied| store.tags.get(applied.id));
    tags.map(|tag| json!({ "type": "tag", "id": tag.id.to_string(), "name": tag.name })).collect()
}

/// A plan is written as its name and read as an object, which is empty if there is none [S].
fn plan(name: Option<&str>) -> Value {
    match name {
        Some(name) => json!({ "type": "plan", "id": plan_id(name).to_string(), "name": name }),
        None => json!({}),
    }
}

/// Returns six digits that are the same whenever the name is.
fn plan_id(name: &str) -> u64 {
    let sum = |sum: u64, byte: u8| (sum * 31 + u64::from(byte)) % 900_000;
    100_000 + name.bytes().fold(0, sum)
}
