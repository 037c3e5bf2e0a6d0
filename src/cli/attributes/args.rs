//! The arguments of `attributes`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::cli::args::{ConnectArgs, InputArgs, MappingArgs, StateArgs};
use crate::intercom::Model;

#[derive(Debug, Args)]
pub(in crate::cli) struct AttributesArgs {
    #[command(subcommand)]
    pub(super) command: AttributesCommand,
}

impl AttributesArgs {
    /// Returns the name of the command.
    pub(in crate::cli) fn name(&self) -> &'static str {
        match &self.command {
            AttributesCommand::List(_) => "attributes list",
            AttributesCommand::Check(_) => "attributes check",
            AttributesCommand::Create(_) => "attributes create",
        }
    }

    /// Returns how the command reaches a workspace.
    pub(in crate::cli) fn connect(&self) -> &ConnectArgs {
        match &self.command {
            AttributesCommand::List(arguments) => &arguments.connect,
            AttributesCommand::Check(arguments) => &arguments.connect,
            AttributesCommand::Create(arguments) => &arguments.file.connect,
        }
    }

    /// Returns the command's name if it was asked to print an answer of ours on stdout.
    pub(in crate::cli) fn json(&self) -> Option<&'static str> {
        match &self.command {
            AttributesCommand::Check(arguments) => arguments.json.then_some("attributes check"),
            AttributesCommand::Create(arguments) => arguments.file.json.then_some("attributes create"),
            // Its JSON is the API's, or none.
            AttributesCommand::List(_) => None,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum AttributesCommand {
    /// List the workspace's data attributes, those that people made first
    List(ListArgs),
    /// Say what the workspace would not take of a file; only reads
    Check(FileArgs),
    /// Create the custom attributes that a file needs, of the type that its cells have
    Create(CreateArgs),
}

#[derive(Debug, Args)]
pub(super) struct ListArgs {
    /// List the attributes of contacts or of companies
    #[arg(long, value_name = "MODEL", default_value = "contact")]
    pub(super) model: ModelArg,
    /// List archived ones, too
    #[arg(long)]
    pub(super) archived: bool,
    /// Print the API's JSON instead of a table
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) connect: ConnectArgs,
    #[command(flatten)]
    pub(super) place: PlaceArgs,
}

#[derive(Debug, Args)]
pub(super) struct FileArgs {
    #[command(flatten)]
    pub(super) input: InputArgs,
    #[command(flatten)]
    pub(super) mapping: MappingArgs,
    /// Print the answer as JSON on stdout
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) connect: ConnectArgs,
    #[command(flatten)]
    pub(super) place: PlaceArgs,
}

#[derive(Debug, Args)]
pub(super) struct CreateArgs {
    #[command(flatten)]
    pub(super) file: FileArgs,
    /// Show what would be created, and create nothing
    #[arg(long)]
    pub(super) dry_run: bool,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Files")]
pub(in crate::cli) struct PlaceArgs {
    /// Keep the embedded sandbox's users in this folder [default: $XDG_STATE_HOME/intercom-bulk]
    #[arg(long, value_name = "DIR")]
    state_dir: Option<PathBuf>,
}

impl PlaceArgs {
    /// Returns the place for a command that leaves no run behind.
    pub(in crate::cli) fn state(&self) -> StateArgs {
        StateArgs { state_dir: self.state_dir.clone(), run_dir: None }
    }
}

/// `--model`.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum ModelArg {
    /// Users and leads
    Contact,
    /// Companies
    Company,
}

impl From<ModelArg> for Model {
    fn from(model: ModelArg) -> Self {
        match model {
            ModelArg::Contact => Self::Contact,
            ModelArg::Company => Self::Company,
        }
    }
}
