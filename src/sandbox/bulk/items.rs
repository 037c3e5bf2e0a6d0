//! What becomes of one contact of a bulk request: what a single write would have made of it, and then its companies and
//! tags [S0].
//!
//! A refusal fails the item and nobody is told why.

use std::sync::Arc;

use serde_json::Map;
use serde_json::Value;

use crate::sandbox::clock::Moment;
use crate::sandbox::companies::inline;
use crate::sandbox::companies::inline::Inline;
use crate::sandbox::contact::Contact;
use crate::sandbox::contacts;
use crate::sandbox::contacts::draft::Draft;
use crate::sandbox::errors::Refusal;
use crate::sandbox::jobs::Item;
use crate::sandbox::store::Store;
use crate::sandbox::tag::Tag;

/// What an update does not take, other than a create [S0].
const NOT_IN_UPDATE: [&str; 3] = ["role", "signed_up_at", "last_seen_at"];

/// Creates a contact; one that exists, archived or not, fails the item. Leads are exempt [S0].
pub(super) fn create(store: &mut Store, item: &Item, now: Moment) -> Result<(), Refusal> {
    let keys = keys(item);
    let companies = companies(keys.get("companies"), store)?;
    let draft = Draft::of(keys.clone(), item.version, &store.unknowns)?;
    let contact = contacts::create_in(store, draft, now)?;
    let contact = inline::link(companies, store, contact, now)?;
    tag(store, contact, keys.get("tags"), now)
}

/// Updates a contact by its id.
pub(super) fn update(store: &mut Store, item: &Item, now: Moment) -> Result<(), Refusal> {
    let mut keys = keys(item);
    NOT_IN_UPDATE.iter().for_each(|name| drop(keys.remove(*name)));
    let companies = companies(keys.get("companies"), store)?;
    let draft = Draft::of(keys.clone(), item.version, &store.unknowns)?;
    let contact = contacts::update_in(store, id(item), draft, now)?;
    let contact = inline::link(companies, store, contact, now)?;
    tag(store, contact, keys.get("tags"), now)
}

/// Deletes a contact for good.
pub(super) fn delete(store: &mut Store, item: &Item, now: Moment) -> Result<(), Refusal> {
    contacts::delete_from(store, id(item), now).map(drop)
}

fn keys(item: &Item) -> Map<String, Value> {
    item.data.as_object().cloned().unwrap_or_default()
}

fn id(item: &Item) -> &str {
    item.data.get("id").and_then(Value::as_str).unwrap_or_default()
}

fn companies(companies: Option<&Value>, store: &Store) -> Result<Vec<Inline>, Refusal> {
    let listed = companies.and_then(Value::as_array).into_iter().flatten();
    listed.map(|company| inline::read_in_bulk(company, store)).collect()
}

/// Adds tags and takes them off; one that does not exist is skipped, which nobody is told either [S0].
fn tag(
    store: &mut Store,
    mut contact: Arc<Contact>,
    tags: Option<&Value>,
    now: Moment,
) -> Result<(), Refusal> {
    for tag in named_tags(tags, "add", store) {
        contact = store.tag_contact(contact.id, &tag, now)?;
    }
    for tag in named_tags(tags, "remove", store) {
        contact = store.untag_contact(contact.id, &tag, now)?;
    }
    Ok(())
}

fn named_tags(tags: Option<&Value>, key: &str, store: &Store) -> Vec<Tag> {
    let named = tags.and_then(|tags| tags.get(key)).and_then(Value::as_array).into_iter().flatten();
    let id = |tag: &Value| match tag.get("id") {
        Some(Value::String(id)) => Some(id.clone()),
        Some(Value::Number(id)) => Some(id.to_string()),
        _ => None,
    };
    named.filter_map(id).filter_map(|id| store.tags.with_id(&id).cloned()).collect()
}
