//! The routes of notes.

use axum::http::StatusCode;
use serde_json::Value;
use serde_json::json;

use super::admins;
use super::behaviours::Behaviour;
use super::behaviours::it;
use super::errors::Refusal;
use super::note::Note;
use super::pages::Pages;
use super::reply::Answer;
use super::routes::Ask;
use super::routes::Endpoint;
use super::store::Store;

/// What can be asked of notes.
pub(super) const ENDPOINTS: &[Endpoint] = &[
    Endpoint::reads("GET", "/contacts/{id}/notes", of_contact),
    Endpoint::writes("POST", "/contacts/{id}/notes", create),
    Endpoint::reads("GET", "/notes/{id}", read),
];

/// What the routes of notes do.
pub(super) const BEHAVIOURS: &[Behaviour] = &[
    it(
        "GET /contacts/{id}/notes",
        "S",
        "Newest first, by page number, 50 a page; next is null on the last page.",
    ),
    it("POST /contacts/{id}/notes", "S", "No upsert: sent twice, it is two notes."),
    it("GET /notes/{id}", "S", "404 Resource Not Found."),
];

/// The default size of a page, and the largest one [S example].
const PER_PAGE: usize = 50;

/// `GET /contacts/{id}/notes`: newest first, with numbered pages [S].
fn of_contact(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let store = ask.world.store();
    let ids = store.live(ask.id())?.links.notes.iter().rev();
    let notes: Vec<_> = ids.filter_map(|id| store.notes.get(*id)).collect();
    let pages = Pages::read(ask, PER_PAGE, PER_PAGE)?;
    let data: Vec<Value> = pages.cut(&notes).iter().map(|note| shown(note, &store)).collect();
    let (total_count, pages) = (notes.len(), pages.json(ask, notes.len()));
    Ok(Answer::json(&json!({ "type": "list", "data": data, "total_count": total_count, "pages": pages })))
}

/// `POST /contacts/{id}/notes` `{body, admin_id?}`. It is no upsert: a repeated request makes a second note.
fn create(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let body: Value = serde_json::from_slice(ask.body).map_err(|_| Refusal::malformed_json())?;
    let mut store = ask.world.store();
    let contact = store.live(ask.id())?.id;
    let author = author(&body["admin_id"], &store)?;
    let text = body["body"].as_str().filter(|text| !text.is_empty()).ok_or_else(no_body)?;
    let note = Note {
        id: store.notes.new_id(),
        contact,
        author,
        body: paragraph(text),
        created_at: ask.now.seconds(),
    };
    store.save_note(note.clone(), ask.now)?;
    Ok(Answer::json(&shown(&note, &store)))
}

/// `GET /notes/{id}`.
fn read(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let store = ask.world.store();
    let note = ask.id().parse().ok().and_then(|id| store.notes.get(id));
    let note = note.ok_or_else(Refusal::resource_not_found)?;
    Ok(Answer::json(&shown(note, &store)))
}

/// Reads an admin's id, text or number; one that nobody has is not found [S].
fn author(id: &Value, store: &Store) -> Result<Option<u64>, Refusal> {
    if id.is_null() {
        return Ok(None);
    }
    let id = id.as_u64().or_else(|| id.as_str().and_then(|text| text.parse().ok()));
    let admin = id.and_then(|id| store.admins.iter().find(|admin| admin.id == id));
    admin.map(|admin| Some(admin.id)).ok_or_else(Refusal::resource_not_found)
}

/// Plain text becomes a paragraph [S example].
fn paragraph(text: &str) -> String {
    if text.starts_with('<') { text.to_owned() } else { format!("<p>{text}</p>") }
}

fn shown(note: &Note, store: &Store) -> Value {
    let author = store.admins.iter().find(|admin| Some(admin.id) == note.author);
    json!({
        "type": "note",
        "id": note.id.to_string(),
        "created_at": note.created_at,
        "contact": { "type": "contact", "id": note.contact },
        "author": author.map(admins::author),
        "body": note.body,
    })
}

/// 400; code and text are [X].
fn no_body() -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, "parameter_not_found", "body not specified")
}
