//! `attributes check FILE`: everything that the workspace would not take of a file, in one answer. Only reads.

use super::answer::{Answer, Found, Next, Room, found};
use super::args::FileArgs;
use super::{Stock, inspect, of_workspace, talk};
use crate::cli::environment::Environment;
use crate::cli::error::Error;
use crate::cli::exit::Exit;
use crate::cli::signals::Interruption;
use crate::cli::stdout;
use crate::intercom::Role;
use crate::mapping::Survey;
use crate::pace::Clock;

/// Checks a file against the workspace.
pub(super) fn run(arguments: &FileArgs, environment: &Environment) -> Result<Exit, Error> {
    let (clock, interruption) = (Clock::system(), Interruption::listen());
    let dialect = arguments.connect.dialect.dialect()?;
    let spec = arguments.mapping.spec(&dialect, Role::default(), clock.unix_seconds())?;
    let input = arguments.input.open()?;
    let told = |error| interruption.instead_of(error);
    let workspace = arguments
        .connect
        .connect(&arguments.place.state(), environment, &clock, &interruption.halt())
        .map_err(told)?;
    let attributes = of_workspace(&workspace.attributes);
    let survey = Survey::of(input.rows.columns(), &spec, &attributes, arguments.mapping.key)
        .map_err(|error| Error::of_mapping(&input.name, &error))?;
    let inspection = inspect(&input.name, input.rows, &survey.mapping, &interruption.halt()).map_err(told)?;
    // Only new attributes have to get along with what is there.
    let missing = survey.mapping.new_attributes().len();
    let stock = (missing > 0).then(|| Stock::of(&workspace)).transpose().map_err(told)?;
    let found = found(&survey, &inspection, stock.as_ref());
    let answer = Answer {
        schema: 1,
        file: input.name.clone(),
        workspace: workspace.id,
        rows: inspection.rows,
        valid_rows: inspection.valid,
        attributes: stock.map(|stock| Room { in_use: stock.in_use, missing }),
        notices: survey.mapping.notices().to_vec(),
        next: next(environment, &found, inspection.rows),
        findings: found,
    };
    talk(&answer.text());
    if answer.rows == 0 && !arguments.input.allow_empty {
        return Err(Error::new(Exit::Input, format!("{}: there are no rows, only a header", input.name))
            .hint("if that is right, say so: --allow-empty"));
    }
    if arguments.json {
        stdout::write(&answer.json())?;
    }
    Ok(if answer.findings.is_empty() { Exit::Ok } else { Exit::Partial })
}

/// Returns the command to run next.
fn next(environment: &Environment, found: &[Found], rows: u64) -> Next {
    let flags: Vec<String> = found.iter().flat_map(|found| found.flags.clone()).collect();
    let check = ["attributes", "check"];
    if !flags.is_empty() {
        return Next::Run(environment.this_command_as(&check, &flags));
    }
    // Without rows there is nothing to tell a type from.
    if found.iter().any(|found| !found.is_creatable || rows == 0) {
        return Next::Mend(environment.this_command_as(&check, &[]));
    }
    let done = found.is_empty();
    let command: &[&str] = if done { &["import"] } else { &["attributes", "create"] };
    Next::Run(environment.this_command_as(command, &[]))
}
