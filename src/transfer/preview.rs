//! What an import would do, found out by reading: who would be created, who updated, in which fields, and for how many
//! requests. Nothing is written, not even to the ledger.

use std::collections::BTreeMap;

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::duplicates::Duplicates;
use super::event::{Snapshot, Total};
use super::fate::{Fate, refused};
use super::feed::{Job, Mapped, MappedRow, Reading};
use super::fingerprint::Fingerprinter;
use super::import::{key_of, pool};
use super::lookup::{Listing, Lookup, LookupPolicy, Met};
use super::plan::{Prices, Workload};
use super::prospect::{Planned, Prospect};
use super::recall::Recall;
use super::stop::Stop;
use super::survey::{Survey, Surveyor};
use super::{Ended, Event, Outcome, Reporter, Tally};
use crate::intercom::Client;
use crate::intercom::Engine;
use crate::intercom::Field;
use crate::intercom::Foreseen;
use crate::intercom::Mode;
use crate::intercom::Policy;
use crate::intercom::SEARCH_BATCH;
use crate::intercom::Trace;
use crate::intercom::UpsertError;
use crate::mapping::Mapping;
use crate::pace::Clock;
use crate::pace::Halt;
use crate::rows::Rows;

/// How many rows are looked at together.
const BATCH: usize = 1_024;

/// What is to be foreseen, and how.
pub struct Preview<'a> {
    /// The workspace.
    pub client: &'a Client,
    /// What the columns mean.
    pub mapping: &'a Mapping,
    /// How users would be written.
    pub policy: Policy,
    /// Which row of a user counts if the input has several.
    pub duplicates: Duplicates,
    /// The searches in flight at most.
    pub concurrency: usize,
    /// How users are looked up.
    pub lookup: LookupPolicy,
    /// Raised to stop.
    pub halt: Halt,
    /// The time for progress.
    pub clock: Clock,
}

/// Reads the input and as much of the workspace as it takes, and tells the reporter what would become of each row.
pub fn preview(
    job: &Preview<'_>,
    rows: &mut Rows,
    recall: &mut Recall,
    reporter: &mut dyn Reporter,
) -> (Snapshot, Ended) {
    let stop = Stop::new(job.halt.clone(), None);
    let Preview { mapping, duplicates, ref clock, .. } = *job;
    let surveyor = Surveyor { mapping, duplicates, stop: &stop, clock, begun: clock.now() };
    let expected = surveyor.survey(rows, reporter).and_then(|survey| {
        let unknown = recall.count_unknown(&survey.sample.keys());
        let unknown = unknown.map_err(|error| stop.because_of_ledger(error)).ok()?;
        let expected = survey.sample.users_like(unknown);
        Some((survey, expected))
    });
    let Some((survey, expected)) = expected else {
        return (surveyor.nothing_done(job.client.traffic()), stop.reason());
    };
    let total = Some(Total::Exact(survey.n_rows));
    let key = key_of(mapping);
    let met = Met::new(0, false);
    let lookup = Lookup::new(job.client, &stop, &job.policy, job.lookup, &key, expected, met);
    let mut seer = Seer::new(job, &stop, &lookup, survey, expected);
    let begun = clock.now();
    seer.run(rows, recall, reporter);
    let end = Snapshot {
        elapsed: clock.now() - begun,
        tally: seer.tally,
        total,
        traffic: job.client.traffic(),
        is_stopping: stop.is_asked_for(),
        prospect: Some(seer.prospect(&key).into()),
        ..Snapshot::default()
    };
    drop(seer);
    drop(lookup);
    (end, stop.reason())
}

struct Seer<'a> {
    job: &'a Preview<'a>,
    stop: &'a Stop,
    lookup: &'a Lookup<'a>,
    listing: Listing<'a>,
    survey: Survey,
    fingerprinter: Fingerprinter,
    expected: u64,
    tally: Tally,
    fields: BTreeMap<Field, u64>,
    /// Rows to be sent: of users whom the ledger knows, whom it does not, and of these who exist and who differ.
    known: u64,
    unknown: u64,
    existing: u64,
    changed: u64,
    unseen: u64,
    unasked: u64,
}

