//! Where a run keeps its files, and how it is shown.

use std::path::PathBuf;

use clap::Args;

use crate::cli::faces::Progress;

#[derive(Debug, Args)]
#[command(next_help_heading = "Files")]
pub(in crate::cli) struct StateArgs {
    /// Keep what runs leave behind in this folder [default: $XDG_STATE_HOME/intercom-bulk]
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) state_dir: Option<PathBuf>,
    /// Write this run's files into this folder [default: a new one in the state folder]
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) run_dir: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(in crate::cli) struct FaceArgs {
    /// Show progress this way
    #[arg(long, value_name = "FACE", default_value = "auto")]
    pub(in crate::cli) progress: Progress,
    /// Print the run's report as JSON on stdout
    #[arg(long)]
    pub(in crate::cli) json: bool,
}
