//! The arguments of every command. Each `--long-name` has the variable `INTERCOM_BULK_LONG_NAME`, by rule.

use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::{ArgAction, Args, CommandFactory, Parser, Subcommand, ValueEnum};

use super::attributes::AttributesArgs;
use super::error::Error;
use super::exit::Exit;
use super::faces::Progress;
use super::input::{delimiter, word};
use super::verbs::{FindArgs, ListArgs, UpdateArgs, UpsertArgs};
use crate::intercom::Archived;
use crate::intercom::Engine;
use crate::intercom::Expand;
use crate::intercom::Mode;
use crate::intercom::OtherCompanies;
use crate::intercom::Policy;
use crate::intercom::Region;
use crate::intercom::Role;
use crate::intercom::Whole;
use crate::mapping::Empty;
use crate::mapping::Key;
use crate::pace::Rate;
use crate::rows::Format;
use crate::sandbox::Lag;
use crate::sandbox::UnknownSetting;
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

const EXITS: &str = "Exit codes: 0 ok, 1 failed, 2 usage, 3 partial (look at the rejects), 5 auth, 6 input,
7 unavailable (retry later), 8 locked, 9 not found, 11 incomplete export, 12 output, 130 and 143 interrupted.
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
    pub(super) connect: ConnectArgs,
    #[command(flatten)]
    pub(super) state: StateArgs,
    #[command(flatten)]
    pub(super) face: FaceArgs,
}

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    #[command(flatten)]
    pub(super) input: InputArgs,
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
#[command(next_help_heading = "Connection")]
pub(super) struct ConnectArgs {
    /// Work with an embedded sandbox instead, whatever else is said; its users are kept between runs
    #[arg(long)]
    pub(super) sandbox: bool,
    /// Succeed at once, without a single request, and say `disabled` on every output
    #[arg(long)]
    pub(super) disabled: bool,
    /// Reach the workspace in this region: us, eu or au
    #[arg(long, value_name = "REGION", default_value = "us")]
    pub(super) region: Region,
    /// Reach the API at this root instead of a region's
    #[arg(long, value_name = "URL")]
    pub(super) base_url: Option<String>,
    #[command(flatten)]
    pub(super) dialect: DialectArgs,
    /// Spend at most this many requests a minute, or auto: 10000/min, and no limit with --sandbox
    #[arg(long, value_name = "N/min", default_value = "auto")]
    pub(super) rate: RateArg,
    /// Keep at most this many rows in flight, or auto: by the rate
    #[arg(long, value_name = "N", default_value = "auto")]
    pub(super) concurrency: ConcurrencyArg,
}

