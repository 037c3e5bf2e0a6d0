//! What to do while another run works on the same workspace.

use clap::{Args, ValueEnum};

use super::DurationArg;

#[derive(Debug, Args)]
#[command(next_help_heading = "Files")]
pub(in crate::cli) struct LockArgs {
    /// Wait so long for another run of this workspace to end, as in 10m
    #[arg(long, value_name = "DURATION")]
    pub(in crate::cli) lock_wait: Option<DurationArg>,
    /// Fail, or skip this run and succeed, when another one is still at work
    #[arg(long, value_name = "WHAT", default_value = "fail")]
    pub(in crate::cli) if_busy: IfBusy,
}

/// `--if-busy`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum IfBusy {
    /// End with exit code 8
    Fail,
    /// Do nothing and succeed
    Skip,
}
