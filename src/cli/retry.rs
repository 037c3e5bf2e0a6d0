//! `--retry-rejected`: what earlier runs of the job could not deliver is read before tonight's rows, in one run with them.

use std::io::{self, Write};
use std::path::PathBuf;

use super::error::Error;
use super::exit::Exit;
use super::input::OpenInput;
use crate::ledger::LedgerWriter;
use crate::ledger::PastRun;
use crate::report::RunDir;
use crate::report::command_line;
use crate::rows::EarlierError;
use crate::rows::Source;

impl OpenInput {
    /// Puts the rejects of earlier runs of a job before the rows, and returns the numbers of these runs.
    ///
    /// Mostly that is one run. Those that did not come to their end count as well, with the one before them: they may not
    /// have come to its rejects.
    pub(super) fn put_rejects_before(&mut self, writer: &LedgerWriter, job: &str) -> Result<Vec<i64>, Error> {
        let runs = writer.unsettled_runs(job).map_err(|error| Error::of_ledger(&error))?;
        let mut numbers = Vec::new();
        for run in newest_of_each_folder(runs) {
            let Some(path) = self.retry_file(&run) else { continue };
            let name = path.display().to_string();
            let source = Source::open(&path).map_err(|error| Error::of_input(&name, &error))?;
            // A run that was killed at its first reject may leave an empty file.
            if source.size().is_some() {
                self.rows.put_before(&source).map_err(|error| of_earlier(&name, &error))?;
                numbers.push(run.number);
                talk(&format!("{}: the rows of {name} are sent again before it\n", self.name));
            }
        }
        if numbers.is_empty() {
            talk(&format!("{}: no rejects of an earlier run\n", self.name));
        }
        Ok(numbers)
    }

    fn retry_file(&self, run: &PastRun) -> Option<PathBuf> {
        if !run.folder.exists() {
            talk(&format!("{}: the folder of an earlier run is gone: {}\n", self.name, run.folder.display()));
        }
        RunDir::RETRY.iter().map(|name| run.folder.join(name)).find(|path| path.exists())
    }
}

/// A folder that the user has named may be that of several runs; what is in it is the last one's.
fn newest_of_each_folder(runs: Vec<PastRun>) -> Vec<PastRun> {
    let mut newest: Vec<PastRun> = Vec::new();
    for run in runs {
        newest.retain(|other| other.folder != run.folder);
        newest.push(run);
    }
    newest
}

fn of_earlier(name: &str, error: &EarlierError) -> Error {
    if let EarlierError::Input(error) = error {
        return Error::of_input(name, error);
    }
    let alone = command_line(["intercom-bulk", "import", name]);
    Error::new(Exit::Usage, format!("{name}: {error}"))
        .hint(format!("import it on its own, and leave out --retry-rejected once: `{alone}`"))
}

/// Writes to stderr. Nobody may be listening; the run goes on all the same.
fn talk(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}
