//! The end of a pipeline before its input's end: the first reason wins, and everybody starts nothing new.

use std::io;
use std::sync::{Mutex, PoisonError};

use super::{Ended, ErrorLimit, Suspicion, Tally};
use crate::intercom::ApiError;
use crate::intercom::UpsertError;
use crate::ledger::LedgerError;
use crate::ledger::OverflowError;
use crate::pace::Halt;
use crate::rows::InputError;

/// How many rows in a row may lose their answer for good, each after about ten seconds of trying, although the server
/// answers other questions: an outage is waited for, and this is none.
const LOST_IN_A_ROW: u32 = 10;

/// Collects why a pipeline stops.
pub(super) struct Stop {
    halt: Halt,
    max_errors: Option<ErrorLimit>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    reason: Option<Ended>,
    lost_in_a_row: u32,
}

impl Stop {
    pub(super) fn new(halt: Halt, max_errors: Option<ErrorLimit>) -> Self {
        Self { halt, max_errors, state: Mutex::default() }
    }

    pub(super) fn is_asked_for(&self) -> bool {
        self.halt.is_raised()
    }

    /// The input cannot be read any further; what was read before is delivered.
    pub(super) fn because_of_input(&self, error: InputError) {
        self.with(|state| {
            state.reason.get_or_insert(Ended::Input(error));
        });
    }

    /// The input was written to, so that what was read of it may be neither the old nor the new one.
    pub(super) fn because_input_changed(&self) {
        self.halt.raise();
        self.with(|state| {
            state.reason.get_or_insert(Ended::InputChanged);
        });
    }

    /// What is remembered of the input has no room, so that no row can be judged any more.
    pub(super) fn because_of_overflow(&self, error: OverflowError) {
        self.halt.raise();
        self.with(|state| {
            state.reason.get_or_insert(Ended::Overflow(error));
        });
    }

    /// An output cannot be written, so that nothing new may start that could not be told.
    pub(super) fn because_of_output(&self, error: io::Error) {
        self.halt.raise();
        self.with(|state| {
            state.reason.get_or_insert(Ended::Output(error));
        });
    }

    /// A row ended: it may have been one too many to end badly.
    pub(super) fn look_at(&self, tally: &Tally) {
        if self.max_errors.is_some_and(|limit| limit.is_passed(tally)) {
            self.halt.raise();
            self.with(|state| {
                state.reason.get_or_insert(Ended::TooManyErrors);
            });
        }
    }

    /// What was delivered cannot be remembered, so that nothing new may start.
    pub(super) fn because_of_ledger(&self, error: LedgerError) {
        self.halt.raise();
        self.with(|state| {
            state.reason.get_or_insert(Ended::Ledger(error));
        });
    }

    /// The input looks broken beside the last one: nothing may be written.
    pub(super) fn because_of_suspicion(&self, suspicion: Suspicion) {
        self.halt.raise();
        self.with(|state| {
            state.reason.get_or_insert(Ended::Suspicious(suspicion));
        });
    }

    /// Returns whether not all that was delivered is on the disk.
    pub(super) fn is_forgetful(&self) -> bool {
        self.with(|state| matches!(state.reason, Some(Ended::Ledger(_))))
    }

    /// A row was answered.
    pub(super) fn note_answer(&self) {
        self.with(|state| state.lost_in_a_row = 0);
    }

    /// A row failed; some failures are everybody's.
    pub(super) fn note_failure(&self, error: &UpsertError) {
        if let UpsertError::NotNoted { reason } = error {
            return self.because_of_output(io::Error::other(reason.clone()));
        }
        let Some(error) = error.api() else { return self.note_answer() };
        let is_fatal = match error {
            // Who was told to stop waits for no server to come back.
            error if error.is_transient() && self.is_asked_for() => false,
            ApiError::AnswerLost { .. } => self.with(|state| {
                state.lost_in_a_row += 1;
                state.lost_in_a_row >= LOST_IN_A_ROW
            }),
            ApiError::Halted(_) => false,
            error => {
                self.note_answer();
                error.ends_the_run()
            }
        };
        if is_fatal {
            self.halt.raise();
            self.with(|state| {
                state.reason.get_or_insert(Ended::Server(error.clone()));
            });
        }
    }

    /// Returns why no request can succeed any more, if that is known.
    pub(super) fn server_error(&self) -> Option<ApiError> {
        self.with(|state| match &state.reason {
            Some(Ended::Server(error)) => Some(error.clone()),
            _ => None,
        })
    }

    /// Returns why the pipeline ended.
    pub(super) fn reason(self) -> Ended {
        let state = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        match state.reason {
            Some(reason) => reason,
            None if self.halt.is_raised() => Ended::Interrupted,
            None => Ended::Complete,
        }
    }

    fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
