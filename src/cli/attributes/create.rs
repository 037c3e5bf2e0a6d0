//! `attributes create FILE`: the custom attributes that a file needs and the workspace does not have.
//!
//! An attribute can be archived, never deleted, and its type never changes: so the whole file is read first, everything
//! that would stop half-way is refused first, and what will be created is said first.

use serde::Serialize;

use super::args::CreateArgs;
use super::{Stock, inspect, of_workspace, talk};
use crate::cli::connect::Workspace;
use crate::cli::environment::Environment;
use crate::cli::error::Error;
use crate::cli::exit::Exit;
use crate::cli::signals::Interruption;
use crate::cli::stdout;
use crate::intercom::Creation;
use crate::intercom::NewAttribute as Request;
use crate::intercom::NotListed;
use crate::intercom::Role;
use crate::intercom::Trace;
use crate::mapping::Inspection;
use crate::mapping::MOST_ATTRIBUTES;
use crate::mapping::Mapping;
use crate::mapping::MappingSpec;
use crate::mapping::NewAttribute;
use crate::mapping::TypeGuess;
use crate::mapping::Unknown;
use crate::mapping::ignore_flag;
use crate::mapping::map_flag;
use crate::pace::Clock;
use crate::report::count;
use crate::report::plural;

/// Creates what is missing, or shows it.
pub(super) fn run(arguments: &CreateArgs, environment: &Environment) -> Result<Exit, Error> {
    let (clock, interruption) = (Clock::system(), Interruption::listen());
    let (file, halt) = (&arguments.file, interruption.halt());
    let dialect = file.connect.dialect.dialect()?;
    let spec = file.mapping.spec(&dialect, Role::default(), clock.unix_seconds())?;
    let spec = MappingSpec { unknown: Unknown::CreateAttribute, ..spec };
    let input = file.input.open()?;
    let told = |error| interruption.instead_of(error);
    let mut workspace =
        file.connect.connect(&file.place.state(), environment, &clock, &halt).map_err(told)?;
    let attributes = of_workspace(&workspace.attributes);
    let mapping = Mapping::compile(input.rows.columns(), &spec, &attributes, file.mapping.key)
        .map_err(|error| Error::of_mapping(&input.name, &error))?;
    let inspection = inspect(&input.name, input.rows, &mapping, &halt).map_err(told)?;
    let mut plan = Plan::new(&mapping, &inspection);
    if !plan.wanted.is_empty() && inspection.valid == 0 {
        return Err(nothing_to_go_by(&input.name, &inspection, environment));
    }
    plan.refuse_the_impossible(&workspace).map_err(told)?;
    if arguments.dry_run {
        plan.announce(&input.name, "would create");
    } else {
        plan.carry_out(&input.name, &mut workspace).map_err(told)?;
    }
    if inspection.valid < inspection.rows {
        talk(&some_invalid(&input.name, &inspection, environment));
    }
    conclude(arguments, environment, &input.name, &plan)
}

/// What is to be created, and what became of it.
#[derive(Debug, Serialize)]
pub(super) struct Plan {
    #[serde(rename = "attributes")]
    pub(super) wanted: Vec<Wanted>,
}

/// One attribute that is to be created.
#[derive(Debug, Serialize)]
pub(super) struct Wanted {
    name: String,
    data_type: &'static str,
    column: String,
    /// What the type rests on.
    evidence: String,
    outcome: Outcome,
    #[serde(skip)]
    attribute: NewAttribute,
}

/// What became of an attribute that was to be created.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    /// Nothing yet.
    Planned,
    Created,
    /// Somebody else was faster.
    WasThere,
}

impl Plan {
    /// Decides the types: a rule's, else what all cells of the column are.
    pub(super) fn new(mapping: &Mapping, inspection: &Inspection) -> Self {
        let columns = mapping.new_attributes().iter().zip(&inspection.guesses);
        Self { wanted: columns.map(|(attribute, guess)| Wanted::new(attribute, guess)).collect() }
    }

