//! Where a workspace's files are kept, and the folder of this run.

use std::path::{Path, PathBuf};

use super::args::StateArgs;
use super::environment::Environment;
use super::error::Error;
use super::exit::Exit;
use crate::pace::Clock;
use crate::report::RunDir;

impl StateArgs {
    /// Returns the folder of a workspace.
    pub(super) fn workspace_dir(&self, workspace: &str, environment: &Environment) -> Result<PathBuf, Error> {
        let state_dir = match &self.state_dir {
            Some(folder) => folder.clone(),
            None => environment.state_dir()?,
        };
        // The id comes from the server, so nothing of it may lead out of the state folder.
        let folder: String =
            workspace.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect();
        Ok(state_dir.join(folder))
    }

    /// Creates the folder of this run.
    pub(super) fn create_run_dir(
        &self,
        command: &str,
        workspace: &str,
        environment: &Environment,
        clock: &Clock,
    ) -> Result<RunDir, Error> {
        let (now, chance) = (clock.unix(), fastrand::u16(..));
        let (folder, created) = match &self.run_dir {
            Some(folder) => (folder.clone(), RunDir::at(folder, command, now, chance)),
            None => {
                let runs = self.workspace_dir(workspace, environment)?.join("runs");
                (runs.clone(), RunDir::create(&runs, command, now, chance))
            }
        };
        created.map_err(|error| cannot_write(&folder).because(error))
    }
}

/// A folder or file of ours cannot be written.
pub(super) fn cannot_write(path: &Path) -> Error {
    Error::new(Exit::Output, format!("`{}` cannot be written", path.display()))
        .hint("choose another place: --state-dir DIR or --run-dir DIR")
}
