//! The arguments of every command. Each `--long-name` has the variable `INTERCOM_BULK_LONG_NAME`, by rule.

mod connect;
mod duration;
mod export;
mod files;
mod import;
mod input;
mod limits;
mod lock;
mod lookup;
mod plan;
mod policy;
mod serve;
mod since;

use clap::builder::BoolishValueParser;
use clap::{ArgAction, CommandFactory, Parser, Subcommand};

pub(super) use connect::{ConcurrencyArg, ConnectArgs, DialectArgs, EngineArg, RateArg};
pub(super) use duration::DurationArg;
pub(super) use export::ExportArgs;
pub(super) use files::StateArgs;
pub(super) use import::{CheckArgs, ImportArgs};
pub(super) use input::{InputArgs, MappingArgs};
pub(super) use limits::LimitArgs;
pub(super) use lock::{IfBusy, LockArgs};
pub(super) use plan::PlanArgs;
pub(super) use policy::{PolicyArgs, RoleArg};
pub(super) use serve::{SandboxArgs, SandboxCommand, ServeArgs};

use super::attributes::AttributesArgs;
use super::verbs::{FindArgs, ListArgs, UpdateArgs, UpsertArgs};

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
    /// Say what an import would do, and for how many requests; nothing is written
    Plan(PlanArgs),
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
            Self::Plan(arguments) => ("plan", &arguments.face),
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
            Self::Plan(_) => "plan",
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
            Self::Plan(arguments) => Some(&arguments.connect),
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