/// Which of Intercom's APIs is spoken.
#[derive(Debug, Args)]
#[command(next_help_heading = "Connection")]
pub(super) struct DialectArgs {
    /// Write users through contacts (2.x) or users (1.x), or auto: by --api-version, else contacts
    #[arg(long, value_name = "ENGINE", default_value = "auto")]
    pub(super) engine: EngineArg,
    /// Pin this version of the API [default: 2.16, and 1.4 for the engine users]
    #[arg(long, value_name = "VERSION")]
    pub(super) api_version: Option<String>,
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

#[derive(Debug, Args)]
pub(super) struct SandboxArgs {
    #[command(subcommand)]
    pub(super) command: SandboxCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum SandboxCommand {
    /// Serve until SIGTERM or Ctrl-C; prints one line of JSON when it is ready
    Serve(ServeArgs),
}

#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    /// Listen on this port of 127.0.0.1; 0 is any free one
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(super) port: u16,
    /// Begin with so many users
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(super) users: u64,
    /// Begin all chance here: users, lag, latency, faults
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(super) seed: u64,
    /// Grant one token so many requests a minute; 0 is no limit
    #[arg(long, value_name = "N/min", default_value = "10000/min", value_parser = per_minute)]
    pub(super) quota: u32,
    /// Grant all tokens together so many requests a minute; 0 is no limit
    #[arg(long, value_name = "N/min", default_value = "0", value_parser = per_minute)]
    pub(super) workspace_quota: u32,
    /// Answer after this time, in the median
    #[arg(long, value_name = "TIME", default_value = "0ms", value_parser = duration)]
    pub(super) latency: std::time::Duration,
    /// Spread the latency by this much
    #[arg(long, value_name = "TIME", default_value = "0ms", value_parser = duration)]
    pub(super) jitter: std::time::Duration,
    /// Let lists and searches lag behind writes, as in 5s or 3s..120s; 0 is not at all
    #[arg(long, value_name = "TIME", default_value = "3s..120s")]
    pub(super) lag: Lag,
    /// Use this version of the API where a request names none
    #[arg(long, value_name = "VERSION", default_value = "2.16")]
    pub(super) api_version: String,
    /// Begin the days by which a search compares times in this time zone
    #[arg(long, value_name = "AREA/CITY", default_value = "UTC")]
    pub(super) time_zone: String,
    /// Let this share of requests fail, from 0 to 1, in every way, before and after they are carried out
    #[arg(long, value_name = "P", default_value_t = 0.0, value_parser = share)]
    pub(super) fault_rate: f64,
    /// Let something that is not known about Intercom turn out this way; see --explain
    #[arg(long, value_name = "NAME=OUTCOME", value_delimiter = ',')]
    pub(super) unknown: Vec<UnknownSetting>,
    /// Print what the sandbox does, how each thing is known, and every --unknown; serve nothing
    #[arg(long)]
    pub(super) explain: bool,
    /// Refuse every field, key and query parameter that Intercom would ignore
    #[arg(long)]
    pub(super) strict: bool,
    /// Let requests meet what this TOML file says: faults, delays, moments
    #[arg(long, value_name = "FILE")]
    pub(super) scenario: Option<PathBuf>,
    /// Keep contacts and attributes in this file between runs
    #[arg(long, value_name = "FILE")]
    pub(super) data: Option<PathBuf>,
    /// Accept this token only [default: any that is not empty]
    #[arg(long, value_name = "TOKEN")]
    pub(super) token: Option<String>,
}

/// How users are written, whatever command writes them.
#[derive(Debug, Args)]
#[command(next_help_heading = "Policy")]
pub(super) struct PolicyArgs {
    #[command(flatten)]
    pub(super) role: RoleArgs,
    /// Do this with a contact that is archived: skip, unarchive or reject
    #[arg(long, value_name = "HOW", default_value = "reject")]
    pub(super) archived: ArchivedArg,
    /// Take a contact out of the companies that are not named, if any are
    #[arg(long)]
    pub(super) detach_missing: bool,
}

/// What is written.
#[derive(Debug, Args)]
pub(super) struct RoleArgs {
    /// Take what says nothing of its role for this: user or lead
    #[arg(long, value_name = "ROLE", default_value = "user")]
    pub(super) role: WriteRoleArg,
}

impl RoleArgs {
    /// Returns the role.
    pub(super) fn role(&self) -> Role {
        match self.role {
            WriteRoleArg::User => Role::User,
            WriteRoleArg::Lead => Role::Lead,
        }
    }
}

impl PolicyArgs {
    /// Returns the policy; one that the engine cannot carry out is refused rather than forgotten.
    pub(super) fn policy(&self, mode: Mode, engine: Engine) -> Result<Policy, Error> {
        if engine == Engine::Users {
            let flag = match self.archived {
                _ if self.detach_missing => Some("--detach-missing"),
                ArchivedArg::Skip | ArchivedArg::Unarchive => Some("--archived"),
                ArchivedArg::Reject => None,
            };
            if let Some(flag) = flag {
                return Err(Error::new(Exit::Usage, format!("the engine `users` has no {flag}"))
                    .hint(format!("leave it out, or use --engine contacts; 1.x has nothing like {flag}")));
            }
        }
        Ok(Policy {
            mode,
            role: self.role.role(),
            archived: match self.archived {
                ArchivedArg::Skip => Archived::Skip,
                ArchivedArg::Unarchive => Archived::Unarchive,
                ArchivedArg::Reject => Archived::Reject,
            },
            other_companies: match self.detach_missing {
                true => OtherCompanies::Detach,
                false => OtherCompanies::Keep,
            },
        })
    }
}

/// `--role` of what is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum WriteRoleArg {
    /// A user
    User,
    /// A lead: never matched by external_id
    Lead,
}

