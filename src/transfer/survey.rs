//! The first reading of an input: how many rows there are, and which users have more than one. Nothing was sent when it
//! ends, so that what breaks off here has done no harm.

use std::time::Duration;

use super::duplicates::{Duplicates, Finder, KeyHash, Repeated, Verdict};
use super::event::{Snapshot, Total};
use super::feed::{Mapped, Reading, map};
use super::stop::Stop;
use super::writer::TICK;
use super::{Event, Reject, Reporter, RowEvent, Traffic};
use crate::mapping::Mapping;
use crate::pace::Clock;
use crate::rows::InputError;
use crate::rows::Read;
use crate::rows::Row;
use crate::rows::Rows;

/// Rows between two looks at the clock, which would cost more than a row.
pub(super) const LOOK_AT_CLOCK_EVERY: u64 = 1_024;

/// Rows whose length stands for that of all.
const SAMPLE: usize = 1_000;

/// What the first reading needs.
pub(super) struct Surveyor<'a> {
    pub(super) mapping: &'a Mapping,
    pub(super) duplicates: Duplicates,
    pub(super) stop: &'a Stop,
    pub(super) clock: &'a Clock,
    pub(super) begun: Duration,
}

/// What the first reading came to.
pub(super) struct Survey {
    pub(super) n_rows: u64,
    repeated: Repeated,
    duplicates: Duplicates,
}

impl Surveyor<'_> {
    /// Reads all rows; `None` if that has ended the run, of which [`Stop`] knows the reason.
    pub(super) fn survey(&self, rows: &Rows, reporter: &mut dyn Reporter) -> Option<Survey> {
        let reading = estimate(rows).and_then(|about| Ok((about, rows.again()?)));
        let (about, again) = reading.map_err(|error| self.stop.because_of_input(error)).ok()?;
        let (mut finder, mut n_rows, mut next_tick) = (Finder::new(about), 0, self.begun + TICK);
        for read in again {
            let read = read.map_err(|error| self.stop.because_of_input(error)).ok()?;
            n_rows += 1;
            if let Read::Row(row) = &read
                && let Some(key) = self.mapping.key_of(row)
            {
                let noted = finder.note(KeyHash::of(&key), row.position().line);
                noted.map_err(|error| self.stop.because_of_overflow(error)).ok()?;
            }
            if n_rows % LOOK_AT_CLOCK_EVERY == 0 && self.clock.now() >= next_tick {
                self.tell(n_rows, about, reporter);
                next_tick = self.clock.now() + TICK;
            }
            if self.stop.is_asked_for() {
                return None;
            }
        }
        if rows.has_changed() {
            self.stop.because_input_changed();
            return None;
        }
        let repeated = finder.finish().map_err(|error| self.stop.because_of_overflow(error)).ok()?;
        Some(Survey { n_rows, repeated, duplicates: self.duplicates })
    }

    /// Returns how far a run is that ended with the first reading.
    pub(super) fn nothing_done(&self, traffic: Traffic) -> Snapshot {
        Snapshot { elapsed: self.clock.now() - self.begun, traffic, ..Snapshot::default() }
    }

    fn tell(&self, n_rows: u64, about: u64, reporter: &mut dyn Reporter) {
        let snapshot = Snapshot {
            elapsed: self.clock.now() - self.begun,
            counting: Some(n_rows),
            total: Some(Total::About(about.max(n_rows))),
            is_stopping: self.stop.is_asked_for(),
            ..Snapshot::default()
        };
        if let Err(error) = reporter.on(&Event::Progress(snapshot.into())) {
            self.stop.because_of_output(error);
        }
    }
}

impl Survey {
    /// Maps a row, unless another row of the same user counts.
    pub(super) fn map(&mut self, read: Read, mapping: &Mapping, stop: &Stop) -> Mapped {
        match read {
            Read::Row(row) if !self.repeated.is_empty() => self.map_row(row, mapping, stop),
            read => map(read, mapping),
        }
    }

    /// Compares both readings at the end of the second, unless that did not come.
    pub(super) fn compare(&self, reading: &Reading, rows: &Rows, stop: &Stop) {
        if reading.is_over() && (reading.rows() != self.n_rows || rows.has_changed()) {
            stop.because_input_changed();
        }
    }

    fn map_row(&mut self, row: Row, mapping: &Mapping, stop: &Stop) -> Mapped {
        let Some(key) = mapping.key_of(&row) else { return map(Read::Row(row), mapping) };
        let position = row.position();
        let verdict = self.repeated.verdict(KeyHash::of(&key), position.line, self.duplicates);
        Mapped::Settled(match verdict {
            Ok(Verdict::Counts) => return map(Read::Row(row), mapping),
            Ok(Verdict::Superseded { by }) => RowEvent::superseded(position, by),
            Ok(Verdict::Duplicate { other }) => {
                RowEvent::of_reject(position, Reject::of_duplicate(row, &key.identity, other))
            }
            Err(error) => {
                stop.because_of_overflow(error);
                RowEvent::pending(position)
            }
        })
    }
}

/// Estimates the number of rows from the length of the first ones, unless it is known.
fn estimate(rows: &Rows) -> Result<u64, InputError> {
    if let Some(total) = rows.total_rows() {
        return Ok(total);
    }
    let (mut n_rows, mut n_bytes) = (0, 0);
    for read in rows.again()?.take(SAMPLE) {
        n_rows += 1;
        n_bytes += read?.raw().len() as u64;
    }
    let size = u128::from(rows.size().unwrap_or_default());
    Ok(u64::try_from(size * n_rows / u128::from(n_bytes.max(1))).unwrap_or(u64::MAX))
}
