//! What `export` takes.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::connect::ConnectArgs;
use super::files::{FaceArgs, StateArgs};
use super::limits::TimeArgs;
use super::lock::LockArgs;
use super::policy::RoleArg;
use crate::intercom::Expand;
use crate::intercom::Whole;
use crate::rows::Format;

#[derive(Debug, Args)]
pub(in crate::cli) struct ExportArgs {
    /// The file to write, or `-` for stdout
    #[arg(value_name = "FILE")]
    pub(in crate::cli) file: PathBuf,
    /// Write csv or ndjson [default: by the file's ending, else csv]
    #[arg(long, value_name = "FORMAT")]
    pub(in crate::cli) format: Option<Format>,
    /// Write users, leads, or any contact
    #[arg(long, value_name = "ROLE", default_value = "user")]
    pub(in crate::cli) role: RoleArg,
    /// Write these lists whole, not only their first ten: companies, tags
    #[arg(long, value_name = "LISTS", value_delimiter = ',')]
    pub(in crate::cli) expand: Vec<ListArg>,
    #[command(flatten)]
    pub(in crate::cli) connect: ConnectArgs,
    #[command(flatten)]
    pub(in crate::cli) state: StateArgs,
    #[command(flatten)]
    pub(in crate::cli) lock: LockArgs,
    #[command(flatten)]
    pub(in crate::cli) time: TimeArgs,
    #[command(flatten)]
    pub(in crate::cli) face: FaceArgs,
}

/// `--expand`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum ListArg {
    /// All companies of a contact, 50 a request
    Companies,
    /// All tags of a contact
    Tags,
}

impl ExportArgs {
    /// Returns which lists are written whole.
    pub(in crate::cli) fn expand(&self) -> Expand {
        let whole = |list| if self.expand.contains(&list) { Whole::Yes } else { Whole::AsShown };
        Expand { companies: whole(ListArg::Companies), tags: whole(ListArg::Tags) }
    }
}
