//! What happens during a transfer: the only thing that the pipelines and the faces share.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{LookupUse, Planned, Prospect, Reject, Suspicion, Traffic};
use crate::intercom::ApiError;
use crate::intercom::Remark;
use crate::ledger::LedgerError;
use crate::ledger::Note;
use crate::ledger::OverflowError;
use crate::rows::InputError;
use crate::rows::Position;

/// How a row ended. Each row ends in exactly one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The user is new.
    Created,
    /// At least one field of the user was written.
    Updated,
    /// The user had every value already; nothing was written.
    Unchanged,
    /// The row cannot be sent; nothing was.
    Invalid,
    /// The server said no.
    Rejected,
    /// Sent, but the answer was lost and could not be settled.
    Unknown,
    /// Not attempted.
    Pending,
}

impl Outcome {
    /// Returns the word that files and messages use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
            Self::Invalid => "invalid",
            Self::Rejected => "rejected",
            Self::Unknown => "unknown",
            Self::Pending => "pending",
        }
    }
}

/// Rows by outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(missing_docs)] // The names are the outcomes.
pub struct Tally {
    /// Rows taken from the input, whatever became of them.
    pub read: u64,
    pub created: u64,
    pub updated: u64,
    pub unchanged: u64,
    pub invalid: u64,
    pub rejected: u64,
    pub unknown: u64,
    pub pending: u64,
    /// Of the rows above.
    pub remarks: Remarks,
}

impl Tally {
    /// Counts what an event says of rows.
    pub fn count_event(&mut self, event: &Event) {
        match event {
            Event::Row(row) => self.count_row(row),
            Event::Unchanged(n_rows) => self.unchanged += n_rows,
            Event::Seen(_)
            | Event::Planned(_)
            | Event::Progress(_)
            | Event::Exported(_)
            | Event::Notice(_) => {}
        }
    }

    /// Counts the end of a row.
    pub fn count_row(&mut self, row: &RowEvent) {
        self.count(row.outcome);
        for remark in &row.remarks {
            *match remark {
                Remark::Merged { .. } => &mut self.remarks.merged,
                Remark::Unarchived => &mut self.remarks.unarchived,
                Remark::ArchivedSkipped => &mut self.remarks.archived_skipped,
                Remark::Promoted => &mut self.remarks.promoted,
                Remark::ExternalIdKept => &mut self.remarks.external_id_kept,
                Remark::NotKept(_) => &mut self.remarks.not_kept,
                Remark::Verified => &mut self.remarks.verified,
                Remark::Drifted => &mut self.remarks.drifted,
            } += 1;
        }
        self.remarks.superseded += u64::from(row.superseded_by.is_some());
    }

    /// Counts an outcome.
    pub fn count(&mut self, outcome: Outcome) {
        *match outcome {
            Outcome::Created => &mut self.created,
            Outcome::Updated => &mut self.updated,
            Outcome::Unchanged => &mut self.unchanged,
            Outcome::Invalid => &mut self.invalid,
            Outcome::Rejected => &mut self.rejected,
            Outcome::Unknown => &mut self.unknown,
            Outcome::Pending => &mut self.pending,
        } += 1;
    }

    /// Returns the rows that have an outcome.
    #[must_use]
    pub fn ended(&self) -> u64 {
        self.applied() + self.invalid + self.rejected + self.unknown + self.pending
    }

    /// Returns the rows whose user is now as the row says.
    #[must_use]
    pub fn applied(&self) -> u64 {
        self.created + self.updated + self.unchanged
    }

    /// Returns the rows that a person should look at.
    #[must_use]
    pub fn faulty(&self) -> u64 {
        self.invalid + self.rejected + self.unknown
    }

    /// Returns whether every row read has exactly one outcome: invariant 12.
    #[must_use]
    pub fn is_balanced(&self) -> bool {
        self.read == self.ended()
    }
}

/// The end of one row.
#[derive(Debug, Clone)]
pub struct RowEvent {
    /// Where the row stands.
    pub position: Position,
    /// How it ended.
    pub outcome: Outcome,
    /// Why, and the row itself, if it did not end well.
    pub reject: Option<Box<Reject>>,
    /// What people want to know about a row that did.
    pub remarks: Vec<Remark>,
    /// What the ledger is to remember.
    pub note: Option<Note>,
    /// The place of the row that counts instead, if the file has several of the user.
    pub superseded_by: Option<u64>,
}

impl RowEvent {
    /// Returns the end of a row that was not attempted.
    pub(super) fn pending(position: Position) -> Self {
        Self {
            position,
            outcome: Outcome::Pending,
            reject: None,
            remarks: Vec::new(),
            note: None,
            superseded_by: None,
        }
    }

    /// Returns the end of a row of a user of whom the row at another place counts.
    pub(super) fn superseded(position: Position, by: u64) -> Self {
        Self { outcome: Outcome::Unchanged, superseded_by: Some(by), ..Self::pending(position) }
    }

    /// Returns the end of a row that did not end well.
    pub(super) fn of_reject(position: Position, reject: Reject) -> Self {
        Self { outcome: reject.outcome, reject: Some(Box::new(reject)), ..Self::pending(position) }
    }

    /// Adds what the ledger is to remember.
    pub(super) fn noting(mut self, note: Option<Note>) -> Self {
        self.note = note;
        self
    }
}

