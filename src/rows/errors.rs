//! What can go wrong with an input as a whole, and with one row of it.
//!
//! Messages say what; `hint` says what to do. The place is added once, by the caller that shows it.

use std::io;
use std::path::PathBuf;

use super::CellError;
use super::lines::ROW_LIMIT;

/// Why an input cannot be read, or not any further.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InputError {
    /// There is no file of that name.
    #[error("`{}` does not exist", path.display())]
    Missing {
        /// The path as given.
        path: PathBuf,
    },
    /// The path is that of a directory.
    #[error("`{}` is a directory, not a file", path.display())]
    IsDirectory {
        /// The path as given.
        path: PathBuf,
    },
    /// The operating system does not let us read the input.
    #[error("`{name}` cannot be opened: {source}")]
    Unreadable {
        /// The input's display name.
        name: String,
        /// The operating system's word.
        source: io::Error,
    },
    /// The input has 0 bytes.
    #[error("`{name}` is empty")]
    Empty {
        /// The input's display name.
        name: String,
    },
    /// The input begins like a kind of file that holds no text.
    #[error("`{name}` is {kind}, not text")]
    NotText {
        /// The input's display name.
        name: String,
        /// What it looks like.
        kind: Binary,
    },
    /// The input is one JSON array where one object a line is wanted.
    #[error("`{name}` is a JSON array; NDJSON has one object on each line and no brackets around them")]
    JsonArray {
        /// The input's display name.
        name: String,
    },
    /// The rows are wanted a second time, and the input can be read only once.
    #[error("the input can be read only once")]
    ReadOnce,
    /// There is nothing but blank lines.
    #[error("there is no header: the file has only blank lines")]
    NoHeader,
    /// Two columns have the same name.
    #[error("column `{name}` is there twice: number {first} and number {second}")]
    DuplicateColumn {
        /// The name, trimmed.
        name: String,
        /// The number of the first column of that name, from 1.
        first: usize,
        /// The number of the second one.
        second: usize,
    },
    /// A column without a name stands before one that has one.
    #[error("column number {number} has no name")]
    UnnamedColumn {
        /// The number of the column, from 1.
        number: usize,
    },
    /// A name in the header is not text.
    #[error("the name of column number {number} cannot be read: {source}")]
    UnreadableColumn {
        /// The number of the column, from 1.
        number: usize,
        /// Why it is not text.
        source: CellError,
    },
    /// A quote that the header opens is never closed.
    #[error("the header opens a quote that is never closed")]
    UnterminatedHeader,
    /// No encoding has that name.
    #[error("`{label}` is not an encoding")]
    UnknownEncoding {
        /// The name as given.
        label: String,
        /// The name that it is probably meant to be.
        nearest: Option<&'static str>,
    },
    /// The input is UTF-16 and has no byte order mark to say so.
    #[error("the file looks like {encoding} text without a byte order mark")]
    Utf16WithoutFlag {
        /// The encoding that it looks like.
        encoding: &'static str,
    },
    /// Reading stopped in the middle.
    #[error("reading stopped at line {line}: {source}")]
    Read {
        /// The line that was being read, from 1.
        line: u64,
        /// The operating system's word.
        source: io::Error,
    },
    /// A row goes on for longer than any row of users.
    #[error("the row that begins on line {line} is longer than {} MiB", ROW_LIMIT / 1024 / 1024)]
    RowTooLong {
        /// The line that the row begins on, from 1.
        line: u64,
    },
}

impl InputError {
    /// Returns what the user can do about it, with a flag or command to copy, where there is such a thing.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            InputError::IsDirectory { .. } => "give the path of one file in it".to_owned(),
            InputError::NotText { name, kind } => kind.hint(name),
            InputError::JsonArray { name } => unpack_array(name),
            InputError::NoHeader => "the first line names the columns, as in `email,name`".to_owned(),
            InputError::DuplicateColumn { .. } => "rename or remove one of the two in the header".to_owned(),
            InputError::UnnamedColumn { .. } => "name it in the header, or remove the column".to_owned(),
            InputError::UnreadableColumn { .. } => {
                "say what the file is written in, as in `--encoding windows-1252`".to_owned()
            }
            InputError::UnterminatedHeader => "look for a single `\"` in the first line".to_owned(),
            InputError::UnknownEncoding { nearest: Some(name), .. } => {
                format!("did you mean `--encoding {name}`?")
            }
            InputError::UnknownEncoding { nearest: None, .. } => {
                "name one as in `--encoding windows-1252`".to_owned()
            }
            InputError::Utf16WithoutFlag { encoding } => {
                format!("say so: `--encoding {}`", encoding.to_ascii_lowercase())
            }
            InputError::RowTooLong { line } => {
                format!("look for a `\"` on line {line} that is never closed")
            }
            InputError::Missing { .. }
            | InputError::Unreadable { .. }
            | InputError::Empty { .. }
            | InputError::ReadOnce
            | InputError::Read { .. } => return None,
        })
    }
}

