//! The import pipeline: one feed, a pool of workers, one writer.

use std::collections::VecDeque;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use rayon::ThreadPoolBuilder;
use rayon::iter::{ParallelBridge, ParallelIterator};

use super::bulk;
use super::deliver::Courier;
use super::duplicates::Duplicates;
use super::event::{Snapshot, Total};
use super::feed::{Feed, Reading};
use super::fingerprint::Fingerprinter;
use super::guard::{Forecast, Guard};
use super::lookup::{Listing, Lookup, LookupPolicy, Met, Parcels};
use super::order::Order;
use super::recall::Recall;
use super::stop::Stop;
use super::survey::{Survey, Surveyor};
use super::tagging::Tagging;
use super::writer::{EVENTS_AHEAD, Writer};
use super::{Ended, ErrorLimit, Event, Reporter, Tally};
use crate::intercom::Client;
use crate::intercom::Engine;
use crate::intercom::Field;
use crate::intercom::Policy;
use crate::ledger::Doubts;
use crate::ledger::LedgerWriter;
use crate::mapping::Key;
use crate::mapping::Mapping;
use crate::pace::Clock;
use crate::pace::Halt;
use crate::rows::Rows;

/// What to import, and how.
pub struct Import<'a> {
    /// Where to.
    pub client: &'a Client,
    /// What the columns mean.
    pub mapping: &'a Mapping,
    /// How users are to be written.
    pub policy: Policy,
    /// Which row of a user counts if the input has several.
    pub duplicates: Duplicates,
    /// The rows in flight at most.
    pub concurrency: usize,
    /// How many rows may end badly.
    pub max_errors: Option<ErrorLimit>,
    /// How it learns which users exist.
    pub lookup: LookupPolicy,
    /// What the input is held against before the first row is sent.
    pub guard: Guard,
    /// Raised to stop: what is in flight ends, nothing new starts.
    pub halt: Halt,
    /// The time for progress.
    pub clock: Clock,
}

/// What earlier runs have delivered, and where this one notes the same.
pub struct Memory<'a> {
    /// Says of rows what is known.
    pub recall: Recall,
    /// Notes what was delivered.
    pub writer: &'a mut LedgerWriter,
    /// Notes what is about to be.
    pub doubts: &'a Doubts,
}

/// Delivers every row that no earlier run has delivered, and tells the reporter of each.
///
/// Memory does not grow with the input: at most `concurrency` rows are in flight, as many are held back behind rows of
/// the same user, and the events between workers and writer are bounded.
///
/// Whatever goes wrong is a row's outcome, or why the import ended.
pub fn import(
    job: &Import<'_>,
    rows: &mut Rows,
    memory: &mut Memory<'_>,
    reporter: &mut dyn Reporter,
) -> (Snapshot, Ended) {
    let (stop, reading) = (Stop::new(job.halt.clone(), job.max_errors), Reading::default());
    let begun = job.clock.now();
    let Import { mapping, duplicates, ref clock, .. } = *job;
    let surveyor = Surveyor { mapping, duplicates, stop: &stop, clock, begun };
    let survey = surveyor.survey(rows, reporter);
    let admitted = survey.and_then(|it| Forecast::new(job, &stop).admit(rows, it, &mut memory.recall));
    let Some(mut survey) = admitted else {
        return (surveyor.nothing_done(job.client.traffic()), stop.reason());
    };
    let expected = match memory.recall.count_unknown(&survey.sample.keys()) {
        Ok(unknown) => survey.sample.users_like(unknown),
        Err(error) => {
            stop.because_of_ledger(error);
            return (surveyor.nothing_done(job.client.traffic()), stop.reason());
        }
    };
    let lookup = job.lookup(&stop, expected, survey.n_rows);
    let pipeline =
        Pipeline { job, stop: &stop, reading: &reading, begun, n_rows: survey.n_rows, lookup: &lookup };
    let tally = pipeline.run(rows, &mut survey, memory, reporter);
    survey.compare(&reading, rows, &stop);
    if !stop.is_forgetful()
        && let Err(error) = memory.doubts.clear()
    {
        stop.because_of_ledger(error);
    }
    let end = pipeline.snapshot(&tally);
    drop(lookup);
    let ended = stop.reason();
    match ended {
        // It came when nothing was left to do.
        Ended::Interrupted if reading.is_over() && tally.pending == 0 => (end, Ended::Complete),
        ended => (end, ended),
    }
}

