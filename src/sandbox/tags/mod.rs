//! The routes of tags.

mod behaviours;
mod write;

pub(super) use behaviours::BEHAVIOURS;

use axum::http::StatusCode;
use serde_json::Value;
use serde_json::json;

use super::errors::Refusal;
use super::reply::Answer;
use super::routes::Ask;
use super::routes::Endpoint;
use super::segments::SEGMENTS;
use super::store::Store;
use super::tag::AppliedTag;
use super::tag::Tag;
use super::versions::Version;

/// What can be asked of tags.
pub(super) const ENDPOINTS: &[Endpoint] = &[
    Endpoint::reads("GET", "/tags", list).since(Version::V1_0),
    Endpoint::writes("POST", "/tags", write::write).since(Version::V1_0),
    Endpoint::reads("GET", "/tags/{tag_id}", read),
    Endpoint::writes("DELETE", "/tags/{tag_id}", delete).since(Version::V1_0),
    Endpoint::reads("GET", "/contacts/{id}/tags", of_contact),
    Endpoint::writes("POST", "/contacts/{id}/tags", attach),
    Endpoint::writes("DELETE", "/contacts/{id}/tags/{tag_id}", detach),
];

/// `GET /tags`: all of them, without pages [S].
fn list(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let data: Vec<Value> = ask.world.store().tags.all().map(shown).collect();
    // 1.x calls its lists by what they hold [D 1.4].
    let (kind, key) = if ask.version < Version::V2_0 { ("tag.list", "tags") } else { ("list", "data") };
    Ok(Answer::json(&json!({ "type": kind, key: data })))
}

/// `GET /tags/{id}`.
fn read(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let store = ask.world.store();
    Ok(Answer::json(&shown(known(&store, ask.id())?)))
}

/// `DELETE /tags/{id}`: 200 without a body; a tag that a segment hangs on stays [S].
fn delete(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let mut store = ask.world.store();
    let tag = known(&store, ask.id())?.clone();
    let segments: Vec<&str> =
        SEGMENTS.iter().filter(|segment| segment.hangs_on(&tag)).map(|segment| segment.name).collect();
    if !segments.is_empty() {
        return Err(has_dependents(&segments.join(", ")));
    }
    store.delete_tag(&tag, ask.now)?;
    Ok(Answer::empty())
}

/// `GET /contacts/{id}/tags`.
fn of_contact(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let store = ask.world.store();
    let applied = store.live(ask.id())?.links.tags.iter();
    let tags = applied.filter_map(|applied| Some((store.tags.get(applied.id)?, applied)));
    let data: Vec<Value> =
        tags.map(|(tag, applied)| shown_applied(tag, *applied, &store, ask.version)).collect();
    Ok(Answer::json(&json!({ "type": "list", "data": data })))
}

/// `POST /contacts/{id}/tags`, by the tag's id.
fn attach(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let body: Value = serde_json::from_slice(ask.body).unwrap_or_default();
    let mut store = ask.world.store();
    let contact = store.live(ask.id())?.clone();
    let tag = known(&store, &id_text(&body["id"]))?.clone();
    let changed = store.tag_contact(contact.id, &tag, ask.now)?;
    let applied = changed.links.tag(tag.id).copied().ok_or_else(Refusal::server_error)?;
    let answer = Answer::json(&shown_applied(&tag, applied, &store, ask.version));
    Ok(answer.after_change(&contact, &changed))
}

/// `DELETE /contacts/{id}/tags/{tag_id}`: a tag that the contact does not have is not found.
fn detach(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let mut store = ask.world.store();
    let contact = store.live(ask.id())?.clone();
    let tag = known(&store, ask.second_id())?.clone();
    let applied = contact.links.tag(tag.id).copied().ok_or_else(Refusal::resource_not_found)?;
    let changed = store.untag_contact(contact.id, &tag, ask.now)?;
    let answer = Answer::json(&shown_applied(&tag, applied, &store, ask.version));
    Ok(answer.after_change(&contact, &changed))
}

fn known<'a>(store: &'a Store, id: &str) -> Result<&'a Tag, Refusal> {
    store.tags.with_id(id).ok_or_else(Refusal::resource_not_found)
}

/// Reads an id, which examples give as text and as a number [S].
fn id_text(id: &Value) -> String {
    id.as_str().map_or_else(|| id.to_string(), str::to_owned)
}

fn shown(tag: &Tag) -> Value {
    json!({ "type": "tag", "id": tag.id.to_string(), "name": tag.name })
}

/// A tag of a contact says since 2.16 when it was applied, and by whom [S 2.16].
fn shown_applied(tag: &Tag, applied: AppliedTag, store: &Store, version: Version) -> Value {
    let mut shown = shown(tag);
    if Version::V2_16 <= version {
        shown["applied_at"] = applied.applied_at.into();
        shown["applied_by"] = store
            .admins
            .first()
            .map_or(Value::Null, |admin| json!({ "type": "admin", "id": admin.id.to_string() }));
    }
    shown
}

/// 400 [S].
fn has_dependents(segments: &str) -> Refusal {
    let message = format!("Unable to delete Tag with dependent objects. Segments: {segments}.");
    Refusal::new(StatusCode::BAD_REQUEST, "tag_has_dependent_objects", message)
}
