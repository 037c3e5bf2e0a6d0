//! The one thread that hears all pages: it keeps their rows, counts them, and tells the reporter and the ledger.

use std::time::Duration;

use super::crew::{Crew, Errand, Heard, PageOf};
use super::fetch::{Cut, PageSize, Wanted};
use super::part::{Ahead, Part, Source};
use super::prepared::{Kind, Prepared, Row, place, prepare};
use super::{Export, ExportError, Spool, Verification, WALKS};
use crate::intercom::ApiError;
use crate::intercom::Contact;
use crate::ledger::LedgerWriter;
use crate::ledger::Put;
use crate::transfer::{Event, ExportNotice, Exported, Reporter};

/// How many pages are kept at a time at most: a dead process forgets no more than that.
const PAGES_A_COMMIT: u32 = 64;

/// The writing end: what was seen, and what it came to.
pub(super) struct Scribe<'a> {
    pub(super) job: &'a Export<'a>,
    pub(super) spool: &'a mut Spool,
    ledger: &'a mut LedgerWriter,
    reporter: &'a mut dyn Reporter,
    pub(super) size: PageSize,
    pub(super) parts: Vec<Part>,
    pub(super) exported: Exported,
    pub(super) pages: u64,
    uncommitted: u32,
    /// When the first run of this export began, by the server's clock.
    pub(super) begun_at: i64,
    begun: Duration,
    waits_until: Option<Duration>,
}

impl<'a> Scribe<'a> {
    pub(super) fn new(
        job: &'a Export<'a>,
        spool: &'a mut Spool,
        ledger: &'a mut LedgerWriter,
        reporter: &'a mut dyn Reporter,
    ) -> Self {
        let (parts, exported) = spool.take_progress();
        Self {
            job,
            spool,
            ledger,
            reporter,
            size: PageSize::default(),
            parts,
            exported,
            pages: 0,
            uncommitted: 0,
            begun_at: 0,
            begun: job.clock.now(),
            waits_until: None,
        }
    }

    pub(super) fn run(mut self) -> Result<Exported, ExportError> {
        let result = self.collect();
        // What is here is kept, whatever ends the run.
        let kept = self.commit();
        self.note_time();
        result?;
        kept?;
        Ok(self.exported)
    }

    fn collect(&mut self) -> Result<(), ExportError> {
        self.begun_at = self.spool.begun_at(self.server_time())?;
        if self.parts.is_empty() {
            self.plan()?;
        }
        self.walk_parts()?;
        if self.is_large() {
            self.close()?;
        }
        match self.job.verification {
            Verification::Counts => Ok(()),
            Verification::Listing => self.verify(),
        }
    }

    /// Returns the seconds since 1970 by the server's clock.
    pub(super) fn server_time(&self) -> i64 {
        match self.job.client.server_time() {
            0 => self.job.clock.unix_seconds(),
            seconds => seconds.cast_signed(),
        }
    }

    /// Walks every part until it has shown what it counts, and everything with one cursor if that does not help.
    pub(super) fn walk_parts(&mut self) -> Result<(), ExportError> {
        if self.walk_until_whole()? {
            return Ok(());
        }
        let is_split = self.parts.len() > 1;
        if is_split {
            return self.walk_whole();
        }
        Err(self.incomplete())
    }

    /// Walks with one cursor what the parts do not show, and tells.
    pub(super) fn walk_whole(&mut self) -> Result<(), ExportError> {
        self.exported.notices.insert(ExportNotice::Short);
        for (n, part) in self.parts.iter_mut().enumerate() {
            (part.ahead, part.total) = (Some(Ahead::End), part.seen);
            self.spool.set_part(n, part)?;
        }
        self.parts.push(Part::new(self.job.ground().whole()));
        if self.walk_until_whole()? { Ok(()) } else { Err(self.incomplete()) }
    }

    fn incomplete(&self) -> ExportError {
        ExportError::Incomplete { seen: self.exported.seen, total: self.exported.server_total }
    }

