//! Archiving users, deleting them for good, and deleting leads.

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::leads;
use super::matching;
use super::person_json;
use super::reading::Whom;
use crate::sandbox::clock::Moment;
use crate::sandbox::contact::Contact;
use crate::sandbox::contact::Life;
use crate::sandbox::errors::Refusal;
use crate::sandbox::reply::Answer;
use crate::sandbox::routes::Ask;
use crate::sandbox::store::Store;

/// `DELETE /users/{id}`: archives, and shows the user [D 1.4 Archive a user].
pub(super) fn archive(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let mut store = ask.world.store();
    let user = matching::with_id(&store, ask.id())?;
    end(&mut store, &user, Life::Archived, ask.now)
}

/// `DELETE /users?user_id=` or `?email=` [D 1.4 Archive a user].
pub(super) fn archive_by(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let whom: Whom = ask.query();
    let mut store = ask.world.store();
    let user = find(&mut store, whom.user_id.as_deref(), whom.email.as_deref(), ask.now)?;
    end(&mut store, &user, Life::Archived, ask.now)
}

/// Finds the one live user that a deletion means.
fn find(
    store: &mut Store,
    user_id: Option<&str>,
    email: Option<&str>,
    now: Moment,
) -> Result<Arc<Contact>, Refusal> {
    if let Some(user_id) = user_id {
        return matching::with_user_id(store, user_id, now).ok_or_else(Refusal::user_not_found);
    }
    let email = email.ok_or_else(Refusal::user_not_found)?;
    let mut users = matching::with_email(store, email, now);
    match users.len() {
        0 | 1 => users.pop().ok_or_else(Refusal::user_not_found),
        _ => Err(matching::several(email)),
    }
}

/// Archives the user that an item of a job names.
pub(super) fn archive_named(
    store: &mut Store,
    keys: &Map<String, Value>,
    now: Moment,
) -> Result<(), Refusal> {
    let user = named(keys, store, now)?;
    end(store, &user, Life::Archived, now).map(drop)
}

/// Returns the live user that is named by one of its keys.
pub(in crate::sandbox) fn named(
    keys: &Map<String, Value>,
    store: &mut Store,
    now: Moment,
) -> Result<Arc<Contact>, Refusal> {
    let text = |key: &str| match keys.get(key) {
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    match text("id") {
        Some(id) => matching::with_id(store, &id),
        None => find(store, text("user_id").as_deref(), text("email").as_deref(), now),
    }
}

/// `POST /user_delete_requests`: permanent, and told by a number [D 1.3 Permanently delete a user].
pub(super) fn request_deletion(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let keys = ask.object()?;
    let id = keys.get("intercom_user_id").and_then(Value::as_str).ok_or_else(no_user_id)?;
    let mut store = ask.world.store();
    let user = store.any(id).filter(|contact| contact.is_live() || contact.is_archived()).cloned();
    let user = user.ok_or_else(Refusal::user_not_found)?;
    end(&mut store, &user, Life::Deleted { at: ask.now.seconds() }, ask.now)?;
    Ok(Answer::json(&json!({ "id": store.jobs.new_number() })))
}

/// 400; code and text are [X].
fn no_user_id() -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, "parameter_not_found", "intercom_user_id not specified")
}

/// `DELETE /contacts/{id}`: a lead, for good; it is shown once more [D 1.4 Delete a Lead].
pub(super) fn delete_lead(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let mut store = ask.world.store();
    let lead = leads::with_id(&store, ask.id())?;
    end(&mut store, &lead, Life::Deleted { at: ask.now.seconds() }, ask.now)
}

fn end(store: &mut Store, contact: &Arc<Contact>, life: Life, now: Moment) -> Result<Answer, Refusal> {
    let ended = store.save(Contact { life, updated_at: now.seconds(), ..(**contact).clone() }, now)?;
    Ok(Answer::ok(person_json::one(&ended, store)))
}
