//! The import pipeline: one feed, a pool of workers, one writer.

use std::collections::VecDeque;
use std::sync::mpsc::sync_channel;
use std::thread;

use rayon::ThreadPoolBuilder;
use rayon::iter::{ParallelBridge, ParallelIterator};

use super::deliver::Courier;
use super::duplicates::Duplicates;
use super::event::{Snapshot, Total};
use super::feed::{Feed, Reading};
use super::fingerprint::Fingerprinter;
use super::guard::{Forecast, Guard};
use super::order::Order;
use super::recall::Recall;
use super::stop::Stop;
use super::survey::Surveyor;
use super::tagging::Tagging;
use super::writer::Writer;
use super::{Ended, ErrorLimit, Event, Reporter, Tally};
use crate::intercom::Client;
use crate::intercom::Policy;
use crate::ledger::Doubts;
use crate::ledger::LedgerWriter;
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
    let (order, stop, reading) =
        (Order::new(job.concurrency), Stop::new(job.halt.clone(), job.max_errors), Reading::default());
    let begun = job.clock.now();
    let Import { mapping, duplicates, ref clock, .. } = *job;
    let surveyor = Surveyor { mapping, duplicates, stop: &stop, clock, begun };
    let Some(mut survey) = surveyor.survey(rows, reporter) else {
        return (surveyor.nothing_done(job.client.traffic()), stop.reason());
    };
    let forecast = Forecast {
        guard: job.guard,
        mapping,
        role: job.policy.role,
        fingerprinter: Fingerprinter::new(job.client.engine(), &job.policy),
        stop: &stop,
    };
    if !forecast.admits(rows, &mut survey, &mut memory.recall) {
        return (surveyor.nothing_done(job.client.traffic()), stop.reason());
    }
    let total = Some(Total::Exact(survey.n_rows));
    let snapshot = |tally: &Tally| Snapshot {
        elapsed: job.clock.now() - begun,
        tally: Tally { read: reading.rows(), ..*tally },
        counting: None,
        total,
        traffic: job.client.traffic(),
        is_stopping: stop.is_asked_for(),
    };
    let tagging = Tagging::new(job.client, &stop);
    let courier = Courier {
        client: job.client,
        policy: &job.policy,
        order: &order,
        stop: &stop,
        tagging: &tagging,
        doubts: memory.doubts,
    };
    let tally = thread::scope(|scope| {
        let (events, inbox) = sync_channel(job.concurrency);
        let feed = Feed {
            rows: &mut *rows,
            mapping,
            survey: &mut survey,
            role: job.policy.role,
            recall: &mut memory.recall,
            fingerprinter: Fingerprinter::new(job.client.engine(), &job.policy),
            order: &order,
            stop: &stop,
            reading: &reading,
            events: events.clone(),
            ahead: VecDeque::new(),
        };
        scope.spawn(move || {
            pool(job.concurrency).install(|| {
                let tags_to_come = events.clone();
                feed.par_bridge().for_each_with(events, |events, admitted| courier.run(admitted, events));
                courier.tagging.finish(&tags_to_come);
            });
        });
        let progress = |tally: &Tally| Event::Progress(snapshot(tally).into());
        Writer::new(reporter, memory.writer, &stop, &job.clock).hear(&inbox, progress)
    });
    survey.compare(&reading, rows, &stop);
    if !stop.is_forgetful()
        && let Err(error) = memory.doubts.clear()
    {
        stop.because_of_ledger(error);
    }
    let (end, ended) = (snapshot(&tally), stop.reason());
    match ended {
        // It came when nothing was left to do.
        Ended::Interrupted if reading.is_over() && tally.pending == 0 => (end, Ended::Complete),
        ended => (end, ended),
    }
}

/// A pool of our own: its threads wait for answers, which the global pool's must not.
fn pool(concurrency: usize) -> rayon::ThreadPool {
    ThreadPoolBuilder::new()
        .num_threads(concurrency)
        .thread_name(|n| format!("import-{n}"))
        .build()
        .expect("a machine that runs this program can start its threads")
}
