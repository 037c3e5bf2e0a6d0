//! The one thread that hears all events: it counts, and tells the reporter.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use super::stop::Stop;
use super::{Event, Reporter, Tally};
use crate::pace::Clock;

/// How often the reporter hears that time has passed.
pub(super) const TICK: Duration = Duration::from_millis(100);

/// Hears events until all who send them are gone. Returns the rows by outcome.
///
/// `progress` makes a progress event from the counts so far. When the reporter fails, the pipeline is stopped and the
/// rows that are still in flight are counted without it.
pub(super) fn hear(
    inbox: &Receiver<Event>,
    reporter: &mut dyn Reporter,
    stop: &Stop,
    clock: &Clock,
    progress: impl Fn(&Tally) -> Event,
) -> Tally {
    let mut tally = Tally::default();
    let mut listener = Some(reporter);
    let mut tell = |event: &Event| {
        let result = listener.as_mut().map_or(Ok(()), |reporter| reporter.on(event));
        if let Err(error) = result {
            listener = None;
            stop.because_of_output(error);
        }
    };
    let mut next_tick = clock.now() + TICK;
    loop {
        match inbox.recv_timeout(next_tick.saturating_sub(clock.now())) {
            Ok(event) => {
                if let Event::Row(row) = &event {
                    tally.count_row(row);
                    stop.look_at(&tally);
                }
                tell(&event);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return tally,
        }
        if clock.now() >= next_tick {
            tell(&progress(&tally));
            next_tick = clock.now() + TICK;
        }
    }
}