/// `--archived`.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum ArchivedArg {
    /// Leave it; the row counts as unchanged
    Skip,
    /// Bring it back and update it
    Unarchive,
    /// Reject the row
    Reject,
}

/// `--engine`.
#[derive(Debug, Clone, Copy)]
pub(super) enum EngineArg {
    /// By the version.
    Auto,
    /// What the user says.
    Exactly(Engine),
}

impl std::str::FromStr for EngineArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "auto" { Ok(Self::Auto) } else { text.parse().map(Self::Exactly) }
    }
}

/// `--mode`.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum ModeArg {
    /// Create, or update what exists
    Upsert,
    /// Create only; what exists is rejected
    Create,
    /// Update only; what does not exist is rejected
    Update,
}

impl From<ModeArg> for Mode {
    fn from(mode: ModeArg) -> Self {
        match mode {
            ModeArg::Upsert => Self::Upsert,
            ModeArg::Create => Self::Create,
            ModeArg::Update => Self::Update,
        }
    }
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

/// `--rate`.
#[derive(Debug, Clone, Copy)]
pub(super) enum RateArg {
    /// What a workspace grants.
    Auto,
    /// What the user grants.
    AtMost(Rate),
}

impl std::str::FromStr for RateArg {
    type Err = crate::pace::RateError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "auto" { Ok(Self::Auto) } else { text.parse().map(Self::AtMost) }
    }
}

/// `--concurrency`.
#[derive(Debug, Clone, Copy)]
pub(super) enum ConcurrencyArg {
    /// By the rate.
    Auto,
    /// What the user says.
    Exactly(usize),
}

impl std::str::FromStr for ConcurrencyArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse() {
            _ if text == "auto" => Ok(Self::Auto),
            // More threads than that wait for each other, not for the server.
            Ok(n @ 1..=512) => Ok(Self::Exactly(n)),
            _ => Err("write a number from 1 to 512, or `auto`".into()),
        }
    }
}

fn per_minute(text: &str) -> Result<u32, String> {
    let number = text.strip_suffix("/min").unwrap_or(text).replace(['_', ','], "");
    number.parse().map_err(|_| "write requests a minute, as in 10000/min, or 0".into())
}

fn share(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|share| (0.0..=1.0).contains(share))
        .ok_or_else(|| "write a number from 0 to 1".into())
}

fn duration(text: &str) -> Result<std::time::Duration, String> {
    let (number, unit) = text.split_at(text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len()));
    let seconds_in_one = match unit {
        "ms" => 0.001,
        "s" => 1.0,
        "m" => 60.0,
        _ => return Err("write a time with its unit, as in 200ms or 3s".into()),
    };
    let number: f64 = number.parse().map_err(|_| format!("`{number}` is not a number"))?;
    std::time::Duration::try_from_secs_f64(number * seconds_in_one)
        .map_err(|_| "write a time of zero or more".into())
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

    #[test]
    fn a_time_is_written_with_its_unit() {
        assert_eq!(Ok(std::time::Duration::from_millis(200)), duration("200ms"));
        assert_eq!(Ok(std::time::Duration::from_millis(1_500)), duration("1.5s"));
        assert!(duration("200").is_err());
        assert!(duration("-1s").is_err());
    }
}
