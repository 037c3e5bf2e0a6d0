//! The routes of contacts: one function each, from a request's parts to an answer's bytes.
//!
//! Bodies are read before the store is locked, and pages are written after it is let go.

mod behaviours;
mod create;
mod cursor;
mod day;
pub(super) mod draft;
mod filter;
mod life;
mod list;
mod membership;
mod merge;
mod of_company;
mod operator;
mod page;
mod search;
mod update;
mod values;

pub(super) use behaviours::BEHAVIOURS;

pub(super) use create::conflict;
pub(super) use create::store as create_in;
pub(super) use cursor::bad_cursor;
pub(super) use life::delete_from;
pub(super) use merge::end as merge_in;
pub(super) use update::store as update_in;

use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::header;

use super::contact::Contact;
use super::contact::Role;
use super::contact_json;
use super::contact_json::View;
use super::errors::Refusal;
use super::identities::Key;
use super::reply::Answer;
use super::routes::Ask;
use super::routes::Endpoint;
use super::store::Store;
use super::unknowns::ExternalIdReads;
use super::versions::Version;

/// What can be asked of contacts.
pub(super) const ENDPOINTS: &[Endpoint] = &[
    Endpoint::reads("GET", "/contacts", list::list),
    Endpoint::writes("POST", "/contacts", create::create),
    Endpoint::reads("POST", "/contacts/search", search::search),
    Endpoint::reads("GET", "/contacts/find_by_external_id/{external_id}", find_by_external_id)
        .since(Version::V2_13),
    Endpoint::writes("POST", "/contacts/merge", merge::merge),
    Endpoint::reads("GET", "/contacts/{id}/merge_history", merge::history).since(Version::V2_16),
    Endpoint::writes("POST", "/contacts/{id}/block", life::block).since(Version::V2_13),
    Endpoint::reads("GET", "/contacts/{id}", read),
    Endpoint::writes("PUT", "/contacts/{id}", update::update),
    Endpoint::writes("DELETE", "/contacts/{id}", life::delete),
    Endpoint::writes("POST", "/contacts/{id}/archive", life::archive),
    Endpoint::writes("POST", "/contacts/{id}/unarchive", life::unarchive),
    Endpoint::reads("GET", "/companies/{company_id}/contacts", of_company::of_company),
];

/// `GET /contacts/{id}`: what the store holds, at once [R]. One that was merged is gone, and says where to [S 2.16].
fn read(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let contact = {
        let store = ask.world.store();
        if let Some(stale) = store.stale(ask.id(), ask.now).filter(|_| !has_recent_write(ask.headers)) {
            let contact = stale.contact().filter(|contact| contact.is_live());
            return Ok(Answer::ok(shown(contact.ok_or_else(Refusal::user_not_found)?, ask)));
        }
        match store.canonical(ask.id()) {
            Some(into) if Version::V2_16 <= ask.version => return Err(Refusal::contact_merged(into)),
            _ => store.live(ask.id())?.clone(),
        }
    };
    Ok(Answer::ok(shown(&contact, ask)))
}

/// Says whether a client gives back the cookie that a write set.
fn has_recent_write(headers: &HeaderMap) -> bool {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies.flat_map(|value| value.split(';')).any(|cookie| cookie.trim().starts_with("recent_write="))
}

/// `GET /contacts/find_by_external_id/{external_id}`: users only, since 2.13 [S 2.13].
fn find_by_external_id(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let holders = holders(&mut ask.world.store(), ask);
    let found = holders.iter().find(|contact| contact.is_live() && contact.role == Role::User);
    let found = found.ok_or_else(Refusal::user_not_found)?;
    Ok(Answer::ok(shown(found, ask)))
}

/// Returns who holds the external id that is asked for, as the store has it or as the index shows it.
fn holders(store: &mut Store, ask: &Ask<'_>) -> Vec<Arc<Contact>> {
    match store.unknowns.external_id_reads {
        ExternalIdReads::AtOnce => store.with_external_id(ask.id(), ask.now),
        ExternalIdReads::Trails => {
            store.index.catch_up(ask.now);
            let mut shown = store.listed_with(&[Key::ExternalId(ask.id())]);
            shown.retain(|contact| contact.external_id.as_deref() == Some(ask.id()));
            shown
        }
    }
}

/// Returns a contact as an answer.
fn shown(contact: &Contact, ask: &Ask<'_>) -> Vec<u8> {
    let mut body = Vec::with_capacity(2048);
    contact_json::write(contact, View::asked(ask), &mut body);
    body
}
