//! The export pipeline: one thread fetches the next page while another writes the last one.

use std::io;
use std::mem;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::columns::{Listed, is_cut};
use super::pages::{Fetched, Heard, fetch};
use super::progress::{Ahead, Page, PageSink, Progress};
use super::recall::seen;
use super::writer::TICK;
use super::{Columns, Event, Exported, Reporter};
use crate::intercom::ApiError;
use crate::intercom::Client;
use crate::intercom::Contact;
use crate::intercom::Expand;
use crate::ledger::LedgerError;
use crate::ledger::LedgerWriter;
use crate::pace::Clock;
use crate::pace::Halt;
use crate::rows::Format;
use crate::rows::OutputCell;
use crate::rows::RowWriter;

/// How often the listing is walked at most until it shows as many contacts as it says there are; a walk whose cursor the
/// server no longer takes counts.
const WALKS: u32 = 3;

/// Pages that wait for the writer; each is about half a megabyte.
const PAGES_AHEAD: usize = 2;

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
    /// Which lists are written whole.
    pub expand: Expand,
    /// Raised to stop after the page that is being fetched.
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
    /// The listing gave a cursor that it had just been asked for.
    #[error("page {page}: the server repeats its cursor, so that the listing would never end")]
    Endless {
        /// The page, from 1.
        page: u64,
    },
    /// Somebody asked to stop.
    #[error("stopped")]
    Interrupted,
}

/// Writes every contact of the asked role once, from where `progress` is.
///
/// # Errors
/// As [`ExportError`]; what `sink` has by then is not a whole export.
pub fn export(
    job: &Export<'_>,
    sink: &mut dyn PageSink,
    progress: Progress,
    ledger: &mut LedgerWriter,
    reporter: &mut dyn Reporter,
) -> Result<Exported, ExportError> {
    let mut scribe = Scribe { job, sink, progress, ledger, begun: job.clock.now(), waits_until: None };
    for n in 1..=WALKS {
        // An earlier run may have ended between its last page and its end.
        if scribe.progress.is_complete() {
            break;
        }
        scribe.walk(if n < WALKS { Stale::BeginsAnew } else { Stale::Fails }, reporter)?;
    }
    scribe.note_time();
    let Progress { exported, .. } = &scribe.progress;
    if scribe.progress.is_complete() {
        return Ok(scribe.progress.exported);
    }
    Err(ExportError::Incomplete { seen: exported.seen, total: exported.server_total })
}

/// What a walk comes to whose cursor is refused.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stale {
    /// Its end; the next one begins anew.
    BeginsAnew,
    /// An error.
    Fails,
}

/// The writing end: what was seen, and what it came to.
struct Scribe<'a> {
    job: &'a Export<'a>,
    sink: &'a mut dyn PageSink,
    progress: Progress,
    ledger: &'a mut LedgerWriter,
    begun: Duration,
    waits_until: Option<Duration>,
}

