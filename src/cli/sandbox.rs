//! `sandbox serve`: the Intercom-shaped server, until a signal ends it.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use super::args::{SandboxArgs, SandboxCommand, ServeArgs};
use super::error::Error;
use super::exit::Exit;
use super::stdout;
use crate::sandbox::Config;
use crate::sandbox::Sandbox;
use crate::sandbox::SandboxClock;
use crate::sandbox::Scenario;
use crate::sandbox::ScenarioError;

pub(super) fn run(arguments: SandboxArgs) -> Result<Exit, Error> {
    let SandboxCommand::Serve(serve) = arguments.command;
    if serve.explain {
        return explain(serve);
    }
    let mut signals = Signals::new([SIGINT, SIGTERM])
        .map_err(|error| Error::new(Exit::Failed, "signals cannot be heard").because(error))?;
    let sandbox = Sandbox::start(config(serve)?).map_err(Error::of_sandbox)?;
    let mut stdout = io::stdout();
    // Who started it may have closed its ears; it serves all the same.
    let _ = writeln!(stdout, "{}", sandbox.ready_line()).and_then(|()| stdout.flush());
    let _ = signals.forever().next();
    sandbox.stop();
    Ok(Exit::Ok)
}

/// Prints what the sandbox does.
fn explain(serve: ServeArgs) -> Result<Exit, Error> {
    stdout::write(&crate::sandbox::explain(&config(serve)?))?;
    Ok(Exit::Ok)
}

fn config(serve: ServeArgs) -> Result<Config, Error> {
    Ok(Config {
        port: serve.port,
        token: serve.token,
        // What was delivered to one is nothing that another has.
        workspace: format!("sandbox-{:06x}", fastrand::u32(..0x100_0000)),
        data: serve.data,
        users: serve.users,
        seed: serve.seed,
        quota_per_minute: serve.quota,
        workspace_quota_per_minute: serve.workspace_quota,
        latency: serve.latency,
        jitter: serve.jitter,
        lag: serve.lag,
        api_version: serve.api_version,
        time_zone: serve.time_zone,
        fault_rate: serve.fault_rate,
        strict: serve.strict,
        unknowns: serve.unknown.into_iter().collect(),
        scenario: serve.scenario.as_deref().map(scenario).transpose()?.unwrap_or_default(),
        clock: SandboxClock::system(),
    })
}

fn scenario(path: &Path) -> Result<Scenario, Error> {
    let text = fs::read_to_string(path).map_err(|error| {
        Error::new(Exit::Usage, format!("--scenario: `{}` cannot be read", path.display())).because(error)
    })?;
    Scenario::parse(&text).map_err(|error| {
        let ScenarioError { line, message } = error;
        Error::new(Exit::Usage, format!("{}:{line}: {message}", path.display()))
    })
}
