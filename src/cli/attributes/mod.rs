//! `attributes`: the workspace's data attributes, alone and against a file; and `--create-attributes` of an import.

mod answer;
mod args;
mod check;
mod create;
mod import;
mod list;

use std::io::{self, Write};

pub(super) use args::{AttributesArgs, PlaceArgs};

use args::AttributesCommand;

use super::connect::Workspace;
use super::environment::Environment;
use super::error::Error;
use super::exit::Exit;
use crate::intercom::DataAttribute;
use crate::intercom::Model;
use crate::intercom::Trace;
use crate::mapping::Inspection;
use crate::mapping::Mapping;
use crate::mapping::NewAttribute;
use crate::pace::Halt;
use crate::rows::Rows;
use crate::verbs::attributes_of as of_workspace;

/// Runs `attributes list`, `check` or `create`.
pub(super) fn run(arguments: &AttributesArgs, environment: &Environment) -> Result<Exit, Error> {
    match &arguments.command {
        AttributesCommand::List(arguments) => list::run(arguments, environment),
        AttributesCommand::Check(arguments) => check::run(arguments, environment),
        AttributesCommand::Create(arguments) => create::run(arguments, environment),
    }
}

/// Looks at every row of a file, until somebody asks to stop.
fn inspect(file: &str, rows: Rows, mapping: &Mapping, halt: &Halt) -> Result<Inspection, Error> {
    let rows = rows.take_while(|_| !halt.is_raised());
    let inspection = Inspection::of(rows, mapping).map_err(|error| Error::of_input(file, &error))?;
    if halt.is_raised() {
        return Err(Error::new(Exit::Failed, "stopped before the last row"));
    }
    Ok(inspection)
}

/// What new attributes have to get along with.
struct Stock {
    /// The custom attributes in use, those of companies included: they share one limit.
    in_use: usize,
    /// The names of Intercom's own.
    standard: Vec<String>,
    /// The names that companies have: contacts cannot have them as well, as the specification shows.
    of_companies: Vec<String>,
}

impl Stock {
    /// Asks the workspace.
    fn of(workspace: &Workspace) -> Result<Self, Error> {
        let list = |model| workspace.client.attributes(model, false, &mut Trace::default());
        let contacts = list(Model::Contact).map_err(|error| Error::of_server(&error))?;
        let companies = list(Model::Company).map_err(|error| Error::of_server(&error))?;
        let is_in_use = |attribute: &&DataAttribute| attribute.custom && !attribute.archived;
        let names = |attributes: &[DataAttribute], custom: bool| {
            let wanted = attributes.iter().filter(|attribute| attribute.custom == custom);
            wanted.map(|attribute| attribute.name.clone()).collect()
        };
        Ok(Self {
            in_use: contacts.all.iter().chain(&companies.all).filter(is_in_use).count(),
            standard: names(&contacts.all, false),
            of_companies: names(&companies.all, true),
        })
    }

    /// Returns why an attribute cannot be created under its name, if it is known that it cannot.
    fn name_fault(&self, attribute: &NewAttribute) -> Option<&'static str> {
        let has = |names: &[String]| names.contains(&attribute.name);
        match attribute.name_fault() {
            Some(why) => Some(why),
            None if has(&self.standard) => Some("Intercom has one of its own by that name"),
            None if has(&self.of_companies) => Some("companies have one by that name"),
            None => None,
        }
    }
}

/// Writes to stderr. Nobody may be listening; the exit code says it all the same.
fn talk(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}
