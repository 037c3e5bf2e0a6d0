//! What earlier runs have delivered, and which rows are sent all the same.

use std::io::{self, Write};
use std::str::FromStr;

use clap::Args;

use super::args::{DurationArg, LimitArgs};
use super::error::Error;
use super::exit::Exit;
use super::lock::Claim;
use crate::ledger::Ledger;
use crate::ledger::LedgerError;
use crate::ledger::LedgerWriter;
use crate::ledger::RunEnd;
use crate::ledger::RunStart;
use crate::pace::Clock;
use crate::report::RunDir;
use crate::report::count;
use crate::report::plural;
use crate::rows::Source;
use crate::transfer::Freshness;
use crate::transfer::Guard;
use crate::transfer::Suspicion;

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

/// Returns the name of the job that an input belongs to: the runs over files of this name, whatever numbers are in it, so
/// that `users-2026-11-21.csv` and the file of the next night are one.
pub(super) fn job_of(command: &str, source: &Source) -> String {
    let path = source.path().map_or_else(
        || "-".into(),
        |path| std::path::absolute(path).unwrap_or_else(|_| path.into()).display().to_string(),
    );
    let mut job = format!("{command} ");
    for letter in path.chars() {
        match letter {
            '0'..='9' if job.ends_with('#') => {}
            '0'..='9' => job.push('#'),
            letter => job.push(letter),
        }
    }
    job
}

impl LimitArgs {
    /// Returns what an input is held against.
    pub(super) fn guard(&self, writer: &LedgerWriter, job: &str) -> Result<Guard, Error> {
        let (_, whole) = writer.past_runs(job).map_err(|error| Error::of_ledger(&error))?;
        Ok(Guard {
            rows_before: whole.and_then(|run| run.rows),
            allow_shrunken: self.allow_shrunken,
            max_change: self.max_change.map(|PercentArg(share)| share),
        })
    }
}

/// Notes that a run begins. `job` names the runs that do the same.
pub(super) fn begin_run(
    writer: &mut LedgerWriter,
    run_dir: &RunDir,
    job: &str,
    clock: &Clock,
) -> Result<(), Error> {
    // The next run may be started in another folder.
    let folder = std::path::absolute(run_dir.path()).unwrap_or_else(|_| run_dir.path().into());
    let start = RunStart { name: run_dir.id(), job, folder: &folder, started_at: clock.unix().as_secs() };
    writer.begin_run(&start).map_err(|error| Error::of_ledger(&error))
}

/// Notes that a run ends; `rows` are those of an input or output that is whole.
pub(super) fn end_run(
    writer: &mut LedgerWriter,
    exit: Exit,
    rows: Option<u64>,
    clock: &Clock,
) -> Result<(), Error> {
    let end = RunEnd { ended_at: clock.unix().as_secs(), exit_code: exit.code(), rows };
    writer.end_run(&end).map_err(|error| Error::of_ledger(&error))
}

/// Sets a ledger aside that was found to be damaged in the middle of a run; the next one begins anew.
pub(super) fn put_away(error: &LedgerError) {
    if let LedgerError::Damaged { path, .. } = error {
        // If it cannot be renamed, the next run meets it again, and says so again.
        let _ = Ledger::set_aside(path);
    }
}

/// Opens the ledger of the workspace that a run has the lock of; one that is damaged is set aside, and told of.
pub(super) fn open_ledger(claim: &Claim<'_>) -> Result<Ledger, Error> {
    let opened = Ledger::open(&claim.folder, claim.workspace).map_err(|error| Error::of_ledger(&error))?;
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
    /// Describes an input that looks broken beside the last one of its job.
    pub(super) fn of_suspicion(file: &str, suspicion: Suspicion) -> Self {
        match suspicion {
            Suspicion::Shrunken { rows, before } => Self::new(
                Exit::Input,
                format!("{file}: there are {}, and the last run of this job had {}", plural(rows, "row"), count(before)),
            )
            .hint("if that is right, say so: --allow-shrunken"),
            Suspicion::Changed { rows, before } => Self::new(
                Exit::Threshold,
                format!(
                    "{file}: {} would be written, of {} in the last run of this job, which is more than --max-change",
                    plural(rows, "row"),
                    count(before)
                ),
            )
            .hint("look at the file; if it is right, allow more: --max-change 100%"),
        }
    }

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
                Self::new(Exit::Output, message).hint("run the same command again: the ledger was set aside, and a new one costs requests and loses nothing")
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
