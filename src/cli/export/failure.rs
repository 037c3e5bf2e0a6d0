//! Why there is no whole export, and what the next run of the same export does.

use std::io;
use std::path::Path;

use crate::cli::args::ExportArgs;
use crate::cli::error::Error;
use crate::cli::exit::Exit;
use crate::cli::memory::put_away;
use crate::cli::signals::Interruption;
use crate::rows::OutputError;
use crate::transfer::ExportError;

/// Why there is no whole export.
pub(super) struct Failure {
    pub(super) reason: Reason,
    pub(super) next: Next,
}

pub(super) enum Reason {
    Error(Error),
    /// What it says of the ledger, which is of no more use to this run.
    Ledger(Error),
    /// The reader of stdout has seen enough, which is success.
    BrokenPipe,
    Interrupted(Exit),
}

/// What the next run of the same export does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    GoesOn,
    BeginsAnew,
}

impl Failure {
    /// Describes why `export` ended, which wrote to the file at `path`.
    pub(super) fn of_export(error: ExportError, path: &Path, interruption: &Interruption) -> Self {
        // What a listing with holes has shown is no use: the next run has to ask for all pages again, and values that it
        // asks for are newer. Nor is the place where a listing goes round in circles.
        let next = match error {
            ExportError::Incomplete { .. } | ExportError::Missing { .. } | ExportError::Endless { .. } => {
                Next::BeginsAnew
            }
            _ => Next::GoesOn,
        };
        let reason = match error {
            ExportError::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => Reason::BrokenPipe,
            ExportError::Output(error) => Reason::Error(Error::of_output(&OutputError::of_io(path, error))),
            ExportError::Interrupted => {
                interruption.verdict().map_or_else(Reason::Error, Reason::Interrupted)
            }
            ExportError::Server { ref error, page } => {
                Reason::Error(Error::of_server(error).about(&format!("page {page}")))
            }
            ExportError::Incomplete { .. } => {
                Reason::Error(Error::new(Exit::Incomplete, error.to_string()).hint(
                    "the listing lags behind writes by up to minutes: run the same command again later",
                ))
            }
            ExportError::Missing { .. } => Reason::Error(
                Error::new(Exit::Incomplete, error.to_string())
                    .hint("walk the plain listing alone: --cursors 1"),
            ),
            ExportError::Ledger(error) => {
                put_away(&error);
                Reason::Ledger(Error::of_ledger(&error))
            }
            ExportError::Endless { .. } => Reason::Error(Error::new(Exit::Failed, error.to_string())),
        };
        Self { reason, next }
    }

    /// Describes a file that cannot be written although all pages are here.
    pub(super) fn of_output(error: &OutputError) -> Self {
        Self { reason: Reason::Error(Error::of_output(error)), next: Next::GoesOn }
    }
}

/// Says what an export that did not finish leaves behind.
pub(super) fn leftover(arguments: &ExportArgs, name: &str) -> String {
    if arguments.is_to_stdout() {
        return "what went to stdout is not whole".into();
    }
    format!("{name} was not written; a file of that name is as it was")
}

pub(super) fn last_lines(report: &Path, again: &str, next: Next) -> String {
    let how = match next {
        Next::GoesOn => ": within the hour it goes on from here",
        Next::BeginsAnew => "",
    };
    format!("report: {}\nnext: run `{again}` again{how}\n", report.display())
}
