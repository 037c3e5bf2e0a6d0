//! The one thread that hears all events: it counts, and tells the reporter.

use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use super::{Event, Reporter, Tally};
use crate::pace::Clock;

/// How often the reporter hears that time has passed.
pub(super) const TICK: Duration = Duration::from_millis(100);

/// Hears events until all who send them are gone. Returns the rows by outcome.
///
/// `progress` makes a progress event from the counts so far.
///
/// # Errors
/// The reporter's first error; the events after it are not heard, so that those who send them stop.
pub(super) fn hear(
    inbox: &Receiver<Event>,
    reporter: &mut dyn Reporter,
    clock: &Clock,
    progress: impl Fn(&Tally) -> Event,
) -> io::Result<Tally> {
    let mut tally = Tally::default();
    let mut next_tick = clock.now() + TICK;
    loop {
        match inbox.recv_timeout(next_tick.saturating_sub(clock.now())) {
            Ok(event) => {
                if let Event::Row(row) = &event {
                    tally.count(row.outcome);
                }
                reporter.on(&event)?;
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(tally),
        }
        if clock.now() >= next_tick {
            reporter.on(&progress(&tally))?;
            next_tick = clock.now() + TICK;
        }
    }
}
