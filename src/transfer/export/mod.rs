//! The export pipeline: fetchers side by side, each with a cursor of its own, and one thread that keeps what they bring
//! until all is there.
//!
//! A large workspace is walked in parts, whole days of creation; a small one, and 1.x, with one cursor. Each part must
//! show as many contacts as it counts. At the end, what was updated since the beginning is searched for: who was created
//! or changed meanwhile is as it is now. Where the parts do not add up, the plain listing is walked, and that is said.

mod calendar;
mod closing;
mod crew;
mod fetch;
mod opening;
mod part;
mod partition;
mod plan;
mod prepared;
mod scribe;
mod spool;
mod walk_all;

use std::io;

use serde::{Deserialize, Serialize};

pub use spool::{ExportIdentity, Fate, Spool};
pub use walk_all::{WalkAll, walk_all};

use self::calendar::Calendar;
use self::plan::{Ground, SMALL};
use self::scribe::Scribe;
use super::{Columns, Exported, Reporter};
use crate::intercom::ApiError;
use crate::intercom::Client;
use crate::intercom::Expand;
use crate::ledger::LedgerError;
use crate::ledger::LedgerWriter;
use crate::pace::Clock;
use crate::pace::Halt;
use crate::rows::Format;

/// How often a part is walked at most until it shows as many contacts as it counts; a walk whose cursor the server no
/// longer takes counts.
const WALKS: u32 = 3;

/// Which contacts to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum RoleFilter {
    /// Users only.
    #[default]
    User,
    /// Leads only.
    Lead,
    /// All.
    Any,
}

/// How many cursors are walked at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cursors {
    /// As many as help, up to so many; one for a small workspace.
    UpTo(usize),
    /// So many.
    Exactly(usize),
}

/// Whether the plain listing is walked as well, to see that nobody is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verification {
    /// It is not: each part was counted.
    Counts,
    /// It is.
    Listing,
}

/// What to export, and how.
pub struct Export<'a> {
    /// Where from.
    pub client: &'a Client,
    /// The header.
    pub columns: &'a Columns,
    /// How rows are written.
    pub format: Format,
    /// Which contacts.
    pub role: RoleFilter,
    /// Only those that were updated at this second or later, since 1970.
    pub since: Option<i64>,
    /// Which lists are written whole.
    pub expand: Expand,
    /// How many cursors.
    pub cursors: Cursors,
    /// How it is made sure that nobody is missing.
    pub verification: Verification,
    /// The workspace's time zone, as it names it.
    pub zone: Option<&'a str>,
    /// Raised to stop after the pages that are being fetched.
    pub halt: Halt,
    /// The time for progress.
    pub clock: Clock,
}

/// Why an export was not finished. A variant is a different thing to do.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// A page could not be fetched.
    #[error("page {page}: {error}")]
    Server {
        /// The page, from 1.
        page: u64,
        /// Why.
        error: ApiError,
    },
    /// The output cannot be written.
    #[error(transparent)]
    Output(#[from] io::Error),
    /// The ledger cannot be written.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The listing showed fewer contacts than it counts.
    #[error("the listing showed {seen} of the {total} contacts that the server counts, after {WALKS} walks")]
    Incomplete {
        /// Contacts seen.
        seen: u64,
        /// Contacts counted by the server.
        total: u64,
    },
    /// The plain listing shows contacts that the export has not.
    #[error("{missing} of the contacts that the listing shows are missing, the first of them `{first}`")]
    Missing {
        /// How many.
        missing: u64,
        /// The first one's id.
        first: String,
    },
    /// The listing gave a cursor that it had given before.
    #[error("page {page}: the server repeats its cursor, so that the listing would never end")]
    Endless {
        /// The page, from 1.
        page: u64,
    },
    /// Somebody asked to stop.
    #[error("stopped")]
    Interrupted,
}

/// Collects every contact that is asked for once, going on from where `spool` is.
///
/// # Errors
/// As [`ExportError`]; what `spool` has by then is not a whole export.
pub fn export(
    job: &Export<'_>,
    spool: &mut Spool,
    ledger: &mut LedgerWriter,
    reporter: &mut dyn Reporter,
) -> Result<Exported, ExportError> {
    Scribe::new(job, spool, ledger, reporter).run()
}

impl Export<'_> {
    fn calendar(&self) -> Calendar {
        Calendar::new(self.zone, self.client.dialect().version())
    }

    fn ground(&self) -> Ground<'_> {
        let calendar = self.calendar();
        // Those who are asked for, and some of the days before.
        let base = self.since.map(|since| calendar.updated_since(since));
        Ground { client: self.client, calendar, zone: self.zone, base, is_forced: self.cursors.is_forced() }
    }
}

impl Cursors {
    fn most(self) -> usize {
        match self {
            Self::UpTo(n) | Self::Exactly(n) => n.max(1),
        }
    }

    fn is_forced(self) -> bool {
        matches!(self, Self::Exactly(_))
    }

    /// Returns whether more than one cursor is worth its questions.
    fn are_many(self, total: u64) -> bool {
        self.most() > 1 && (self.is_forced() || total > SMALL)
    }
}
