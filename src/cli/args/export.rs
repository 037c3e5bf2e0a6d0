//! What `export` takes.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::connect::ConnectArgs;
use super::files::{FaceArgs, StateArgs};
use super::limits::TimeArgs;
use super::lock::LockArgs;
use super::policy::RoleArg;
use super::since::SinceArg;
use crate::cli::error::Error;
use crate::cli::exit::Exit;
use crate::intercom::Expand;
use crate::intercom::Whole;
use crate::rows::Format;
use crate::transfer::Cursors;
use crate::transfer::Verification;

/// In seconds.
const A_DAY: i64 = 24 * 60 * 60;

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
    /// Write only who was updated since: a day, a time, or how long ago, as in 2026-11-21, 2026-11-21T02:15:00Z or 1d
    #[arg(long, value_name = "TIME")]
    pub(in crate::cli) since: Option<SinceArg>,
    /// Walk so many parts of the workspace side by side, or auto: as many as help, one for a small workspace
    #[arg(long, value_name = "N", default_value = "auto")]
    pub(in crate::cli) cursors: CursorsArg,
    /// Walk the plain listing as well, and fail if it shows anybody who is missing
    #[arg(long)]
    pub(in crate::cli) verify: bool,
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

/// `--cursors`.
#[derive(Debug, Clone, Copy)]
pub(in crate::cli) enum CursorsArg {
    /// As many as help.
    Auto,
    /// What the user says.
    Exactly(usize),
}

impl std::str::FromStr for CursorsArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse() {
            _ if text == "auto" => Ok(Self::Auto),
            Ok(n @ 1..=128) => Ok(Self::Exactly(n)),
            _ => Err("write a number from 1 to 128, or `auto`".into()),
        }
    }
}

impl ExportArgs {
    /// Refuses a `--since` that nobody can have been updated since: a year that was mistyped, not a clock that is ahead.
    pub(in crate::cli) fn refuse_future(&self, now: i64) -> Result<(), Error> {
        match &self.since {
            Some(since) if since.seconds(now) > now + A_DAY => {
                Err(Error::new(Exit::Usage, format!("--since: `{}` is in the future", since.text()))
                    .hint("write when the last export was, as in --since 2026-11-21 or --since 1d"))
            }
            _ => Ok(()),
        }
    }

    /// Returns whether the output is stdout.
    pub(in crate::cli) fn is_to_stdout(&self) -> bool {
        self.file.as_os_str() == "-"
    }

    /// Returns how many cursors are walked at a time, if no more than `most` help.
    pub(in crate::cli) fn cursors(&self, most: usize) -> Cursors {
        match self.cursors {
            CursorsArg::Auto => Cursors::UpTo(most),
            CursorsArg::Exactly(n) => Cursors::Exactly(n),
        }
    }

    /// Returns how it is made sure that nobody is missing.
    pub(in crate::cli) fn verification(&self) -> Verification {
        if self.verify { Verification::Listing } else { Verification::Counts }
    }

    /// Returns which lists are written whole.
    pub(in crate::cli) fn expand(&self) -> Expand {
        let whole = |list| if self.expand.contains(&list) { Whole::Yes } else { Whole::AsShown };
        Expand { companies: whole(ListArg::Companies), tags: whole(ListArg::Tags) }
    }
}
