//! From arguments to rows and a mapping.

use std::fs;
use std::path::Path;
use std::str::FromStr;

use super::args::{InputArgs, MappingArgs, StateArgs};
use super::environment::Environment;
use super::error::Error;
use super::exit::Exit;
use super::signals::Interruption;
use crate::intercom::Dialect;
use crate::intercom::Role;
use crate::mapping::Mapping;
use crate::mapping::MappingError;
use crate::mapping::MappingSpec;
use crate::mapping::Phones;
use crate::mapping::Rule;
use crate::mapping::Unknown;
use crate::report::command_line;
use crate::rows::KeepError;
use crate::rows::Read;
use crate::rows::ReadOptions;
use crate::rows::Rows;
use crate::rows::Source;
use crate::rows::encoding;

/// What helps if stdin does not fit where it is copied to.
const ROOM: &str = "it is read twice: save it as a file, or choose another place with --state-dir DIR";

/// An input that is open, with the name that the user gave it.
pub(super) struct OpenInput {
    pub(super) name: String,
    pub(super) source: Source,
    pub(super) rows: Rows,
}

impl InputArgs {
    /// Opens the input: what is wrong with it as a whole is an error now.
    pub(super) fn open(&self) -> Result<OpenInput, Error> {
        self.rows(self.source()?)
    }

    /// Opens the input to be read more than once: a stream is copied into a file without a name first.
    pub(super) fn open_to_read_again(
        &self,
        state: &StateArgs,
        environment: &Environment,
        interruption: &Interruption,
    ) -> Result<OpenInput, Error> {
        let source = self.source()?;
        if source.size().is_some() {
            return self.rows(source);
        }
        let halt = interruption.halt();
        let kept = source.kept_in(state.nameless_file(environment)?, || !halt.is_raised());
        self.rows(kept.map_err(|error| match error {
            KeepError::Input(error) => Error::of_input("stdin", &error),
            KeepError::Output(why) => {
                Error::new(Exit::Output, "the copy of the input cannot be written").because(why).hint(ROOM)
            }
            KeepError::Stopped => interruption.instead_of(Error::new(Exit::Failed, error.to_string())),
        })?)
    }

    fn source(&self) -> Result<Source, Error> {
        self.refuse_more()?;
        let stdin = self.file.as_os_str() == "-";
        let opened = if stdin { Source::stdin() } else { Source::open(&self.file) };
        opened.map_err(|error| Error::of_input(&self.file.display().to_string(), &error))
    }

    fn refuse_more(&self) -> Result<(), Error> {
        let Some(other) = self.more.first() else { return Ok(()) };
        let what = if *other == self.file {
            format!("`{}` is there twice, and one run reads one file", other.display())
        } else {
            format!(
                "`{}` and `{}` are two files, and one run reads one",
                self.file.display(),
                other.display()
            )
        };
        let files: Vec<String> =
            [&self.file].into_iter().chain(&self.more).map(|file| file.display().to_string()).collect();
        let files = command_line(files.iter().map(String::as_str));
        Err(Error::new(Exit::Usage, what).hint(format!(
            "run the command once for each: `for file in {files}; do intercom-bulk import \"$file\"; done`"
        )))
    }

    fn rows(&self, source: Source) -> Result<OpenInput, Error> {
        let name = source.name().to_owned();
        let broken = |error| Error::of_input(&name, &error);
        let encoding = self.encoding.as_deref().map(encoding).transpose().map_err(broken)?;
        let options = ReadOptions { format: self.format, delimiter: self.delimiter, encoding };
        let rows = Rows::open(&source, &options).map_err(broken)?;
        Ok(OpenInput { name, source, rows })
    }
}

impl OpenInput {
    /// Refuses a file with a value that cannot be written, before anything is sent. Only columns that are most often
    /// empty are looked at.
    pub(super) fn refuse_unwritable(&self, mapping: &Mapping) -> Result<(), Error> {
        let columns: Vec<usize> = mapping.must_be_empty().collect();
        if columns.is_empty() {
            return Ok(());
        }
        let broken = |error| Error::of_input(&self.name, &error);
        for read in self.rows.again().map_err(broken)? {
            let Read::Row(row) = read.map_err(broken)? else { continue };
            if let Some(fault) = columns.iter().find_map(|index| mapping.fault_of(&row, *index)) {
                let position = row.position();
                let earlier =
                    usize::from(position.file).checked_sub(1).map(|file| self.rows.earlier()[file].name());
                let name = earlier.unwrap_or(&self.name);
                let error = Error::new(Exit::Usage, format!("{name}:{}: {fault}", position.line));
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
