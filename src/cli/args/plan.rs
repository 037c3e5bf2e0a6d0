//! What `plan` takes: the arguments of an import, as far as they decide what it would do.

use clap::Args;

use super::connect::ConnectArgs;
use super::files::{FaceArgs, StateArgs};
use super::input::{DuplicatesArgs, InputArgs, MappingArgs};
use super::lock::LockArgs;
use super::lookup::LookupArgs;
use super::policy::{ModeArg, PolicyArgs};
use crate::cli::memory::FreshnessArgs;

#[derive(Debug, Args)]
pub(in crate::cli) struct PlanArgs {
    #[command(flatten)]
    pub(in crate::cli) input: InputArgs,
    #[command(flatten)]
    pub(in crate::cli) duplicates: DuplicatesArgs,
    #[command(flatten)]
    pub(in crate::cli) mapping: MappingArgs,
    /// Take columns that map to nothing for custom attributes, which the import would create
    #[arg(long)]
    pub(in crate::cli) create_attributes: bool,
    /// Say what may happen to a user: upsert, create or update
    #[arg(long, value_name = "MODE", default_value = "upsert")]
    pub(in crate::cli) mode: ModeArg,
    #[command(flatten)]
    pub(in crate::cli) policy: PolicyArgs,
    #[command(flatten)]
    pub(in crate::cli) lookup: LookupArgs,
    #[command(flatten)]
    pub(in crate::cli) freshness: FreshnessArgs,
    #[command(flatten)]
    pub(in crate::cli) connect: ConnectArgs,
    #[command(flatten)]
    pub(in crate::cli) state: StateArgs,
    #[command(flatten)]
    pub(in crate::cli) lock: LockArgs,
    /// Print each value that would change, one a line on stdout
    #[arg(long, help_heading = "Output", conflicts_with = "json")]
    pub(in crate::cli) diff: bool,
    #[command(flatten)]
    pub(in crate::cli) face: FaceArgs,
}
