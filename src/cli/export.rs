//! `export FILE`: writes all users to a file.

mod failure;
mod spool;

use std::io::{self, Write};
use std::path::Path;

use self::failure::{Failure, Next, Reason, last_lines, leftover};
use self::spool::Begun;
use super::args::ExportArgs;
use super::environment::Environment;
use super::error::Error;
use super::exit::Exit;
use super::last_report::LastReport;
use super::lock::{Claim, Turn};
use super::memory::{begin_run, end_run, open_ledger};
use super::signals::Interruption;
use super::state::{cannot_write, new_run};
use crate::ledger::LedgerWriter;
use crate::pace::Clock;
use crate::report::Beginning;
use crate::report::ExportEnding;
use crate::report::RunReporter;
use crate::rows::AtomicFile;
use crate::rows::Format;
use crate::rows::OutputError;
use crate::transfer::Columns;
use crate::transfer::Export;
use crate::transfer::Exported;
use crate::transfer::Spool;
use crate::transfer::export;

pub(super) fn run(arguments: &ExportArgs, environment: &Environment) -> Result<Exit, Error> {
    let clock = Clock::system();
    let interruption = Interruption::listen_until(&clock, arguments.time.max_duration);
    arguments.refuse_future(clock.unix_seconds())?;
    let output = Output::check(arguments)?;
    let name = output.name(&arguments.file);
    let mut workspace = arguments
        .connect
        .connect(&arguments.state, environment, &clock, &interruption.halt())
        .map_err(|error| interruption.instead_of(error))?;
    let run_id = new_run("export", &clock);
    let folder = arguments.state.workspace_dir(&workspace.id, environment)?;
    let id = workspace.id.clone();
    let claim = Claim { folder, workspace: &id, run: &run_id, clock: &clock, interruption: &interruption };
    let _lock = match arguments.lock.take(&claim)? {
        Turn::Ours(lock) => lock,
        Turn::Skipped(skipped) => return skipped.tell("export", arguments.face.json, &clock),
    };
    let columns = Columns::new(&workspace.attributes);
    let run_dir = arguments.state.create_run_dir(&run_id, &workspace.id, environment)?;
    let mut ledger = open_ledger(&claim)?;
    begin_run(&mut ledger.writer, &run_dir, &format!("export {name}"), &clock)?;
    workspace.client.outlast_outages(arguments.connect.max_outage());
    let mut job = Export {
        client: &workspace.client,
        columns: &columns,
        format: arguments.format.or_else(|| Format::of_path(&arguments.file)).unwrap_or(Format::Csv),
        role: arguments.role.into(),
        since: None,
        expand: arguments.expand(),
        cursors: arguments.cursors(arguments.connect.concurrency()),
        verification: arguments.verification(),
        zone: workspace.zone.as_deref(),
        halt: interruption.halt(),
        clock: clock.clone(),
    };
    let begun = spool::begin(arguments, &workspace, &job, &run_dir)?;
    // An hour ago is an hour before the run that fetched the first page.
    let since_when = begun.spool.first_begun_at().unwrap_or_else(|| clock.unix_seconds());
    job.since = arguments.since.as_ref().map(|since| since.seconds(since_when));
    let folder = run_dir.path().to_owned();
    let mut reporter = RunReporter::begin(Beginning {
        command: "export",
        workspace: Some(workspace.id.clone()),
        run_dir,
        face: arguments.face.progress.face("export", &name),
        input: None,
        now: clock.unix(),
    })
    .map_err(|error| cannot_write(&folder, error))?;
    let result =
        write(output, &arguments.file, begun, &job, &mut ledger.writer, &mut reporter, &interruption);
    let rows = result.as_ref().ok().map(|exported| exported.written);
    let exit = conclude(&result, arguments, &name, reporter, environment, &clock)?;
    if !matches!(&result, Err(Failure { reason: Reason::Ledger(_), .. })) {
        end_run(&mut ledger.writer, exit, rows, &clock)?;
    }
    Ok(exit)
}

/// Where an export goes.
#[derive(Clone, Copy)]
enum Output {
    File,
    Stdout,
}

