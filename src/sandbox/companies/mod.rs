//! The routes of companies, one function each.

mod behaviours;
mod draft;
pub(super) mod inline;
mod json;
mod list;
mod members;
mod scroll;

use serde_json::json;

pub(super) use behaviours::BEHAVIOURS;

use super::errors::Refusal;
use super::reply::Answer;
use super::routes::Ask;
use super::routes::Endpoint;
use super::versions::Version;
use draft::Draft;
use json::shown;

/// What can be asked of companies.
pub(super) const ENDPOINTS: &[Endpoint] = &[
    Endpoint::writes("POST", "/companies", upsert).since(Version::V1_0),
    Endpoint::reads("GET", "/companies", list::find).since(Version::V1_0),
    Endpoint::reads("POST", "/companies/list", list::list),
    Endpoint::reads("GET", "/companies/scroll", scroll::scroll).since(Version::V1_0),
    Endpoint::reads("GET", "/companies/{company_id}", read).since(Version::V1_0),
    Endpoint::writes("PUT", "/companies/{company_id}", update),
    Endpoint::writes("DELETE", "/companies/{company_id}", delete),
    Endpoint::reads("GET", "/companies/{company_id}/segments", segments),
    Endpoint::reads("GET", "/contacts/{id}/companies", members::of_contact),
    Endpoint::writes("POST", "/contacts/{id}/companies", members::attach),
    Endpoint::writes("DELETE", "/contacts/{id}/companies/{company_id}", members::detach),
];

/// `POST /companies`: creates or updates by the owner's `company_id` [S].
fn upsert(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let draft = Draft::of_upsert(ask.body, ask.version, ask.world.unknowns())?;
    let mut store = ask.world.store();
    let attributes = draft.check_attributes(&store)?;
    let company = store.upsert_company(&draft.company_id, ask.now, |company| {
        draft.apply(company, attributes, ask.now);
    })?;
    Ok(Answer::json(&shown(&company, &store)))
}

/// `GET /companies/{id}`, with users or without [S].
fn read(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let store = ask.world.store();
    let company = store.company(ask.id())?;
    Ok(Answer::json(&shown(company, &store)))
}

/// `PUT /companies/{id}`, by Intercom's id; the owner's `company_id` stays [S].
fn update(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let draft = Draft::of_update(ask.body, ask.world.unknowns())?;
    let mut store = ask.world.store();
    let id = store.company(ask.id())?.id;
    let attributes = draft.check_attributes(&store)?;
    let company = store.update_company(id, ask.now, |company| {
        draft.apply(company, attributes, ask.now);
    })?;
    Ok(Answer::json(&shown(&company, &store)))
}

/// `DELETE /companies/{id}`: an archive that is answered at once [S]. That the company cannot be read any more at once,
/// and that its `company_id` makes a new company, is [X].
fn delete(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let mut store = ask.world.store();
    let id = store.company(ask.id())?.id;
    store.archive_company(id, ask.now)?;
    Ok(Answer::json(&json!({ "id": id, "object": "company", "deleted": true })))
}

/// `GET /companies/{id}/segments`: none, because no segment's rule looks at companies.
fn segments(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    ask.world.store().company(ask.id())?;
    Ok(Answer::json(&json!({ "type": "list", "data": [] })))
}
