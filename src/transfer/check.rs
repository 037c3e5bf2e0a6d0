//! The import pipeline stopping after the mapping: every row decoded, mapped and validated, nothing sent.

use super::event::Snapshot;
use super::feed::{Mapped, Reading, map};
use super::stop::Stop;
use super::writer::TICK;
use super::{Ended, Event, Outcome, Reporter, RowEvent, Tally, Traffic};
use crate::mapping::Mapping;
use crate::pace::Clock;
use crate::pace::Halt;
use crate::rows::Rows;

/// Rows between two looks at the clock, which would cost more than a row.
const LOOK_AT_CLOCK_EVERY: u64 = 1_024;

/// Looks at every row; a good one ends as pending, for nothing was attempted.
pub fn check(
    rows: &mut Rows,
    mapping: &Mapping,
    halt: &Halt,
    clock: &Clock,
    reporter: &mut dyn Reporter,
) -> (Snapshot, Ended) {
    let (counted, size, begun) = (rows.total_rows(), rows.size(), clock.now());
    let (reading, stop) = (Reading::default(), Stop::new(halt.clone(), None));
    let mut tally = Tally::default();
    let snapshot = |tally: &Tally| Snapshot {
        elapsed: clock.now() - begun,
        tally: Tally { read: reading.rows(), ..*tally },
        total: reading.total(counted, size),
        traffic: Traffic::default(),
        is_stopping: stop.is_asked_for(),
    };
    let mut tell = |event: &Event| {
        if let Err(error) = reporter.on(event) {
            stop.because_of_output(error);
        }
    };
    let mut next_tick = begun + TICK;
    while let Some(read) = reading.next(rows, &stop) {
        let event = event(map(read, mapping));
        tally.count(event.outcome);
        tell(&Event::Row(event));
        if tally.ended() % LOOK_AT_CLOCK_EVERY == 0 && clock.now() >= next_tick {
            tell(&Event::Progress(snapshot(&tally).into()));
            next_tick = clock.now() + TICK;
        }
    }
    (snapshot(&tally), stop.reason())
}

fn event(mapped: Mapped) -> RowEvent {
    match mapped {
        Mapped::Row(mapped) => RowEvent {
            position: mapped.row.position(),
            outcome: Outcome::Pending,
            reject: None,
            remarks: Vec::new(),
            note: None,
        },
        Mapped::Invalid(event) => event,
    }
}
