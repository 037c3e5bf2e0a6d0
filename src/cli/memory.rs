//! What earlier runs have delivered, and which rows are sent all the same.

use std::io::{self, Write};
use std::path::Path;
use std::str::FromStr;

use clap::Args;

use super::args::DurationArg;
use super::error::Error;
use super::exit::Exit;
use super::lock::Claim;
use crate::ledger::Ledger;
use crate::ledger::LedgerError;
use crate::ledger::RunStart;
use crate::pace::Clock;
use crate::report::RunDir;
use crate::transfer::Freshness;

/// Which rows are sent although an earlier run has delivered them.
#[derive(Debug, Args)]
#[command(next_help_heading = "Ledger")]
pub(super) struct FreshnessArgs {
    /// Send every row, whatever earlier runs have delivered
    #[arg(long)]
    pub(super) force: bool,
    /// Send a row again when it was delivered so long ago, as in `30d`: some every night, each in its turn
    #[arg(long, value_name = "DURATION")]
    pub(super) max_age: Option<DurationArg>,
    /// Read back this share of the unchanged users, as in `0.1%`, and write those that differ
    #[arg(long, value_name = "PERCENT", default_value = "0%")]
    pub(super) verify_sample: PercentArg,
}

impl FreshnessArgs {
    pub(super) fn freshness(&self, clock: &Clock) -> Freshness {
        Freshness {
            force: self.force,
            max_age: self.max_age.map(|DurationArg(age)| age),
            verify: self.verify_sample.0,
            now: clock.unix().as_secs(),
        }
    }
}

/// A share of a whole, from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct PercentArg(pub(super) f64);

impl FromStr for PercentArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = text.strip_suffix('%').and_then(|number| number.trim().parse::<f64>().ok());
        match number {
            Some(number) if (0.0..=100.0).contains(&number) => Ok(Self(number / 100.0)),
            _ => Err("write a share from 0% to 100%, as in `0.1%`".into()),
        }
    }
}

/// Opens the ledger of the workspace that a run has the lock of, and notes that the run begins. `job` names the runs that
/// do the same.
pub(super) fn begin_run(claim: &Claim<'_>, run_dir: &RunDir, job: &str) -> Result<Ledger, Error> {
    let mut ledger = open_ledger(&claim.folder, claim.workspace)?;
    let (folder, started_at) = (run_dir.path(), claim.clock.unix().as_secs());
    let start = RunStart { name: run_dir.id(), job, folder, started_at };
    ledger.writer.begin_run(&start).map_err(|error| Error::of_ledger(&error))?;
    Ok(ledger)
}

/// Opens a ledger; one that is damaged is set aside, and told of.
fn open_ledger(folder: &Path, workspace: &str) -> Result<Ledger, Error> {
    let opened = Ledger::open(folder, workspace).map_err(|error| Error::of_ledger(&error))?;
    if let Some((aside, damage)) = opened.set_aside {
        // Nobody may be listening; the run goes on all the same.
        let _ = writeln!(
            io::stderr(),
            "{damage}; it was set aside as `{}`, and a new one begun: rows that were delivered are sent once more",
            aside.display()
        );
    }
    Ok(opened.ledger)
}

impl Error {
    /// Describes a ledger that cannot be used.
    pub(super) fn of_ledger(error: &LedgerError) -> Self {
        let message = error.to_string();
        match error {
            LedgerError::Newer { path, .. } => Self::new(Exit::Usage, message).hint(format!(
                "use the newer version of the program, or begin a new ledger, which costs requests and loses \
                 nothing: `mv {0} {0}.old`",
                path.display()
            )),
            LedgerError::OtherWorkspace { .. } => {
                Self::new(Exit::Usage, message).hint("give each workspace a folder of its own: --state-dir DIR")
            }
            LedgerError::Damaged { .. } => {
                Self::new(Exit::Output, message).hint("run the same command again: it sets the ledger aside")
            }
            LedgerError::Unusable { .. } => Self::new(Exit::Output, message)
                .hint("make room, or choose another place: --state-dir DIR; what is not remembered is sent once more"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_written_in_percent() {
        assert_eq!(Ok(PercentArg(0.001)), "0.1%".parse());
        assert_eq!(Ok(PercentArg(1.0)), "100%".parse());
        for wrong in ["", "%", "1", "101%", "-1%", "NaN%"] {
            assert!(wrong.parse::<PercentArg>().is_err(), "{wrong}");
        }
    }
}
