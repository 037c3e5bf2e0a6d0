//! Whether an input looks broken beside the last one of the same job: a run of the night must not rewrite everybody because
//! an extract went wrong. Asked before the first request.

use super::Import;
use super::feed::{Mapped, MappedRow};
use super::fingerprint::Fingerprinter;
use super::recall::Recall;
use super::stop::Stop;
use super::survey::Survey;
use crate::intercom::Role;
use crate::mapping::Mapping;
use crate::rows::Rows;

/// Fewer rows than this before say nothing about how many there should be.
const TOO_FEW: u64 = 1_000;

/// How many rows the ledger is asked about at a time.
const BATCH: usize = 1_024;

/// What the input is held against.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Guard {
    /// The rows of the last input of this job, if there was one.
    pub rows_before: Option<u64>,
    /// An input with less than half of the rows is all right.
    pub allow_shrunken: bool,
    /// More rows than this are not written, as a share of the rows before.
    pub max_change: Option<f64>,
}

/// What looks broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suspicion {
    /// Less than half of the rows are left.
    Shrunken {
        /// The rows now.
        rows: u64,
        /// The rows before.
        before: u64,
    },
    /// Too many rows are not as they were delivered.
    Changed {
        /// Rows that would be written.
        rows: u64,
        /// The rows before.
        before: u64,
    },
}

impl Guard {
    /// Judges the number of rows.
    pub(super) fn of_rows(&self, rows: u64) -> Option<Suspicion> {
        let before = self.rows_before.filter(|before| *before >= TOO_FEW && !self.allow_shrunken)?;
        (rows < before / 2).then_some(Suspicion::Shrunken { rows, before })
    }

    /// Judges the number of rows that would be written.
    fn of_changes(&self, rows: u64) -> Option<Suspicion> {
        let (before, most) = self.rows_before.zip(self.max_change)?;
        (rows as f64 > before as f64 * most).then_some(Suspicion::Changed { rows, before })
    }
}

/// What counting the changes of an input needs.
pub(super) struct Forecast<'a> {
    guard: Guard,
    mapping: &'a Mapping,
    role: Role,
    fingerprinter: Fingerprinter,
    stop: &'a Stop,
}

impl<'a> Forecast<'a> {
    pub(super) fn new(job: &'a Import<'_>, stop: &'a Stop) -> Self {
        let Import { guard, mapping, policy, client, .. } = job;
        let fingerprinter = Fingerprinter::new(client.engine(), policy);
        Self { guard: *guard, mapping, role: policy.role, fingerprinter, stop }
    }

    /// Counts the rows that would be written, if anybody wants to know. Gives the survey back if the run may go on; if
    /// not, [`Stop`] knows why.
    pub(super) fn admit(mut self, rows: &Rows, mut survey: Survey, recall: &mut Recall) -> Option<Survey> {
        let mut suspicion = self.guard.of_rows(survey.n_own);
        if suspicion.is_none() && self.guard.max_change.is_some() && self.guard.rows_before.is_some() {
            let changes = self.changes(rows, &mut survey, recall)?;
            suspicion = self.guard.of_changes(changes);
        }
        if let Some(suspicion) = suspicion {
            self.stop.because_of_suspicion(suspicion);
            return None;
        }
        Some(survey)
    }

    fn changes(&mut self, rows: &Rows, survey: &mut Survey, recall: &mut Recall) -> Option<u64> {
        let again = rows.again().map_err(|error| self.stop.because_of_input(error)).ok()?;
        let (mut changes, mut batch) = (0, Vec::with_capacity(BATCH));
        for read in again {
            let read = read.map_err(|error| self.stop.because_of_input(error)).ok()?;
            if self.stop.is_asked_for() {
                return None;
            }
            // What an earlier run has rejected says nothing about the input, but may be superseded by it.
            let is_own = read.position().file == 0;
            if let Mapped::Row(row) = survey.map(read, self.mapping, self.stop)
                && is_own
            {
                batch.push(row);
            }
            if batch.len() == BATCH {
                changes += self.changed(&batch, recall)?;
                batch.clear();
            }
        }
        Some(changes + self.changed(&batch, recall)?)
    }

    fn changed(&mut self, batch: &[MappedRow], recall: &mut Recall) -> Option<u64> {
        let entries = recall.look_up(batch, self.role, &mut self.fingerprinter);
        let entries = entries.map_err(|error| self.stop.because_of_ledger(error)).ok()?;
        Some(entries.iter().flatten().filter(|entry| entry.is_changed()).count() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_input_that_has_lost_half_of_its_rows_is_suspicious() {
        let check = |before, allow_shrunken, rows, is_suspicious| {
            let guard = Guard { rows_before: before, allow_shrunken, max_change: None };
            assert_eq!(is_suspicious, guard.of_rows(rows).is_some());
        };
        check(None, false, 0, false);
        check(Some(1_000), false, 500, false);
        check(Some(1_000), false, 499, true);
        check(Some(1_000), true, 499, false);
        check(Some(999), false, 1, false);
    }

    #[test]
    fn more_changes_than_allowed_are_suspicious() {
        let check = |before, max_change, changes, is_suspicious| {
            let guard = Guard { rows_before: before, allow_shrunken: false, max_change };
            assert_eq!(is_suspicious, guard.of_changes(changes).is_some());
        };
        check(None, Some(0.1), 1_000, false);
        check(Some(1_000), None, 1_000, false);
        check(Some(1_000), Some(0.1), 100, false);
        check(Some(1_000), Some(0.1), 101, true);
    }
}
