//! The one thread that hears all events: it counts, tells the reporter, and has the ledger remember.

use std::slice;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use super::stop::Stop;
use super::{Event, Reporter, RowEvent, Tally};
use crate::ledger::LedgerError;
use crate::ledger::LedgerWriter;
use crate::pace::Clock;

/// How often the reporter hears that time has passed.
pub(super) const TICK: Duration = Duration::from_millis(100);

/// How long the thread sleeps between two batches of events. A sender that finds nobody waiting wakes nobody, which would
/// cost more than the event: at 10,000 rows a second, a tenth of the time of the whole import.
const BREATH: Duration = Duration::from_millis(1);

/// How many events may wait for the writer: more than come within a breath, and not so many that a run which is to stop
/// goes on for long.
pub(super) const EVENTS_AHEAD: usize = 64;

/// What happens to events.
///
/// When the reporter or the ledger fails, the pipeline is stopped, and the rows that are still in flight are counted
/// without it.
pub(super) struct Writer<'a> {
    reporter: Option<&'a mut dyn Reporter>,
    ledger: Option<&'a mut LedgerWriter>,
    stop: &'a Stop,
    clock: &'a Clock,
    tally: Tally,
}

impl<'a> Writer<'a> {
    pub(super) fn new(
        reporter: &'a mut dyn Reporter,
        ledger: &'a mut LedgerWriter,
        stop: &'a Stop,
        clock: &'a Clock,
    ) -> Self {
        Self { reporter: Some(reporter), ledger: Some(ledger), stop, clock, tally: Tally::default() }
    }

    /// Hears events until all who send them are gone. Returns the rows by outcome.
    ///
    /// `progress` makes a progress event from the counts so far.
    pub(super) fn hear(mut self, inbox: &Receiver<Event>, progress: impl Fn(&Tally) -> Event) -> Tally {
        let mut next_tick = self.clock.now() + TICK;
        loop {
            match inbox.recv_timeout(next_tick.saturating_sub(self.clock.now())) {
                Ok(event) => {
                    self.note(&event);
                    inbox.try_iter().take(EVENTS_AHEAD).for_each(|event| self.note(&event));
                    self.clock.sleep(BREATH);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            let now = self.clock.now();
            self.remember(|ledger| ledger.commit_if_due(now));
            if now >= next_tick {
                self.tell(&progress(&self.tally));
                next_tick = self.clock.now() + TICK;
            }
        }
        self.remember(LedgerWriter::commit);
        self.tally
    }

    fn note(&mut self, event: &Event) {
        self.tally.count_event(event);
        self.stop.look_at(&self.tally);
        self.tell(event);
        let notes = match event {
            Event::Row(RowEvent { note: Some(note), .. }) => slice::from_ref(note),
            Event::Seen(notes) => notes,
            _ => return,
        };
        let now = self.clock.now();
        self.remember(|ledger| notes.iter().try_for_each(|note| ledger.note(note, now)));
    }

    fn tell(&mut self, event: &Event) {
        let Some(reporter) = &mut self.reporter else { return };
        if let Err(error) = reporter.on(event) {
            self.reporter = None;
            self.stop.because_of_output(error);
        }
    }

    fn remember(&mut self, act: impl FnOnce(&mut LedgerWriter) -> Result<(), LedgerError>) {
        let Some(ledger) = &mut self.ledger else { return };
        if let Err(error) = act(ledger) {
            self.ledger = None;
            self.stop.because_of_ledger(error);
        }
    }
}
