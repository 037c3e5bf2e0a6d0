//! `--disabled`: every command that talks to Intercom succeeds with not one request, and says so everywhere.

use std::io::{self, Write};

use serde::Serialize;

use super::args::Command;
use super::error::Error;
use super::exit::Exit;
use super::stdout;
use crate::pace::Clock;
use crate::report::RunReport;

/// What a verb answers that asked for nothing.
#[derive(Serialize)]
struct Disabled {
    disabled: bool,
    command: &'static str,
    requests: u32,
}

impl Command {
    /// Returns whether the command is switched off.
    pub(super) fn is_disabled(&self) -> bool {
        self.connect().is_some_and(|connect| connect.disabled)
    }

    /// Says on every output that nothing was done. No file is read or written, no token is asked for.
    pub(super) fn pretend(&self) -> Result<Exit, Error> {
        let name = self.name();
        // Nobody may be listening; the exit code says it all the same.
        let _ = writeln!(io::stderr(), "disabled: `{name}` did nothing, and sent no request");
        if self.prints_json() {
            let answer = Disabled { disabled: true, command: name, requests: 0 };
            let answer = serde_json::to_string(&answer).expect("an answer is text and numbers");
            stdout::write(&format!("{answer}\n"))?;
        } else if let Some(command) = self.json() {
            let headline = Exit::Ok.headline(None, None);
            let report = RunReport::of_disabled(command, headline, Clock::system().unix());
            stdout::write(&report.to_json())?;
        }
        Ok(Exit::Ok)
    }
}
