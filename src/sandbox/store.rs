//! The workspace's state: contacts, who holds which identifier, companies, tags, attributes, admins, and the indexes
//! that trail them. How it begins, and what is done to companies, tags and notes, is in `store/`.
//!
//! What is written is readable by id, found by `find_by_external_id` and refused as a duplicate at once: 77 of 77
//! recorded reads agreed with the last write [R]. Two switches say otherwise: `external-id-reads`, `read-without-cookie`.

mod begin;
mod companies;
mod notes;
mod people;
mod tags;

pub(super) use companies::Touch;

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use super::admins::Admin;
use super::attributes::Attribute;
use super::attributes::Attributes;
use super::clock::Moment;
use super::company::Companies;
use super::company::CompanyId;
use super::company::ListedCompany;
use super::contact::Contact;
use super::contact::ContactId;
use super::contact::Life;
use super::contact::Role;
use super::errors::Refusal;
use super::identities;
use super::identities::Identities;
use super::identities::Key;
use super::index::Index;
use super::index::Place;
use super::jobs::Jobs;
use super::journal::Change;
use super::journal::Journal;
use super::lag::Lag;
use super::note::Notes;
use super::object_id::ObjectId;
use super::replica::Before;
use super::replica::Replica;
use super::scroll::Scrolls;
use super::tag::Tags;
use super::unknowns::ReadWithoutCookie;
use super::unknowns::Unknowns;

/// How a workspace begins.
#[derive(Debug, Clone)]
pub(super) struct Beginning {
    pub(super) workspace: String,
    pub(super) users: u64,
    pub(super) seed: u64,
    pub(super) lag: Lag,
    pub(super) data: Option<PathBuf>,
    pub(super) unknowns: Unknowns,
}

/// Everything that the workspace knows.
#[derive(Debug)]
pub(super) struct Store {
    pub(super) workspace: String,
    pub(super) attributes: Attributes,
    pub(super) admins: Vec<Admin>,
    pub(super) tags: Tags,
    pub(super) companies: Companies,
    pub(super) notes: Notes,
    pub(super) index: Index<Contact>,
    pub(super) company_index: Index<ListedCompany>,
    pub(super) unknowns: Unknowns,
    pub(super) jobs: Jobs,
    pub(super) scrolls: Scrolls,
    contacts: BTreeMap<ContactId, Arc<Contact>>,
    replica: Replica,
    identities: Identities,
    journal: Option<Journal>,
    last_number: u64,
    chance: fastrand::Rng,
}

impl Store {
    /// Lets lists and searches catch up with everything, due or not.
    pub(super) fn settle(&mut self) {
        self.index.settle();
        self.company_index.settle();
        self.attributes.settle();
    }

    /// Returns a contact that can be read: neither archived nor deleted.
    pub(super) fn live(&self, id: &str) -> Result<&Arc<Contact>, Refusal> {
        let contact = self.any(id).filter(|contact| contact.is_live());
        contact.ok_or_else(Refusal::user_not_found)
    }

    /// Returns a contact in any state.
    pub(super) fn any(&self, id: &str) -> Option<&Arc<Contact>> {
        id.parse().ok().and_then(|id| self.contacts.get(&id))
    }

    /// Returns what a contact was before a write of the last second; `None` where reads are never stale.
    pub(super) fn stale(&self, id: &str, now: Moment) -> Option<&Before> {
        id.parse().ok().and_then(|id| self.replica.before(id, now))
    }

    /// Counts the contacts that can be read. Looks at each of them.
    pub(super) fn n_live(&self) -> usize {
        self.contacts.values().filter(|contact| contact.is_live()).count()
    }

    /// Returns the contact that a merged one went into in the end; `None` for one that was not merged.
    pub(super) fn canonical(&self, id: &str) -> Option<ContactId> {
        let into = |contact: &Arc<Contact>| match contact.life {
            Life::Merged { into } => Some(into),
            Life::Live | Life::Archived | Life::Deleted { .. } => None,
        };
        let first = self.any(id).and_then(into);
        std::iter::successors(first, |id| self.contacts.get(id).and_then(into)).last()
    }

    /// Returns every contact in order of its id, deleted and merged ones excepted.
    pub(super) fn kept(&self) -> Vec<Arc<Contact>> {
        let kept = |contact: &&Arc<Contact>| matches!(contact.life, Life::Live | Life::Archived);
        self.contacts.values().filter(kept).cloned().collect()
    }

    /// Returns the users that hold an external id, in any state.
    pub(super) fn with_external_id(&mut self, external_id: &str, now: Moment) -> Vec<Arc<Contact>> {
        let ids = self.identities.with_external_id(external_id).to_vec();
        self.holders(&ids, now)
    }

    /// Returns the users that hold an email, in any state.
    pub(super) fn with_email(&mut self, email: &str, now: Moment) -> Vec<Arc<Contact>> {
        let ids = self.identities.with_email(email).to_vec();
        self.holders(&ids, now)
    }

