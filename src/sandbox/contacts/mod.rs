//! The routes of contacts: one function each, from a request's parts to an answer's bytes.
//!
//! Bodies are read before the store is locked, and pages are written after it is let go.

mod create;
mod cursor;
mod day;
mod draft;
mod filter;
mod life;
mod list;
mod page;
mod search;
mod update;
mod values;

pub(super) use create::create;
pub(super) use life::archive;
pub(super) use life::delete;
pub(super) use life::unarchive;
pub(super) use list::list;
pub(super) use search::search;
pub(super) use update::update;

use super::clock::Moment;
use super::contact::Contact;
use super::contact::Role;
use super::contact_json;
use super::contact_json::NoEmail;
use super::contact_json::View;
use super::errors::Refusal;
use super::versions::Version;
use super::world::World;

/// `GET /contacts/{id}`: what the store holds, at once [R].
pub(super) fn read(world: &World, version: Version, id: &str) -> Result<Vec<u8>, Refusal> {
    let contact = world.store().live(id)?.clone();
    Ok(shown(&contact, world, version))
}

/// `GET /contacts/find_by_external_id/{external_id}`: users only, since 2.13 [S 2.13].
pub(super) fn find_by_external_id(
    world: &World,
    version: Version,
    external_id: &str,
    now: Moment,
) -> Result<Vec<u8>, Refusal> {
    let holders = world.store().with_external_id(external_id, now);
    let found = holders.iter().find(|contact| contact.is_live() && contact.role == Role::User);
    found.map(|contact| shown(contact, world, version)).ok_or_else(Refusal::user_not_found)
}

/// Returns a contact as an answer.
fn shown(contact: &Contact, world: &World, version: Version) -> Vec<u8> {
    let mut body = Vec::with_capacity(2048);
    let view = View { workspace: world.workspace(), version, no_email: NoEmail::Null };
    contact_json::write(contact, view, &mut body);
    body
}
