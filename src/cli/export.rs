//! `export FILE`: writes all users to a file.

use std::io::{self, Write};
use std::path::Path;

use super::args::ExportArgs;
use super::environment::Environment;
use super::error::Error;
use super::exit::Exit;
use super::lock::{Claim, Turn};
use super::signals::Interruption;
use super::state::{cannot_write, new_run};
use crate::pace::Clock;
use crate::report::Beginning;
use crate::report::ExportEnding;
use crate::report::RunReporter;
use crate::rows::AtomicFile;
use crate::rows::Format;
use crate::rows::OutputError;
use crate::rows::RowWriter;
use crate::transfer::Columns;
use crate::transfer::Export;
use crate::transfer::ExportError;
use crate::transfer::Exported;
use crate::transfer::export;

pub(super) fn run(arguments: &ExportArgs, environment: &Environment) -> Result<Exit, Error> {
    let clock = Clock::system();
    let interruption = Interruption::listen_until(&clock, arguments.time.max_duration);
    let output = Output::open(arguments)?;
    let name = output.name(&arguments.file);
    let workspace = arguments
        .connect
        .connect(&arguments.state, environment, &clock, &interruption.halt())
        .map_err(|error| interruption.instead_of(error))?;
    let run_id = new_run("export", &clock);
    let folder = arguments.state.workspace_dir(&workspace.id, environment)?;
    let claim =
        Claim { folder, workspace: &workspace.id, run: &run_id, clock: &clock, interruption: &interruption };
    let _lock = match arguments.lock.take(&claim)? {
        Turn::Ours(lock) => lock,
        Turn::Skipped(skipped) => return Ok(skipped.tell("export", arguments.face.json, &clock)),
    };
    let columns = Columns::new(&workspace.attributes);
    let run_dir = arguments.state.create_run_dir(&run_id, &workspace.id, environment)?;
    let folder = run_dir.path().to_owned();
    let mut reporter = RunReporter::begin(Beginning {
        command: "export",
        workspace: Some(workspace.id.clone()),
        run_dir,
        face: arguments.face.progress.face("export", &name),
        input: None,
        now: clock.unix(),
    })
    .map_err(|error| cannot_write(&folder).because(error))?;
    let job = Export {
        client: &workspace.client,
        columns: &columns,
        role: arguments.role.into(),
        expand: arguments.expand(),
        halt: interruption.halt(),
        clock: clock.clone(),
    };
    let result = output.fill(arguments, &job, &mut reporter, &interruption);
    conclude(&result, arguments, &name, reporter, environment, &clock)
}

/// Where an export goes.
enum Output {
    File(AtomicFile),
    Stdout,
}

impl Output {
    fn open(arguments: &ExportArgs) -> Result<Self, Error> {
        if arguments.file.as_os_str() != "-" {
            let file = AtomicFile::create(&arguments.file).map_err(|error| Error::of_output(&error))?;
            return Ok(Self::File(file));
        }
        if arguments.face.json {
            return Err(Error::new(Exit::Usage, "the users and --json cannot both go to stdout")
                .hint("export to a file, or read report.json in the run's folder"));
        }
        Ok(Self::Stdout)
    }

    fn name(&self, path: &Path) -> String {
        match self {
            Self::File(_) => path.display().to_string(),
            Self::Stdout => "stdout".into(),
        }
    }

    /// Writes the users; a file takes its name only when it is whole.
    fn fill(
        self,
        arguments: &ExportArgs,
        job: &Export<'_>,
        reporter: &mut RunReporter,
        interruption: &Interruption,
    ) -> Result<Exported, Failure> {
        let format = format(arguments);
        let name = self.name(&arguments.file);
        let failed = |error| Failure::of_export(error, Path::new(&name), interruption);
        match self {
            Self::Stdout => {
                let mut writer = RowWriter::new(format, job.columns.names(), io::stdout().lock());
                let exported = export(job, &mut writer, reporter).map_err(failed)?;
                writer.finish().and_then(|mut out| out.flush()).map_err(|error| failed(error.into()))?;
                Ok(exported)
            }
            Self::File(file) => {
                let mut writer = RowWriter::new(format, job.columns.names(), file);
                let exported = export(job, &mut writer, reporter).map_err(failed)?;
                let file = writer.finish().map_err(|error| failed(error.into()))?;
                file.commit().map_err(|error| Failure::Error(Error::of_output(&error)))?;
                Ok(exported)
            }
        }
    }
}

/// Why there is no whole export.
enum Failure {
    Error(Error),
    /// The reader of stdout has seen enough, which is success.
    BrokenPipe,
    Interrupted(Exit),
}

impl Failure {
    fn of_export(error: ExportError, path: &Path, interruption: &Interruption) -> Self {
        match error {
            ExportError::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => Self::BrokenPipe,
            ExportError::Output(error) => Self::Error(Error::of_output(&OutputError::of_io(path, error))),
            ExportError::Interrupted => interruption.verdict().map_or_else(Self::Error, Self::Interrupted),
            ExportError::Server { ref error, page } => {
                Self::Error(Error::of_server(error).about(&format!("page {page}")))
            }
            ExportError::Incomplete { .. } => {
                Self::Error(Error::new(Exit::Incomplete, error.to_string()).hint(
                    "the listing lags behind writes by up to minutes: run the same command again later",
                ))
            }
            ExportError::Endless { .. } => Self::Error(Error::new(Exit::Failed, error.to_string())),
        }
    }
}

fn format(arguments: &ExportArgs) -> Format {
    arguments.format.or_else(|| Format::of_path(&arguments.file)).unwrap_or(Format::Csv)
}

/// Says what an export that did not finish leaves behind.
fn leftover(arguments: &ExportArgs, name: &str) -> String {
    if arguments.file.as_os_str() == "-" {
        return "what went to stdout is not whole".into();
    }
    format!("{name} was not written; a file of that name is as it was")
}

fn last_lines(report: &Path, again: &str) -> String {
    format!("report: {}\nnext: run `{again}` again\n", report.display())
}

/// Writes the last report, and the error or the ending. Returns the exit.
fn conclude(
    result: &Result<Exported, Failure>,
    arguments: &ExportArgs,
    name: &str,
    mut reporter: RunReporter,
    environment: &Environment,
    clock: &Clock,
) -> Result<Exit, Error> {
    reporter.close_face();
    let again = environment.this_command();
    let report_file = reporter.report_file();
    let (exit, text, reason) = match result {
        Ok(exported) => {
            reporter.set_exported(exported, Some(&arguments.file));
            let next = "nothing is left to do";
            let ending = ExportEnding { file: name, end: exported, report: &report_file, next };
            (Exit::Ok, ending.text(), None)
        }
        Err(Failure::BrokenPipe) => (Exit::Ok, String::new(), None),
        Err(Failure::Interrupted(exit)) => {
            (*exit, format!("{}\n{}", leftover(arguments, name), last_lines(&report_file, &again)), None)
        }
        Err(Failure::Error(error)) => {
            let last_lines = last_lines(&report_file, &again);
            let text = format!("{error}{}\n{last_lines}", leftover(arguments, name));
            (error.exit(), text, Some(error.what().to_owned()))
        }
    };
    let headline = exit.headline((exit != Exit::Ok).then_some(again), reason.as_deref());
    let (report, written) = reporter.finish(headline, clock.unix());
    // Nobody may be listening; the exit code says it all the same.
    let _ = write!(io::stderr(), "{text}");
    if arguments.face.json {
        let _ = write!(io::stdout(), "{}", report.to_json());
    }
    written.map_err(|error| cannot_write(&report_file).because(error))?;
    Ok(exit)
}
