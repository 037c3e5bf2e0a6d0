//! `POST /users`: creates or updates, whichever it is [D 1.4]. What it writes, 2.x sees, and the reverse.

use std::sync::Arc;

use serde_json::Map;
use serde_json::Value;

use super::companies;
use super::custom;
use super::draft::Draft;
use super::matching;
use super::person_json;
use crate::sandbox::attributes::Model;
use crate::sandbox::clock::Moment;
use crate::sandbox::contact::Contact;
use crate::sandbox::contact::Life;
use crate::sandbox::contact::Role;
use crate::sandbox::contacts::draft::Field;
use crate::sandbox::errors::Refusal;
use crate::sandbox::extra::Extra;
use crate::sandbox::extra::Extras;
use crate::sandbox::links::Links;
use crate::sandbox::reply::Answer;
use crate::sandbox::routes::Ask;
use crate::sandbox::store::Store;
use crate::sandbox::versions::Version;

/// `POST /users`.
pub(super) fn upsert(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let keys = ask.object()?;
    let mut store = ask.world.store();
    let user = write(&mut store, keys, ask.version, ask.now)?;
    Ok(Answer::ok(person_json::one(&user, &store)))
}

/// Writes a user, alone or as an item of a job.
pub(super) fn write(
    store: &mut Store,
    keys: Map<String, Value>,
    version: Version,
    now: Moment,
) -> Result<Arc<Contact>, Refusal> {
    let draft = Draft::read(keys, &store.unknowns)?;
    let found = matching::find(store, &draft, now)?;
    save(store, found, Role::User, draft, version, now)
}

/// Changes a contact, or makes a new one, and then its companies.
pub(super) fn save(
    store: &mut Store,
    found: Option<Arc<Contact>>,
    role: Role,
    mut draft: Draft,
    version: Version,
    now: Moment,
) -> Result<Arc<Contact>, Refusal> {
    custom::check_nulls(&draft.custom_attributes, role)?;
    let links = companies::read(std::mem::take(&mut draft.companies), store, version, now)?;
    let values = custom::values(store, Model::Contact, &draft.custom_attributes, version, now)?;
    let old = found.as_deref();
    let mut contact = old.map_or_else(|| fresh(store, role, now), Clone::clone);
    contact.life = Life::Live;
    // Null leaves a user's id, as it does on 2.x [R]; a lead's is not its owner's to give.
    if let (Role::User, Some(user_id)) = (role, draft.user_id.given()) {
        contact.external_id = Some(user_id.clone());
    }
    values.into_iter().for_each(|value| contact.set_attribute(value));
    apply(draft, &mut contact, now);
    let saved = match found {
        Some(found) if *found == contact => found,
        _ => {
            contact.updated_at = now.seconds();
            store.save(contact, now)?
        }
    };
    companies::link(links, store, saved, now)
}

fn fresh(store: &mut Store, role: Role, now: Moment) -> Contact {
    Contact {
        id: store.new_id(now),
        role,
        // A lead's user_id is given by Intercom [D 1.4 Leads].
        external_id: (role == Role::Lead).then(|| store.new_uuid()),
        email: None,
        phone: None,
        name: None,
        avatar: None,
        owner_id: None,
        unsubscribed_from_emails: false,
        created_at: now.seconds(),
        updated_at: now.seconds(),
        signed_up_at: None,
        last_seen_at: None,
        custom_attributes: Vec::new(),
        life: Life::Live,
        links: Links::default(),
        extras: Extras::default(),
    }
}

/// Applies the standard fields; `last_request_at` is what 2.x calls `last_seen_at` [D migration].
fn apply(draft: Draft, contact: &mut Contact, now: Moment) {
    draft.email.apply(&mut contact.email);
    draft.phone.apply(&mut contact.phone);
    draft.name.apply(&mut contact.name);
    draft.avatar.apply(&mut contact.avatar);
    draft.signed_up_at.apply(&mut contact.signed_up_at);
    draft.last_request_at.apply(&mut contact.last_seen_at);
    if draft.seen_now {
        contact.last_seen_at = Some(now.seconds());
    }
    match draft.unsubscribed_from_emails {
        Field::Absent => {}
        Field::Null => contact.unsubscribed_from_emails = false,
        Field::Value(unsubscribed) => contact.unsubscribed_from_emails = unsubscribed,
    }
    contact.extras.edit(|extra| {
        draft.last_seen_ip.apply(&mut extra.last_seen_ip);
        draft.user_agent.apply(&mut extra.user_agent);
        draft.origin.apply(extra);
        if draft.new_session {
            extra.session_count += 1;
        }
    });
}

impl super::draft::Origin {
    fn apply(self, extra: &mut Extra) {
        let Extra { utm, .. } = extra;
        let fields = [&mut utm.campaign, &mut utm.content, &mut utm.medium, &mut utm.source, &mut utm.term];
        self.utm.into_iter().zip(fields).for_each(|(sent, field)| sent.apply(field));
        self.referrer.apply(&mut extra.referrer);
        match self.session_count {
            Field::Absent => {}
            Field::Null => extra.session_count = 0,
            Field::Value(count) => extra.session_count = count,
        }
    }
}
