//! The body of a company's write, read into types. Pure.
//!
//! An unknown key at the top refuses the whole write [S]; the texts of other refusals are [X] unless a source is named.

use axum::http::StatusCode;
use serde_json::Map;
use serde_json::Value;

use crate::sandbox::attributes::Model;
use crate::sandbox::attributes::is_seconds;
use crate::sandbox::clock::Moment;
use crate::sandbox::company::Company;
use crate::sandbox::contact::AttributeValue;
use crate::sandbox::errors::Refusal;
use crate::sandbox::store::Store;
use crate::sandbox::unknowns::Unknowns;
use crate::sandbox::versions::Version;

/// The keys of a `PUT` [S 2.16].
const KEYS_OF_UPDATE: [&str; 7] =
    ["name", "plan", "size", "website", "industry", "custom_attributes", "monthly_spend"];
/// What a `POST` takes besides [S 2.16].
const KEYS_OF_UPSERT: [&str; 2] = ["company_id", "remote_created_at"];
/// What a `POST` takes since 2.16 [S 2.16].
const KEY_SINCE_2_16: &str = "update_last_request_at";

/// A company's write, checked as far as it can be without the workspace.
#[derive(Debug, Default)]
pub(super) struct Draft {
    /// Empty in an update, where it cannot be given.
    pub(super) company_id: String,
    keys: Map<String, Value>,
    monthly_spend: Option<i64>,
    size: Option<i64>,
    remote_created_at: Option<i64>,
}

impl Draft {
    /// Reads the body of `POST /companies`.
    pub(super) fn of_upsert(body: &[u8], version: Version, unknowns: &Unknowns) -> Result<Draft, Refusal> {
        let known = |key: &str| {
            KEYS_OF_UPDATE.contains(&key)
                || KEYS_OF_UPSERT.contains(&key)
                || key == KEY_SINCE_2_16 && Version::V2_16 <= version
        };
        Draft::of_keys(object(body)?, unknowns, known)?.identified()
    }

    /// Reads a company that is part of another body.
    pub(super) fn of_company(keys: Map<String, Value>, unknowns: &Unknowns) -> Result<Draft, Refusal> {
        let known = |key: &str| KEYS_OF_UPDATE.contains(&key) || KEYS_OF_UPSERT.contains(&key);
        Draft::of_keys(keys, unknowns, known)?.identified()
    }

    fn identified(self) -> Result<Draft, Refusal> {
        let draft = self;
        let company_id = text(&draft.keys, "company_id")?.filter(|company_id| !company_id.is_empty());
        match company_id.map(str::to_owned) {
            Some(company_id) => Ok(Draft { company_id, ..draft }),
            None => Err(no_company_id()),
        }
    }

    /// Reads the body of `PUT /companies/{id}`.
    pub(super) fn of_update(body: &[u8], unknowns: &Unknowns) -> Result<Draft, Refusal> {
        Draft::of_keys(object(body)?, unknowns, |key| KEYS_OF_UPDATE.contains(&key))
    }

    fn of_keys(
        keys: Map<String, Value>,
        unknowns: &Unknowns,
        known: impl Fn(&str) -> bool,
    ) -> Result<Draft, Refusal> {
        if let Some(unknown) = keys.keys().find(|key| !known(key)) {
            return Err(Refusal::bad_parameter(unknown));
        }
        for name in ["name", "plan", "website", "industry"] {
            text(&keys, name)?;
        }
        Ok(Draft {
            company_id: String::new(),
            monthly_spend: monthly_spend(&keys)?,
            size: size(&keys)?,
            remote_created_at: seconds(&keys, "remote_created_at", unknowns)?,
            keys,
        })
    }

    /// Checks the custom attributes against those of companies.
    pub(super) fn check_attributes(&self, store: &Store) -> Result<Vec<AttributeValue>, Refusal> {
        match self.keys.get("custom_attributes") {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(Value::Object(values)) => store.attributes.check(Model::Company, values, &store.unknowns),
            Some(_) => Err(Refusal::bad_parameter("custom_attributes")),
        }
    }

    /// Changes a company: an absent key leaves its field, null clears it.
    pub(super) fn apply(&self, company: &mut Company, attributes: Vec<AttributeValue>, now: Moment) {
        let texts = [
            ("name", &mut company.name),
            ("plan", &mut company.plan),
            ("website", &mut company.website),
            ("industry", &mut company.industry),
        ];
        for (key, field) in texts {
            if let Some(value) = self.keys.get(key) {
                *field = value.as_str().map(str::to_owned);
            }
        }
        if self.keys.contains_key("monthly_spend") {
            company.monthly_spend = self.monthly_spend.unwrap_or(0);
        }
        for (key, value, field) in [
            ("size", self.size, &mut company.size),
            ("remote_created_at", self.remote_created_at, &mut company.remote_created_at),
        ] {
            if self.keys.contains_key(key) {
                *field = value;
            }
        }
        if self.keys.get(KEY_SINCE_2_16) == Some(&Value::Bool(true)) {
            company.last_request_at = Some(now.seconds());
        }
        attributes.into_iter().for_each(|attribute| company.set_attribute(attribute));
    }
}

/// Reads a body; it may be null [S].
fn object(body: &[u8]) -> Result<Map<String, Value>, Refusal> {
    match serde_json::from_slice(body).map_err(|_| Refusal::malformed_json())? {
        Value::Object(keys) => Ok(keys),
        Value::Null => Ok(Map::new()),
        _ => Err(Refusal::malformed_json()),
    }
}

fn text<'a>(keys: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, Refusal> {
    match keys.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Refusal::bad_parameter(name)),
    }
}

/// Floats are cut, and the most is 2,147,483,647 [S]; what a greater number is told is [X].
fn monthly_spend(keys: &Map<String, Value>) -> Result<Option<i64>, Refusal> {
    let spend = match keys.get("monthly_spend") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Number(number)) => number.as_f64().map(f64::trunc),
        Some(_) => None,
    };
    let in_range = spend.filter(|spend| spend.abs() <= f64::from(i32::MAX));
    in_range.map(|spend| Some(spend as i64)).ok_or_else(|| Refusal::bad_parameter("monthly_spend"))
}

fn size(keys: &Map<String, Value>) -> Result<Option<i64>, Refusal> {
    match keys.get("size") {
        None | Some(Value::Null) => Ok(None),
        Some(size) => size.as_i64().map(Some).ok_or_else(|| Refusal::bad_parameter("size")),
    }
}

fn seconds(keys: &Map<String, Value>, name: &str, unknowns: &Unknowns) -> Result<Option<i64>, Refusal> {
    match keys.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => {
            let seconds = value.as_i64().filter(|seconds| is_seconds(*seconds, unknowns));
            seconds.map(Some).ok_or_else(|| Refusal::bad_parameter(name))
        }
    }
}

/// 400; code and text are [X].
fn no_company_id() -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, "parameter_not_found", "company_id not specified")
}