impl Output {
    /// Finds out whether it can be written, before anything is asked of the server.
    fn check(arguments: &ExportArgs) -> Result<Self, Error> {
        if !arguments.is_to_stdout() {
            AtomicFile::create(&arguments.file).map_err(|error| Error::of_output(&error))?;
            return Ok(Self::File);
        }
        if arguments.face.json {
            return Err(Error::new(Exit::Usage, "the users and --json cannot both go to stdout")
                .hint("export to a file, or read report.json in the run's folder"));
        }
        Ok(Self::Stdout)
    }

    fn name(self, path: &Path) -> String {
        match self {
            Self::File => path.display().to_string(),
            Self::Stdout => "stdout".into(),
        }
    }
}

/// Collects the pages, and writes the output when all are there: a file takes its name only when it is whole.
fn write(
    output: Output,
    path: &Path,
    begun: Begun,
    job: &Export<'_>,
    ledger: &mut LedgerWriter,
    reporter: &mut RunReporter,
    interruption: &Interruption,
) -> Result<Exported, Failure> {
    let Begun { mut spool, resumed_from } = begun;
    if let Some(run_id) = resumed_from {
        reporter.set_resumed_from(run_id);
    }
    let result = match export(job, &mut spool, ledger, reporter) {
        Ok(exported) => pour(output, &spool, &exported, job, path).map(|()| exported),
        Err(error) => Err(Failure::of_export(error, spool.path(), interruption)),
    };
    match result {
        Err(Failure { next: Next::GoesOn, reason })
            if spool.is_empty() || matches!(output, Output::Stdout) =>
        {
            spool.remove();
            Err(Failure { next: Next::BeginsAnew, reason })
        }
        Err(failure) if failure.next == Next::GoesOn => Err(failure),
        result => {
            spool.remove();
            result
        }
    }
}

/// Writes the output from the pages.
fn pour(
    output: Output,
    spool: &Spool,
    exported: &Exported,
    job: &Export<'_>,
    path: &Path,
) -> Result<(), Failure> {
    let name = if matches!(output, Output::Stdout) { Path::new("stdout") } else { path };
    let of_io = |error: io::Error| match error.kind() {
        // Pages that are not whole are of no use to anybody.
        io::ErrorKind::InvalidData => {
            Failure { next: Next::BeginsAnew, ..Failure::of_output(&OutputError::of_io(name, error)) }
        }
        io::ErrorKind::BrokenPipe => Failure { reason: Reason::BrokenPipe, next: Next::BeginsAnew },
        _ => Failure::of_output(&OutputError::of_io(name, error)),
    };
    let header = job.columns.header(job.format).map_err(of_io)?;
    match output {
        Output::Stdout => spool.pour(&header, exported.seen, &mut io::stdout().lock()).map_err(of_io),
        Output::File => {
            let mut file = AtomicFile::create(path).map_err(|error| Failure::of_output(&error))?;
            spool.pour(&header, exported.seen, &mut file).map_err(of_io)?;
            file.commit().map_err(|error| Failure::of_output(&error))
        }
    }
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
        Err(Failure { reason: Reason::BrokenPipe, .. }) => (Exit::Ok, String::new(), None),
        Err(Failure { reason: Reason::Interrupted(exit), next }) => {
            let last_lines = last_lines(&report_file, &again, *next);
            (*exit, format!("{}\n{last_lines}", leftover(arguments, name)), None)
        }
        Err(Failure { reason: Reason::Error(error) | Reason::Ledger(error), next }) => {
            let last_lines = last_lines(&report_file, &again, *next);
            let text = format!("{error}{}\n{last_lines}", leftover(arguments, name));
            (error.exit(), text, Some(error.what().to_owned()))
        }
    };
    let headline = exit.headline((exit != Exit::Ok).then_some(again), reason.as_deref());
    // Nobody may be listening; the exit code says it all the same.
    let _ = write!(io::stderr(), "{text}");
    Ok(LastReport { exit, headline, environment, clock, is_json: arguments.face.json }.write(reporter))
}
