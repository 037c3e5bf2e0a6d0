//! The last report of a run: into its file, and with `--json` to stdout. One that is lost makes the exit 12.

use super::environment::Environment;
use super::error::Error;
use super::exit::Exit;
use super::state::unwritable;
use super::stdout;
use crate::pace::Clock;
use crate::report::Headline;
use crate::report::RunReporter;

/// What a run came to.
pub(super) struct LastReport<'a> {
    pub(super) exit: Exit,
    pub(super) headline: Headline,
    pub(super) environment: &'a Environment,
    pub(super) clock: &'a Clock,
    pub(super) is_json: bool,
}

impl LastReport<'_> {
    /// Writes the report, and returns the exit of the run.
    pub(super) fn write(self, reporter: RunReporter) -> Exit {
        let (mut report, written) = reporter.finish(self.headline, self.clock.unix());
        let mut exit = self.exit;
        // A run that ended because an output cannot be written has said so.
        if let Err(error) = written
            && exit != Exit::Output
        {
            let error = unwritable(&error);
            exit = lost(&error);
            let again = self.environment.this_command();
            report.end_with(exit.headline(Some(again), Some(error.what())));
        }
        match stdout_of(self.is_json, &report.to_json()) {
            Ok(()) => exit,
            Err(error) => lost(&error),
        }
    }
}

fn lost(error: &Error) -> Exit {
    error.show();
    error.exit()
}

fn stdout_of(is_json: bool, report: &str) -> Result<(), Error> {
    if is_json {
        stdout::write(report)?;
    }
    Ok(())
}
