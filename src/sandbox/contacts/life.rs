//! Archive, unarchive and delete [R].
//!
//! An archived or deleted contact is gone from `GET` at once and from lists after their lag; its identifiers stay
//! taken.

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::json;

use crate::sandbox::clock::Moment;
use crate::sandbox::contact::Contact;
use crate::sandbox::contact::Life;
use crate::sandbox::errors::Refusal;
use crate::sandbox::reply::Answer;
use crate::sandbox::routes::Ask;
use crate::sandbox::store::Store;
use crate::sandbox::store::Touch;
use crate::sandbox::unknowns::RestoringDeleted;
use crate::sandbox::versions::Version;

/// `POST /contacts/{id}/archive`; an archived contact answers 200 again [R].
pub(super) fn archive(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let mut store = ask.world.store();
    let contact = existing(&store, ask.id())?;
    let changed = live_on(&mut store, &contact, Life::Archived, ask.now)?;
    Ok(answer(&changed, ask.version, "archived", true).after_change(&contact, &changed))
}

/// `POST /contacts/{id}/unarchive`.
pub(super) fn unarchive(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let mut store = ask.world.store();
    let contact = store.any(ask.id()).cloned().ok_or_else(Refusal::user_not_found)?;
    match contact.life {
        Life::Live | Life::Archived => {}
        Life::Deleted { .. } => return Err(not_restorable(store.unknowns.restoring_deleted)),
        Life::Merged { .. } => return Err(Refusal::user_not_found()),
    }
    let changed = live_on(&mut store, &contact, Life::Live, ask.now)?;
    Ok(answer(&changed, ask.version, "archived", false).after_change(&contact, &changed))
}

/// `DELETE /contacts/{id}`, live or archived.
pub(super) fn delete(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let mut store = ask.world.store();
    let contact = existing(&store, ask.id())?;
    let changed = delete_from(&mut store, ask.id(), ask.now)?;
    Ok(answer(&changed, ask.version, "deleted", true).after_change(&contact, &changed))
}

/// `POST /contacts/{id}/block`, since 2.13 [S]. Its conversations would be archived; the sandbox has none.
pub(super) fn block(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let mut store = ask.world.store();
    let contact = store.live(ask.id())?.id;
    let contact = store.link(contact, Touch::Touches, ask.now, |links| links.blocked = true)?;
    Ok(answer(&contact, ask.version, "blocked", true))
}

/// Deletes a contact, alone or as one of many.
pub(in crate::sandbox) fn delete_from(
    store: &mut Store,
    id: &str,
    now: Moment,
) -> Result<Arc<Contact>, Refusal> {
    let contact = existing(store, id)?;
    live_on(store, &contact, Life::Deleted { at: now.seconds() }, now)
}

fn existing(store: &Store, id: &str) -> Result<Arc<Contact>, Refusal> {
    let contact = store.any(id).filter(|contact| matches!(contact.life, Life::Live | Life::Archived));
    contact.cloned().ok_or_else(Refusal::user_not_found)
}

fn live_on(
    store: &mut Store,
    contact: &Arc<Contact>,
    life: Life,
    now: Moment,
) -> Result<Arc<Contact>, Refusal> {
    if contact.life == life {
        return Ok(Arc::clone(contact));
    }
    let changed = Contact { life, updated_at: now.seconds(), ..(**contact).clone() };
    store.save(changed, now)
}

fn not_restorable(outcome: RestoringDeleted) -> Refusal {
    if outcome == RestoringDeleted::ServerError {
        return Refusal::server_error();
    }
    let message = "User has been marked for permanent deletion and is not restorable.";
    Refusal::new(StatusCode::BAD_REQUEST, "bad_request", message)
}

/// Returns the recorded answer [R], with what the specification adds since 2.7 [S].
fn answer(contact: &Contact, version: Version, key: &str, value: bool) -> Answer {
    let mut answer = json!({ "id": contact.id, "object": "contact", key: value });
    if Version::V2_7 <= version {
        answer["type"] = "contact".into();
        answer["external_id"] = contact.external_id.clone().into();
    }
    Answer::json(&answer)
}
