//! `GET /users/scroll` and `GET /contacts/scroll`: everybody, 100 at a time [D 1.4 Scroll over all users].
//!
//! The order, and whether the walk is of one moment, are unspecified; here it walks the live index, oldest first.

use std::sync::Arc;

use super::page::list;
use crate::sandbox::contact::Contact;
use crate::sandbox::contact::Role;
use crate::sandbox::errors::Refusal;
use crate::sandbox::index::Place;
use crate::sandbox::reply::Answer;
use crate::sandbox::routes::Ask;
use crate::sandbox::scroll::PER_PAGE;
use crate::sandbox::scroll::Resource;
use crate::sandbox::scroll::param;
use crate::sandbox::store::Store;

/// `GET /users/scroll`.
pub(super) fn users(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    scroll(ask, Role::User, Resource::Users)
}

/// `GET /contacts/scroll`.
pub(super) fn leads(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    scroll(ask, Role::Lead, Resource::Leads)
}

fn scroll(ask: &Ask<'_>, role: Role, resource: Resource) -> Result<Answer, Refusal> {
    let mut store = ask.world.store();
    let param = param(ask, resource, &mut store)?;
    let place = store.scrolls.go_on(resource, &param, ask.now)?;
    store.index.catch_up(ask.now);
    let people = after(&store, role, place);
    store.scrolls.ended_at(resource, people.last().map(|last| place_of(last)));
    let end = format!(r#","scroll_param":"{param}"}}"#);
    Ok(Answer::ok(list(role, people.iter(), &store, &end)))
}

/// Returns the next people of a role.
fn after(store: &Store, role: Role, mut place: Option<Place>) -> Vec<Arc<Contact>> {
    let mut people = Vec::with_capacity(PER_PAGE);
    loop {
        let contacts = store.index.after(place, PER_PAGE);
        let Some(last) = contacts.last() else { return people };
        place = Some(place_of(last));
        people.extend(contacts.into_iter().filter(|contact| contact.role == role));
        if PER_PAGE <= people.len() {
            people.truncate(PER_PAGE);
            return people;
        }
    }
}

fn place_of(contact: &Contact) -> Place {
    (contact.created_at, contact.id)
}
