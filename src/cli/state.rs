//! Where a workspace's files are kept, and the folder of this run.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::args::StateArgs;
use super::environment::Environment;
use super::error::Error;
use super::exit::Exit;
use super::private::{self, Use};
use crate::ledger::IntentError;
use crate::pace::Clock;
use crate::report::RunDir;
use crate::report::RunId;
use crate::rows::OutputError;
use crate::transfer::LeadIntents;

impl StateArgs {
    /// Returns the folder that the folders of the workspaces are in.
    pub(super) fn folder(&self, environment: &Environment) -> Result<PathBuf, Error> {
        self.state_dir.clone().map_or_else(|| environment.state_dir(), Ok)
    }

    /// Returns the folder of a workspace, which is there then, and which nobody else can write into.
    pub(super) fn workspace_dir(&self, workspace: &str, environment: &Environment) -> Result<PathBuf, Error> {
        let state_dir = self.folder(environment)?;
        // The id comes from the server, so nothing of it may lead out of the state folder.
        let folder: String =
            workspace.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect();
        let folder = state_dir.join(folder);
        private::open(&state_dir, Use::Parent)?;
        private::open(&folder, Use::Files)?;
        Ok(folder)
    }

    /// Opens what is remembered of the leads of a workspace.
    pub(super) fn open_leads(
        &self,
        workspace: &str,
        environment: &Environment,
        clock: &Clock,
    ) -> Result<LeadIntents, Error> {
        let folder = self.workspace_dir(workspace, environment)?;
        LeadIntents::open(&folder.join("intents.ndjson"), clock.unix().as_secs()).map_err(|error| match error
        {
            IntentError::InUse(_) => Error::new(Exit::Locked, error.to_string())
                .hint("wait until the other run has ended: two runs at once would create leads twice"),
            IntentError::Unusable { path, source } => cannot_write(&path, source),
        })
    }

    /// Creates a file that has no name any more, so that it is gone when it is closed, however the process ends.
    pub(super) fn nameless_file(&self, environment: &Environment) -> Result<File, Error> {
        let folder = self.folder(environment)?;
        private::open(&folder, Use::Parent)?;
        nameless_file(&folder).map_err(|error| cannot_write(&folder, error))
    }

    /// Creates the folder of this run.
    pub(super) fn create_run_dir(
        &self,
        run: &RunId,
        workspace: &str,
        environment: &Environment,
    ) -> Result<RunDir, Error> {
        let (folder, created) = match &self.run_dir {
            Some(folder) => (folder.clone(), RunDir::at(folder, run)),
            None => {
                let runs = self.workspace_dir(workspace, environment)?.join("runs");
                private::open(&runs, Use::Files)?;
                (runs.clone(), RunDir::create(&runs, run))
            }
        };
        let run_dir = created.map_err(|error| cannot_write(&folder, error))?;
        private::open(run_dir.path(), Use::Files)?;
        Ok(run_dir)
    }
}

/// Names the run that begins now.
pub(super) fn new_run(command: &'static str, clock: &Clock) -> RunId {
    RunId::new(command, clock.unix(), fastrand::u16(..))
}

fn nameless_file(folder: &Path) -> io::Result<File> {
    let path = folder.join(format!("stdin-{:016x}", fastrand::u64(..)));
    let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path)?;
    fs::remove_file(&path)?;
    Ok(file)
}

/// A folder or file of ours cannot be written.
pub(super) fn cannot_write(path: &Path, why: io::Error) -> Error {
    unwritable(&OutputError::named(path, why))
}

/// What this error names cannot be written.
pub(super) fn unwritable(error: &io::Error) -> Error {
    let hint = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "free some space and run the same command again"
        }
        _ => "choose another place: --state-dir DIR or --run-dir DIR",
    };
    Error::new(Exit::Output, error.to_string()).hint(hint)
}
