//! The export pipeline: one thread fetches the next page while another writes the last one.

use std::io::{self, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;

use super::columns::{Listed, is_cut};
use super::pages::{Ahead, Fetched, fetch};
use super::writer::TICK;
use super::{Columns, Event, Exported, Reporter};
use crate::intercom::ApiError;
use crate::intercom::Client;
use crate::intercom::Contact;
use crate::intercom::Expand;
use crate::intercom::SeenIds;
use crate::pace::Clock;
use crate::pace::Halt;
use crate::rows::OutputCell;
use crate::rows::RowWriter;

/// How often the listing is walked at most until it shows as many contacts as it says there are.
const WALKS: u32 = 3;

/// Pages that wait for the writer; each is about half a megabyte.
const PAGES_AHEAD: usize = 2;

/// Which contacts to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
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

/// Writes every contact of the asked role once.
///
/// # Errors
/// As [`ExportError`]; what was written by then is not a whole export.
pub fn export<W: Write>(
    job: &Export<'_>,
    out: &mut RowWriter<W>,
    reporter: &mut dyn Reporter,
) -> Result<Exported, ExportError> {
    let mut scribe = Scribe {
        job,
        out,
        seen: SeenIds::default(),
        exported: Exported::default(),
        begun: job.clock.now(),
        pages: 0,
    };
    for _ in 0..WALKS {
        scribe.walk(reporter)?;
        if scribe.exported.seen >= scribe.exported.server_total {
            return Ok(scribe.exported);
        }
    }
    Err(ExportError::Incomplete { seen: scribe.exported.seen, total: scribe.exported.server_total })
}

/// The writing end: what was seen, and what it came to.
struct Scribe<'a, W: Write> {
    job: &'a Export<'a>,
    out: &'a mut RowWriter<W>,
    seen: SeenIds,
    exported: Exported,
    begun: std::time::Duration,
    pages: u64,
}

impl<W: Write> Scribe<'_, W> {
    /// Walks the listing from its beginning to its end. Contacts seen by an earlier walk are not written again.
    fn walk(&mut self, reporter: &mut dyn Reporter) -> Result<(), ExportError> {
        let job = self.job;
        let is_first_walk = self.pages == 0;
        thread::scope(|scope| {
            let (send, inbox) = sync_channel(PAGES_AHEAD);
            scope.spawn(move || fetch(job, &send));
            self.hear(&inbox, is_first_walk, reporter)
        })
    }

    fn hear(
        &mut self,
        inbox: &Receiver<Result<Fetched, ApiError>>,
        is_first_walk: bool,
        reporter: &mut dyn Reporter,
    ) -> Result<(), ExportError> {
        let mut last = Ahead::End;
        while let Some(page) = self.next_page(inbox, reporter)? {
            self.pages += 1;
            let page = page.map_err(|error| self.failed(error))?;
            if matches!(page.ahead, Ahead::Page(_)) && page.ahead == last {
                return Err(ExportError::Endless { page: self.pages });
            }
            last = page.ahead;
            self.exported.server_total = page.total_count;
            for contact in &page.items {
                self.write(contact, is_first_walk)?;
            }
            self.tell(reporter)?;
        }
        if self.job.halt.is_raised() && last != Ahead::End {
            return Err(ExportError::Interrupted);
        }
        Ok(())
    }

    /// Waits for the next page, and tells meanwhile that time passes.
    fn next_page(
        &mut self,
        inbox: &Receiver<Result<Fetched, ApiError>>,
        reporter: &mut dyn Reporter,
    ) -> io::Result<Option<Result<Fetched, ApiError>>> {
        loop {
            match inbox.recv_timeout(TICK) {
                Ok(page) => return Ok(Some(page)),
                Err(RecvTimeoutError::Disconnected) => return Ok(None),
                Err(RecvTimeoutError::Timeout) => self.tell(reporter)?,
            }
        }
    }

    fn tell(&mut self, reporter: &mut dyn Reporter) -> io::Result<()> {
        self.exported.elapsed = self.job.clock.now() - self.begun;
        self.exported.traffic = self.job.client.traffic();
        reporter.on(&Event::Exported(self.exported.clone().into()))
    }

    fn failed(&self, error: ApiError) -> ExportError {
        match error {
            ApiError::Halted(_) => ExportError::Interrupted,
            error => ExportError::Server { page: self.pages, error },
        }
    }

    fn write(&mut self, contact: &Listed, is_first_walk: bool) -> io::Result<()> {
        if !self.seen.insert(&contact.id) {
            self.exported.duplicates_dropped += u64::from(is_first_walk);
            return Ok(());
        }
        self.exported.seen += 1;
        if !self.job.role.admits(contact) {
            self.exported.other_role += 1;
            return Ok(());
        }
        for name in self.job.columns.unlisted(contact) {
            *self.exported.unlisted_attributes.entry(name.to_owned()).or_default() += 1;
        }
        self.exported.cut_lists += u64::from(is_cut(contact));
        let cells: Vec<OutputCell<'_>> = self.job.columns.cells(contact).collect();
        self.out.write_row(&cells)?;
        self.exported.written += 1;
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
