//! From arguments to rows and a mapping.

use std::fs;
use std::path::Path;
use std::str::FromStr;

use super::args::{InputArgs, MappingArgs};
use super::error::Error;
use super::exit::Exit;
use crate::intercom::Dialect;
use crate::intercom::Role;
use crate::mapping::Mapping;
use crate::mapping::MappingError;
use crate::mapping::MappingSpec;
use crate::mapping::Phones;
use crate::mapping::Rule;
use crate::mapping::Unknown;
use crate::rows::InputError;
use crate::rows::Read;
use crate::rows::ReadOptions;
use crate::rows::Rows;
use crate::rows::Source;
use crate::rows::encoding;

/// An input that is open, with the name that the user gave it.
pub(super) struct OpenInput {
    pub(super) name: String,
    pub(super) source: Source,
    pub(super) rows: Rows,
}

impl InputArgs {
    /// Opens the input: what is wrong with it as a whole is an error now.
    pub(super) fn open(&self) -> Result<OpenInput, Error> {
        let source =
            if self.file.as_os_str() == "-" { Source::Stdin } else { Source::Path(self.file.clone()) };
        let name = source.name();
        let rows = self.rows(&source).map_err(|error| Error::of_input(&name, &error))?;
        Ok(OpenInput { name, source, rows })
    }

    /// Opens a source with the options of these arguments.
    pub(super) fn rows(&self, source: &Source) -> Result<Rows, InputError> {
        let encoding = self.encoding.as_deref().map(encoding).transpose()?;
        Rows::open(source, &ReadOptions { format: self.format, delimiter: self.delimiter, encoding })
    }
}

impl InputArgs {
    /// Refuses a file with a value that cannot be written, before anything is sent. Only columns that are most often
    /// empty are looked at, and only those of files: a row of stdin with such a value is invalid.
    pub(super) fn refuse_unwritable(&self, mapping: &Mapping, input: &OpenInput) -> Result<(), Error> {
        let columns: Vec<usize> = mapping.must_be_empty().collect();
        if columns.is_empty() || matches!(input.source, Source::Stdin) {
            return Ok(());
        }
        let broken = |error| Error::of_input(&input.name, &error);
        for read in self.rows(&input.source).map_err(broken)? {
            let Read::Row(row) = read.map_err(broken)? else { continue };
            if let Some(fault) = columns.iter().find_map(|index| mapping.fault_of(&row, *index)) {
                let error =
                    Error::new(Exit::Usage, format!("{}:{}: {fault}", input.name, row.position().line));
                return Err(match fault.hint() {
                    Some(hint) => error.hint(hint),
                    None => error,
                });
            }
        }
        Ok(())
    }
}

impl MappingArgs {
    /// Returns the mapping's rules: those of the file, and those of the command line over them.
    pub(super) fn spec(&self, dialect: &Dialect, role: Role, now: i64) -> Result<MappingSpec, Error> {
        let from_file = self.mapping.as_deref().map_or_else(|| Ok(MappingSpec::default()), read_mapping)?;
        let rules = self
            .map
            .iter()
            .map(|text| text.parse::<Rule>().map_err(|error| Error::of_mapping("--map", &error)))
            .collect::<Result<_, _>>()?;
        let ignore = self.ignore_column.clone();
        Ok(from_file.merge(MappingSpec {
            rules,
            ignore,
            empty: self.empty,
            unknown: Unknown::default(),
            dialect: dialect.clone(),
            role,
            phones: if self.lenient { Phones::AsTheyAre } else { Phones::Checked },
            now,
        }))
    }
}

fn read_mapping(path: &Path) -> Result<MappingSpec, Error> {
    let text = fs::read_to_string(path).map_err(|error| {
        Error::new(Exit::Usage, format!("the mapping `{}` cannot be read", path.display())).because(error)
    })?;
    MappingSpec::from_toml(&text)
        .map_err(|error| Error::of_mapping(&place(path, &error), error.without_line()))
}

/// Returns `mapping.toml:3`, or the name alone where no line is meant.
fn place(path: &Path, error: &MappingError) -> String {
    match error.line() {
        Some(line) => format!("{}:{line}", path.display()),
        None => path.display().to_string(),
    }
}

/// Parses one word of a few; a wrong one is told with those that there are.
pub(super) fn word<T: FromStr<Err = MappingError>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: MappingError| match error.hint() {
        Some(hint) => format!("{error}\n  hint: {hint}"),
        None => error.to_string(),
    })
}

/// Parses `--delimiter`: one ASCII character, or `tab`.
pub(super) fn delimiter(text: &str) -> Result<u8, String> {
    match text {
        "tab" | "\\t" | "\t" => Ok(b'\t'),
        _ => match text.as_bytes() {
            [byte] if byte.is_ascii_punctuation() && *byte != b'"' => Ok(*byte),
            _ => Err("a delimiter is one ASCII punctuation character, or `tab`".into()),
        },
    }
}
