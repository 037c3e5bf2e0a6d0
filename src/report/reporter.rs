//! What hears the events of a run: the face, the reject files and the run report, in step with each other.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::rejects::{Input, RejectFiles, Rejects};
use super::run_report::{rows_of_export, rows_of_import};
use super::{ErrorGroup, Errors, Face, Headline, InputReport, RunDir, RunReport};
use crate::rows::Format;
use crate::rows::Rows;
use crate::transfer::{Event, Exported, Reporter, RowEvent, Snapshot, Tally};

/// How often `report.json` is written anew while the run goes on.
const INTERVAL: Duration = Duration::from_secs(10);

/// Hears one run from its beginning to its end.
pub struct RunReporter {
    face: Face,
    errors: Errors,
    rejects: Option<Rejects>,
    report: RunReport,
    run_dir: RunDir,
    next_write: Duration,
}

/// What a run is, before anything has happened.
pub struct Beginning<'a> {
    /// `import`, `export` or `check`.
    pub command: &'static str,
    /// The workspace's id, where it is known.
    pub workspace: Option<String>,
    /// The run's folder.
    pub run_dir: RunDir,
    /// How progress is shown.
    pub face: Face,
    /// The input and its name, if the command has one.
    pub input: Option<(&'a Rows, String)>,
    /// Since 1970.
    pub now: Duration,
}

impl RunReporter {
    /// Begins to report: `report.json` says from now on that the run is running.
    ///
    /// # Errors
    /// When the run's folder cannot be written to.
    pub fn begin(beginning: Beginning<'_>) -> io::Result<Self> {
        let Beginning { command, workspace, run_dir, face, input, now } = beginning;
        let mut report = RunReport::begin(Some(run_dir.id()), command, workspace, now);
        report.set_file("report", run_dir.file("report.json").display().to_string());
        // Nothing has happened yet, which is a count of zero and not the lack of one.
        report.set_rows(match input {
            Some(_) => rows_of_import(&Tally::default()),
            None => rows_of_export(&Exported::default()),
        });
        let rejects = input.map(|(rows, name)| Rejects::new(run_dir.clone(), input_of(rows, name)));
        let mut reporter =
            Self { face, errors: Errors::default(), rejects, report, run_dir, next_write: INTERVAL };
        reporter.run_dir.clear_rejects()?;
        reporter.write()?;
        Ok(reporter)
    }

    /// Returns the reasons of the rejects so far.
    #[must_use]
    pub fn errors(&self) -> Vec<ErrorGroup> {
        self.errors.groups()
    }

    /// Returns where `rejects.csv` and the retry file are, if there is anything in them.
    #[must_use]
    pub fn reject_files(&self) -> Option<RejectFiles> {
        self.rejects.as_ref()?.paths()
    }

    /// Returns the path of `report.json`.
    #[must_use]
    pub fn report_file(&self) -> PathBuf {
        self.run_dir.file("report.json")
    }

    /// Takes the progress away from the screen, before anything else is written to it.
    pub fn close_face(&mut self) {
        self.face.close();
    }

    /// Notes how an import ended; its own input comes first.
    pub fn set_imported(&mut self, end: &Snapshot, inputs: Vec<InputReport>) {
        self.note_import(end);
        self.report.set_inputs(inputs);
    }

    /// Notes which run began what this one goes on with.
    pub fn set_resumed_from(&mut self, run_id: String) {
        self.report.set_resumed_from(run_id);
    }

    /// Notes how an export ended, and where it was written to.
    pub fn set_exported(&mut self, end: &Exported, output: Option<&Path>) {
        self.note_export(end);
        if let Some(path) = output {
            self.report.set_file("output", path.display().to_string());
        }
    }

    /// Writes the last report, and returns it with whether it could be written. `now` is since 1970.
    pub fn finish(mut self, headline: Headline, now: Duration) -> (RunReport, io::Result<()>) {
        self.face.close();
        if let Some(files) = self.reject_files() {
            self.report.set_file("rejects", files.rejects.display().to_string());
            self.report.set_file("retry", files.retry.display().to_string());
        }
        self.report.set_errors(self.errors.groups());
        self.report.finish(headline, now);
        let written = self.write();
        (self.report, written)
    }

    fn note_import(&mut self, snapshot: &Snapshot) {
        self.report.set_rows(rows_of_import(&snapshot.tally));
        self.report.set_remarks(&snapshot.tally.remarks);
        self.report.set_traffic(&snapshot.traffic);
        self.report.set_lookup(snapshot.lookup.as_ref());
        self.report.set_prospect(snapshot);
    }

    fn note_export(&mut self, exported: &Exported) {
        self.report.set_rows(rows_of_export(exported));
        self.report.set_traffic(&exported.traffic);
    }

    fn note_row(&mut self, row: &RowEvent) -> io::Result<()> {
        let (Some(reject), Some(rejects)) = (&row.reject, &mut self.rejects) else { return Ok(()) };
        self.errors.note(reject, row.position, rejects.names());
        rejects.write(reject, row.position)
    }

    fn write(&mut self) -> io::Result<()> {
        self.run_dir.replace_file("report.json", self.report.to_json().as_bytes())
    }

    fn write_now_and_then(&mut self, elapsed: Duration) -> io::Result<()> {
        if elapsed < self.next_write {
            return Ok(());
        }
        self.next_write = elapsed + INTERVAL;
        self.report.set_errors(self.errors.groups());
        self.write()
    }
}

impl Reporter for RunReporter {
    fn on(&mut self, event: &Event) -> io::Result<()> {
        self.face.on(event);
        match event {
            Event::Row(row) => self.note_row(row),
            Event::Unchanged(_) | Event::Notice(_) | Event::Seen(_) | Event::Planned(_) => Ok(()),
            Event::Progress(snapshot) => {
                self.note_import(snapshot);
                self.write_now_and_then(snapshot.elapsed)
            }
            Event::Exported(exported) => {
                self.note_export(exported);
                self.write_now_and_then(exported.elapsed)
            }
        }
    }
}

fn input_of(rows: &Rows, name: String) -> Input {
    let retry_name = match rows.format() {
        Format::Csv => "retry.csv",
        Format::Ndjson => "retry.ndjson",
    };
    let names = [name].into_iter().chain(rows.earlier().iter().map(|rows| rows.name().to_owned())).collect();
    Input { names, columns: rows.columns().to_vec(), header: rows.header_bytes().to_vec(), retry_name }
}
