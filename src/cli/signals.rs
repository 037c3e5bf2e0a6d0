//! Ctrl-C and SIGTERM: the first lets what is in flight finish, the second stops at once.

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::thread;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use super::args::DurationArg;
use super::error::Error;
use super::exit::Exit;
use crate::pace::Clock;
use crate::pace::Halt;

/// Listens for the signals that end a run; the time that it may take ends it in the same way.
#[derive(Debug, Clone)]
pub(super) struct Interruption {
    halt: Halt,
    signal: Arc<AtomicU8>,
}

impl Interruption {
    /// Begins to listen, for as long as the process lives.
    pub(super) fn listen() -> Self {
        Self::with(Halt::default())
    }

    /// Begins to listen; a run that takes longer than this since the clock was made is stopped.
    pub(super) fn listen_until(clock: &Clock, max_duration: Option<DurationArg>) -> Self {
        Self::with(match max_duration {
            Some(duration) => Halt::at(clock.clone(), duration.0),
            None => Halt::default(),
        })
    }

    fn with(halt: Halt) -> Self {
        let interruption = Self { halt, signal: Arc::default() };
        if let Ok(mut signals) = Signals::new([SIGINT, SIGTERM]) {
            let listener = interruption.clone();
            thread::spawn(move || signals.forever().for_each(|signal| listener.hear(signal)));
        }
        interruption
    }

    /// Returns the flag that a signal raises.
    pub(super) fn halt(&self) -> Halt {
        self.halt.clone()
    }

    /// Returns the exit of a run that a signal or the time stopped; of the time there is more to say.
    pub(super) fn verdict(&self) -> Result<Exit, Error> {
        match self.exit() {
            Exit::Deadline => Err(Error::new(Exit::Deadline, "the time of --max-duration is over")),
            exit => Ok(exit),
        }
    }

    fn exit(&self) -> Exit {
        match self.signal.load(Ordering::SeqCst) {
            0 if self.halt.is_late() => Exit::Deadline,
            0 => Exit::Failed,
            signal => Exit::Interrupted(signal),
        }
    }

    /// Returns the error to show for one that came before the first row: once a signal has come, it is the signal, and
    /// the time if that is up.
    pub(super) fn instead_of(&self, error: Error) -> Error {
        match self.exit() {
            Exit::Failed => error,
            exit @ Exit::Deadline => {
                Error::new(exit, "the time of --max-duration was over before the first row")
                    .hint("run the same command again")
            }
            exit => Error::new(exit, "stopped before the first row").hint("run the same command again"),
        }
    }

    #[allow(clippy::exit)] // A second signal must end a process that may be stuck anywhere.
    fn hear(&self, signal: i32) {
        let signal = u8::try_from(signal).unwrap_or_default();
        if self.signal.swap(signal, Ordering::SeqCst) != 0 {
            std::process::exit(Exit::Interrupted(signal).code().into());
        }
        self.halt.raise();
        // On a terminal the progress says so; a line of ours would tear it.
        if !io::stderr().is_terminal() {
            let _ =
                writeln!(io::stderr(), "stopping: what is in flight finishes; a second signal stops at once");
        }
    }
}