/// Rows that ended well in a way that people want to know about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Remarks {
    /// The contact had been merged; the one that it was merged into was written.
    pub merged: u64,
    /// The contact was archived, and was brought back.
    pub unarchived: u64,
    /// The contact is archived, and was left so; counted as unchanged.
    pub archived_skipped: u64,
    /// The contact was a lead, and is a user now.
    pub promoted: u64,
    /// The contact is a lead, and keeps the external id that Intercom gave it.
    pub external_id_kept: u64,
    /// Intercom took the request, and does not show all that was sent.
    pub not_kept: u64,
    /// The contact was compared with what had been delivered, and has it still.
    pub verified: u64,
    /// The contact was compared with what had been delivered, had something else, and was written anew.
    pub drifted: u64,
    /// Another row of the file counts for the user; counted as unchanged.
    pub superseded: u64,
}

/// How far an import is.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// Since the pipeline began.
    pub elapsed: Duration,
    /// While the input is read for the first time: the rows counted so far.
    pub counting: Option<u64>,
    /// Rows by outcome.
    pub tally: Tally,
    /// The rows of the whole input, as far as known.
    pub total: Option<Total>,
    /// Requests so far.
    pub traffic: Traffic,
    /// Somebody asked to stop: nothing new starts.
    pub is_stopping: bool,
    /// How it was learnt which users exist, if that was in question.
    pub lookup: Option<LookupUse>,
    /// What an import would come to, in the end of a plan.
    pub prospect: Option<Box<Prospect>>,
}

/// How many rows there are in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Total {
    /// Counted.
    Exact(u64),
    /// By the bytes read so far.
    About(u64),
}

/// How far an export is, and what it came to.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Exported {
    /// Since the pipeline began.
    #[serde(skip)]
    pub elapsed: Duration,
    /// Users written.
    pub written: u64,
    /// Contacts seen, each once.
    pub seen: u64,
    /// Contacts that the listing gave twice.
    pub duplicates_dropped: u64,
    /// Contacts of another role than asked for.
    pub other_role: u64,
    /// Contacts that were not updated since the time that was asked for.
    #[serde(default)]
    pub older: u64,
    /// Contacts that were created or updated while the others were listed.
    #[serde(default)]
    pub changed_meanwhile: u64,
    /// Up to when nobody is missing and everybody is as they were, in seconds since 1970: the index trails later writes.
    #[serde(default)]
    pub complete_until: Option<i64>,
    /// What people should know of how it was listed.
    #[serde(default)]
    pub notices: BTreeSet<ExportNotice>,
    /// What the server counts, as of the newest page.
    pub server_total: u64,
    /// Custom attributes that contacts have but the workspace does not list, with how many have them.
    pub unlisted_attributes: BTreeMap<String, u64>,
    /// Contacts with a nested list of which the API shows only the first ten.
    pub cut_lists: u64,
    /// Of the contacts seen, those that were here before this run began.
    #[serde(skip)]
    pub resumed: u64,
    /// Somebody else's scroll is open: it is waited for so much longer.
    #[serde(skip)]
    pub waiting: Option<Duration>,
    /// Requests so far.
    #[serde(skip)]
    pub traffic: Traffic,
}

/// What people should know of how an export was listed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportNotice {
    /// The search shows fewer contacts by their day of creation than the listing: it was listed with one cursor.
    NotCreated,
    /// The parts showed fewer contacts than there are: everything was listed once more with one cursor.
    Short,
    /// The workspace is in a time zone that nobody knows: the parts overlap.
    UnknownZone(Option<String>),
}

/// Something that happened, in the order in which the writer heard of it.
#[derive(Debug, Clone)]
pub enum Event {
    /// A row ended.
    Row(RowEvent),
    /// So many rows are as an earlier run delivered them; nothing was sent.
    Unchanged(u64),
    /// Something that people are told at once, and once.
    Notice(String),
    /// A user would be updated.
    Planned(Box<Planned>),
    /// Users were seen in a listing.
    Seen(Vec<Note>),
    /// Time passed in an import.
    Progress(Box<Snapshot>),
    /// Time passed in an export.
    Exported(Box<Exported>),
}

/// Why a pipeline ended.
#[derive(Debug)]
pub enum Ended {
    /// Everything was read and has its outcome.
    Complete,
    /// Somebody asked to stop, or the time is up.
    Interrupted,
    /// More rows are invalid, rejected or unknown than may be.
    TooManyErrors,
    /// The server cannot be worked with: see [`ApiError::ends_the_run`], or too many answers were lost.
    Server(ApiError),
    /// The input could not be read to its end.
    Input(InputError),
    /// The input looks broken beside the last one of the same job; nothing was sent.
    Suspicious(Suspicion),
    /// The ledger cannot be read or written.
    Ledger(LedgerError),
    /// The input was written to while it was read.
    InputChanged,
    /// There is no room for temporary files.
    Overflow(OverflowError),
    /// The reporter could not write.
    Output(io::Error),
}

/// Hears every event, on one thread.
pub trait Reporter {
    /// Takes note of an event.
    ///
    /// # Errors
    /// When an output cannot be written; the pipeline then stops.
    fn on(&mut self, event: &Event) -> io::Result<()>;
}
