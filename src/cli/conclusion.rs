//! The end of a run over an input: which exit, which files, and what to do next.

use std::io::{self, Write};
use std::path::Path;

use super::environment::Environment;
use super::error::Error;
use super::exit::Exit;
use super::input::OpenInput;
use super::last_report::LastReport;
use super::signals::Interruption;
use super::state::{cannot_write, unwritable};
use crate::mapping::Mapping;
use crate::pace::Clock;
use crate::report::Beginning;
use crate::report::Ending;
use crate::report::Face;
use crate::report::InputReport;
use crate::report::RunDir;
use crate::report::RunReporter;
use crate::report::count;
use crate::rows::Rows;
use crate::transfer::Ended;
use crate::transfer::Reporter;
use crate::transfer::Snapshot;
use crate::transfer::Strategy;
use crate::transfer::Tally;

/// What a run over an input does with its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    Import,
    Plan,
    Check,
}

impl Deed {
    pub(super) fn command(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Plan => "plan",
            Self::Check => "check",
        }
    }

    fn ending(self, ending: &Ending<'_>) -> String {
        match self {
            Self::Import => ending.of_import(),
            Self::Plan => ending.of_plan(),
            Self::Check => ending.of_check(),
        }
    }
}

/// What stands around every run over an input.
pub(super) struct Circumstances<'a> {
    pub(super) deed: Deed,
    pub(super) environment: &'a Environment,
    pub(super) clock: &'a Clock,
    pub(super) interruption: &'a Interruption,
    pub(super) allow_empty: bool,
    pub(super) json: bool,
}

/// A run over an input that has begun to report.
pub(super) struct InputRun<'a> {
    pub(super) input: OpenInput,
    pub(super) reporter: RunReporter,
    circumstances: Circumstances<'a>,
}

impl<'a> InputRun<'a> {
    /// Tells what the mapping leaves out, and begins the run's report.
    pub(super) fn begin(
        circumstances: Circumstances<'a>,
        input: OpenInput,
        mapping: &Mapping,
        workspace: Option<String>,
        run_dir: RunDir,
        face: Face,
    ) -> Result<Self, Error> {
        refuse_own_output(&input, run_dir.path())?;
        for notice in mapping.notices() {
            // Nobody may be listening; the run goes on all the same.
            let _ = writeln!(io::stderr(), "{}: {notice}", input.name);
        }
        let folder = run_dir.path().to_owned();
        let reporter = RunReporter::begin(Beginning {
            command: circumstances.deed.command(),
            workspace,
            run_dir,
            face,
            input: Some((&input.rows, input.name.clone())),
            now: circumstances.clock.unix(),
        })
        .map_err(|error| cannot_write(&folder, error))?;
        Ok(Self { input, reporter, circumstances })
    }

    /// Runs a pipeline, and concludes from its end.
    pub(super) fn conclude(
        mut self,
        pipeline: impl FnOnce(&mut OpenInput, &mut dyn Reporter) -> (Snapshot, Ended),
    ) -> Result<Exit, Error> {
        let (end, ended) = pipeline(&mut self.input, &mut self.reporter);
        self.reporter.close_face();
        match self.verdict(&end.tally, ended) {
            Ok(exit) => self.tell(&end, exit, None),
            Err(error) => self.tell(&end, error.exit(), Some(&error)),
        }
    }

    /// Writes the error if there is one, the ending, and the last report.
    fn tell(self, end: &Snapshot, exit: Exit, error: Option<&Error>) -> Result<Exit, Error> {
        let Self { mut input, mut reporter, circumstances } = self;
        let (errors, files, report_file) =
            (reporter.errors(), reporter.reject_files(), reporter.report_file());
        let retry = files.as_ref().map(|files| files.retry.as_path());
        let next = next(&circumstances, exit, error, end, &input, retry);
        if let Some(error) = error {
            error.show();
        }
        let ending = Ending {
            file: &input.name,
            end,
            errors: &errors,
            rejects: files.as_ref().map(|files| files.rejects.as_path()),
            report: &report_file,
            next: &next.sentence,
        };
        // Nobody may be listening; the exit code says it all the same.
        let _ = write!(io::stderr(), "{}", circumstances.deed.ending(&ending));
        let earlier = input.rows.take_earlier();
        let files = [input.rows].into_iter().chain(earlier).map(input_report);
        reporter.set_imported(end, files.collect());
        let headline = exit.headline(next.command, error.map(Error::what));
        let Circumstances { environment, clock, json, .. } = circumstances;
        Ok(LastReport { exit, headline, environment, clock, is_json: json }.write(reporter))
    }

