//! What `import` and `check` take.

use clap::Args;

use super::connect::{ConnectArgs, DialectArgs};
use super::files::{FaceArgs, StateArgs};
use super::input::{DuplicatesArgs, InputArgs, MappingArgs};
use super::limits::LimitArgs;
use super::lock::LockArgs;
use super::lookup::LookupArgs;
use super::policy::{ModeArg, PolicyArgs, RoleArgs};
use crate::cli::memory::FreshnessArgs;

#[derive(Debug, Args)]
pub(in crate::cli) struct ImportArgs {
    #[command(flatten)]
    pub(in crate::cli) input: InputArgs,
    #[command(flatten)]
    pub(in crate::cli) duplicates: DuplicatesArgs,
    /// Send what the last run of the job could not deliver again, before the rows of FILE; of a user in both, the row of
    /// FILE counts
    #[arg(long, help_heading = "Input")]
    pub(in crate::cli) retry_rejected: bool,
    #[command(flatten)]
    pub(in crate::cli) mapping: MappingArgs,
    /// Create custom attributes for columns that map to nothing, of the type that their cells have
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
    #[command(flatten)]
    pub(in crate::cli) limits: LimitArgs,
    #[command(flatten)]
    pub(in crate::cli) face: FaceArgs,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct CheckArgs {
    #[command(flatten)]
    pub(in crate::cli) input: InputArgs,
    #[command(flatten)]
    pub(in crate::cli) duplicates: DuplicatesArgs,
    #[command(flatten)]
    pub(in crate::cli) mapping: MappingArgs,
    #[command(flatten)]
    pub(in crate::cli) role: RoleArgs,
    #[command(flatten)]
    pub(in crate::cli) dialect: DialectArgs,
    #[command(flatten)]
    pub(in crate::cli) state: StateArgs,
    #[command(flatten)]
    pub(in crate::cli) face: FaceArgs,
}
