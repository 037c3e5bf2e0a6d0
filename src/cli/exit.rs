//! Exit codes: what a scheduler reads.

use std::process::ExitCode;

use crate::report::Headline;

/// How the program ended. The numbers are public and stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// Everything applied or unchanged.
    Ok,
    /// Another error.
    Failed,
    /// Bad flags, configuration or mapping; nothing was sent.
    Usage,
    /// Finished; some rows invalid, rejected or unknown.
    Partial,
    /// A limit of the user's stopped it; what is done stays done.
    Threshold,
    /// 401, 402, 403.
    Auth,
    /// Unreadable, undecodable or empty input.
    Input,
    /// Outage; the same command may succeed later.
    Unavailable,
    /// Another run holds what this one needs.
    Locked,
    /// `find` found nobody, or `update` had nobody to update.
    NotFound,
    /// The time is up; the same command goes on from there.
    Deadline,
    /// An export could not be verified as complete.
    Incomplete,
    /// An output cannot be written.
    Output,
    /// A bug.
    Internal,
    /// Stopped by a signal.
    Interrupted(u8),
}

impl Exit {
    pub(super) fn code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Partial => 3,
            Self::Threshold => 4,
            Self::Auth => 5,
            Self::Input => 6,
            Self::Unavailable => 7,
            Self::Locked => 8,
            Self::NotFound => 9,
            Self::Deadline => 10,
            Self::Incomplete => 11,
            Self::Output => 12,
            Self::Internal => 70,
            Self::Interrupted(signal) => 128 + signal,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failed => "failed",
            Self::Usage => "usage",
            Self::Partial => "partial",
            Self::Threshold => "threshold",
            Self::Auth => "auth",
            Self::Input => "input",
            Self::Unavailable => "unavailable",
            Self::Locked => "locked",
            Self::NotFound => "not_found",
            Self::Deadline => "deadline",
            Self::Incomplete => "incomplete",
            Self::Output => "output",
            Self::Internal => "internal",
            Self::Interrupted(_) => "interrupted",
        }
    }

    /// Returns what a run's report says of this exit.
    pub(super) fn headline(self, next_command: Option<String>, reason: Option<&str>) -> Headline {
        Headline {
            exit_code: self.code(),
            exit_name: self.name(),
            retryable: self.is_retryable(),
            next_command,
            reason: reason.map(Into::into),
        }
    }

    /// Returns whether the same command may do better later.
    fn is_retryable(self) -> bool {
        matches!(
            self,
            Self::Unavailable | Self::Locked | Self::Deadline | Self::Incomplete | Self::Interrupted(_)
        )
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
