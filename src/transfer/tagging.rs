//! Tags, many users at a time: a row that lacks some waits until its tags are applied together with those of others.
//!
//! A tag costs one request for up to a hundred users. What waits is bounded; the rest is applied when the input ends.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, PoisonError};

use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::deliver::HEARD;
use super::feed::Job;
use super::stop::Stop;
use super::{Event, Reject, RowEvent};
use crate::intercom::Client;
use crate::intercom::Delivered;
use crate::intercom::FailedPart;
use crate::intercom::Remark;
use crate::intercom::TAG_BATCH;
use crate::intercom::Trace;
use crate::intercom::UpsertError;
use crate::intercom::Upserted;
use crate::rows::Row;

/// The rows that wait at most, over all tags.
const MOST_WAITING: usize = 20 * TAG_BATCH;

/// Collects rows by the tags that their users lack.
pub(super) struct Tagging<'a> {
    client: &'a Client,
    stop: &'a Stop,
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    batches: HashMap<String, Vec<Arc<Untagged>>>,
    rows: usize,
}

/// Users that lack one tag.
struct Batch {
    tag: String,
    rows: Vec<Arc<Untagged>>,
}

/// A row whose user is written but for its tags.
pub(super) struct Untagged {
    row: Row,
    key: String,
    contact: String,
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
            outcome: delivered.outcome,
            open: AtomicUsize::new(delivered.missing_tags.len()),
            tags: delivered.missing_tags,
            remarks: delivered.remarks,
            parts: Mutex::default(),
        })
    }

    /// Notes the end of one tag. Returns whether it was the last.
    fn note(&self, tag: &str, result: &Result<(), crate::intercom::ApiError>, trace: &Trace) -> bool {
        let what = format!("tag `{tag}`");
        let mut parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        match result {
            Ok(()) => parts.done.push(what),
            Err(error) => {
                parts.failed.push(FailedPart { what, error: error.clone() });
                parts.trace = trace.clone();
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
            return RowEvent { position, outcome: outcome.into(), reject: None, remarks };
        }
        let error = UpsertError::Partial {
            outcome: self.outcome,
            id: self.contact.clone(),
            done: parts.done,
            failed: parts.failed,
        };
        let reject = Reject::of_upsert(self.row.clone(), self.key.clone(), &error, &parts.trace);
        RowEvent::of_reject(position, reject)
    }
}

impl<'a> Tagging<'a> {
    pub(super) fn new(client: &'a Client, stop: &'a Stop) -> Self {
        Self { client, stop, waiting: Mutex::default() }
    }

    /// Lets a row wait for its tags, and applies those that enough rows wait for.
    pub(super) fn add(&self, untagged: Untagged, events: &SyncSender<Event>) {
        for batch in self.wait(&Arc::new(untagged)) {
            self.apply(&batch, events);
        }
    }

    /// Applies all that still waits.
    pub(super) fn finish(&self, events: &SyncSender<Event>) {
        let batches = std::mem::take(&mut self.lock().batches);
        let batches: Vec<Batch> = batches.into_iter().map(|(tag, rows)| Batch { tag, rows }).collect();
        batches.into_par_iter().for_each_with(events.clone(), |events, batch| self.apply(&batch, events));
    }

    fn wait(&self, untagged: &Arc<Untagged>) -> Vec<Batch> {
        let mut waiting = self.lock();
        let mut full = Vec::new();
        for tag in &untagged.tags {
            // Intercom does not tell `VIP` from `vip`.
            let rows = waiting.batches.entry(tag.to_lowercase()).or_default();
            rows.push(Arc::clone(untagged));
            if rows.len() >= TAG_BATCH {
                full.push(tag.to_lowercase());
            }
            waiting.rows += 1;
        }
        if waiting.rows > MOST_WAITING {
            full.extend(waiting.largest());
        }
        full.into_iter().filter_map(|tag| waiting.take(&tag)).collect()
    }

    fn apply(&self, batch: &Batch, events: &SyncSender<Event>) {
        let contacts: Vec<String> = batch.rows.iter().map(|row| row.contact.clone()).collect();
        let Some(tag) = batch.rows.first().and_then(|row| row.spelling(&batch.tag)) else { return };
        let mut trace = Trace::following();
        let result = self.client.tag(tag, &contacts, &mut trace);
        match &result {
            Ok(()) => self.stop.note_answer(),
            Err(error) => self.stop.note_failure(&UpsertError::Api(error.clone())),
        }
        for row in &batch.rows {
            if row.note(tag, &result, &trace) {
                events.send(Event::Row(row.event())).expect(HEARD);
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn largest(&self) -> Option<String> {
        self.batches.iter().max_by_key(|(_, rows)| rows.len()).map(|(tag, _)| tag.clone())
    }

    fn take(&mut self, tag: &str) -> Option<Batch> {
        let rows = self.batches.remove(tag)?;
        self.rows -= rows.len();
        Some(Batch { tag: tag.into(), rows })
    }
}

impl Untagged {
    /// Returns a folded tag as the row spells it.
    fn spelling(&self, folded: &str) -> Option<&str> {
        self.tags.iter().find(|tag| tag.to_lowercase() == folded).map(String::as_str)
    }
}