impl<'a> Seer<'a> {
    fn new(
        job: &'a Preview<'_>,
        stop: &'a Stop,
        lookup: &'a Lookup<'a>,
        survey: Survey,
        expected: u64,
    ) -> Self {
        let fields = job.mapping.columns().map(|(_, field)| field.clone()).collect();
        Self {
            job,
            stop,
            lookup,
            listing: Listing::new(job.client, fields, None),
            survey,
            fingerprinter: Fingerprinter::new(job.client.engine(), &job.policy),
            expected,
            tally: Tally::default(),
            fields: BTreeMap::new(),
            known: 0,
            unknown: 0,
            existing: 0,
            changed: 0,
            unseen: 0,
            unasked: 0,
        }
    }

    fn run(&mut self, rows: &mut Rows, recall: &mut Recall, reporter: &mut dyn Reporter) {
        let (reading, pool) = (Reading::default(), pool(self.job.concurrency));
        if self.can_ask() && self.expected >= SEARCH_BATCH as u64 * 4 {
            self.lookup.prepare_to_read(&mut self.listing, self.expected);
        }
        loop {
            let (mut batch, mut n_rows) = (Vec::with_capacity(BATCH), 0);
            while n_rows < BATCH
                && let Some(read) = reading.next(rows, self.stop)
            {
                n_rows += 1;
                match self.survey.map(read, self.job.mapping, self.stop) {
                    Mapped::Row(row) => batch.push(row),
                    Mapped::Settled(event) => self.tell(&Event::Row(event), reporter),
                }
            }
            self.look_at(batch, recall, &pool, reporter);
            if n_rows == 0 {
                break;
            }
        }
        self.tally.read = reading.rows();
        self.survey.compare(&reading, rows, self.stop);
    }

    fn can_ask(&self) -> bool {
        self.job.client.engine() != Engine::Users
    }

    fn look_at(
        &mut self,
        batch: Vec<MappedRow>,
        recall: &mut Recall,
        pool: &rayon::ThreadPool,
        reporter: &mut dyn Reporter,
    ) {
        let (n_rows, role) = (batch.len(), self.job.policy.role);
        let entries = match recall.look_up(&batch, role, &mut self.fingerprinter) {
            Ok(entries) => entries,
            Err(error) => return self.stop.because_of_ledger(error),
        };
        let rows = batch.into_iter().zip(entries);
        let mut jobs: Vec<Job> = rows.filter_map(|(row, entry)| Some(row.job(entry?, role))).collect();
        let unchanged = (n_rows - jobs.len()) as u64;
        self.tell(&Event::Unchanged(unchanged), reporter);
        self.show(&mut jobs, pool);
        for job in jobs {
            match self.fate(&job) {
                Ok(fate) => self.conclude(job, fate, reporter),
                Err(error) => self.stop.note_failure(&UpsertError::Api(error)),
            }
        }
    }