impl Scribe<'_> {
    /// Walks the listing to its end, from where it is. Contacts seen before are not written again.
    fn walk(&mut self, stale: Stale, reporter: &mut dyn Reporter) -> Result<(), ExportError> {
        let job = self.job;
        let from = self.progress.begin_walk();
        let mut seen = mem::take(&mut self.progress.seen);
        let result = thread::scope(|scope| {
            let (send, inbox) = sync_channel(PAGES_AHEAD);
            let seen = &mut seen;
            scope.spawn(move || fetch(job, from, seen, &send));
            self.hear(&inbox, stale, reporter)
        });
        self.progress.seen = seen;
        result
    }

    fn hear(
        &mut self,
        inbox: &Receiver<Heard>,
        stale: Stale,
        reporter: &mut dyn Reporter,
    ) -> Result<(), ExportError> {
        loop {
            match inbox.recv_timeout(TICK) {
                Ok(Heard::Page(page)) => self.take(page)?,
                Ok(Heard::Waits(duration)) => self.waits_until = Some(self.job.clock.now() + duration),
                Ok(Heard::Failed(error)) if stale == Stale::BeginsAnew && self.is_stale(&error) => {
                    self.progress.ahead = None;
                    return Ok(());
                }
                Ok(Heard::Failed(error)) => return Err(self.failed(error)),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            self.note_time();
            reporter.on(&Event::Exported(self.progress.exported.clone().into()))?;
        }
        if self.job.halt.is_raised() && self.progress.ahead != Some(Ahead::End) {
            return Err(ExportError::Interrupted);
        }
        Ok(())
    }

    fn note_time(&mut self) {
        let now = self.job.clock.now();
        let exported = &mut self.progress.exported;
        exported.elapsed = now - self.begun;
        exported.waiting = self.waits_until.and_then(|until| until.checked_sub(now));
        exported.traffic = self.job.client.traffic();
    }

    /// A cursor lives as long as the server likes: nobody says how long.
    fn is_stale(&self, error: &ApiError) -> bool {
        let has_cursor = matches!(self.progress.ahead, Some(Ahead::Page(_)));
        has_cursor && error.refusal().is_some_and(|refusal| matches!(refusal.status, 400 | 404))
    }

    fn failed(&self, error: ApiError) -> ExportError {
        match error {
            ApiError::Halted(_) => ExportError::Interrupted,
            error => ExportError::Server { page: self.progress.pages + 1, error },
        }
    }

    fn take(&mut self, page: Fetched) -> Result<(), ExportError> {
        self.progress.pages += 1;
        if matches!(page.ahead, Ahead::Page(_)) && Some(&page.ahead) == self.progress.ahead.as_ref() {
            return Err(ExportError::Endless { page: self.progress.pages });
        }
        let Progress { exported, walk, .. } = &mut self.progress;
        exported.server_total = page.total_count;
        // A later walk shows again what an earlier one has shown.
        exported.duplicates_dropped += if *walk == 1 { page.duplicates } else { 0 };
        let mut rows = RowWriter::continuing(self.job.format, self.job.columns.names(), Vec::new());
        for contact in &page.items {
            self.write(contact, &mut rows)?;
            self.remember(&contact.contact)?;
        }
        self.progress.ahead = Some(page.ahead.clone());
        self.sink.take(Page {
            ahead: page.ahead,
            walk: self.progress.walk,
            ids: page.items.into_iter().map(|listed| listed.contact.id).collect(),
            rows: String::from_utf8(rows.finish()?).map_err(io::Error::other)?,
            exported: self.progress.exported.clone(),
        })?;
        Ok(())
    }

    /// The ids of users come for free: an import of one of them is spared the looking for it.
    fn remember(&mut self, contact: &Contact) -> Result<(), ExportError> {
        let now = self.job.clock.now();
        seen(contact).try_for_each(|note| self.ledger.note(&note, now))?;
        Ok(self.ledger.commit_if_due(now)?)
    }

    fn write(&mut self, contact: &Listed, rows: &mut RowWriter<Vec<u8>>) -> io::Result<()> {
        let exported = &mut self.progress.exported;
        exported.seen += 1;
        if !self.job.role.admits(contact) {
            exported.other_role += 1;
            return Ok(());
        }
        for name in self.job.columns.unlisted(contact) {
            *exported.unlisted_attributes.entry(name.to_owned()).or_default() += 1;
        }
        exported.cut_lists += u64::from(is_cut(contact));
        let cells: Vec<OutputCell<'_>> = self.job.columns.cells(contact).collect();
        rows.write_row(&cells)?;
        exported.written += 1;
        Ok(())
    }
}

impl RoleFilter {
    pub(super) fn admits(self, contact: &Contact) -> bool {
        match self {
            Self::Any => true,
            Self::Lead => contact.role.as_deref() == Some("lead"),
            Self::User => contact.role.as_deref() != Some("lead"),
        }
    }
}
