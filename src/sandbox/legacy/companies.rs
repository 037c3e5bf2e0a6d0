//! Companies inside a user's write [D 1.4]. What is not sent stays attached.

use serde_json::Map;
use serde_json::Value;

use super::custom;
use crate::sandbox::attributes::Model;
use crate::sandbox::clock::Moment;
use crate::sandbox::companies::inline;
use crate::sandbox::companies::inline::Inline;
use crate::sandbox::errors::Refusal;
use crate::sandbox::store::Store;
use crate::sandbox::versions::Version;

pub(super) use crate::sandbox::companies::inline::link;

/// Checks every company before anything is written; up to 1.3 their new custom attributes are made.
pub(super) fn read(
    companies: Vec<Map<String, Value>>,
    store: &mut Store,
    version: Version,
    now: Moment,
) -> Result<Vec<Inline>, Refusal> {
    let mut read = Vec::with_capacity(companies.len());
    for company in companies {
        if let Some(Value::Object(values)) = company.get("custom_attributes") {
            custom::values(store, Model::Company, values, version, now)?;
        }
        read.push(inline::read(company, store)?);
    }
    Ok(read)
}
