//! Reading users and leads: one of them by an id, those with something in common, or all of them in pages [D 1.4].
//!
//! `id`, `user_id` and `email` are the keys of the upsert, and are looked up in the store as there; the rest are lists.

use std::sync::Arc;

use serde::Deserialize;

use super::leads;
use super::matching;
use super::page::Paging;
use super::person_json;
use crate::sandbox::clock::Moment;
use crate::sandbox::contact::Contact;
use crate::sandbox::contact::Role;
use crate::sandbox::errors::Refusal;
use crate::sandbox::reply::Answer;
use crate::sandbox::routes::Ask;
use crate::sandbox::segments;
use crate::sandbox::store::Store;
use crate::sandbox::versions::Version;

/// What the query says about whom.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Whom {
    pub(super) user_id: Option<String>,
    pub(super) email: Option<String>,
    phone: Option<String>,
    tag_id: Option<String>,
    segment_id: Option<String>,
    company_id: Option<String>,
}

/// `GET /users/{id}`.
pub(super) fn user(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let store = ask.world.store();
    let user = matching::with_id(&store, ask.id())?;
    Ok(Answer::ok(person_json::one(&user, &store)))
}

/// `GET /users`.
pub(super) fn users(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let whom: Whom = ask.query();
    let mut store = ask.world.store();
    if let Some(user_id) = &whom.user_id {
        let user = matching::with_user_id(&mut store, user_id, ask.now);
        return one(user.as_deref(), &store);
    }
    if let Some(email) = &whom.email {
        let users = matching::with_email(&mut store, email, ask.now);
        return with_email(ask, email, users, &store);
    }
    listed(ask, Role::User, &whom, &mut store)
}

/// `GET /contacts`: leads.
pub(super) fn leads(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let whom: Whom = ask.query();
    let mut store = ask.world.store();
    if let Some(user_id) = &whom.user_id {
        let lead = leads::with_user_id(&store, user_id);
        return one(lead.as_deref(), &store);
    }
    if let Some(email) = &whom.email {
        let leads = store.leads_with_email(email);
        return Ok(Paging::read(ask)?.answer(ask, Role::Lead, leads, &store));
    }
    listed(ask, Role::Lead, &whom, &mut store)
}

/// In 1.0 an email names one user or none; since 1.1 it gives a list [D changelog].
fn with_email(
    ask: &Ask<'_>,
    email: &str,
    users: Vec<Arc<Contact>>,
    store: &Store,
) -> Result<Answer, Refusal> {
    match users.as_slice() {
        _ if Version::V1_1 <= ask.version => Ok(Paging::read(ask)?.answer(ask, Role::User, users, store)),
        [_, _, ..] => Err(matching::several(email)),
        users => one(users.first().map(Arc::as_ref), store),
    }
}

fn one(contact: Option<&Contact>, store: &Store) -> Result<Answer, Refusal> {
    let contact = contact.ok_or_else(Refusal::user_not_found)?;
    Ok(Answer::ok(person_json::one(contact, store)))
}

fn listed(ask: &Ask<'_>, role: Role, whom: &Whom, store: &mut Store) -> Result<Answer, Refusal> {
    let paging = Paging::read(ask)?;
    store.index.catch_up(ask.now);
    let asked = |contact: &Arc<Contact>| contact.role == role && whom.means(contact, store, ask.now);
    let people = store.index.after(None, usize::MAX).into_iter().filter(asked).collect();
    Ok(paging.answer(ask, role, people, store))
}

impl Whom {
    /// Says whether a listed contact is meant.
    fn means(&self, contact: &Contact, store: &Store, now: Moment) -> bool {
        let phone = self.phone.as_ref().is_none_or(|phone| contact.phone.as_ref() == Some(phone));
        let tag = self
            .tag_id
            .as_ref()
            .is_none_or(|tag_id| contact.links.tags.iter().any(|applied| applied.id.to_string() == *tag_id));
        let company = self.company_id.as_ref().is_none_or(|company_id| is_in(contact, company_id, store));
        let segment = self.segment_id.as_ref().is_none_or(|segment_id| {
            segments::find(segment_id).is_some_and(|segment| segment.holds(contact, &store.tags, now))
        });
        phone && tag && company && segment
    }
}

/// A company is named by the id that its owner gave it, or by Intercom's.
fn is_in(contact: &Contact, company_id: &str, store: &Store) -> bool {
    let companies = contact.links.companies.iter().filter_map(|id| store.companies.get(*id));
    companies
        .into_iter()
        .any(|company| company.company_id == company_id || company.id.to_string() == company_id)
}
