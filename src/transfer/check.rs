//! The import pipeline stopping after the mapping: every row decoded, mapped and validated, nothing sent.

use super::duplicates::Duplicates;
use super::event::{Snapshot, Total};
use super::feed::{Mapped, Reading};
use super::stop::Stop;
use super::survey::{LOOK_AT_CLOCK_EVERY, Surveyor};
use super::writer::TICK;
use super::{Ended, Event, Reporter, RowEvent, Tally, Traffic};
use crate::mapping::Mapping;
use crate::pace::Clock;
use crate::pace::Halt;
use crate::rows::Rows;

/// What to check, and how.
pub struct Check<'a> {
    /// What the columns mean.
    pub mapping: &'a Mapping,
    /// Which row of a user counts if the input has several.
    pub duplicates: Duplicates,
    /// Raised to stop.
    pub halt: Halt,
    /// The time for progress.
    pub clock: Clock,
}

/// Looks at every row; a good one ends as pending, for nothing was attempted.
pub fn check(job: &Check<'_>, rows: &mut Rows, reporter: &mut dyn Reporter) -> (Snapshot, Ended) {
    let Check { mapping, duplicates, ref clock, .. } = *job;
    let (reading, stop, begun) = (Reading::default(), Stop::new(job.halt.clone(), None), clock.now());
    let surveyor = Surveyor { mapping, duplicates, stop: &stop, clock, begun };
    let Some(mut survey) = surveyor.survey(rows, reporter) else {
        return (surveyor.nothing_done(Traffic::default()), stop.reason());
    };
    let total = Some(Total::Exact(survey.n_rows));
    let mut tally = Tally::default();
    let snapshot = |tally: &Tally| Snapshot {
        elapsed: clock.now() - begun,
        counting: None,
        tally: Tally { read: reading.rows(), ..*tally },
        total,
        traffic: Traffic::default(),
        is_stopping: stop.is_asked_for(),
        lookup: None,
        prospect: None,
    };
    let mut tell = |event: &Event| {
        if let Err(error) = reporter.on(event) {
            stop.because_of_output(error);
        }
    };
    let mut next_tick = clock.now() + TICK;
    while let Some(read) = reading.next(rows, &stop) {
        let event = event(survey.map(read, mapping, &stop));
        tally.count_row(&event);
        tell(&Event::Row(event));
        if tally.ended() % LOOK_AT_CLOCK_EVERY == 0 && clock.now() >= next_tick {
            tell(&Event::Progress(snapshot(&tally).into()));
            next_tick = clock.now() + TICK;
        }
    }
    survey.compare(&reading, rows, &stop);
    (snapshot(&tally), stop.reason())
}

fn event(mapped: Mapped) -> RowEvent {
    match mapped {
        Mapped::Row(mapped) => RowEvent::pending(mapped.row.position()),
        Mapped::Settled(event) => event,
    }
}
