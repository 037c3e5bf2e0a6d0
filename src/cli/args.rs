//! The arguments of every command. Each `--long-name` has the variable `INTERCOM_BULK_LONG_NAME`, by rule.

mod connect;
mod duration;
mod limits;
mod lock;
mod policy;
mod serve;

use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::{ArgAction, Args, CommandFactory, Parser, Subcommand, ValueEnum};

pub(super) use connect::{ConcurrencyArg, ConnectArgs, DialectArgs, EngineArg, RateArg};
pub(super) use duration::DurationArg;
pub(super) use limits::{LimitArgs, TimeArgs};
pub(super) use lock::{IfBusy, LockArgs};
pub(super) use policy::{ModeArg, PolicyArgs, RoleArgs};
pub(super) use serve::{SandboxArgs, SandboxCommand, ServeArgs};

use super::attributes::AttributesArgs;
use super::faces::Progress;
use super::input::{delimiter, word};
use super::memory::FreshnessArgs;
use super::verbs::{FindArgs, ListArgs, UpdateArgs, UpsertArgs};
use crate::intercom::Expand;
use crate::intercom::Whole;
use crate::mapping::Empty;
use crate::mapping::Key;
use crate::rows::Format;
use crate::transfer::Duplicates;
use crate::transfer::RoleFilter;

/// Move users between files and Intercom, in bulk.
///
/// Every row is accounted for: it ends as created, updated, unchanged, invalid, rejected, unknown or pending, and the
/// counts add up to the rows read. Data go to stdout, all talk goes to stderr.
#[derive(Debug, Parser)]
#[command(name = "intercom-bulk", version, max_term_width = 100, after_help = EXITS)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
}

const EXITS: &str = "Exit codes: 0 ok, 1 failed, 2 usage, 3 partial (look at the rejects), 4 threshold (--max-errors), 5 auth,
6 input, 7 unavailable (retry later), 8 locked, 9 not found, 10 deadline (--max-duration: run it again),
11 incomplete export, 12 output, 130 and 143 interrupted.
The access token comes from INTERCOM_ACCESS_TOKEN; there is no flag for it.";

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Read rows, map columns, write users
    Import(ImportArgs),
    /// Write all users to a file
    Export(ExportArgs),
    /// Check a file and its mapping offline; nothing is sent
    Check(CheckArgs),
    /// Find the contacts that somebody is known by
    Find(FindArgs),
    /// Create or update one user
    Upsert(UpsertArgs),
    /// Update one user, and create nobody
    Update(UpdateArgs),
    /// List a page of contacts, or all of them
    List(ListArgs),
    /// Compare the workspace's data attributes with a file
    Attributes(AttributesArgs),
    /// Serve an Intercom-shaped sandbox on this machine
    Sandbox(SandboxArgs),
}

impl Command {
    /// Returns the command's name if it was asked to print a report on stdout.
    pub(super) fn json(&self) -> Option<&'static str> {
        let (name, face) = match self {
            Self::Import(arguments) => ("import", &arguments.face),
            Self::Export(arguments) => ("export", &arguments.face),
            Self::Check(arguments) => ("check", &arguments.face),
            Self::Attributes(arguments) => return arguments.json(),
            // Their JSON is the API's.
            Self::Find(_) | Self::Upsert(_) | Self::Update(_) | Self::List(_) | Self::Sandbox(_) => {
                return None;
            }
        };
        face.json.then_some(name)
    }

    /// Returns the command's name.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Import(_) => "import",
            Self::Export(_) => "export",
            Self::Check(_) => "check",
            Self::Find(_) => "find",
            Self::Upsert(_) => "upsert",
            Self::Update(_) => "update",
            Self::List(_) => "list",
            Self::Attributes(arguments) => arguments.name(),
            Self::Sandbox(_) => "sandbox",
        }
    }

    /// Returns how the command reaches a workspace, if it does.
    pub(super) fn connect(&self) -> Option<&ConnectArgs> {
        match self {
            Self::Import(arguments) => Some(&arguments.connect),
            Self::Export(arguments) => Some(&arguments.connect),
            Self::Find(arguments) => Some(&arguments.connect),
            Self::Upsert(arguments) => Some(&arguments.connect),
            Self::Update(arguments) => Some(&arguments.connect),
            Self::List(arguments) => Some(&arguments.connect),
            Self::Attributes(arguments) => Some(arguments.connect()),
            Self::Check(_) | Self::Sandbox(_) => None,
        }
    }

    /// Returns whether the command's answer is JSON on stdout.
    pub(super) fn prints_json(&self) -> bool {
        matches!(self, Self::Find(_) | Self::Upsert(_) | Self::Update(_) | Self::List(_))
    }
}

