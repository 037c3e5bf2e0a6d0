//! Contacts in bulk: Preview's `POST` and `PUT /contacts/bulk`, a hundred contacts a request.
//!
//! A request becomes a task of a job that is carried out later. The job says of each task when it is done and whether
//! anything in it failed, and neither what nor why, nor any id (the API's description of Preview). So whoever sends rows
//! this way has to find out what became of them: [`judge`] compares a row with what was read of its contact.

mod completion;
mod item;
mod judgement;
mod read_back;
mod toll;
mod way;

use std::sync::atomic::AtomicUsize;

use reqwest::Method;
use serde::{Deserialize, Serialize};

use super::call::Effect;
use super::{ApiError, Client, Refusal, Trace};

pub use completion::Extent;
pub use item::BulkItem;
pub use judgement::{Landed, judge};
pub use toll::BulkUse;
use toll::Toll;
pub use way::{Way, is_taken_by_update};

/// The most contacts that one request takes (the API's description).
pub const BULK_MAX: usize = 100;

/// What a bulk request does to its contacts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BulkKind {
    /// Each is created; one that exists fails.
    Create,
    /// Each is updated by Intercom's id.
    Update,
}

/// A job as the server tells of it.
#[derive(Debug, Clone, Deserialize)]
pub struct BulkJob {
    /// Its id.
    pub id: String,
    /// How far all of it is.
    pub state: BulkState,
    /// One a request.
    #[serde(default)]
    pub tasks: Vec<BulkTask>,
}

/// The contacts of one request, on their way.
#[derive(Debug, Clone, Deserialize)]
pub struct BulkTask {
    /// Its id.
    pub id: String,
    /// How far it is.
    pub state: BulkState,
}

/// How far a job or a task is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BulkState {
    /// Done, and nothing failed.
    Completed,
    /// Done, and something failed.
    CompletedWithErrors,
    /// It waits or runs: `pending`, `running`, or a word that Preview may have tomorrow.
    #[serde(other)]
    Open,
}

/// What became of a request to write in bulk.
#[derive(Debug)]
pub enum Submission {
    /// It is a task of this job; of another one than was asked for if that takes no more.
    Taken(BulkJob),
    /// The server does not know of such requests.
    NoSuchEndpoint,
}

/// What a connection has learnt of bulk requests.
pub(super) struct Learnt {
    pub(super) toll: Toll,
    /// How many values the search takes in one list.
    longest_list: AtomicUsize,
}

impl Default for Learnt {
    fn default() -> Self {
        Self { toll: Toll::default(), longest_list: AtomicUsize::new(BULK_MAX) }
    }
}

#[derive(Serialize)]
struct Body<'a> {
    contacts: &'a [BulkItem<'a>],
    #[serde(skip_serializing_if = "Option::is_none")]
    job: Option<JobId<'a>>,
}

#[derive(Serialize)]
struct JobId<'a> {
    id: &'a str,
}

impl Client {
    /// Sends contacts to be written, as a task of an open job if one is given, else of a new one.
    ///
    /// # Errors
    /// As [`ApiError`]. If the answer was lost, they may be written all the same.
    pub fn submit_bulk(
        &self,
        kind: BulkKind,
        contacts: &[BulkItem<'_>],
        job: Option<&str>,
        trace: &mut Trace,
    ) -> Result<Submission, ApiError> {
        let submitted = match self.submit_to(kind, contacts, job, trace) {
            Err(error) if job.is_some() && is_closed(&error) => self.submit_to(kind, contacts, None, trace),
            submitted => submitted,
        };
        match submitted {
            Ok(job) => Ok(Submission::Taken(job)),
            Err(ApiError::Refused(refusal)) if is_unknown(&refusal) => Ok(Submission::NoSuchEndpoint),
            Err(error) => Err(error),
        }
    }

    fn submit_to(
        &self,
        kind: BulkKind,
        contacts: &[BulkItem<'_>],
        job: Option<&str>,
        trace: &mut Trace,
    ) -> Result<BulkJob, ApiError> {
        let method = match kind {
            BulkKind::Create => Method::POST,
            BulkKind::Update => Method::PUT,
        };
        let body = Body { contacts, job: job.map(|id| JobId { id }) };
        let call = self.call(method, Effect::Writes, &["contacts", "bulk"]).json(&body);
        let before = self.bulk.toll.mark(self.traffic().requests);
        let submitted = self.send(&call, trace);
        if submitted.is_ok() {
            self.bulk.toll.learn(before, self.traffic().requests, contacts.len());
            if self.bulk_use().costs_a_contact() {
                self.limiter().spent_more(u32::try_from(contacts.len()).unwrap_or(u32::MAX));
            }
        }
        submitted
    }

    /// Returns how far a job is.
    ///
    /// # Errors
    /// As [`ApiError`].
    pub fn bulk_job(&self, id: &str, trace: &mut Trace) -> Result<BulkJob, ApiError> {
        self.send(&self.call(Method::GET, Effect::Reads, &["contacts", "bulk", id]), trace)
    }

    /// Returns how bulk requests were used so far.
    #[must_use]
    pub fn bulk_use(&self) -> BulkUse {
        self.bulk.toll.bulk_use()
    }

    /// Returns how many contacts one request should have: no more than a quarter of what the server grants in a window,
    /// until it is known that a contact costs nothing.
    #[must_use]
    pub fn bulk_size(&self) -> usize {
        let traffic = self.traffic();
        match traffic.quota.limit {
            Some(limit) if !traffic.bulk.costs_a_request() => (limit as usize / 4).clamp(1, BULK_MAX),
            _ => BULK_MAX,
        }
    }
}

/// Returns whether a job takes no more, or is gone (the API's description).
fn is_closed(error: &ApiError) -> bool {
    error.refusal().is_some_and(|refusal| match refusal.status {
        403 => refusal.code == "forbidden" && refusal.message.contains("closed"),
        404 => refusal.code == "job_not_found",
        _ => false,
    })
}

/// Returns whether a server has never heard of bulk requests, or not in this version.
fn is_unknown(refusal: &Refusal) -> bool {
    matches!(refusal.status, 404 | 405) || refusal.code == "intercom_version_invalid"
}
