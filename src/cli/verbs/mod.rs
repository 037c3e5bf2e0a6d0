//! `find`, `upsert`, `update`, `list`: one user, or one page, as the API's JSON on stdout.
//!
//! What is found or written goes to stdout as the server wrote it; what went wrong goes to stderr, and with `--json` as
//! an error list of Intercom's shape to stdout as well.

mod args;
mod find;
mod list;
mod told;
mod write;

use std::io::{self, Write};

pub(super) use args::{FindArgs, ListArgs, UpdateArgs, UpsertArgs};

use told::Failure;

use super::args::ConnectArgs;
use super::attributes::PlaceArgs;
use super::connect::workspace_id;
use super::environment::Environment;
use super::error::Error;
use super::exit::Exit;
use super::signals::Interruption;
use super::stdout::{self, Reader};
use crate::pace::Clock;
use crate::sandbox::Sandbox;
use crate::verbs::Client;

pub(super) use find::run as find;
pub(super) use list::run as list;
pub(super) use write::{update, upsert};

/// A workspace, and what ends with it.
struct Session {
    client: Client,
    interruption: Interruption,
    /// Keeps the embedded sandbox alive, if that is what the client talks to.
    _sandbox: Option<Sandbox>,
}

impl Session {
    /// Prepares a connection; nothing is sent yet.
    fn open(connect: &ConnectArgs, place: &PlaceArgs, environment: &Environment) -> Result<Self, Failure> {
        let interruption = Interruption::listen();
        let (api, sandbox) =
            connect.open(&place.state(), environment, &Clock::system(), &interruption.halt())?;
        Ok(Self { client: Client::over(api), interruption, _sandbox: sandbox })
    }

    /// Prepares a connection that remembers the leads it creates, as an import does: asks whose the token is.
    fn open_for_leads(
        connect: &ConnectArgs,
        place: &PlaceArgs,
        environment: &Environment,
    ) -> Result<Self, Failure> {
        let (interruption, clock) = (Interruption::listen(), Clock::system());
        let (mut api, sandbox) = connect.open(&place.state(), environment, &clock, &interruption.halt())?;
        let workspace = workspace_id(&api).map_err(|error| interruption.instead_of(error))?;
        api.keep_leads_in(Box::new(place.state().open_leads(&workspace, environment, &clock)?));
        Ok(Self { client: Client::over(api), interruption, _sandbox: sandbox })
    }

    /// Returns how many requests there were, as people say it.
    fn requests(&self) -> String {
        match self.client.requests() {
            1 => "1 request".into(),
            n => format!("{n} requests"),
        }
    }
}

/// Shows what went wrong, with `--json` on stdout as well. Returns the exit.
fn conclude(result: Result<Exit, Failure>, json: bool) -> Result<Exit, Error> {
    let failure = match result {
        Ok(exit) => return Ok(exit),
        Err(failure) => failure,
    };
    if json {
        print(&failure.list())?;
    }
    Err(failure.error)
}

/// Writes a line to stdout. A reader that has seen enough is no failure.
fn print(line: &str) -> Result<Reader, Error> {
    stdout::write(&format!("{line}\n"))
}

/// Writes a line to stderr. Nobody may be listening; the exit code says it all the same.
fn talk(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}
