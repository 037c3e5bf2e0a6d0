//! `POST /contacts/merge`: a lead goes into a user [S], and what is left of it.
//!
//! The user keeps what it has. That it gets the lead's tags, companies, notes and consents is [X], and so is what it gets
//! of the lead's fields: a switch.

use std::sync::Arc;

use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::Value;
use serde_json::json;

use super::shown;
use crate::sandbox::clock::Moment;
use crate::sandbox::contact::Contact;
use crate::sandbox::contact::Life;
use crate::sandbox::contact::Role;
use crate::sandbox::contact::Scalar;
use crate::sandbox::contact_json;
use crate::sandbox::errors::Refusal;
use crate::sandbox::links::Linked;
use crate::sandbox::links::MergedIn;
use crate::sandbox::reply::Answer;
use crate::sandbox::routes::Ask;
use crate::sandbox::store::Store;
use crate::sandbox::unknowns::MergedFields;
use crate::sandbox::versions::Version;

/// The default size of a page of history, and the largest one [S 2.16].
const DEFAULT_PER_PAGE: usize = 50;
const MAX_PER_PAGE: usize = 150;

/// `POST /contacts/merge` `{from, into, skip_duplicate_validation?}`.
pub(super) fn merge(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let body: Value = serde_json::from_slice(ask.body).map_err(|_| Refusal::malformed_json())?;
    let mut store = ask.world.store();
    let lead = store.live(body["from"].as_str().unwrap_or_default())?.clone();
    let user = store.live(body["into"].as_str().unwrap_or_default())?.clone();
    check_roles(&lead, &user)?;
    // Before 2.16 nobody asks whether the two are one person [S].
    let asks = Version::V2_16 <= ask.version && body["skip_duplicate_validation"] != Value::Bool(true);
    if asks && !are_duplicates(&lead, &user) {
        return Err(Refusal::invalid_merge());
    }
    let mut merged = (*user).clone();
    if store.unknowns.merged_fields == MergedFields::Lacking {
        fill(&mut merged, &lead);
    }
    let merged = end(&mut store, &lead, merged, ask.now)?;
    drop(store);
    Ok(Answer::ok(shown(&merged, ask)).with_recent_write())
}

/// Ends a lead in a user, who gets what hangs on it and is saved.
pub(in crate::sandbox) fn end(
    store: &mut Store,
    lead: &Contact,
    mut user: Contact,
    now: Moment,
) -> Result<Arc<Contact>, Refusal> {
    let entry = MergedIn { id: lead.id, role: lead.role, merged_at: now.seconds() };
    user.links.edit(|links| {
        inherit(links, &lead.links);
        links.merged.push(entry);
    });
    user.updated_at = now.seconds();
    // The user first: a kill between the two leaves the lead where it was.
    let user = store.save(user, now)?;
    store.save(Contact { life: Life::Merged { into: user.id }, ..lead.clone() }, now)?;
    Ok(user)
}

/// Only a lead goes into a user [S]; code and text are [X].
fn check_roles(lead: &Contact, user: &Contact) -> Result<(), Refusal> {
    match (lead.role, user.role) {
        (Role::Lead, Role::User) => Ok(()),
        _ => Err(Refusal::parameter_invalid("Only a lead can be merged, and only into a user")),
    }
}

fn are_duplicates(lead: &Contact, user: &Contact) -> bool {
    let same = |one: &Option<String>, other: &Option<String>| one.is_some() && one == other;
    same(&lead.email, &user.email) || same(&lead.phone, &user.phone)
}

/// Gives a user what it lacks.
fn fill(user: &mut Contact, lead: &Contact) {
    let texts = [
        (&mut user.email, &lead.email),
        (&mut user.phone, &lead.phone),
        (&mut user.name, &lead.name),
        (&mut user.avatar, &lead.avatar),
    ];
    for (own, other) in texts {
        if own.is_none() {
            own.clone_from(other);
        }
    }
    user.owner_id = user.owner_id.or(lead.owner_id);
    user.signed_up_at = user.signed_up_at.or(lead.signed_up_at);
    user.last_seen_at = user.last_seen_at.max(lead.last_seen_at);
    for attribute in &lead.custom_attributes {
        if matches!(user.attribute(&attribute.name), None | Some(Scalar::Null)) {
            user.set_attribute(attribute.clone());
        }
    }
}

/// Gives a user what hangs on a lead.
fn inherit(user: &mut Linked, lead: &Linked) {
    union(&mut user.companies, &lead.companies);
    union(&mut user.subscriptions, &lead.subscriptions);
    user.notes.extend(&lead.notes);
    let new = lead.tags.iter().filter(|applied| user.tag(applied.id).is_none());
    let new: Vec<_> = new.copied().collect();
    user.tags.extend(new);
    user.merged.extend(&lead.merged);
}

fn union<T: PartialEq + Copy>(own: &mut Vec<T>, other: &[T]) {
    let new: Vec<T> = other.iter().filter(|item| !own.contains(item)).copied().collect();
    own.extend(new);
}

/// The query of a merge history.
#[derive(Debug, Default, Deserialize)]
struct HistoryQuery {
    cursor: Option<String>,
    per_page: Option<String>,
    order: Option<String>,
}

/// `GET /contacts/{id}/merge_history`: users only, since 2.16, newest first [S 2.16].
pub(super) fn history(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let query: HistoryQuery = ask.query();
    let store = ask.world.store();
    let user = store.live(ask.id()).ok().filter(|contact| contact.role == Role::User);
    let mut merged = user.ok_or_else(no_such_user)?.links.merged.clone();
    match query.order.as_deref() {
        None | Some("desc") => merged.reverse(),
        Some("asc") => {}
        Some(_) => return Err(Refusal::bad_parameter("order")),
    }
    let per_page = number(query.per_page.as_deref(), "per_page")?.unwrap_or(DEFAULT_PER_PAGE);
    if !(1..=MAX_PER_PAGE).contains(&per_page) {
        return Err(Refusal::bad_parameter("per_page"));
    }
    // The cursor is the number of entries that were shown.
    let start = number(query.cursor.as_deref(), "cursor")?.unwrap_or(0).min(merged.len());
    let end = (start + per_page).min(merged.len());
    let data: Vec<Value> = merged[start..end].iter().map(contact_json::merge_history_item).collect();
    let has_more = end < merged.len();
    let mut answer = json!({ "type": "list", "data": data, "has_more": has_more });
    if has_more {
        answer["next_cursor"] = end.to_string().into();
    }
    Ok(Answer::json(&answer))
}

fn number(text: Option<&str>, name: &str) -> Result<Option<usize>, Refusal> {
    text.map(|text| text.parse().map_err(|_| Refusal::bad_parameter(name))).transpose()
}

/// 404 [S 2.16].
fn no_such_user() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "not_found", "Contact not found")
}