/// The second reading, with all that happens at the same time.
#[derive(Clone, Copy)]
struct Pipeline<'a> {
    job: &'a Import<'a>,
    stop: &'a Stop,
    reading: &'a Reading,
    begun: Duration,
    n_rows: u64,
    lookup: &'a Lookup<'a>,
}

impl Import<'_> {
    fn lookup<'l>(&'l self, stop: &'l Stop, expected: u64, n_rows: u64) -> Lookup<'l> {
        let Self { client, mapping, policy, lookup, .. } = self;
        let has = |field: &Field| mapping.column(field).is_some();
        let has_two_kinds = mapping.key() == Key::Auto && has(&Field::ExternalId) && has(&Field::Email);
        let met = Met::new(n_rows, has_two_kinds);
        Lookup::new(client, stop, policy, *lookup, &key_of(mapping), expected, met)
    }
}

impl Pipeline<'_> {
    fn run(
        self,
        rows: &mut Rows,
        survey: &mut Survey,
        memory: &mut Memory<'_>,
        reporter: &mut dyn Reporter,
    ) -> Tally {
        let Self { job, stop, reading, .. } = self;
        let (client, policy, doubts) = (job.client, &job.policy, memory.doubts);
        let held_back = if client.engine() == Engine::Bulk { bulk::HELD_BACK } else { job.concurrency };
        let (order, tagging) = (Order::new(held_back), Tagging::new(client, stop));
        let lookup = self.lookup;
        let courier = Courier { client, policy, order: &order, stop, tagging: &tagging, doubts, lookup };
        thread::scope(|scope| {
            let (events, inbox) = sync_channel(EVENTS_AHEAD);
            let feed = Feed {
                rows,
                mapping: job.mapping,
                survey,
                role: policy.role,
                recall: &mut memory.recall,
                fingerprinter: Fingerprinter::new(client.engine(), policy),
                order: &order,
                stop,
                reading,
                events: events.clone(),
                ahead: VecDeque::new(),
                lookup,
                listing: Listing::new(client, fields_of(job.mapping), Some(events.clone())),
                parcels: Parcels::default(),
            };
            scope.spawn(move || {
                let pool = pool(job.concurrency);
                if client.engine() == Engine::Bulk {
                    bulk::deliver(feed.flat_map(|parcel| parcel.jobs), &courier, &pool, &job.clock, &events);
                } else {
                    let deliver = |events: &mut SyncSender<Event>, parcel| courier.run(parcel, events);
                    pool.install(|| feed.par_bridge().for_each_with(events.clone(), deliver));
                }
                pool.install(|| courier.tagging.finish(&events));
            });
            let progress = |tally: &Tally| Event::Progress(self.snapshot(tally).into());
            Writer::new(reporter, memory.writer, stop, &job.clock).hear(&inbox, progress)
        })
    }

    fn snapshot(&self, tally: &Tally) -> Snapshot {
        Snapshot {
            elapsed: self.job.clock.now() - self.begun,
            tally: Tally { read: self.reading.rows(), ..*tally },
            counting: None,
            total: Some(Total::Exact(self.n_rows)),
            traffic: self.job.client.traffic(),
            is_stopping: self.stop.is_asked_for(),
            lookup: self.lookup.told(),
            prospect: None,
        }
    }
}

/// Returns what most rows are matched by.
pub(super) fn key_of(mapping: &Mapping) -> Field {
    match mapping.key() {
        Key::Auto | Key::ExternalId if mapping.column(&Field::ExternalId).is_some() => Field::ExternalId,
        Key::Id => Field::Id,
        _ => Field::Email,
    }
}

/// Returns the fields that rows may have.
fn fields_of(mapping: &Mapping) -> Vec<Field> {
    mapping.columns().map(|(_, field)| field.clone()).collect()
}

/// A pool of our own: its threads wait for answers, which the global pool's must not.
pub(super) fn pool(concurrency: usize) -> rayon::ThreadPool {
    ThreadPoolBuilder::new()
        .num_threads(concurrency)
        .thread_name(|n| format!("import-{n}"))
        .build()
        .expect("a machine that runs this program can start its threads")
}