/// Says how to make rows of a JSON array; never into the file that is being read, which the shell would empty first.
fn unpack_array(name: &str) -> String {
    let other = if name == "rows.ndjson" { "users.ndjson" } else { "rows.ndjson" };
    format!("unpack it: `jq -c '.[]' {name} > {other}`")
}

/// Kinds of file that people give by mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Binary {
    /// A gzip archive.
    Gzip,
    /// A ZIP archive, which is what a spreadsheet is too.
    Zip,
    /// A spreadsheet in the old format.
    OldSpreadsheet,
}

impl std::fmt::Display for Binary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Binary::Gzip => "a gzip archive",
            Binary::Zip => "a spreadsheet or a ZIP archive",
            Binary::OldSpreadsheet => "an old spreadsheet",
        })
    }
}

impl Binary {
    fn hint(self, name: &str) -> String {
        match self {
            Binary::Gzip => format!("unpack it: `gunzip -k {name}`"),
            Binary::Zip | Binary::OldSpreadsheet => {
                "save the sheet as `CSV UTF-8`, or unpack the archive".to_owned()
            }
        }
    }
}

/// Why one row cannot be read as a row. Reading goes on after it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RowFault {
    /// The row has more or fewer cells than the header, so none of them can be trusted.
    #[error("the row has {found} cells where the header has {expected}")]
    Ragged {
        /// The number of columns.
        expected: usize,
        /// The number of cells.
        found: usize,
    },
    /// A quote that the row opens is never closed: everything up to the end of the input is one cell.
    #[error("a quote is opened and never closed")]
    UnterminatedQuote,
    /// The line is not JSON.
    #[error("not JSON: {message}")]
    NotJson {
        /// What is wrong with it.
        message: String,
        /// The column of the line at which that shows, from 1; 0 where it cannot be told.
        column: usize,
    },
    /// The line is JSON, but not an object.
    #[error("a JSON object is wanted, as in `{{\"email\":\"ann@example.com\"}}`")]
    NotAnObject,
    /// One key is there twice, and nothing says which value is meant.
    #[error("the key `{name}` is there twice")]
    DuplicateKey {
        /// The key, flattened with dots.
        name: String,
    },
    /// A key that was not there when the columns were collected.
    #[error("the key `{name}` was in none of the rows that the columns were taken from")]
    UnknownColumn {
        /// The key, flattened with dots.
        name: String,
    },
    /// The last line ends in the middle of an object: the file was cut, or is still being written.
    #[error("the file ends in the middle of this row")]
    TornLine,
}

impl RowFault {
    /// Returns a stable word for the fault.
    pub fn code(&self) -> &'static str {
        match self {
            RowFault::Ragged { .. } => "ragged",
            RowFault::UnterminatedQuote => "unterminated_quote",
            RowFault::NotJson { .. } => "not_json",
            RowFault::NotAnObject => "not_an_object",
            RowFault::DuplicateKey { .. } => "duplicate_key",
            RowFault::UnknownColumn { .. } => "unknown_column",
            RowFault::TornLine => "torn_line",
        }
    }

    /// Returns what the user can do about it, where there is such a thing.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            RowFault::Ragged { .. } => "put quotes around cells that hold the delimiter",
            RowFault::UnterminatedQuote => "look for a single `\"` at the start of a cell of this row",
            RowFault::UnknownColumn { .. } => {
                "import a file instead of stdin: its keys are collected before the first row"
            }
            RowFault::TornLine => "write the file again; this row was not complete",
            RowFault::NotJson { .. } | RowFault::NotAnObject | RowFault::DuplicateKey { .. } => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(error: &InputError, expected: &str) {
        assert_eq!(expected, format!("{error}; {}", error.hint().unwrap_or_else(|| "-".to_owned())));
    }

    #[test]
    fn an_error_says_what_and_what_to_do() {
        check(&InputError::Missing { path: "a.csv".into() }, "`a.csv` does not exist; -");
        check(
            &InputError::DuplicateColumn { name: "email".into(), first: 1, second: 3 },
            "column `email` is there twice: number 1 and number 3; rename or remove one of the two in the header",
        );
        check(
            &InputError::RowTooLong { line: 318 },
            "the row that begins on line 318 is longer than 16 MiB; look for a `\"` on line 318 that is never closed",
        );
        check(
            &InputError::Utf16WithoutFlag { encoding: "UTF-16LE" },
            "the file looks like UTF-16LE text without a byte order mark; say so: `--encoding utf-16le`",
        );
        check(
            &InputError::NotText { name: "users.csv.gz".into(), kind: Binary::Gzip },
            "`users.csv.gz` is a gzip archive, not text; unpack it: `gunzip -k users.csv.gz`",
        );
    }

    #[test]
    fn a_fault_says_what_about_the_row() {
        assert_eq!(
            "the row has 2 cells where the header has 3",
            RowFault::Ragged { expected: 3, found: 2 }.to_string()
        );
        assert_eq!(
            r#"a JSON object is wanted, as in `{"email":"ann@example.com"}`"#,
            RowFault::NotAnObject.to_string()
        );
    }
}