    /// Refuses, before anything is created, what could not be created to its end.
    pub(super) fn refuse_the_impossible(&self, workspace: &Workspace) -> Result<(), Error> {
        if self.wanted.is_empty() {
            return Ok(());
        }
        let stock = Stock::of(workspace)?;
        let faults: Vec<(&NewAttribute, &str)> = self
            .wanted
            .iter()
            .filter_map(|wanted| Some((&wanted.attribute, stock.name_fault(&wanted.attribute)?)))
            .collect();
        if !faults.is_empty() {
            return Err(bad_names(&faults));
        }
        if stock.in_use + self.wanted.len() > MOST_ATTRIBUTES {
            return Err(no_room(stock.in_use, self.wanted.len()));
        }
        Ok(())
    }

    /// Says what is about to happen.
    fn announce(&self, file: &str, what: &str) {
        if self.wanted.is_empty() {
            return;
        }
        talk(&format!("{file}: {what} {}\n", plural(self.wanted.len() as u64, "custom attribute")));
        for wanted in &self.wanted {
            let Wanted { name, column, evidence, .. } = wanted;
            talk(&format!("  `{name}` from column `{column}`: {evidence}\n"));
        }
    }

    /// Says what will be created, creates it, and waits until the server lists it.
    pub(super) fn carry_out(&mut self, file: &str, workspace: &mut Workspace) -> Result<(), Error> {
        if self.wanted.is_empty() {
            return Ok(());
        }
        self.announce(file, "creating, for good,");
        for n in 0..self.wanted.len() {
            let created = self.wanted[n].create(workspace);
            self.wanted[n].outcome = created.map_err(|error| self.stopped(n, error))?;
        }
        let names: Vec<String> = self.wanted.iter().map(|wanted| wanted.name.clone()).collect();
        workspace.attributes = workspace.client.await_attributes(&names).map_err(not_listed)?;
        for wanted in self.wanted.iter().filter(|wanted| wanted.outcome == Outcome::WasThere) {
            talk(&wanted.who_was_faster(workspace));
        }
        Ok(())
    }

    /// Describes a creation that failed, after some that did not.
    fn stopped(&self, n: usize, error: Error) -> Error {
        let (wanted, done) = (&self.wanted[n], &self.wanted[..n]);
        let done: Vec<String> = done.iter().map(|done| format!("`{}`", done.name)).collect();
        let before = if done.is_empty() { String::new() } else { format!(", after {}", done.join(", ")) };
        let is_refused = error.exit() == Exit::Failed;
        let error = error.about(&format!("attribute `{}` was not created{before}", wanted.name));
        // Whatever else it is, the error itself says what to do.
        if is_refused {
            error.hint(format!("leave its column out: {}", ignore_flag(&wanted.column)))
        } else {
            error
        }
    }
}

impl Wanted {
    fn new(attribute: &NewAttribute, guess: &TypeGuess) -> Self {
        let data_type = attribute.data_type.unwrap_or_else(|| guess.finish());
        Self {
            name: attribute.name.clone(),
            data_type: data_type.api_name(),
            column: attribute.column.clone(),
            evidence: match attribute.data_type {
                Some(data_type) => format!("{}, as it is mapped", data_type.api_name()),
                None => guess.to_string(),
            },
            outcome: Outcome::Planned,
            attribute: attribute.clone(),
        }
    }

    fn create(&self, workspace: &Workspace) -> Result<Outcome, Error> {
        let request = Request { name: self.name.clone(), data_type: self.data_type.into() };
        match workspace.client.create_attribute(&request, &mut Trace::default()) {
            Ok(Creation::Created) => Ok(Outcome::Created),
            Ok(Creation::WasThere) => Ok(Outcome::WasThere),
            Err(error) => Err(Error::of_server(&error)),
        }
    }

    /// Tells of an attribute that came in the meantime, and of its type, which is not ours to choose.
    fn who_was_faster(&self, workspace: &Workspace) -> String {
        let found = workspace.attributes.iter().find(|attribute| attribute.name == self.name);
        let data_type = found.map_or("", |attribute| attribute.data_type.as_str());
        format!("attribute `{}` was there by then, as {data_type}\n", self.name)
    }
}

