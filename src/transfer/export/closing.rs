//! After the last page: who was created or changed meanwhile, and, if that is asked for, whether anybody is missing.

use super::calendar::Calendar;
use super::fetch::{BY_CREATION, Cut, Stride, Wanted, fetch};
use super::part::{Part, Source};
use super::plan::SMALL;
use super::prepared::{Kind, place};
use super::scribe::Scribe;
use super::{Export, ExportError};
use crate::intercom::Contact;
use crate::intercom::Engine;
use crate::intercom::INDEX_LAG_SECONDS;
use crate::intercom::Trace;

/// How long the index may take to show a write.
const LAG: i64 = INDEX_LAG_SECONDS.cast_signed();

impl Scribe<'_> {
    /// Returns whether so much time passed that the workspace may be another one by now.
    pub(super) fn is_large(&self) -> bool {
        self.job.client.engine() != Engine::Users && self.exported.server_total > SMALL
    }

    /// Searches for what was updated since the beginning, and compares with how many contacts there are by then.
    pub(super) fn close(&mut self) -> Result<(), ExportError> {
        let now = self.server_time();
        self.exported.server_total = self.count()?;
        let since = self.begun_at - LAG;
        let query = Calendar::updated_since(&self.job.calendar(), since);
        self.parts.push(Part::new(Source::Updated { query, since }));
        self.walk_parts()?;
        self.exported.complete_until = Some(now - LAG);
        // Parts were whole, each for itself: what none of them shows has no day of creation.
        if self.exported.seen < self.exported.server_total { self.walk_whole() } else { Ok(()) }
    }

    /// Returns how many contacts there are in all.
    fn count(&self) -> Result<u64, ExportError> {
        let (client, trace) = (self.job.client, &mut Trace::default());
        let page = match self.job.ground().whole() {
            Source::Search(query) => client.search_sorted(&query, BY_CREATION, 1, None, trace),
            _ => client.list(1, None, trace),
        };
        page.map(|page| page.total_count).map_err(|error| self.failed(error))
    }

    /// Walks the plain listing, and looks for contacts that are not here.
    pub(super) fn verify(&mut self) -> Result<(), ExportError> {
        let until = self.exported.complete_until.unwrap_or(self.begun_at - LAG);
        let (mut missing, mut first, mut failure) = (0, None, None);
        let (job, spool, pages) = (self.job, &mut *self.spool, &mut self.pages);
        let source = if job.client.engine() == Engine::Users { Source::Scrolls } else { Source::List };
        let mut take = |stride| {
            let Stride::Page(page) = stride else { return Ok(Wanted::Yes) };
            *pages += 1;
            for contact in page.contacts.iter().filter(|contact| job.wants(contact, until)) {
                let (created_at, id) = place(contact);
                match spool.holds(created_at, id) {
                    Ok(true) => {}
                    Ok(false) => {
                        missing += 1;
                        first.get_or_insert_with(|| id.to_owned());
                    }
                    Err(error) => failure = Some(error),
                }
            }
            Ok(if failure.is_some() { Wanted::No } else { Wanted::Yes })
        };
        let walked = fetch(job.client, job.role, &self.size, &source, None, &mut take);
        match (walked, failure, first) {
            (_, Some(error), _) => Err(error.into()),
            (Err(Cut::Server(error)), ..) => Err(self.failed(error)),
            (Err(Cut::Endless), ..) => Err(ExportError::Endless { page: self.pages + 1 }),
            (Ok(()), None, Some(first)) => Err(ExportError::Missing { missing, first }),
            (Ok(()), None, None) => Ok(()),
        }
    }
}

impl Export<'_> {
    /// Returns whether a contact must be here, for it was as it is before an instant.
    fn wants(&self, contact: &Contact, until: i64) -> bool {
        let at = |time: Option<i64>| time.unwrap_or_default();
        at(contact.created_at) < until
            && (self.since.is_none() || at(contact.updated_at) < until)
            && self.kind(contact) != Kind::Older
    }
}