    fn verdict(&self, tally: &Tally, ended: Ended) -> Result<Exit, Error> {
        let file = &self.input.name;
        match ended {
            _ if !tally.is_balanced() => Err(unbalanced(tally)),
            Ended::Server(error) => Err(Error::of_server(&error)),
            Ended::Input(error) => Err(Error::of_input(file, &error)),
            Ended::Suspicious(suspicion) => Err(Error::of_suspicion(file, suspicion)),
            Ended::Ledger(error) => Err(Error::of_ledger(&error)),
            Ended::InputChanged => Err(Error::new(
                Exit::Partial,
                format!("{file} changed while it was read: rows may be missing, or not be whole"),
            )
            .hint("replace a file by renaming the new one, never by writing into it")),
            Ended::Overflow(error) => Err(Error::new(
                Exit::Output,
                format!("{file}: the duplicates of the file are too many"),
            )
            .because(error)
            .hint("make room for temporary files, or say where there is some: `export TMPDIR=/data/tmp`")),
            Ended::Output(error) => Err(unwritable(&error)),
            Ended::Interrupted => self.circumstances.interruption.verdict(),
            Ended::TooManyErrors => Err(too_many_errors(tally)),
            Ended::Complete if self.input.rows.n_read() == 0 && !self.circumstances.allow_empty => {
                Err(Error::new(Exit::Input, format!("{file}: there are no rows, only a header"))
                    .hint("if that is right, say so: --allow-empty"))
            }
            Ended::Complete if tally.faulty() > 0 => Ok(Exit::Partial),
            Ended::Complete => Ok(Exit::Ok),
        }
    }
}

/// What to do next, for people and for programs.
struct Next {
    sentence: String,
    command: Option<String>,
}

fn next(
    circumstances: &Circumstances<'_>,
    exit: Exit,
    error: Option<&Error>,
    end: &Snapshot,
    input: &OpenInput,
    retry: Option<&Path>,
) -> Next {
    let (Circumstances { deed, environment, .. }, tally) = (circumstances, &end.tally);
    let file = &input.name;
    let again = environment.this_command();
    match (exit, retry) {
        (Exit::Ok, _) if *deed == Deed::Plan => {
            let advice = end.prospect.as_ref().and_then(|prospect| prospect.advice());
            let command = environment.this_command_as_import(advice.map(Strategy::name));
            Next { sentence: format!("`{command}`"), command: Some(command) }
        }
        (Exit::Ok, _) => Next { sentence: "nothing is left to do".into(), command: None },
        // The input changed.
        (Exit::Partial, _) if error.is_some() => {
            Next { sentence: format!("run `{again}` again: what is done stays done"), command: Some(again) }
        }
        (Exit::Partial, _) if *deed != Deed::Import => {
            Next { sentence: format!("fix the rows, then run `{again}` again"), command: Some(again) }
        }
        (Exit::Partial, Some(_)) if tally.unknown > 0 => Next {
            sentence: format!("run `{again}` again: it settles the unknown rows; fix the others first"),
            command: Some(again),
        },
        (Exit::Partial, Some(retry)) => {
            let word = input.source.path().map_or_else(|| "-".into(), |path| path.display().to_string());
            let command = environment.this_command_for(&word, &retry.display().to_string());
            Next {
                sentence: format!("fix and run `{command}`; a re-run of {file} will not help"),
                command: Some(command),
            }
        }
        (Exit::Unavailable | Exit::Deadline | Exit::Interrupted(_), _) => {
            Next { sentence: format!("run `{again}` again: what is done stays done"), command: Some(again) }
        }
        _ => Next { sentence: format!("fix that, then run `{again}` again"), command: Some(again) },
    }
}

/// Refuses to read a file that the run itself would begin to write: it would be emptied before it was read.
fn refuse_own_output(input: &OpenInput, run_dir: &Path) -> Result<(), Error> {
    let real = |path: &Path| path.canonicalize().ok();
    let is_ours = |path: &&Path| {
        RunDir::FILES.iter().any(|name| real(path).is_some_and(|it| Some(it) == real(&run_dir.join(name))))
    };
    let earlier = input.rows.earlier().iter().map(|rows| Path::new(rows.name()));
    let Some(path) = input.source.path().into_iter().chain(earlier).find(is_ours) else { return Ok(()) };
    Err(Error::new(
        Exit::Usage,
        format!("`{}` would be overwritten: it is a file of this run's folder", path.display()),
    )
    .hint("choose another folder with --run-dir DIR, or leave the flag out"))
}

fn input_report(rows: Rows) -> InputReport {
    let path = rows.name().to_owned();
    let digest = rows.finish();
    InputReport { path, bytes: digest.bytes, sha256: digest.sha256, rows: digest.rows }
}

fn too_many_errors(tally: &Tally) -> Error {
    let what = format!(
        "{} of {} rows are invalid, rejected or unknown: more than --max-errors allows",
        count(tally.faulty()),
        count(tally.applied() + tally.faulty())
    );
    Error::new(Exit::Threshold, what).hint("look at the rejects; if that many are right, allow more")
}

fn unbalanced(tally: &Tally) -> Error {
    Error::new(
        Exit::Internal,
        format!("{} rows were read, but {} have an outcome: this is a bug", tally.read, tally.ended()),
    )
    .hint("keep the run's folder and report it")
}
