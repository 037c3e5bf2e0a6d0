//! Leads, which 1.x calls contacts: written, and converted into users [D 1.4 Leads].
//!
//! A lead is never matched by its email: a write that names none by `id` or `user_id` makes a new one [I node#28].

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::Map;
use serde_json::Value;

use super::draft::Draft;
use super::matching;
use super::person_json;
use super::upsert;
use crate::sandbox::contact::Contact;
use crate::sandbox::contact::Role;
use crate::sandbox::contacts;
use crate::sandbox::contacts::draft;
use crate::sandbox::errors::Refusal;
use crate::sandbox::reply::Answer;
use crate::sandbox::routes::Ask;
use crate::sandbox::store::Store;

/// `POST /contacts`: creates a lead, or updates the one that is named.
pub(super) fn write(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let keys = ask.object()?;
    let mut store = ask.world.store();
    let draft = Draft::read(keys, &store.unknowns)?;
    let named = match (&draft.id, draft.user_id.given()) {
        (Some(id), _) => Some(with_id(&store, id)?),
        (None, Some(user_id)) => Some(with_user_id(&store, user_id).ok_or_else(Refusal::user_not_found)?),
        (None, None) => None,
    };
    let lead = upsert::save(&mut store, named, Role::Lead, draft, ask.version, ask.now)?;
    Ok(Answer::ok(person_json::one(&lead, &store)))
}

/// `GET /contacts/{id}`.
pub(super) fn read(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let store = ask.world.store();
    let lead = with_id(&store, ask.id())?;
    Ok(Answer::ok(person_json::one(&lead, &store)))
}

/// Returns a live lead; a user is none here.
pub(super) fn with_id(store: &Store, id: &str) -> Result<Arc<Contact>, Refusal> {
    let lead = store.live(id).ok().filter(|contact| contact.role == Role::Lead);
    lead.cloned().ok_or_else(Refusal::user_not_found)
}

/// Returns the live lead with a `user_id`.
pub(super) fn with_user_id(store: &Store, user_id: &str) -> Option<Arc<Contact>> {
    store.leads_with_external_id(user_id).into_iter().next()
}

/// `POST /contacts/convert`: a lead becomes a user, or is merged into the one that exists [D 1.4 Convert a Lead].
pub(super) fn convert(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let keys = ask.object()?;
    let mut store = ask.world.store();
    let lead = named_lead(&store, part(&keys, "contact")?)?;
    let sent = part(&keys, "user")?;
    let only_identity = |key: &String| ["id", "user_id", "email"].contains(&key.as_str());
    let identity = sent.iter().filter(|(key, _)| only_identity(key));
    let identity = identity.map(|(key, value)| (key.clone(), value.clone())).collect();
    let draft = Draft::read(identity, &store.unknowns)?;
    let user = match matching::find(&mut store, &draft, ask.now)? {
        // Identifiers of a lead are never added to the user [D].
        Some(user) => contacts::merge_in(&mut store, &lead, (*user).clone(), ask.now)?,
        None => promote(&mut store, &lead, draft, ask)?,
    };
    Ok(Answer::ok(person_json::one(&user, &store)))
}

/// Reads `contact` or `user` of a conversion.
fn part<'a>(keys: &'a Map<String, Value>, name: &str) -> Result<&'a Map<String, Value>, Refusal> {
    keys.get(name).and_then(Value::as_object).ok_or_else(|| {
        let message = format!("{name} not specified");
        Refusal::new(StatusCode::BAD_REQUEST, "parameter_not_found", message)
    })
}

fn named_lead(store: &Store, keys: &Map<String, Value>) -> Result<Arc<Contact>, Refusal> {
    let text = |key: &str| keys.get(key).and_then(Value::as_str);
    match (text("id"), text("user_id")) {
        (Some(id), _) => with_id(store, id),
        (None, Some(user_id)) => with_user_id(store, user_id).ok_or_else(Refusal::user_not_found),
        (None, None) => Err(Refusal::user_not_found()),
    }
}

/// The lead's email is kept, its `user_id` is not [D].
fn promote(store: &mut Store, lead: &Contact, draft: Draft, ask: &Ask<'_>) -> Result<Arc<Contact>, Refusal> {
    let mut user = Contact { role: Role::User, external_id: draft.user_id.into_option(), ..lead.clone() };
    if let draft::Field::Value(email) = draft.email {
        user.email = Some(email);
    }
    user.updated_at = ask.now.seconds();
    user.extras.edit(|extra| extra.promoted_at = Some(ask.now.seconds()));
    store.save(user, ask.now)
}
