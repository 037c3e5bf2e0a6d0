//! The import pipeline stopping after the mapping: every row decoded, mapped and validated, nothing sent.

use std::io;

use super::event::Snapshot;
use super::feed::{Mapped, Reading, map};
use super::writer::TICK;
use super::{Ended, Event, Outcome, Reporter, RowEvent, Tally, Traffic};
use crate::mapping::Mapping;
use crate::pace::Clock;
use crate::pace::Halt;
use crate::rows::Rows;

/// Looks at every row; a good one ends as pending, for nothing was attempted.
///
/// # Errors
/// When the reporter cannot write.
pub fn check(
    rows: &mut Rows,
    mapping: &Mapping,
    halt: &Halt,
    clock: &Clock,
    reporter: &mut dyn Reporter,
) -> io::Result<(Snapshot, Ended)> {
    let (counted, size, begun) = (rows.total_rows(), rows.size(), clock.now());
    let reading = Reading::default();
    let mut tally = Tally::default();
    let snapshot = |tally: &Tally| Snapshot {
        elapsed: clock.now() - begun,
        tally: Tally { read: reading.rows(), ..*tally },
        total: reading.total(counted, size),
        traffic: Traffic::default(),
    };
    let mut next_tick = begun + TICK;
    let mut ended = Ended::Complete;
    for read in &mut *rows {
        let read = match read {
            Ok(read) => read,
            Err(error) => {
                ended = Ended::Input(error);
                break;
            }
        };
        reading.note_read(&read);
        let event = event(map(read, mapping));
        tally.count(event.outcome);
        reporter.on(&Event::Row(event))?;
        if tally.ended() % 1_024 == 0 && clock.now() >= next_tick {
            reporter.on(&Event::Progress(snapshot(&tally).into()))?;
            next_tick = clock.now() + TICK;
        }
        if halt.is_raised() {
            ended = Ended::Interrupted;
            break;
        }
    }
    Ok((snapshot(&tally), ended))
}

fn event(mapped: Mapped) -> RowEvent {
    match mapped {
        Mapped::Job(job) => {
            RowEvent { position: job.row.position(), outcome: Outcome::Pending, reject: None }
        }
        Mapped::Invalid(event) => event,
    }
}