#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    #[command(flatten)]
    pub(super) input: InputArgs,
    #[command(flatten)]
    pub(super) duplicates: DuplicatesArgs,
    /// Send what the last run of the job could not deliver again, before the rows of FILE; of a user in both, the row of
    /// FILE counts
    #[arg(long, help_heading = "Input")]
    pub(super) retry_rejected: bool,
    #[command(flatten)]
    pub(super) mapping: MappingArgs,
    /// Create custom attributes for columns that map to nothing, of the type that their cells have
    #[arg(long)]
    pub(super) create_attributes: bool,
    /// Say what may happen to a user: upsert, create or update
    #[arg(long, value_name = "MODE", default_value = "upsert")]
    pub(super) mode: ModeArg,
    #[command(flatten)]
    pub(super) policy: PolicyArgs,
    #[command(flatten)]
    pub(super) freshness: FreshnessArgs,
    #[command(flatten)]
    pub(super) connect: ConnectArgs,
    #[command(flatten)]
    pub(super) state: StateArgs,
    #[command(flatten)]
    pub(super) lock: LockArgs,
    #[command(flatten)]
    pub(super) limits: LimitArgs,
    #[command(flatten)]
    pub(super) face: FaceArgs,
}

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    #[command(flatten)]
    pub(super) input: InputArgs,
    #[command(flatten)]
    pub(super) duplicates: DuplicatesArgs,
    #[command(flatten)]
    pub(super) mapping: MappingArgs,
    #[command(flatten)]
    pub(super) role: RoleArgs,
    #[command(flatten)]
    pub(super) dialect: DialectArgs,
    #[command(flatten)]
    pub(super) state: StateArgs,
    #[command(flatten)]
    pub(super) face: FaceArgs,
}

