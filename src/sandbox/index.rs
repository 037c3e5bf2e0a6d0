//! What `GET /contacts` and `POST /contacts/search` see: a view of the store that trails it [R][S].
//!
//! Each change waits for its own random delay; until then the old version is shown. Changes of one contact keep their
//! order. Pages are walked by (created_at, id) without sorting, so a page costs what it holds, whatever the size of the
//! workspace.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::ops::Bound;
use std::sync::Arc;

use super::clock::Moment;
use super::contact::Contact;
use super::contact::ContactId;
use super::lag::Lag;

/// A contact's place in the order of a list.
pub(super) type Place = (i64, ContactId);

/// The lagging view.
#[derive(Debug)]
pub(super) struct Index {
    lag: Lag,
    chance: fastrand::Rng,
    shown: BTreeMap<Place, Arc<Contact>>,
    waiting: BTreeMap<Due, Arc<Contact>>,
    /// When the last waiting change of a contact is due, so that a later one cannot overtake it.
    last_due: HashMap<ContactId, Moment>,
    changes: u64,
}

/// When a change reaches the index; the number keeps the order of changes that are due together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Due {
    moment: Moment,
    number: u64,
}

impl Index {
    pub(super) fn new(lag: Lag, seed: u64) -> Index {
        Index {
            lag,
            chance: fastrand::Rng::with_seed(seed),
            shown: BTreeMap::new(),
            waiting: BTreeMap::new(),
            last_due: HashMap::new(),
            changes: 0,
        }
    }

    /// Tells the index of a change, which it will show after its lag.
    pub(super) fn change(&mut self, contact: Arc<Contact>, now: Moment) {
        if self.lag.is_none() {
            return self.show(contact);
        }
        let own = now.after(self.lag.delay(self.chance.f64()));
        let moment = self.last_due.get(&contact.id).map_or(own, |last| own.max(*last));
        self.changes += 1;
        self.last_due.insert(contact.id, moment);
        self.waiting.insert(Due { moment, number: self.changes }, contact);
    }

    /// Shows what was there when the sandbox started, and nothing else.
    pub(super) fn begin(&mut self, contacts: impl Iterator<Item = Arc<Contact>>) {
        let live = contacts.filter(|contact| contact.is_live());
        self.shown = live.map(|contact| ((contact.created_at, contact.id), contact)).collect();
    }

    fn show(&mut self, contact: Arc<Contact>) {
        let place = (contact.created_at, contact.id);
        if contact.is_live() {
            self.shown.insert(place, contact);
        } else {
            self.shown.remove(&place);
        }
    }

    /// Shows every change that is due by `now`.
    pub(super) fn catch_up(&mut self, now: Moment) {
        while let Some(first) = self.waiting.first_entry() {
            let moment = first.key().moment;
            if now < moment {
                break;
            }
            let contact = first.remove();
            if self.last_due.get(&contact.id) == Some(&moment) {
                self.last_due.remove(&contact.id);
            }
            self.show(contact);
        }
    }

    /// Shows every change, due or not.
    pub(super) fn settle(&mut self) {
        self.catch_up(Moment(u64::MAX));
    }

    /// Returns how many contacts are shown.
    pub(super) fn len(&self) -> usize {
        self.shown.len()
    }

    /// Returns up to `count` contacts after a place, in order.
    pub(super) fn after(&self, place: Option<Place>, count: usize) -> Vec<Arc<Contact>> {
        let start = place.map_or(Bound::Unbounded, Bound::Excluded);
        self.shown
            .range((start, Bound::Unbounded))
            .take(count)
            .map(|(_, contact)| Arc::clone(contact))
            .collect()
    }

    /// Returns the contact at a place, as it is shown.
    pub(super) fn at(&self, place: Place) -> Option<Arc<Contact>> {
        self.shown.get(&place).cloned()
    }

    /// Returns the contacts that are not shown as the store has them.
    pub(super) fn waiting_ids(&self) -> impl Iterator<Item = ContactId> {
        self.last_due.keys().copied()
    }
}