    /// Looks for the users of rows: in the listing, if there is one, else in the index.
    fn show(&mut self, jobs: &mut [Job], pool: &rayon::ThreadPool) {
        if !self.can_ask() {
            return;
        }
        for job in jobs.iter_mut() {
            if let Some(contact) = self.listing.find(job, self.lookup) {
                job.show(contact);
            }
        }
        if self.listing.is_whole() {
            return;
        }
        let mut groups: BTreeMap<(Field, &str), Vec<usize>> = BTreeMap::new();
        for (at, job) in jobs.iter().enumerate().filter(|(_, job)| job.shown().is_none()) {
            groups.entry((job.identity.field(), job.role.name())).or_default().push(at);
        }
        let parts: Vec<&[usize]> = groups.values().flat_map(|group| group.chunks(SEARCH_BATCH)).collect();
        let (lookup, all) = (self.lookup, &*jobs);
        let ask = |part: &&[usize]| {
            let asked: Vec<&Job> = part.iter().map(|at| &all[*at]).collect();
            lookup.ask(&asked)
        };
        let answers: Vec<_> = pool.install(|| parts.par_iter().map(ask).collect());
        let found = parts.iter().zip(answers).flat_map(|(part, answer)| part.iter().copied().zip(answer));
        let found: Vec<_> = found.collect();
        for (at, shown) in found {
            jobs[at].is_asked = true;
            if let Some(contact) = shown {
                jobs[at].show(contact);
            }
        }
    }

    fn fate(&self, job: &Job) -> Result<Fate, crate::intercom::ApiError> {
        let mode = self.job.policy.mode;
        let Some(contact) = job.shown_raw() else {
            let is_asked = job.is_asked || self.listing.is_whole();
            return Ok(match mode {
                _ if job.entry.is_known() => Fate::Unseen,
                _ if !is_asked => Fate::Unasked,
                _ if mode == Mode::Update || job.identity.field() == Field::Id => Fate::missing(job),
                _ => Fate::Ends(Outcome::Created),
            });
        };
        let key = job.identity.field();
        let foreseen = self.job.client.foresee(&job.fields, &key, contact, &mut Trace::following())?;
        Ok(match foreseen {
            Foreseen::SomebodyElse => Fate::mismatch(job, &contact.value),
            Foreseen::Changes(_) if mode == Mode::Create => Fate::exists(&contact.value),
            Foreseen::Changes(changes) if changes.is_empty() => Fate::Ends(Outcome::Unchanged),
            Foreseen::Changes(changes) => Fate::Changes(changes),
        })
    }

    fn conclude(&mut self, job: Job, fate: Fate, reporter: &mut dyn Reporter) {
        let (position, is_shown) = (job.row.position(), job.shown().is_some());
        if job.entry.is_known() {
            self.known += 1;
        } else {
            self.unknown += 1;
            self.existing += u64::from(is_shown);
            self.changed += u64::from(matches!(fate, Fate::Changes(_)));
        }
        let outcome = match fate {
            Fate::Ends(outcome) => outcome,
            // Its event is counted where it is told.
            Fate::Refused(error) => return self.tell(&Event::Row(refused(job, &error)), reporter),
            Fate::Changes(changes) => {
                for change in &changes {
                    *self.fields.entry(change.field.clone()).or_default() += 1;
                }
                let planned = Planned { position, key: job.identity.to_string(), changes };
                self.tell(&Event::Planned(planned.into()), reporter);
                Outcome::Updated
            }
            Fate::Unseen => {
                self.unseen += 1;
                Outcome::Updated
            }
            Fate::Unasked => {
                self.unasked += 1;
                Outcome::Pending
            }
        };
        self.tally.count(outcome);
    }

    fn tell(&mut self, event: &Event, reporter: &mut dyn Reporter) {
        self.tally.count_event(event);
        if let Err(error) = reporter.on(event) {
            self.stop.because_of_output(error);
        }
    }

    fn prospect(&self, key: &Field) -> Prospect {
        let share = |part: u64, whole: u64| if whole == 0 { 0.0 } else { part as f64 / whole as f64 };
        let workload = Workload {
            known: self.known,
            unknown: self.unknown,
            existing: share(self.existing, self.unknown),
            changed: share(self.changed, self.existing),
            batch: SEARCH_BATCH as u64,
            contacts: self.lookup.contacts(),
            prices: Prices::of(self.job.policy.mode, key),
        };
        let Self { ref fields, unseen, unasked, .. } = *self;
        Prospect { fields: fields.clone(), unseen, unasked, workload, lookup: self.job.lookup }
    }
}