    /// Walks what is not complete, more than once if need be. Returns whether all of it is in the end.
    fn walk_until_whole(&mut self) -> Result<bool, ExportError> {
        loop {
            // An earlier run may have ended between its last page and its end.
            let incomplete = self.incomplete_parts();
            if incomplete.is_empty() {
                return Ok(true);
            }
            let todo: Vec<usize> =
                incomplete.into_iter().filter(|part| self.parts[*part].tries < WALKS).collect();
            if todo.is_empty() {
                return Ok(false);
            }
            self.walk(&todo)?;
        }
    }

    fn incomplete_parts(&self) -> Vec<usize> {
        let has_all = |part: &Part| {
            let is_whole = matches!(part.source, Source::List | Source::Scrolls);
            part.is_walked() && is_whole && self.exported.seen >= part.total
        };
        let numbered = self.parts.iter().enumerate();
        numbered.filter(|(_, part)| !part.is_complete() && !has_all(part)).map(|(n, _)| n).collect()
    }

    pub(super) fn crew<'b>(&self, size: &'b PageSize) -> Crew<'b>
    where
        'a: 'b,
    {
        let job = self.job;
        Crew { client: job.client, halt: &job.halt, role: job.role, size, cursors: job.cursors.most() }
    }

    /// Walks parts, each from where it is.
    fn walk(&mut self, todo: &[usize]) -> Result<(), ExportError> {
        let job = self.job;
        let errands: Vec<Errand> =
            todo.iter().map(|part| Errand::begin(*part, &mut self.parts[*part])).collect();
        // The pages change what the crew must not look at meanwhile.
        let size = std::mem::take(&mut self.size);
        let crew = self.crew(&size);
        let mut failure = None;
        let make = |walk, contacts| match walk {
            1 => prepare(job, contacts).map(Prepared::Rows),
            _ => Ok(Prepared::Bare(contacts)),
        };
        let heard = crew.walk(&errands, &make, |heard| self.hear(heard, &mut failure));
        self.size = size;
        heard?;
        match failure {
            Some(failure) => Err(failure),
            None if job.halt.is_raised() && !self.incomplete_parts().is_empty() => {
                Err(ExportError::Interrupted)
            }
            None => Ok(()),
        }
    }

    fn hear(
        &mut self,
        heard: Heard<Prepared>,
        failure: &mut Option<ExportError>,
    ) -> Result<Wanted, ExportError> {
        match heard {
            Heard::Page(page) => self.take(page)?,
            Heard::Waits(duration) => self.waits_until = Some(self.job.clock.now() + duration),
            Heard::Cut { part, cut: Cut::Server(error) } if self.is_stale(part, &error) => {
                self.parts[part].ahead = None;
            }
            Heard::Cut { cut, .. } => {
                let error = match cut {
                    Cut::Server(error) => self.failed(error),
                    Cut::Endless => ExportError::Endless { page: self.pages + 1 },
                };
                failure.get_or_insert(error);
            }
            Heard::Nothing => self.commit()?,
        }
        self.note_time();
        self.reporter.on(&Event::Exported(self.exported.clone().into()))?;
        Ok(if failure.is_some() { Wanted::No } else { Wanted::Yes })
    }

    fn note_time(&mut self) {
        let now = self.job.clock.now();
        let exported = &mut self.exported;
        exported.elapsed = now - self.begun;
        exported.waiting = self.waits_until.and_then(|until| until.checked_sub(now));
        exported.traffic = self.job.client.traffic();
    }

    /// A cursor lives as long as the server likes: nobody says how long.
    fn is_stale(&self, part: usize, error: &ApiError) -> bool {
        let part = &self.parts[part];
        let has_cursor = matches!(part.ahead, Some(Ahead::Page(_)));
        has_cursor
            && part.tries < WALKS
            && error.refusal().is_some_and(|refusal| matches!(refusal.status, 400 | 404))
    }

    pub(super) fn failed(&self, error: ApiError) -> ExportError {
        match error {
            ApiError::Halted(_) => ExportError::Interrupted,
            error => ExportError::Server { page: self.pages + 1, error },
        }
    }

    pub(super) fn take(&mut self, page: PageOf<Prepared>) -> Result<(), ExportError> {
        self.pages += 1;
        let rows = match page.value {
            Prepared::Rows(rows) => rows,
            Prepared::Bare(contacts) => self.unknown(page.part, contacts)?,
        };
        for row in &rows {
            let put = self.spool.put(&row.stored(), self.walk_number(page.part))?;
            self.count_row(page.part, row, put);
            let now = self.job.clock.now();
            row.notes.iter().try_for_each(|note| self.ledger.note(note, now))?;
        }
        let part = &mut self.parts[page.part];
        (part.ahead, part.total) = (Some(page.ahead), page.total_count);
        if part.source == self.job.ground().whole() || part.source == Source::Scrolls {
            self.exported.server_total = page.total_count;
        }
        self.spool.set_part(page.part, &self.parts[page.part])?;
        self.uncommitted += 1;
        if self.uncommitted >= PAGES_A_COMMIT {
            self.commit()?;
        }
        Ok(self.ledger.commit_if_due(self.job.clock.now())?)
    }

    /// Keeps everything so far, whatever ends the process.
    fn commit(&mut self) -> Result<(), ExportError> {
        self.ledger.commit_if_due(self.job.clock.now())?;
        if std::mem::take(&mut self.uncommitted) > 0 {
            self.spool.commit(&self.exported, self.job.clock.unix())?;
        }
        Ok(())
    }

    /// Each walk of each part has a number of its own.
    fn walk_number(&self, part: usize) -> i64 {
        (part as i64) << 8 | i64::from(self.parts[part].walk)
    }

    /// Leaves out whom an earlier walk has shown, and makes rows of the others.
    fn unknown(&mut self, part: usize, contacts: Vec<Contact>) -> Result<Vec<Row>, ExportError> {
        let (walk, mut unknown) = (self.walk_number(part), Vec::new());
        for contact in contacts {
            let (created_at, id) = place(&contact);
            match self.spool.see(created_at, id, walk)? {
                None => unknown.push(contact),
                Some(put) => self.count_known(part, put),
            }
        }
        prepare(self.job, unknown).map_err(|error| self.failed(error))
    }

    fn count_known(&mut self, part: usize, put: Put) {
        let part = &mut self.parts[part];
        match put {
            // A later walk shows again what an earlier one has shown.
            Put::Repeated => self.exported.duplicates_dropped += u64::from(part.walk == 1),
            Put::New | Put::Known | Put::Replaced { .. } => part.seen += 1,
        }
    }

    fn count_row(&mut self, part: usize, row: &Row, put: Put) {
        self.count_known(part, put);
        let is_late = matches!(self.parts[part].source, Source::Updated { .. });
        let exported = &mut self.exported;
        match put {
            Put::New => {
                exported.seen += 1;
                exported.changed_meanwhile += u64::from(is_late);
                *exported.counter(row.kind) += 1;
                exported.cut_lists += u64::from(row.kind == Kind::Cut);
                for name in &row.unlisted {
                    *exported.unlisted_attributes.entry(name.clone()).or_default() += 1;
                }
            }
            Put::Replaced { kind, is_newer } => {
                let before = Kind::of(kind);
                exported.changed_meanwhile += u64::from(is_late && is_newer);
                *exported.counter(before) -= 1;
                exported.cut_lists -= u64::from(before == Kind::Cut);
                *exported.counter(row.kind) += 1;
                exported.cut_lists += u64::from(row.kind == Kind::Cut);
            }
            Put::Known | Put::Repeated => {}
        }
    }
}

impl Exported {
    /// Returns what counts contacts of a kind.
    fn counter(&mut self, kind: Kind) -> &mut u64 {
        match kind {
            Kind::Whole | Kind::Cut => &mut self.written,
            Kind::OtherRole => &mut self.other_role,
            Kind::Older => &mut self.older,
        }
    }
}
