//! The whole workspace, read once: who is there, with the values that rows may have.
//!
//! Only the feed reads it, while the workers wait. Ids go to the ledger, if somebody hears, values onto a shelf on the disk.

use std::sync::mpsc::SyncSender;

use super::Lookup;
use crate::intercom::Client;
use crate::intercom::Contact;
use crate::intercom::Cursor;
use crate::intercom::Field;
use crate::intercom::Listing as Page;
use crate::intercom::Raw;
use crate::intercom::Trace;
use crate::ledger::Note;
use crate::ledger::Shelf;
use crate::ledger::Shown;
use crate::ledger::UserKey;
use crate::transfer::Event;
use crate::transfer::deliver::HEARD;
use crate::transfer::feed::Job;
use crate::transfer::recall::seen;

/// What was read of the listing so far.
pub(in crate::transfer) struct Listing<'a> {
    client: &'a Client,
    /// What rows say, and is kept of contacts.
    fields: Vec<Field>,
    events: Option<SyncSender<Event>>,
    shelf: Option<Shelf>,
    place: Place,
    contacts_read: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Beginning,
    At(Cursor),
    End,
    /// Something went wrong.
    Left,
}

impl<'a> Listing<'a> {
    pub(in crate::transfer) fn new(
        client: &'a Client,
        fields: Vec<Field>,
        events: Option<SyncSender<Event>>,
    ) -> Self {
        Self { client, fields, events, shelf: None, place: Place::Beginning, contacts_read: 0 }
    }

    /// Returns whether all contacts were read.
    pub(in crate::transfer) fn is_whole(&self) -> bool {
        self.place == Place::End
    }

    /// Reads the next page.
    pub(super) fn read_one(&mut self, lookup: &Lookup<'_>) {
        let cursor = match &self.place {
            Place::Beginning => None,
            Place::At(cursor) => Some(cursor.clone()),
            Place::End | Place::Left => return,
        };
        let trace = &mut Trace::default();
        match self.client.listing(None, Client::PAGE_SIZE, cursor.as_ref(), trace) {
            Ok(page) => self.take(page, cursor.as_ref(), lookup),
            Err(error) => self.leave(lookup, format!("the listing was not answered: {error}")),
        }
    }

    /// Reads all pages that are left.
    pub(super) fn read_all(&mut self, lookup: &Lookup<'_>) {
        while matches!(self.place, Place::Beginning | Place::At(_)) {
            if lookup.stop.is_asked_for() {
                return self.leave(lookup, "the listing was stopped".into());
            }
            self.read_one(lookup);
        }
    }

    fn take(&mut self, page: Page, cursor: Option<&Cursor>, lookup: &Lookup<'_>) {
        self.contacts_read += page.contacts.len() as u64;
        let total = page.total_count.unwrap_or(self.contacts_read);
        {
            let mut state = lookup.lock();
            state.choice.note_page(total);
            state.told.pages += 1;
        }
        if let Err(error) = self.keep(&page.contacts) {
            return self.leave(lookup, format!("the listing cannot be kept: {error}"));
        }
        match page.next {
            None => {
                self.place = Place::End;
                lookup.lock().choice.note_listed();
            }
            Some(next) if Some(&next) == cursor => {
                self.leave(lookup, "the listing repeats its cursor, and would never end".into());
            }
            Some(_) if total < self.contacts_read => {
                let read = self.contacts_read;
                let trouble =
                    format!("the listing counts {total} contacts, and has shown {read} and goes on");
                self.leave(lookup, trouble);
            }
            Some(next) => self.place = Place::At(next),
        }
    }

    /// Gives up; what was read is of use all the same.
    fn leave(&mut self, lookup: &Lookup<'_>, trouble: String) {
        self.place = Place::Left;
        lookup.with_choice(super::Choice::note_listing_failed);
        lookup.note_trouble(trouble);
    }

    fn keep(&mut self, contacts: &[Raw<Contact>]) -> Result<(), crate::ledger::OverflowError> {
        let users = contacts.iter().filter(|contact| !contact.value.is_lead());
        let (mut notes, mut shown) = (Vec::new(), Vec::new());
        for contact in users {
            let json = contact.cut_to(&self.fields);
            for note in seen(&contact.value) {
                if let Note::Seen { key, .. } = &note {
                    shown.push(Shown { key: *key, id: contact.value.id.clone(), json: json.clone() });
                }
                notes.push(note);
            }
        }
        match &mut self.shelf {
            Some(shelf) => shelf.put(&shown)?,
            none => none.insert(Shelf::new()?).put(&shown)?,
        }
        if let Some(events) = &self.events {
            events.send(Event::Seen(notes)).expect(HEARD);
        }
        Ok(())
    }

    /// Returns what the listing shows of a row's user.
    pub(in crate::transfer) fn find(&self, job: &Job, lookup: &Lookup<'_>) -> Option<Raw<Contact>> {
        let key: &UserKey = &job.entry.key;
        match self.shelf.as_ref()?.get(key) {
            Ok(json) => serde_json::from_str(&json?).ok(),
            Err(error) => {
                lookup.note_trouble(format!("the listing cannot be read back: {error}"));
                None
            }
        }
    }
}
