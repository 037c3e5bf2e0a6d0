//! What contacts were a second ago, for reads by id that come without the cookie of the write [X]. Pure.
//!
//! Nothing is noted unless the switch `read-without-cookie` says so.

use std::collections::HashMap;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use super::clock::Moment;
use super::contact::Contact;
use super::contact::ContactId;

/// The `max-age` of the cookie [R].
const STALE_FOR: Duration = Duration::from_secs(1);

/// Contacts as they were before the last write of each, for a second after it.
#[derive(Debug, Default)]
pub(super) struct Replica {
    before: HashMap<ContactId, Stale>,
    /// The writes of the last second, oldest first.
    writes: VecDeque<(Moment, ContactId)>,
}

/// A contact before it was written.
#[derive(Debug)]
pub(super) enum Before {
    /// It was created by the write.
    Nobody,
    Was(Arc<Contact>),
}

/// What is read until a moment.
#[derive(Debug)]
struct Stale {
    before: Before,
    until: Moment,
}

impl Before {
    pub(super) fn contact(&self) -> Option<&Contact> {
        match self {
            Before::Nobody => None,
            Before::Was(contact) => Some(contact),
        }
    }
}

impl Replica {
    /// Notes what a contact is before it is written.
    pub(super) fn note(&mut self, id: ContactId, before: Before, now: Moment) {
        self.forget(now);
        let until = now.after(STALE_FOR);
        self.before.insert(id, Stale { before, until });
        self.writes.push_back((until, id));
    }

    /// Returns what a contact was before a write of the last second; `None` if there was no such write.
    pub(super) fn before(&self, id: ContactId, now: Moment) -> Option<&Before> {
        self.before.get(&id).filter(|stale| now < stale.until).map(|stale| &stale.before)
    }

    fn forget(&mut self, now: Moment) {
        while let Some((until, id)) = self.writes.front().copied().filter(|(until, _)| *until <= now) {
            self.writes.pop_front();
            if self.before.get(&id).is_some_and(|stale| stale.until == until) {
                self.before.remove(&id);
            }
        }
    }
}
