//! Before the first part: how much there is, and in which parts it is walked.

use super::ExportError;
use super::crew::PageOf;
use super::fetch::{Cut, Shown, Stride, Wanted, fetch};
use super::part::{Ahead, Part, Source};
use super::plan::split;
use super::prepared::{Prepared, prepare};
use super::scribe::Scribe;
use crate::intercom::Engine;

impl Scribe<'_> {
    /// Decides in which parts to walk: the first page says how much there is, and is all that a small workspace needs.
    pub(super) fn plan(&mut self) -> Result<(), ExportError> {
        let job = self.job;
        let source =
            if job.client.engine() == Engine::Users { Source::Scrolls } else { job.ground().whole() };
        self.parts = vec![Part::new(source.clone())];
        if source == Source::Scrolls || job.cursors.most() == 1 {
            return Ok(());
        }
        let Some(first) = self.first_page(&source)? else { return Ok(()) };
        if first.ahead == Ahead::End || !job.cursors.are_many(first.total_count) {
            self.parts[0].begin_walk();
            let Shown { contacts, ahead, total_count } = first;
            let value = prepare(job, contacts).map(Prepared::Rows).map_err(|error| self.failed(error))?;
            return self.take(PageOf { part: 0, value, ahead, total_count });
        }
        self.exported.server_total = first.total_count;
        let plan = split(&job.ground(), &self.crew(&self.size), first.total_count)
            .map_err(|error| self.failed(error))?;
        self.exported.notices.extend(plan.notice);
        self.parts = plan.parts;
        (0..self.parts.len()).try_for_each(|part| Ok(self.spool.set_part(part, &self.parts[part])?))
    }

    fn first_page(&mut self, source: &Source) -> Result<Option<Shown>, ExportError> {
        let mut first = None;
        let mut take = |stride| {
            if let Stride::Page(page) = stride {
                first = Some(page);
            }
            Ok(Wanted::No)
        };
        match fetch(self.job.client, self.job.role, &self.size, source, None, &mut take) {
            Err(Cut::Server(error)) => Err(self.failed(error)),
            Err(Cut::Endless) => Err(ExportError::Endless { page: 1 }),
            Ok(()) => Ok(first),
        }
    }
}