    /// Returns every listed contact that may have one of `keys`, and maybe others, in order of the list.
    ///
    /// The index shows a contact as the store does unless a change of it is waiting.
    pub(super) fn listed_with(&self, keys: &[Key<'_>]) -> Vec<Arc<Contact>> {
        let ids = keys.iter().flat_map(|key| match key {
            Key::Id(id) => id.parse().into_iter().collect(),
            Key::Email(email) => self.identities.with_email(email).to_vec(),
            Key::ExternalId(external_id) => self.identities.with_external_id(external_id).to_vec(),
        });
        let found = ids.chain(self.index.waiting_ids()).filter_map(|id| self.contacts.get(&id));
        let places: BTreeSet<Place> = found.map(|contact| (contact.created_at, contact.id)).collect();
        places.into_iter().filter_map(|place| self.index.at(place)).collect()
    }

    /// Looks up users, and forgets the deleted ones whose lock has expired. Leads are never matched [R].
    fn holders(&mut self, ids: &[ContactId], now: Moment) -> Vec<Arc<Contact>> {
        let lock = self.unknowns.identifier_lock.seconds();
        let expired = |contact: &Contact| match contact.life {
            Life::Deleted { at } => at + lock <= now.seconds(),
            Life::Live | Life::Archived | Life::Merged { .. } => false,
        };
        let contacts = ids.iter().filter_map(|id| self.contacts.get(id)).cloned();
        let holders = contacts.filter(|contact| contact.role == Role::User);
        let (gone, held): (Vec<_>, Vec<_>) = holders.partition(|contact| expired(contact));
        for contact in gone {
            // A lock that outlives a full disk is no harm: the next look tries again.
            if self.write(Change::Forgotten(contact.id)).is_ok() {
                self.drop_contact(contact.id);
            }
        }
        held
    }

    /// Returns the id of a new contact or company.
    pub(super) fn new_id(&self, now: Moment) -> ObjectId {
        let seconds = u32::try_from(now.seconds()).unwrap_or(u32::MAX);
        ObjectId { seconds, number: self.last_number + 1 }
    }

    /// Returns a random UUID: what a lead gets for an `external_id` [R].
    pub(super) fn new_uuid(&mut self) -> String {
        let [high, low] = [self.chance.u64(..), self.chance.u64(..)];
        let (first, second, third) = (high >> 32, high >> 16 & 0xffff, high & 0xfff);
        let (fourth, fifth) = (low >> 48 & 0x3fff | 0x8000, low & 0xffff_ffff_ffff);
        format!("{first:08x}-{second:04x}-4{third:03x}-{fourth:04x}-{fifth:012x}")
    }

    /// Writes a contact: to the data file, to the store, and, after its lag, to the index.
    pub(super) fn save(&mut self, contact: Contact, now: Moment) -> Result<Arc<Contact>, Refusal> {
        self.write(Change::Contact(&contact))?;
        if self.unknowns.read_without_cookie == ReadWithoutCookie::Stale {
            let before = self.contacts.get(&contact.id).map(Arc::clone).map_or(Before::Nobody, Before::Was);
            self.replica.note(contact.id, before, now);
        }
        let (contact, turned) = self.keep(contact);
        self.index.change(Arc::clone(&contact), now);
        turned.into_iter().for_each(|id| self.list_company(id, now));
        Ok(contact)
    }

    /// Writes an attribute.
    pub(super) fn save_attribute(&mut self, attribute: Attribute) -> Result<(), Refusal> {
        self.write(Change::Attribute(&attribute))?;
        self.attributes.put(attribute);
        Ok(())
    }

    /// Appends to the data file; where that fails, the write was not made and the client is told 500.
    fn write(&mut self, change: Change<'_>) -> Result<(), Refusal> {
        let Some(journal) = &mut self.journal else { return Ok(()) };
        journal.append(change).map_err(|_| Refusal::server_error())
    }

    /// Takes a contact in; returns also the companies that it made to be listed, or not to be.
    fn keep(&mut self, contact: Contact) -> (Arc<Contact>, Vec<CompanyId>) {
        self.last_number = self.last_number.max(contact.id.number);
        let contact = Arc::new(contact);
        let old = self.contacts.insert(contact.id, Arc::clone(&contact));
        let turned = self.companies.hear_of(old.as_deref(), Some(&contact));
        match old {
            Some(old) if identities::same(&old, &contact) => {}
            Some(old) => {
                self.identities.remove(&old);
                self.identities.add(&contact);
            }
            None => self.identities.add(&contact),
        }
        (contact, turned)
    }

    fn drop_contact(&mut self, id: ContactId) {
        if let Some(contact) = self.contacts.remove(&id) {
            self.identities.remove(&contact);
        }
    }
}
