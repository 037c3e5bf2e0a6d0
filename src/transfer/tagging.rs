//! Tags, many users at a time: a row that lacks some waits until its tags are applied together with those of others.
//!
//! A tag costs one request for up to a hundred users. What waits is bounded; the rest is applied when the input ends.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, PoisonError};

use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::deliver::HEARD;
use super::feed::Job;
use super::recall::Entry;
use super::stop::Stop;
use super::waiting::{Batch, Waiting};
use super::{Event, Reject, RowEvent};
use crate::intercom::ApiError;
use crate::intercom::Client;
use crate::intercom::Delivered;
use crate::intercom::FailedPart;
use crate::intercom::Remark;
use crate::intercom::TAG_BATCH;
use crate::intercom::Trace;
use crate::intercom::UpsertError;
use crate::intercom::Upserted;
use crate::rows::Row;

/// How often rows wait for a tag at most, over all tags.
const MOST_WAITING: usize = 20 * TAG_BATCH;

/// Collects rows by the tags that their users lack.
pub(super) struct Tagging<'a> {
    client: &'a Client,
    stop: &'a Stop,
    waiting: Mutex<Waiting<Untagged>>,
}

/// A row whose user is written but for its tags.
pub(super) struct Untagged {
    row: Row,
    key: String,
    contact: String,
    entry: Entry,
    outcome: Upserted,
    tags: Vec<String>,
    remarks: Vec<Remark>,
    open: AtomicUsize,
    parts: Mutex<Parts>,
}

#[derive(Default)]
struct Parts {
    done: Vec<String>,
    failed: Vec<FailedPart>,
    trace: Trace,
}

impl Untagged {
    /// Returns the row if its user lacks tags, else gives the delivery back.
    pub(super) fn of(job: &Job, delivered: Delivered) -> Result<Self, Delivered> {
        let contact = match &delivered.contact {
            Some(contact) if !delivered.missing_tags.is_empty() => contact.value.id.clone(),
            _ => return Err(delivered),
        };
        Ok(Self {
            row: job.row.clone(),
            key: job.identity.to_string(),
            contact,
            entry: job.entry.clone(),
            outcome: delivered.outcome,
            open: AtomicUsize::new(delivered.missing_tags.len()),
            tags: delivered.missing_tags,
            remarks: delivered.remarks,
            parts: Mutex::new(Parts { done: delivered.done, ..Parts::default() }),
        })
    }

    /// Notes the end of one tag. Returns whether it was the last.
    fn note(&self, tag: &str, result: &Result<(), ApiError>, trace: &Trace) -> bool {
        let what = format!("tag `{tag}`");
        let mut parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        match result {
            Ok(()) => parts.done.push(what),
            Err(error) => {
                parts.failed.push(FailedPart { what, error: error.clone() });
                // What one tag left open stays open, whatever became of the others.
                let is_uncertain = parts.trace.is_uncertain || trace.is_uncertain;
                parts.trace.clone_from(trace);
                parts.trace.is_uncertain = is_uncertain;
            }
        }
        drop(parts);
        self.open.fetch_sub(1, Ordering::AcqRel) == 1
    }

    fn event(&self) -> RowEvent {
        let parts = std::mem::take(&mut *self.parts.lock().unwrap_or_else(PoisonError::into_inner));
        let position = self.row.position();
        if parts.failed.is_empty() {
            let outcome = if self.outcome == Upserted::Unchanged { Upserted::Updated } else { self.outcome };
            let remarks = self.remarks.clone();
            let note = Some(self.entry.delivered_to(&self.contact));
            return RowEvent { outcome: outcome.into(), remarks, note, ..RowEvent::pending(position) };
        }
        let error = UpsertError::Partial {
            outcome: self.outcome,
            id: self.contact.clone(),
            done: parts.done,
            failed: parts.failed,
        };
        let note = self.entry.failed(&error, &parts.trace);
        let reject = Reject::of_upsert(self.row.clone(), self.key.clone(), &error, &parts.trace);
        RowEvent::of_reject(position, reject).noting(note)
    }
}

impl<'a> Tagging<'a> {
    pub(super) fn new(client: &'a Client, stop: &'a Stop) -> Self {
        Self { client, stop, waiting: Mutex::new(Waiting::new(TAG_BATCH, MOST_WAITING)) }
    }

    /// Lets a row wait for its tags, and applies those that enough rows wait for.
    pub(super) fn add(&self, untagged: Untagged, events: &SyncSender<Event>) {
        let row = Arc::new(untagged);
        let ready = self.lock().add(&row, &row.tags);
        for batch in ready {
            self.apply(&batch, events);
        }
    }

    /// Applies all that still waits.
    pub(super) fn finish(&self, events: &SyncSender<Event>) {
        let batches = self.lock().drain();
        batches.into_par_iter().for_each_with(events.clone(), |events, batch| self.apply(&batch, events));
    }

    fn apply(&self, batch: &Batch<Untagged>, events: &SyncSender<Event>) {
        let Some(tag) = batch.rows.first().and_then(|row| row.spelling(&batch.tag)) else { return };
        let contacts: HashSet<&str> = batch.rows.iter().map(|row| row.contact.as_str()).collect();
        let mut trace = Trace::following();
        let contacts: Vec<&str> = contacts.into_iter().collect();
        let result = self.ask(|| self.client.tag(tag, &contacts, &mut trace));
        for row in &batch.rows {
            let is_last = match &result {
                Ok(passed_over) if !passed_over.contains(&row.contact) => row.note(tag, &Ok(()), &trace),
                // One contact that is gone is passed over, or is the reason for the refusal of all (before 2.16).
                Ok(_) | Err(ApiError::Refused(_)) => {
                    let mut trace = Trace::following();
                    let result = self.ask(|| self.client.tag_one(tag, &row.contact, &mut trace));
                    row.note(tag, &result, &trace)
                }
                Err(error) => row.note(tag, &Err(error.clone()), &trace),
            };
            if is_last {
                events.send(Event::Row(row.event())).expect(HEARD);
            }
        }
    }

    /// Sends something, unless the server is known to be of no use any more.
    fn ask<T>(&self, request: impl FnOnce() -> Result<T, ApiError>) -> Result<T, ApiError> {
        if let Some(error) = self.stop.server_error() {
            return Err(error);
        }
        let result = request();
        match &result {
            Ok(_) => self.stop.note_answer(),
            Err(error) => self.stop.note_failure(&UpsertError::Api(error.clone())),
        }
        result
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Waiting<Untagged>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Untagged {
    /// Returns a folded tag as the row spells it.
    fn spelling(&self, folded: &str) -> Option<&str> {
        self.tags.iter().find(|tag| tag.to_lowercase() == folded).map(String::as_str)
    }
}
