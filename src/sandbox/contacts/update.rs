//! `PUT /contacts/{id}`: a partial update [R].
//!
//! Keys that are absent are left, null clears (but not an external id, which is silently kept), custom attributes are
//! merged one by one, and a write that changes nothing does not touch `updated_at` [R].

use std::sync::Arc;

use super::create::check_owner;
use super::create::conflict;
use super::draft::Draft;
use super::draft::Field;
use crate::sandbox::attributes::Model;
use crate::sandbox::clock::Moment;
use crate::sandbox::contact::Contact;
use crate::sandbox::contact::Role;
use crate::sandbox::contact_json;
use crate::sandbox::contact_json::NoEmail;
use crate::sandbox::contact_json::View;
use crate::sandbox::errors::Refusal;
use crate::sandbox::reply::Answer;
use crate::sandbox::routes::Ask;
use crate::sandbox::store::Store;
use crate::sandbox::unknowns::TakenExternalId;

/// Updates a contact.
pub(super) fn update(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let draft = Draft::read(ask.body, ask.version, ask.world.unknowns())?;
    let no_email = if draft.email == Field::Null { NoEmail::Empty } else { NoEmail::Null };
    let (old, contact) = {
        let mut held = ask.world.store();
        let old = held.live(ask.id())?.clone();
        (old, store(&mut held, ask.id(), draft, ask.now)?)
    };
    let mut body = Vec::with_capacity(2048);
    contact_json::write(&contact, View { no_email, ..View::asked(ask) }, &mut body);
    Ok(Answer::ok(body).after_change(&old, &contact))
}

/// Changes a contact, alone or as one of many.
pub(in crate::sandbox) fn store(
    store: &mut Store,
    id: &str,
    draft: Draft,
    now: Moment,
) -> Result<Arc<Contact>, Refusal> {
    let old = Arc::clone(store.live(id)?);
    check_owner(store, &draft)?;
    let attributes = store.attributes.check(Model::Contact, &draft.custom_attributes, &store.unknowns)?;
    let mut contact = (*old).clone();
    contact.role = changed_role(old.role, draft.role)?;
    if contact.role == Role::User {
        contact.external_id = changed_external_id(store, &old, &draft, now)?;
    }
    attributes.into_iter().for_each(|attribute| contact.set_attribute(attribute));
    apply_standard_fields(&mut contact, draft);
    if contact.role != old.role {
        contact.extras.edit(|extra| extra.promoted_at = Some(now.seconds()));
    }
    if contact == *old {
        return Ok(old);
    }
    contact.updated_at = now.seconds();
    store.save(contact, now)
}

/// A lead can become a user; a user stays one [R].
fn changed_role(old: Role, asked: Option<Role>) -> Result<Role, Refusal> {
    match (old, asked) {
        (Role::User, Some(Role::Lead)) => {
            Err(Refusal::client_error("Contact with user role can't be converted to a lead"))
        }
        (old, asked) => Ok(asked.unwrap_or(old)),
    }
}

/// Another live user's external id is refused; an archived one's is free [R]. An email is never looked at: two users
/// may share one by update [R].
fn changed_external_id(
    store: &mut Store,
    old: &Contact,
    draft: &Draft,
    now: Moment,
) -> Result<Option<String>, Refusal> {
    let Some(external_id) = draft.external_id.given() else { return Ok(old.external_id.clone()) };
    let holders = store.with_external_id(external_id, now);
    let other = holders.iter().find(|holder| holder.is_live() && holder.id != old.id);
    match other {
        Some(other) if store.unknowns.taken_external_id == TakenExternalId::Conflict => Err(conflict(other)),
        _ => Ok(Some(external_id.clone())),
    }
}

fn apply_standard_fields(contact: &mut Contact, draft: Draft) {
    draft.email.apply(&mut contact.email);
    draft.phone.apply(&mut contact.phone);
    draft.name.apply(&mut contact.name);
    draft.avatar.apply(&mut contact.avatar);
    draft.owner_id.apply(&mut contact.owner_id);
    draft.signed_up_at.apply(&mut contact.signed_up_at);
    draft.last_seen_at.apply(&mut contact.last_seen_at);
    contact.extras.edit(|extra| draft.language_override.apply(&mut extra.language_override));
    match draft.unsubscribed_from_emails {
        Field::Absent => {}
        Field::Null => contact.unsubscribed_from_emails = false,
        Field::Value(unsubscribed) => contact.unsubscribed_from_emails = unsubscribed,
    }
}
