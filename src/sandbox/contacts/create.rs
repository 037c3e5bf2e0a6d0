//! `POST /contacts`: strict create [S][R]. It never updates: a duplicate is 409, archived ones included.

use std::sync::Arc;

use axum::http::StatusCode;

use super::draft::Draft;
use super::draft::not_a_member;
use super::shown;
use crate::sandbox::attributes::Model;
use crate::sandbox::clock::Moment;
use crate::sandbox::contact::Contact;
use crate::sandbox::contact::Life;
use crate::sandbox::contact::Role;
use crate::sandbox::errors::Refusal;
use crate::sandbox::extra::Extras;
use crate::sandbox::links::Links;
use crate::sandbox::reply::Answer;
use crate::sandbox::routes::Ask;
use crate::sandbox::store::Store;
use crate::sandbox::unknowns::DevelopmentCap;

/// How many users and leads a development workspace has room for [D Import Contacts guide].
const DEVELOPMENT_CAP: usize = 20;

/// Creates a contact.
pub(super) fn create(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let draft = Draft::read(ask.body, ask.version, ask.world.unknowns())?;
    let contact = store(&mut ask.world.store(), draft, ask.now)?;
    Ok(Answer::ok(shown(&contact, ask)).with_recent_write())
}

/// Writes a new contact, alone or as one of many.
pub(in crate::sandbox) fn store(
    store: &mut Store,
    draft: Draft,
    now: Moment,
) -> Result<Arc<Contact>, Refusal> {
    check_required(&draft)?;
    check_owner(store, &draft)?;
    let custom_attributes =
        store.attributes.check(Model::Contact, &draft.custom_attributes, &store.unknowns)?;
    let role = draft.role.unwrap_or(Role::User);
    if role == Role::User {
        check_unique(store, &draft, now)?;
    }
    check_room(store)?;
    let external_id = match role {
        Role::User => draft.external_id.into_option(),
        // A lead's own external id is replaced [R].
        Role::Lead => Some(store.new_uuid()),
    };
    let mut extras = Extras::default();
    extras.edit(|extra| extra.language_override = draft.language_override.into_option());
    let contact = Contact {
        id: store.new_id(now),
        role,
        external_id,
        email: draft.email.into_option(),
        phone: draft.phone.into_option(),
        name: draft.name.into_option(),
        avatar: draft.avatar.into_option(),
        owner_id: draft.owner_id.into_option(),
        unsubscribed_from_emails: draft.unsubscribed_from_emails.into_option().unwrap_or(false),
        created_at: now.seconds(),
        updated_at: now.seconds(),
        signed_up_at: draft.signed_up_at.into_option(),
        last_seen_at: draft.last_seen_at.into_option(),
        custom_attributes,
        life: Life::Live,
        links: Links::default(),
        extras,
    };
    store.save(contact, now)
}

/// One of `email`, `external_id`, `role` [S]; a user needs one of the first two [D 2.4]. Code and text are [X].
fn check_required(draft: &Draft) -> Result<(), Refusal> {
    let identified = draft.email.given().is_some() || draft.external_id.given().is_some();
    if identified || draft.role == Some(Role::Lead) {
        return Ok(());
    }
    let message = "An email or external_id is required";
    Err(Refusal::new(StatusCode::BAD_REQUEST, "parameter_not_found", message))
}

/// The owner must be an admin of the workspace [D].
pub(super) fn check_owner(store: &Store, draft: &Draft) -> Result<(), Refusal> {
    let Some(owner_id) = draft.owner_id.given() else { return Ok(()) };
    let known = store.admins.iter().any(|admin| admin.id == *owner_id);
    if known { Ok(()) } else { Err(not_a_member()) }
}

/// A development workspace has room for 20 users and leads [D Import Contacts guide]; the refusal is [X].
fn check_room(store: &Store) -> Result<(), Refusal> {
    let capped = store.unknowns.development_cap == DevelopmentCap::Twenty;
    if capped && DEVELOPMENT_CAP <= store.n_live() {
        let message = "Development workspaces are limited to 20 contacts";
        return Err(Refusal::new(StatusCode::FORBIDDEN, "action_forbidden", message));
    }
    Ok(())
}

/// No user may hold the external id or the email. The external id is looked at first; which one matched is not said.
fn check_unique(store: &mut Store, draft: &Draft, now: Moment) -> Result<(), Refusal> {
    if let Some(external_id) = draft.external_id.given() {
        refuse_first(&store.with_external_id(external_id, now))?;
    }
    if let Some(email) = draft.email.given() {
        refuse_first(&store.with_email(email, now))?;
    }
    Ok(())
}

/// Refuses if there is a holder, a live one before an archived or deleted one.
fn refuse_first(holders: &[Arc<Contact>]) -> Result<(), Refusal> {
    let first = holders.iter().find(|contact| contact.is_live()).or(holders.first());
    first.map_or(Ok(()), |contact| Err(conflict(contact)))
}

/// 409; a deleted contact counts as archived while its identifiers are locked [R].
pub(in crate::sandbox) fn conflict(contact: &Contact) -> Refusal {
    let article = if contact.is_live() { "A" } else { "An archived" };
    let message = format!("{article} contact matching those details already exists with id={}", contact.id);
    Refusal::new(StatusCode::CONFLICT, "conflict", message)
}
