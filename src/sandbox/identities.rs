//! Who has which email and external id: what duplicates are refused by, and what a search for one of them starts from.
//!
//! An identifier can have several holders, because a `PUT` may take the email of another user, and the external id of
//! an archived one [R]. Emails are compared in lower case.

use std::collections::HashMap;

use super::contact::Contact;
use super::contact::ContactId;

/// Something that few contacts share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key<'a> {
    Id(&'a str),
    Email(&'a str),
    ExternalId(&'a str),
}

/// The identifiers of all contacts: leads, archived and deleted ones included.
#[derive(Debug, Default)]
pub(super) struct Identities {
    by_email: HashMap<Box<str>, Vec<ContactId>>,
    by_external_id: HashMap<Box<str>, Vec<ContactId>>,
}

impl Identities {
    pub(super) fn add(&mut self, contact: &Contact) {
        if let Some(email) = &contact.email {
            hold(&mut self.by_email, &email.to_lowercase(), contact.id);
        }
        if let Some(external_id) = &contact.external_id {
            hold(&mut self.by_external_id, external_id, contact.id);
        }
    }

    pub(super) fn remove(&mut self, contact: &Contact) {
        if let Some(email) = &contact.email {
            release(&mut self.by_email, &email.to_lowercase(), contact.id);
        }
        if let Some(external_id) = &contact.external_id {
            release(&mut self.by_external_id, external_id, contact.id);
        }
    }

    /// Returns the contacts with an external id, oldest holder first.
    pub(super) fn with_external_id(&self, external_id: &str) -> &[ContactId] {
        self.by_external_id.get(external_id).map_or(&[], Vec::as_slice)
    }

    /// Returns the contacts with an email, whatever its case.
    pub(super) fn with_email(&self, email: &str) -> &[ContactId] {
        self.by_email.get(email.to_lowercase().as_str()).map_or(&[], Vec::as_slice)
    }
}

/// Says whether two versions of a contact hold the same identifiers.
pub(super) fn same(one: &Contact, other: &Contact) -> bool {
    one.email == other.email && one.external_id == other.external_id
}

fn hold(holders: &mut HashMap<Box<str>, Vec<ContactId>>, key: &str, id: ContactId) {
    match holders.get_mut(key) {
        Some(ids) => ids.push(id),
        None => drop(holders.insert(key.into(), vec![id])),
    }
}

fn release(holders: &mut HashMap<Box<str>, Vec<ContactId>>, key: &str, id: ContactId) {
    let Some(ids) = holders.get_mut(key) else { return };
    ids.retain(|held| *held != id);
    if ids.is_empty() {
        holders.remove(key);
    }
}