#[derive(Serialize)]
struct Report<'a> {
    schema: u8,
    file: &'a str,
    dry_run: bool,
    #[serde(flatten)]
    plan: &'a Plan,
    next_command: &'a str,
}

fn conclude(
    arguments: &CreateArgs,
    environment: &Environment,
    file: &str,
    plan: &Plan,
) -> Result<Exit, Error> {
    let next_command = match arguments.dry_run && !plan.wanted.is_empty() {
        true => environment.this_command_as(&["attributes", "create"], &[]),
        false => environment.this_command_as(&["import"], &[]),
    };
    let count = |outcome| plan.wanted.iter().filter(|wanted| wanted.outcome == outcome).count() as u64;
    let done = match (plan.wanted.len(), arguments.dry_run) {
        (0, _) => "nothing is missing".to_owned(),
        (_, true) => "nothing was created".to_owned(),
        _ => format!("{} created, {} there already", count(Outcome::Created), count(Outcome::WasThere)),
    };
    talk(&format!("{file}: {done}\nnext: `{next_command}`\n"));
    if arguments.file.json {
        let report =
            Report { schema: 1, file, dry_run: arguments.dry_run, plan, next_command: &next_command };
        let json = serde_json::to_string_pretty(&report).expect("a report is text and numbers");
        stdout::write(&format!("{json}\n"))?;
    }
    Ok(Exit::Ok)
}

fn nothing_to_go_by(file: &str, inspection: &Inspection, environment: &Environment) -> Error {
    let (exit, what) = match inspection.rows {
        0 => (Exit::Input, "there are no rows, only a header".to_owned()),
        rows => (Exit::Partial, format!("none of {} is valid", plural(rows, "row"))),
    };
    let check = environment.this_command_as(&["attributes", "check"], &[]);
    Error::new(exit, format!("{file}: {what}, so nothing was created")).hint(format!("look why: `{check}`"))
}

fn some_invalid(file: &str, inspection: &Inspection, environment: &Environment) -> String {
    let (invalid, rows) = (inspection.rows - inspection.valid, plural(inspection.rows, "row"));
    let check = environment.this_command_as(&["attributes", "check"], &[]);
    format!("{file}: {} of {rows} cannot be imported; look why: `{check}`\n", count(invalid))
}

fn bad_names(faults: &[(&NewAttribute, &str)]) -> Error {
    let told = |faults: &[(&NewAttribute, &str)]| {
        let names: Vec<String> =
            faults.iter().map(|(attribute, _)| format!("`{}`", attribute.name)).collect();
        format!("{}: {}", names.join(", "), faults[0].1)
    };
    let told: Vec<String> = faults.chunk_by(|one, other| one.1 == other.1).map(told).collect();
    let renamed: Vec<String> = faults.iter().map(|(attribute, _)| rename_flag(attribute)).collect();
    Error::new(Exit::Usage, format!("no attribute can be named {}", told.join("; or ")))
        .hint(format!("give another name: {}", renamed.join(" ")))
}

/// Returns the flag that gives a new attribute a name that it may have.
pub(super) fn rename_flag(attribute: &NewAttribute) -> String {
    let plain = attribute.plain_name();
    let plain = if plain.is_empty() || plain == attribute.name { "NAME".to_owned() } else { plain };
    map_flag(&attribute.column, format_args!("custom.{plain}"))
}

fn no_room(in_use: usize, wanted: usize) -> Error {
    Error::new(Exit::Usage, room_message(in_use, wanted)).hint(ROOM_HINT)
}

pub(super) fn room_message(in_use: usize, wanted: usize) -> String {
    format!(
        "{} would be too many: the workspace uses {in_use} of {MOST_ATTRIBUTES}",
        plural(wanted as u64, "new custom attribute")
    )
}

pub(super) const ROOM_HINT: &str =
    "archive attributes in Intercom that nobody needs, or leave columns out with --ignore-column";

fn not_listed(error: NotListed) -> Error {
    match error {
        NotListed::Api(error) => Error::of_server(&error),
        late @ NotListed::Late { .. } => Error::new(Exit::Unavailable, late.to_string())
            .hint("they exist all the same: run the same command again later"),
    }
}
