//! Which pages an export begins with: those that an earlier run of the same export left in its folder, or none.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::cli::args::{ConnectArgs, ExportArgs};
use crate::cli::connect::Workspace;
use crate::cli::error::Error;
use crate::cli::exit::Exit;
use crate::report::RunDir;
use crate::report::plural;
use crate::rows::OutputError;
use crate::transfer::Export;
use crate::transfer::ExportIdentity;
use crate::transfer::Fate;
use crate::transfer::Spool;

/// An export's pages.
pub(super) struct Begun {
    pub(super) spool: Spool,
    /// The run that began them, if it was another one.
    pub(super) resumed_from: Option<String>,
}

/// Goes on with the newest pages of the same export, where they are, or begins without any. Nobody goes on with what goes
/// to stdout.
pub(super) fn begin(
    arguments: &ExportArgs,
    workspace: &Workspace,
    job: &Export<'_>,
    run_dir: &RunDir,
) -> Result<Begun, Error> {
    let path = run_dir.file(Spool::FILE);
    let identity = identity(arguments, workspace, job).map_err(|error| unusable(&path, error))?;
    let left = match (&arguments.state.run_dir, run_dir.path().parent()) {
        _ if arguments.is_to_stdout() => Vec::new(),
        (None, Some(runs)) => spools_of(runs),
        _ => vec![path.clone()],
    };
    let mut begun = None;
    for left in left {
        // What cannot be read is no help, and no reason not to export.
        let Ok(Some(spool)) = Spool::open(&left) else { continue };
        match (spool.fate(&identity, job.clock.unix()), &begun) {
            (Fate::GoneOnWith, None) if spool.n_contacts() > 0 => {
                let resumed_from = Some(spool.run_id().to_owned());
                begun = Some(Begun { spool, resumed_from });
            }
            (Fate::GoneOnWith | Fate::Removed, _) => spool.remove(),
            (Fate::LeftAlone, _) => {}
        }
    }
    if let Some(begun) = begun {
        tell(&begun);
        return Ok(begun);
    }
    let spool = Spool::create(&path, run_dir.id(), identity).map_err(|error| unusable(&path, error))?;
    Ok(Begun { spool, resumed_from: None })
}

/// Describes the export, so that another run knows whether it is the same.
fn identity(arguments: &ExportArgs, workspace: &Workspace, job: &Export<'_>) -> io::Result<ExportIdentity> {
    Ok(ExportIdentity {
        program: env!("CARGO_PKG_VERSION").into(),
        workspace: workspace.id.clone(),
        server: server(&arguments.connect),
        api_version: workspace.client.dialect().version().into(),
        output: std::path::absolute(&arguments.file)?,
        format: job.format.to_string(),
        columns: job.columns.names(),
        role: job.role,
        since: arguments.since.as_ref().map(|since| since.text().to_owned()),
        expand: job.expand,
    })
}

/// Returns what is asked, as it was named: the embedded sandbox has another port every time.
fn server(connect: &ConnectArgs) -> String {
    match &connect.base_url {
        _ if connect.sandbox => "the embedded sandbox".into(),
        Some(url) => url.clone(),
        None => connect.region.base_url().into(),
    }
}

/// Returns where the runs in a folder keep pages, the newest first.
fn spools_of(runs: &Path) -> Vec<PathBuf> {
    let folders = fs::read_dir(runs).into_iter().flatten().flatten();
    let mut spools: Vec<PathBuf> = folders.map(|folder| folder.path().join(Spool::FILE)).collect();
    // The names begin with the time.
    spools.sort_unstable_by(|a, b| b.cmp(a));
    spools
}

fn tell(begun: &Begun) {
    let contacts = plural(begun.spool.n_contacts(), "contact");
    // Nobody may be listening; the report has it, too.
    let _ = writeln!(io::stderr(), "resumed: {contacts} of run {} are here already", begun.spool.run_id());
}

/// The pages cannot be written.
fn unusable(path: &Path, error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::ResourceBusy => {
            Error::new(Exit::Locked, format!("`{}` is in use by another run", path.display()))
                .hint("wait until the other run has ended, or choose another folder: --run-dir DIR")
        }
        _ => Error::of_output(&OutputError::of_io(path, error)),
    }
}