#[derive(Debug, Args)]
pub(super) struct ExportArgs {
    /// The file to write, or `-` for stdout
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,
    /// Write csv or ndjson [default: by the file's ending, else csv]
    #[arg(long, value_name = "FORMAT")]
    pub(super) format: Option<Format>,
    /// Write users, leads, or any contact
    #[arg(long, value_name = "ROLE", default_value = "user")]
    pub(super) role: RoleArg,
    /// Write these lists whole, not only their first ten: companies, tags
    #[arg(long, value_name = "LISTS", value_delimiter = ',')]
    pub(super) expand: Vec<ListArg>,
    #[command(flatten)]
    pub(super) connect: ConnectArgs,
    #[command(flatten)]
    pub(super) state: StateArgs,
    #[command(flatten)]
    pub(super) lock: LockArgs,
    #[command(flatten)]
    pub(super) time: TimeArgs,
    #[command(flatten)]
    pub(super) face: FaceArgs,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Input")]
pub(super) struct InputArgs {
    /// The file to read, or `-` for stdin
    #[arg(value_name = "FILE", help_heading = None::<&str>)]
    pub(super) file: PathBuf,
    /// Read csv or ndjson [default: by the file's ending, else by its first bytes]
    #[arg(long, value_name = "FORMAT")]
    pub(super) format: Option<Format>,
    /// Split CSV cells at this character, or `tab` [default: found in the file's head]
    #[arg(long, value_name = "CHAR", value_parser = delimiter)]
    pub(super) delimiter: Option<u8>,
    /// Decode text as this encoding, as in `windows-1252` [default: utf-8, or by the byte order mark]
    #[arg(long, value_name = "NAME")]
    pub(super) encoding: Option<String>,
    /// Accept an input without rows
    #[arg(long)]
    pub(super) allow_empty: bool,
    /// Files that would come after the first one
    #[arg(hide = true)]
    pub(super) more: Vec<PathBuf>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Input")]
pub(super) struct DuplicatesArgs {
    /// Let this one of several rows of a user count: last, first, or none (reject); stdin is copied for that, to be read twice
    #[arg(long, value_name = "WHICH", default_value = "last")]
    pub(super) duplicates: DuplicatesArg,
}

/// `--duplicates`.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum DuplicatesArg {
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
pub(super) struct MappingArgs {
    /// Match a row by this: auto (external_id, else email), external_id, email or id
    #[arg(long, value_name = "KEY", default_value_t = Key::Auto, value_parser = word::<Key>)]
    pub(super) key: Key,
    /// Write a column to a field, as in 'Plan=custom.plan' or 'Joined=signed_up_at:date(%d/%m/%Y)'
    #[arg(long, value_name = "COLUMN=FIELD")]
    pub(super) map: Vec<String>,
    /// Read the mapping from a TOML file
    #[arg(long, value_name = "FILE")]
    pub(super) mapping: Option<PathBuf>,
    /// Leave a column out
    #[arg(long, value_name = "COLUMN")]
    pub(super) ignore_column: Vec<String>,
    /// Leave a field alone or clear it when its cell is empty [default: leave]; the cell \N always clears
    #[arg(long, value_name = "HOW", value_parser = word::<Empty>)]
    pub(super) empty: Option<Empty>,
    /// Send a telephone number that is none as it is, instead of calling its row invalid
    #[arg(long)]
    pub(super) lenient: bool,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Files")]
pub(super) struct StateArgs {
    /// Keep what runs leave behind in this folder [default: $XDG_STATE_HOME/intercom-bulk]
    #[arg(long, value_name = "DIR")]
    pub(super) state_dir: Option<PathBuf>,
    /// Write this run's files into this folder [default: a new one in the state folder]
    #[arg(long, value_name = "DIR")]
    pub(super) run_dir: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(super) struct FaceArgs {
    /// Show progress this way
    #[arg(long, value_name = "FACE", default_value = "auto")]
    pub(super) progress: Progress,
    /// Print the run's report as JSON on stdout
    #[arg(long)]
    pub(super) json: bool,
}

/// `--expand`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ListArg {
    /// All companies of a contact, 50 a request
    Companies,
    /// All tags of a contact
    Tags,
}

impl ExportArgs {
    /// Returns which lists are written whole.
    pub(super) fn expand(&self) -> Expand {
        let whole = |list| if self.expand.contains(&list) { Whole::Yes } else { Whole::AsShown };
        Expand { companies: whole(ListArg::Companies), tags: whole(ListArg::Tags) }
    }
}

/// `--role` of an export.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum RoleArg {
    /// Users
    User,
    /// Leads
    Lead,
    /// Both
    Any,
}

impl From<RoleArg> for RoleFilter {
    fn from(role: RoleArg) -> Self {
        match role {
            RoleArg::User => Self::User,
            RoleArg::Lead => Self::Lead,
            RoleArg::Any => Self::Any,
        }
    }
}

/// Returns the whole command line, with a variable for each flag.
pub(super) fn command() -> clap::Command {
    with_variables(Cli::command())
}

fn with_variables(command: clap::Command) -> clap::Command {
    command
        .mut_args(|arg| {
            let Some(long) = arg.get_long() else { return arg };
            let variable = format!("INTERCOM_BULK_{}", long.to_uppercase().replace('-', "_"));
            let arg = arg.env(variable).hide_env(true);
            match arg.get_action() {
                ArgAction::SetTrue => arg.value_parser(BoolishValueParser::new()),
                _ => arg,
            }
        })
        .mut_subcommands(with_variables)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_contradicts_itself_nowhere() {
        command().debug_assert();
    }
}
