//! The first reading of an input: how many rows there are, and which users have more than one. Nothing was sent when it
//! ends, so that what breaks off here has done no harm.

use std::time::Duration;

use super::duplicates::{Duplicates, Finder, KeyHash, Repeated, Verdict};
use super::event::{Snapshot, Total};
use super::feed::{Mapped, Reading, map};
use super::lookup::Sample;
use super::stop::Stop;
use super::writer::TICK;
use super::{Event, Reject, Reporter, RowEvent, Traffic};
use crate::mapping::Mapping;
use crate::mapping::RowKey;
use crate::pace::Clock;
use crate::rows::InputError;
use crate::rows::Read;
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
    /// Those of the input itself.
    pub(super) n_own: u64,
    /// Some of the users.
    pub(super) sample: Sample,
    nameless: Nameless,
    repeated: Repeated,
    duplicates: Duplicates,
}

/// What a row that names nobody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Nameless {
    /// Itself alone.
    Alone,
    /// The same as one that has the same bytes: rejects of an earlier run may still be in the input, and would be
    /// twice among the rejects of this one, and more often every night.
    LetterByLetter,
}

impl Nameless {
    fn of(rows: &Rows) -> Self {
        if rows.earlier().is_empty() { Self::Alone } else { Self::LetterByLetter }
    }

    /// Returns what a row is found by, if another one may be found by the same.
    fn hash(self, key: Option<&RowKey>, read: &Read) -> Option<KeyHash> {
        match (key, self) {
            (Some(key), _) => Some(KeyHash::of(key)),
            (None, Self::LetterByLetter) => Some(KeyHash::of_nameless(read.raw())),
            (None, Self::Alone) => None,
        }
    }
}

impl Surveyor<'_> {
    /// Reads all rows; `None` if that has ended the run, of which [`Stop`] knows the reason.
    pub(super) fn survey(&self, rows: &Rows, reporter: &mut dyn Reporter) -> Option<Survey> {
        let reading = estimate(rows).and_then(|about| Ok((about, rows.again()?)));
        let (about, again) = reading.map_err(|error| self.stop.because_of_input(error)).ok()?;
        let (mut finder, mut next_tick) = (Finder::new(about), self.begun + TICK);
        let (nameless, mut sample, mut n_rows, mut n_own) = (Nameless::of(rows), Sample::default(), 0, 0);
        for read in again {
            let read = read.map_err(|error| self.stop.because_of_input(error)).ok()?;
            let position = read.position();
            n_rows += 1;
            n_own += u64::from(position.file == 0);
            let key = key_of(&read, self.mapping);
            if let Some(key) = &key {
                sample.note(KeyHash::of(key), key);
            }
            if let Some(hash) = nameless.hash(key.as_ref(), &read) {
                let noted = finder.note(hash, position.place());
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
        Some(Survey { n_rows, n_own, sample, nameless, repeated, duplicates: self.duplicates })
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
        if self.repeated.is_empty() { map(read, mapping) } else { self.judge(read, mapping, stop) }
    }

    /// Compares both readings at the end of the second, unless that did not come.
    pub(super) fn compare(&self, reading: &Reading, rows: &Rows, stop: &Stop) {
        if reading.is_over() && (reading.rows() != self.n_rows || rows.has_changed()) {
            stop.because_input_changed();
        }
    }

    fn judge(&mut self, read: Read, mapping: &Mapping, stop: &Stop) -> Mapped {
        let (key, position) = (key_of(&read, mapping), read.position());
        let Some(hash) = self.nameless.hash(key.as_ref(), &read) else { return map(read, mapping) };
        let verdict = self.repeated.verdict(hash, position.place(), self.duplicates);
        Mapped::Settled(match (verdict, read, key) {
            (Ok(Verdict::Superseded { by }), _, _) => RowEvent::superseded(position, by),
            (Ok(Verdict::Duplicate { other }), Read::Row(row), Some(key)) => {
                RowEvent::of_reject(position, Reject::of_duplicate(row, &key.identity, other))
            }
            // One that names nobody is invalid by itself.
            (Ok(Verdict::Counts | Verdict::Duplicate { .. }), read, _) => return map(read, mapping),
            (Err(error), _, _) => {
                stop.because_of_overflow(error);
                RowEvent::pending(position)
            }
        })
    }
}

fn key_of(read: &Read, mapping: &Mapping) -> Option<RowKey> {
    match read {
        Read::Row(row) => mapping.key_of(row),
        Read::Bad(_) => None,
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
