//! `rejects.csv` and `retry.csv`: why rows did not end well, and the rows themselves, byte for byte.
//!
//! Both exist only if there is something to write. Every row is flushed when it is written: after a death, the files
//! hold all that was known.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;

use super::RunDir;
use crate::rows::Cell;
use crate::rows::OutputError;
use crate::rows::Position;
use crate::transfer::{Reject, SourceRow};

/// The first columns of `rejects.csv`; stable.
const COLUMNS: [&str; 14] = [
    "input",
    "line",
    "byte_offset",
    "key",
    "stage",
    "class",
    "code",
    "http_status",
    "field",
    "message",
    "request_id",
    "attempts",
    "retryable",
    "suggestion",
];

/// What the rows of a run have in common.
#[derive(Debug, Clone)]
pub(super) struct Input {
    /// The input's own name, and those of the files that are read before it.
    pub(super) names: Vec<String>,
    pub(super) columns: Vec<String>,
    /// The header as it was read; empty for NDJSON.
    pub(super) header: Vec<u8>,
    pub(super) retry_name: &'static str,
}

/// Where the rejects of a run are.
#[derive(Debug, Clone)]
pub struct RejectFiles {
    /// Why.
    pub rejects: PathBuf,
    /// The rows themselves.
    pub retry: PathBuf,
}

/// Writes rejects as they happen.
pub(super) struct Rejects {
    run_dir: RunDir,
    input: Input,
    files: Option<Files>,
}

struct Files {
    rejects: csv::Writer<File>,
    retry: File,
    ends_with_newline: bool,
}

impl Rejects {
    pub(super) fn new(run_dir: RunDir, input: Input) -> Self {
        Self { run_dir, input, files: None }
    }

    /// Returns the paths of the two files, if there was anything to write.
    pub(super) fn paths(&self) -> Option<RejectFiles> {
        self.files.as_ref().map(|_| RejectFiles {
            rejects: self.run_dir.file("rejects.csv"),
            retry: self.run_dir.file(self.input.retry_name),
        })
    }

    /// Returns the names of the files that rows are from, by the number in their positions.
    pub(super) fn names(&self) -> &[String] {
        &self.input.names
    }

    pub(super) fn write(&mut self, reject: &Reject, position: Position) -> io::Result<()> {
        let files = match &mut self.files {
            Some(files) => files,
            none => none.insert(Files::create(&self.run_dir, &self.input)?),
        };
        let at = |name: &str, error| OutputError::named(&self.run_dir.file(name), error);
        files
            .write_reject(reject, position, &self.input)
            .map_err(|error| at("rejects.csv", operating_system(error)))?;
        files.write_retry(reject.row.raw()).map_err(|error| at(self.input.retry_name, error))
    }
}

impl Files {
    fn create(run_dir: &RunDir, input: &Input) -> io::Result<Self> {
        let mut rejects = csv::Writer::from_writer(run_dir.create_file("rejects.csv")?);
        let source = input.columns.iter().map(|column| format!("src.{column}"));
        rejects.write_record(COLUMNS.iter().map(|name| (*name).to_owned()).chain(source))?;
        let mut retry = run_dir.create_file(input.retry_name)?;
        let header = retry.write_all(&input.header);
        header.map_err(|error| OutputError::named(&run_dir.file(input.retry_name), error))?;
        // A header ends with its line, and the mark before an NDJSON without one begins the first row's.
        Ok(Self { rejects, retry, ends_with_newline: true })
    }

    fn write_reject(&mut self, reject: &Reject, position: Position, input: &Input) -> csv::Result<()> {
        let status = reject.http_status.map(|status| status.to_string());
        let own: [&str; COLUMNS.len()] = [
            &input.names[usize::from(position.file)],
            &position.line.to_string(),
            &position.byte.to_string(),
            reject.key.as_deref().unwrap_or_default(),
            reject.stage.name(),
            reject.outcome.name(),
            &reject.code,
            status.as_deref().unwrap_or_default(),
            reject.field.as_deref().unwrap_or_default(),
            &reject.message,
            reject.request_id.as_deref().unwrap_or_default(),
            &reject.attempts.to_string(),
            if reject.is_retryable { "true" } else { "false" },
            reject.suggestion.as_deref().unwrap_or_default(),
        ];
        for cell in own {
            self.rejects.write_field(cell)?;
        }
        for column in 0..input.columns.len() {
            self.rejects.write_field(source_cell(&reject.row, column).as_bytes())?;
        }
        self.rejects.write_record(None::<&[u8]>)?;
        Ok(self.rejects.flush()?)
    }

    fn write_retry(&mut self, raw: &[u8]) -> io::Result<()> {
        if !self.ends_with_newline {
            self.retry.write_all(b"\n")?;
        }
        self.ends_with_newline = raw.ends_with(b"\n");
        self.retry.write_all(raw)
    }
}

/// Returns what the operating system said: as an `io::Error`, csv's own would not be of its kind any more.
fn operating_system(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        kind => io::Error::other(format!("{kind:?}")),
    }
}

/// Returns the text of a cell as far as it is text.
fn source_cell(row: &SourceRow, column: usize) -> Cow<'_, str> {
    match row {
        SourceRow::Row(row) => match row.cell(column) {
            Ok(Cell::Text(text)) => text,
            Ok(Cell::Json(value)) => Cow::Owned(value.to_string()),
            Ok(Cell::Missing) | Err(_) => Cow::Borrowed(""),
        },
        SourceRow::Bad(_) => Cow::Borrowed(""),
    }
}
