//! `import FILE`: reads rows, maps columns, writes users.

use std::io::{self, Write};
use std::path::Path;

use super::args::ImportArgs;
use super::environment::Environment;
use super::error::Error;
use super::exit::Exit;
use super::input::OpenInput;
use super::signals::Interruption;
use super::state::cannot_write;
use crate::mapping::Mapping;
use crate::pace::Clock;
use crate::report::Beginning;
use crate::report::Ending;
use crate::report::Headline;
use crate::report::InputReport;
use crate::report::RunReporter;
use crate::rows::InputDigest;
use crate::transfer::Ended;
use crate::transfer::Import;
use crate::transfer::Snapshot;
use crate::transfer::Tally;
use crate::transfer::import;

pub(super) fn run(arguments: &ImportArgs, environment: &Environment) -> Result<Exit, Error> {
    let (clock, interruption) = (Clock::system(), Interruption::listen());
    let mut input = arguments.input.open()?;
    let mut workspace =
        arguments.connect.connect(&arguments.state, environment, &clock, &interruption.halt())?;
    let mapping = arguments.compile(&input, &mut workspace)?;
    notify(&input.name, &mapping);
    let run_dir = arguments.state.create_run_dir("import", &workspace.id, environment, &clock)?;
    let folder = run_dir.path().to_owned();
    let mut reporter = RunReporter::begin(Beginning {
        command: "import",
        workspace: Some(workspace.id.clone()),
        run_dir,
        face: arguments.face.progress.face("import", &input.name),
        input: Some((&input.rows, input.name.clone())),
        now: clock.unix(),
    })
    .map_err(|error| cannot_write(&folder).because(error))?;
    let job = Import {
        client: &workspace.client,
        mapping: &mapping,
        key: arguments.mapping.key,
        mode: arguments.mode.into(),
        concurrency: arguments.connect.concurrency(),
        halt: interruption.halt(),
        clock: clock.clone(),
    };
    let (end, ended) =
        import(&job, &mut input.rows, &mut reporter).map_err(|error| cannot_write(&folder).because(error))?;
    let conclusion =
        Conclusion::of_import(&end.tally, ended, arguments.input.allow_empty, &input.name, &interruption);
    conclusion
        .tell(end, input, reporter, environment, &clock, arguments.face.json, |ending| ending.of_import())
}

/// Tells what the mapping leaves out or assumes.
pub(super) fn notify(file: &str, mapping: &Mapping) {
    for notice in mapping.notices() {
        // Nobody may be listening; the run goes on all the same.
        let _ = writeln!(io::stderr(), "{file}: {notice}");
    }
}

/// How a run over an input ended, and why.
pub(super) struct Conclusion {
    exit: Exit,
    error: Option<Error>,
}

impl Conclusion {
    fn of_import(
        tally: &Tally,
        ended: Ended,
        allow_empty: bool,
        file: &str,
        interruption: &Interruption,
    ) -> Self {
        match ended {
            Ended::Server(error) => Self::of_error(Error::of_server(&error)),
            ended => Self::of_rows(tally, ended, allow_empty, file, interruption),
        }
    }

    /// Concludes from the rows alone.
    pub(super) fn of_rows(
        tally: &Tally,
        ended: Ended,
        allow_empty: bool,
        file: &str,
        interruption: &Interruption,
    ) -> Self {
        match ended {
            _ if !tally.is_balanced() => Self::of_error(unbalanced(tally)),
            Ended::Server(error) => Self::of_error(Error::of_server(&error)),
            Ended::Input(error) => Self::of_error(Error::of_input(file, &error)),
            Ended::Interrupted => Self { exit: interruption.exit(), error: None },
            Ended::Complete if tally.read == 0 && !allow_empty => Self::of_error(
                Error::new(Exit::Input, format!("{file}: there are no rows, only a header"))
                    .hint("if that is right, say so: --allow-empty"),
            ),
            Ended::Complete if tally.faulty() > 0 => Self { exit: Exit::Partial, error: None },
            Ended::Complete => Self { exit: Exit::Ok, error: None },
        }
    }

    fn of_error(error: Error) -> Self {
        Self { exit: error.exit(), error: Some(error) }
    }

    /// Writes the last report, the error if there is one, and the ending. Returns the exit.
    #[allow(clippy::too_many_arguments)] // Everything that a run leaves behind meets here, once.
    pub(super) fn tell(
        self,
        end: Snapshot,
        input: OpenInput,
        mut reporter: RunReporter,
        environment: &Environment,
        clock: &Clock,
        json: bool,
        ending: fn(&Ending<'_>) -> String,
    ) -> Result<Exit, Error> {
        reporter.close_face();
        let files = reporter.reject_files();
        let (errors, report_file) = (reporter.errors(), reporter.report_file());
        let retry = files.as_ref().map(|(_, retry)| retry.as_path());
        let next = self.next(&end.tally, &input.name, retry, environment);
        reporter.set_imported(&end, input_report(&input.name, input.rows.finish()));
        let headline = Headline {
            exit_code: self.exit.code(),
            exit_name: self.exit.name(),
            retryable: self.exit.is_retryable(),
            next_command: next.command.clone(),
            reason: self.error.as_ref().map(|error| error.what().into()),
        };
        let report = reporter
            .finish(headline, clock.unix())
            .map_err(|error| cannot_write(&report_file).because(error))?;
        let ending = ending(&Ending {
            file: &input.name,
            end: &end,
            errors: &errors,
            rejects: files.as_ref().map(|(rejects, _)| rejects.as_path()),
            report: &report_file,
            next: &next.sentence,
        });
        if let Some(error) = &self.error {
            let _ = error.show();
        }
        // Nobody may be listening; the exit code says it all the same.
        let _ = write!(io::stderr(), "{ending}");
        if json {
            let _ = write!(io::stdout(), "{}", report.to_json());
        }
        Ok(self.exit)
    }

    fn next(&self, tally: &Tally, file: &str, retry: Option<&Path>, environment: &Environment) -> Next {
        let again = environment.this_command();
        match (self.exit, retry) {
            (Exit::Ok, _) => Next { command: None, sentence: "nothing is left to do".into() },
            (Exit::Partial, Some(_)) if tally.unknown > 0 => Next {
                sentence: format!("run `{again}` again: it settles the unknown rows; fix the others first"),
                command: Some(again),
            },
            (Exit::Partial, Some(retry)) => {
                let command = environment.this_command_for(file, &retry.display().to_string());
                Next {
                    sentence: format!("fix and run `{command}`; a re-run of {file} will not help"),
                    command: Some(command),
                }
            }
            (exit, _) if exit.is_retryable() => {
                Next { sentence: format!("run `{again}` again; it goes on from here"), command: Some(again) }
            }
            _ => Next { sentence: format!("fix that, then run `{again}` again"), command: Some(again) },
        }
    }
}

/// What to do next, for people and for programs.
struct Next {
    sentence: String,
    command: Option<String>,
}

fn input_report(path: &str, digest: InputDigest) -> InputReport {
    InputReport { path: path.into(), bytes: digest.bytes, sha256: digest.sha256, rows: digest.rows }
}

fn unbalanced(tally: &Tally) -> Error {
    Error::new(
        Exit::Internal,
        format!("{} rows were read, but {} have an outcome: this is a bug", tally.read, tally.ended()),
    )
    .hint("keep the run's folder and report it")
}
