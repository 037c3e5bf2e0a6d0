//! Companies inside the write of a contact: 1.x's users and Preview's bulk contacts name them by their owner's id, and
//! one that does not exist is created [D 1.4][S0].

use std::sync::Arc;

use serde_json::Map;
use serde_json::Value;

use super::draft::Draft;
use crate::sandbox::clock::Moment;
use crate::sandbox::contact::AttributeValue;
use crate::sandbox::contact::Contact;
use crate::sandbox::errors::Refusal;
use crate::sandbox::store::Store;

/// A company that a contact's write names, checked.
#[derive(Debug)]
pub(in crate::sandbox) struct Inline {
    draft: Draft,
    attributes: Vec<AttributeValue>,
    link: Link,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Link {
    Attach,
    Detach,
}

/// Reads a company as 1.x sends it.
pub(in crate::sandbox) fn read(mut keys: Map<String, Value>, store: &Store) -> Result<Inline, Refusal> {
    let link = match keys.remove("remove") {
        Some(Value::Bool(true)) => Link::Detach,
        None | Some(Value::Null | Value::Bool(false)) => Link::Attach,
        Some(_) => return Err(Refusal::bad_parameter("companies")),
    };
    if let Some(created_at) = keys.remove("created_at") {
        keys.insert("remote_created_at".to_owned(), created_at);
    }
    if let Some(Value::Number(number)) = keys.get("company_id") {
        let text = Value::String(number.to_string());
        keys.insert("company_id".to_owned(), text);
    }
    let draft = Draft::of_company(keys, &store.unknowns)?;
    let attributes = draft.check_attributes(store)?;
    Ok(Inline { draft, attributes, link })
}

/// Reads a company as Preview takes it: every other field is ignored [S0].
pub(in crate::sandbox) fn read_in_bulk(company: &Value, store: &Store) -> Result<Inline, Refusal> {
    let keys = company.as_object().ok_or_else(|| Refusal::bad_parameter("companies"))?;
    let known = |key: &&String| ["company_id", "name", "remove"].contains(&key.as_str());
    let keys = keys.iter().filter(|(key, _)| known(key));
    read(keys.map(|(key, value)| (key.clone(), value.clone())).collect(), store)
}

/// Creates or updates the companies, and attaches or detaches them. One that is to be detached is not created.
pub(in crate::sandbox) fn link(
    companies: Vec<Inline>,
    store: &mut Store,
    mut contact: Arc<Contact>,
    now: Moment,
) -> Result<Arc<Contact>, Refusal> {
    for Inline { draft, attributes, link } in companies {
        contact = match link {
            Link::Attach => {
                let company = store.upsert_company(&draft.company_id, now, |company| {
                    draft.apply(company, attributes, now);
                })?;
                store.attach_company(contact.id, company.id, now)?
            }
            Link::Detach => match store.companies.with_own_id(&draft.company_id).map(|company| company.id) {
                Some(company) => store.detach_company(contact.id, company, now)?,
                None => contact,
            },
        };
    }
    Ok(contact)
}
