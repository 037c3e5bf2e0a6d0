//! One row's way to the server, and what became of it.

use std::sync::mpsc::SyncSender;

use super::feed::Job;
use super::lookup::{Lookup, Parcel};
use super::order::{Keyed, Order};
use super::recall::Entry;
use super::stop::Stop;
use super::tagging::{Tagging, Untagged};
use super::{Event, Outcome, Reject, RowEvent};
use crate::intercom::Client;
use crate::intercom::Contact;
use crate::intercom::Delivered;
use crate::intercom::Policy;
use crate::intercom::Trace;
use crate::intercom::UpsertError;
use crate::intercom::Upserted;
use crate::ledger::ContactId;
use crate::ledger::Doubts;
use crate::ledger::Note;

/// Why an event can always be sent.
pub(super) const HEARD: &str = "the writer hears until everybody who sends is gone";

/// What a worker needs to deliver rows; shared by all of them.
pub(super) struct Courier<'a> {
    pub(super) client: &'a Client,
    pub(super) policy: &'a Policy,
    pub(super) order: &'a Order<Job>,
    pub(super) stop: &'a Stop,
    pub(super) tagging: &'a Tagging<'a>,
    pub(super) doubts: &'a Doubts,
    pub(super) lookup: &'a Lookup<'a>,
}

impl Courier<'_> {
    /// Delivers some rows, and after each those of the same user that waited for it.
    pub(super) fn run(&self, mut parcel: Parcel, events: &SyncSender<Event>) {
        if parcel.is_searched {
            self.lookup.search(&mut parcel.jobs);
        }
        for first in parcel.jobs {
            let mut free = vec![first];
            while let Some(admitted) = free.pop() {
                let place = admitted.place();
                let identities = admitted.job.identities();
                self.deliver(admitted.job, events);
                free.extend(self.order.end(place, &identities));
            }
        }
    }

    fn deliver(&self, job: Job, events: &SyncSender<Event>) {
        self.go_on(job, Trace::default(), events);
    }

    /// Delivers a row by itself; `trace` says what was done before.
    pub(super) fn go_on(&self, mut job: Job, mut trace: Trace, events: &SyncSender<Event>) {
        if job.entry.is_known()
            && let Err(error) = self.doubts.add(&job.entry.key)
        {
            // Nothing starts from now on, this row included.
            self.stop.because_of_ledger(error);
        }
        if self.lookup.may_be_written(&job) {
            job.hide();
        }
        self.lookup.note_sent(&job);
        let (key, remembered) = (job.identity.field(), job.remembered());
        let result = self.client.upsert_remembered(&job.fields, &key, remembered, self.policy, &mut trace);
        if job.is_telling
            && let Some(exists) = existed(&result)
        {
            self.lookup.note_user(exists);
        }
        self.conclude(job, result, &trace, events);
    }

    /// Tells what became of a row; if its user still lacks tags, that comes later.
    pub(super) fn conclude(
        &self,
        job: Job,
        result: Result<Delivered, UpsertError>,
        trace: &Trace,
        events: &SyncSender<Event>,
    ) {
        let position = job.row.position();
        let event = match result {
            Ok(delivered) => {
                self.stop.note_answer();
                match Untagged::of(&job, delivered) {
                    Ok(untagged) => return self.tagging.add(untagged, events),
                    Err(delivered) => RowEvent {
                        note: job.entry.delivered(&delivered),
                        outcome: delivered.outcome.into(),
                        remarks: delivered.remarks,
                        ..RowEvent::pending(position)
                    },
                }
            }
            Err(error) => {
                self.stop.note_failure(&error);
                let note = job.entry.failed(&error, trace);
                let reject = Reject::of_upsert(job.row, job.identity.to_string(), &error, trace);
                RowEvent::of_reject(position, reject).noting(note)
            }
        };
        events.send(Event::Row(event)).expect(HEARD);
    }
}

/// Returns whether the user of a row was there before it, if that turned out.
fn existed(result: &Result<Delivered, UpsertError>) -> Option<bool> {
    match result {
        Ok(delivered) => Some(delivered.outcome != Upserted::Created),
        Err(UpsertError::Missing { .. }) => Some(false),
        Err(UpsertError::Partial { outcome, .. }) => Some(*outcome != Upserted::Created),
        Err(UpsertError::Mismatch { .. } | UpsertError::Archived { .. } | UpsertError::Exists { .. }) => {
            Some(true)
        }
        Err(_) => None,
    }
}

impl Entry {
    /// Returns what is to be remembered of a user that is as it should be.
    fn delivered(&self, delivered: &Delivered) -> Option<Note> {
        match delivered.contact.as_ref().map(|contact| &contact.value) {
            Some(Contact { id, .. }) => Some(self.delivered_to(id)),
            // It was left in the archive, where the next run is to look for it again.
            None => self.is_known().then_some(Note::Gone { key: self.key }),
        }
    }

    /// Returns what is to be remembered of a user that is as it should be, and has this id.
    pub(super) fn delivered_to(&self, id: &str) -> Note {
        Note::Delivered { key: self.key, id: ContactId::new(id), fingerprint: self.fingerprint }
    }

    /// Returns what is to be remembered of a user that is not as it should be.
    pub(super) fn failed(&self, error: &UpsertError, trace: &Trace) -> Option<Note> {
        let key = self.key;
        match error {
            UpsertError::Partial { id, .. } => Some(Note::Known { key, id: ContactId::new(id) }),
            _ if !self.is_known() => None,
            _ if trace.is_id_stale => Some(Note::Gone { key }),
            _ if trace.is_uncertain => Some(Note::InDoubt { key }),
            _ => None,
        }
    }
}

impl From<Upserted> for Outcome {
    fn from(upserted: Upserted) -> Self {
        match upserted {
            Upserted::Created => Self::Created,
            Upserted::Updated => Self::Updated,
            Upserted::Unchanged => Self::Unchanged,
        }
    }
}
