//! One run at a time on a workspace: takes its lock, waits for it, or leaves it to the other run.

use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

use super::args::{IfBusy, LockArgs};
use super::error::Error;
use super::exit::Exit;
use super::signals::Interruption;
use super::state::cannot_write;
use super::stdout;
use crate::ledger::Holder;
use crate::ledger::LockError;
use crate::ledger::RunLock;
use crate::pace::Clock;
use crate::report::RunId;
use crate::report::RunReport;
use crate::report::note_death;

/// How often the lock is tried while it is waited for. The kernel could wake us, but not for Ctrl-C.
const SLICE: Duration = Duration::from_millis(100);

/// A run that wants to be its workspace's only one.
pub(super) struct Claim<'a> {
    /// The workspace's folder.
    pub(super) folder: PathBuf,
    pub(super) workspace: &'a str,
    pub(super) run: &'a RunId,
    pub(super) clock: &'a Clock,
    pub(super) interruption: &'a Interruption,
}

/// Whose turn it is.
pub(super) enum Turn {
    /// This run's, as long as the lock is kept.
    Ours(RunLock),
    /// Another run's, and this one is not to be.
    Skipped(Skipped),
}

/// A run that did nothing, because another one is at work.
pub(super) struct Skipped(String);

impl LockArgs {
    /// Takes the lock of a workspace.
    pub(super) fn take(&self, claim: &Claim<'_>) -> Result<Turn, Error> {
        let give_up_at = claim.clock.now() + self.lock_wait.map_or(Duration::ZERO, |wait| wait.0);
        let (path, holder) = (claim.folder.join("lock"), claim.holder());
        let mut has_told = false;
        loop {
            let busy = match RunLock::try_take(&path, &holder) {
                Ok(lock) => {
                    claim.note_death(lock.previous());
                    return Ok(Turn::Ours(lock));
                }
                Err(LockError::Held(holder)) => busy(claim.workspace, holder.as_ref()),
                Err(LockError::NoLocks(error)) => return Err(no_locks(claim).because(error)),
                Err(LockError::Unusable(error)) => return Err(cannot_write(&path, error)),
            };
            let left = give_up_at.saturating_sub(claim.clock.now());
            if left.is_zero() {
                return self.leave_it(busy);
            }
            if claim.interruption.halt().is_raised() {
                return Err(claim.interruption.instead_of(locked(busy)));
            }
            if !has_told {
                talk(&format!("waiting: {busy}"));
                has_told = true;
            }
            claim.clock.sleep(SLICE.min(left));
        }
    }

    fn leave_it(&self, busy: String) -> Result<Turn, Error> {
        match self.if_busy {
            IfBusy::Skip => Ok(Turn::Skipped(Skipped(busy))),
            IfBusy::Fail => Err(locked(busy)),
        }
    }
}

impl Claim<'_> {
    /// A run that let go of the lock and still reports that it is running will never report again.
    fn note_death(&self, previous: Option<&Holder>) {
        if let Some(previous) = previous {
            // It is for people who look into old reports; this run can do without.
            let _ = note_death(&self.folder.join("runs").join(&previous.run));
        }
    }

    fn holder(&self) -> Holder {
        Holder {
            command: self.run.command().into(),
            run: self.run.as_str().into(),
            pid: std::process::id(),
            host: rustix::system::uname().nodename().to_string_lossy().into_owned(),
            since: self.run.began(),
        }
    }
}

impl Skipped {
    /// Says on every output that nothing was done.
    pub(super) fn tell(self, command: &'static str, is_json: bool, clock: &Clock) -> Result<Exit, Error> {
        let reason = format!("skipped: {}", self.0);
        talk(&reason);
        if is_json {
            let headline = Exit::Ok.headline(None, Some(&reason));
            let report = RunReport::of_failure(command, headline, clock.unix());
            stdout::write(&report.to_json())?;
        }
        Ok(Exit::Ok)
    }
}

fn busy(workspace: &str, holder: Option<&Holder>) -> String {
    let text = format!("another run holds the lock of workspace {workspace}");
    match holder {
        Some(Holder { command, run, pid, host, since }) => {
            format!("{text}: {command}, process {pid} on {host}, since {since} (run {run})")
        }
        None => text,
    }
}

fn locked(busy: String) -> Error {
    Error::new(Exit::Locked, busy)
        .hint("wait for it with --lock-wait 10m, or leave this run out with --if-busy skip")
}

/// Two runs at once would do things twice, so a lock that cannot be had is no lock that is free.
fn no_locks(claim: &Claim<'_>) -> Error {
    Error::new(Exit::Output, format!("`{}` cannot be locked", claim.folder.display()))
        .hint("choose a place whose file system has locks, as a local disk has: --state-dir DIR")
}

/// Writes a line to stderr. Nobody may be listening; the exit code says it all the same.
fn talk(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}
