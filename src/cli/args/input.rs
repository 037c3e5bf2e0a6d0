//! Which file is read, and what its columns mean.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::cli::input::{delimiter, word};
use crate::mapping::Empty;
use crate::mapping::Key;
use crate::rows::Format;
use crate::transfer::Duplicates;

#[derive(Debug, Args)]
#[command(next_help_heading = "Input")]
pub(in crate::cli) struct InputArgs {
    /// The file to read, or `-` for stdin
    #[arg(value_name = "FILE", help_heading = None::<&str>)]
    pub(in crate::cli) file: PathBuf,
    /// Read csv or ndjson [default: by the file's ending, else by its first bytes]
    #[arg(long, value_name = "FORMAT")]
    pub(in crate::cli) format: Option<Format>,
    /// Split CSV cells at this character, or `tab` [default: found in the file's head]
    #[arg(long, value_name = "CHAR", value_parser = delimiter)]
    pub(in crate::cli) delimiter: Option<u8>,
    /// Decode text as this encoding, as in `windows-1252` [default: utf-8, or by the byte order mark]
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) encoding: Option<String>,
    /// Accept an input without rows
    #[arg(long)]
    pub(in crate::cli) allow_empty: bool,
    /// Files that would come after the first one
    #[arg(hide = true)]
    pub(in crate::cli) more: Vec<PathBuf>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Input")]
pub(in crate::cli) struct DuplicatesArgs {
    /// Let this one of several rows of a user count: last, first, or none (reject); stdin is copied for that, to be read twice
    #[arg(long, value_name = "WHICH", default_value = "last")]
    pub(in crate::cli) duplicates: DuplicatesArg,
}

/// `--duplicates`.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(in crate::cli) enum DuplicatesArg {
    /// The last row
    Last,
    /// The first row
    First,
    /// None: they are all invalid
    Reject,
}

impl From<DuplicatesArg> for Duplicates {
    fn from(which: DuplicatesArg) -> Self {
        match which {
            DuplicatesArg::Last => Self::Last,
            DuplicatesArg::First => Self::First,
            DuplicatesArg::Reject => Self::Reject,
        }
    }
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Mapping")]
pub(in crate::cli) struct MappingArgs {
    /// Match a row by this: auto (external_id, else email), external_id, email or id
    #[arg(long, value_name = "KEY", default_value_t = Key::Auto, value_parser = word::<Key>)]
    pub(in crate::cli) key: Key,
    /// Write a column to a field, as in 'Plan=custom.plan' or 'Joined=signed_up_at:date(%d/%m/%Y)'
    #[arg(long, value_name = "COLUMN=FIELD")]
    pub(in crate::cli) map: Vec<String>,
    /// Read the mapping from a TOML file
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) mapping: Option<PathBuf>,
    /// Leave a column out
    #[arg(long, value_name = "COLUMN")]
    pub(in crate::cli) ignore_column: Vec<String>,
    /// Leave a field alone or clear it when its cell is empty [default: leave]; the cell \N always clears
    #[arg(long, value_name = "HOW", value_parser = word::<Empty>)]
    pub(in crate::cli) empty: Option<Empty>,
    /// Send a telephone number that is none as it is, instead of calling its row invalid
    #[arg(long)]
    pub(in crate::cli) lenient: bool,
}
