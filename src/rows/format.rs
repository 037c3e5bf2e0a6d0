//! The two formats of files: their names and their extensions.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

/// How rows are written in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Comma-separated values with a header; other delimiters count as well.
    Csv,
    /// One JSON object a line.
    Ndjson,
}

/// A name that is not that of a format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a format; formats are `csv` and `ndjson`")]
pub struct UnknownFormat(pub String);

impl Format {
    /// Returns the format that the extension of a path stands for.
    pub fn of_path(path: &Path) -> Option<Format> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            "csv" | "tsv" | "txt" => Some(Format::Csv),
            "ndjson" | "jsonl" | "json" => Some(Format::Ndjson),
            _ => None,
        }
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Format, UnknownFormat> {
        match name {
            "csv" => Ok(Format::Csv),
            "ndjson" | "jsonl" => Ok(Format::Ndjson),
            other => Err(UnknownFormat(other.to_owned())),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Format::Csv => "csv",
            Format::Ndjson => "ndjson",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, expected: Option<Format>) {
        assert_eq!(expected, Format::of_path(Path::new(path)));
    }

    #[test]
    fn an_extension_tells_the_format() {
        check("users.csv", Some(Format::Csv));
        check("/a.b/USERS.TSV", Some(Format::Csv));
        check("users.txt", Some(Format::Csv));
        check("users.ndjson", Some(Format::Ndjson));
        check("users.jsonl", Some(Format::Ndjson));
        check("users.json", Some(Format::Ndjson));
        check("users", None);
        check("users.csv.gz", None);
    }

    #[test]
    fn a_name_is_a_format_and_back() {
        assert_eq!(Ok(Format::Csv), "csv".parse());
        assert_eq!(Ok(Format::Ndjson), "jsonl".parse());
        assert_eq!("ndjson", Format::Ndjson.to_string());
        let error = "xml".parse::<Format>().unwrap_err();
        assert_eq!("`xml` is not a format; formats are `csv` and `ndjson`", error.to_string());
    }
}
