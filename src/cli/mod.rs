//! The command line: the only place that reads arguments, environment and configuration, asks whether something is a
//! terminal, and picks exit codes. One file a command, each thin: arguments in, one call, outcome out.
#![allow(clippy::disallowed_methods)]

mod args;
mod attributes;
mod check;
mod conclusion;
mod connect;
mod disabled;
mod environment;
mod error;
mod exit;
mod export;
mod faces;
mod import;
mod input;
mod last_report;
mod lock;
mod memory;
mod plan;
mod private;
mod retry;
mod sandbox;
mod signals;
mod state;
mod stdout;
mod verbs;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::FromArgMatches;

use args::{Cli, Command};
use environment::Environment;
use error::Error;

use crate::pace::Clock;
use crate::report::RunReport;

/// Runs the program as the process was called, and returns its exit code.
#[must_use]
pub fn run() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let environment = Environment::of_this_process(&arguments);
    match parse(&arguments) {
        Ok(cli) => {
            let json = cli.command.json();
            dispatch(cli, &environment).unwrap_or_else(|error| fail(&error, json, &environment)).into()
        }
        Err(error) => {
            // clap writes help to stdout and errors to stderr; whether anybody reads them changes nothing.
            let _ = error.print();
            if error.use_stderr() { exit::Exit::Usage.into() } else { exit::Exit::Ok.into() }
        }
    }
}

/// Shows an error that came before a run had a folder for its report.
fn fail(error: &Error, json: Option<&'static str>, environment: &Environment) -> exit::Exit {
    error.show();
    if let Some(command) = json {
        // A command that is wrong is wrong the next time, too.
        let next = (error.exit() != exit::Exit::Usage).then(|| environment.this_command());
        let headline = error.exit().headline(next, Some(error.what()));
        let report = RunReport::of_failure(command, headline, Clock::system().unix());
        // It has failed already, and says so: a lost output adds nothing.
        let _ = stdout::write(&report.to_json());
    }
    error.exit()
}

fn parse(arguments: &[OsString]) -> Result<Cli, clap::Error> {
    let matches = args::command().try_get_matches_from(arguments)?;
    Cli::from_arg_matches(&matches)
}

fn dispatch(cli: Cli, environment: &Environment) -> Result<exit::Exit, Error> {
    if cli.command.is_disabled() {
        return cli.command.pretend();
    }
    match cli.command {
        Command::Import(arguments) => import::run(&arguments, environment),
        Command::Export(arguments) => export::run(&arguments, environment),
        Command::Plan(arguments) => plan::run(&arguments, environment),
        Command::Check(arguments) => check::run(&arguments, environment),
        Command::Find(arguments) => verbs::find(&arguments, environment),
        Command::Upsert(arguments) => verbs::upsert(&arguments, environment),
        Command::Update(arguments) => verbs::update(&arguments, environment),
        Command::List(arguments) => verbs::list(&arguments, environment),
        Command::Attributes(arguments) => attributes::run(&arguments, environment),
        Command::Sandbox(arguments) => sandbox::run(arguments),
    }
}
