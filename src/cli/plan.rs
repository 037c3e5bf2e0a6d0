//! `plan FILE`: what `import` would do, found out by reading.

use std::io;

use super::args::PlanArgs;
use super::conclusion::{Circumstances, Deed, InputRun};
use super::environment::Environment;
use super::error::Error;
use super::exit::Exit;
use super::lock::{Claim, Turn};
use super::memory::open_ledger;
use super::signals::Interruption;
use super::state::new_run;
use super::stdout;
use crate::mapping::Mapping;
use crate::mapping::MappingSpec;
use crate::mapping::Unknown;
use crate::pace::Clock;
use crate::transfer::Event;
use crate::transfer::KnownCompanies;
use crate::transfer::Planned;
use crate::transfer::Preview;
use crate::transfer::Recall;
use crate::transfer::Reporter;
use crate::transfer::preview;
use crate::verbs::attributes_of;

/// Foresees the import of a file. Nothing is written to the workspace or the ledger; the lock is taken because the ledger
/// is read.
pub(super) fn run(arguments: &PlanArgs, environment: &Environment) -> Result<Exit, Error> {
    let (clock, interruption) = (Clock::system(), Interruption::listen());
    let (dialect, role) = (arguments.connect.dialect.dialect()?, arguments.policy.role.role());
    let policy = arguments.policy.policy(arguments.mode.into(), dialect.engine())?;
    let lookup = arguments.lookup.policy(dialect.engine())?;
    let spec = arguments.mapping.spec(&dialect, role, clock.unix_seconds())?;
    let input = arguments.input.open_to_read_again(&arguments.state, environment, &interruption)?;
    let mut workspace = arguments
        .connect
        .connect(&arguments.state, environment, &clock, &interruption.halt())
        .map_err(|error| interruption.instead_of(error))?;
    let (run_id, id) = (new_run("plan", &clock), workspace.id.clone());
    let folder = arguments.state.workspace_dir(&id, environment)?;
    let claim = Claim { folder, workspace: &id, run: &run_id, clock: &clock, interruption: &interruption };
    let _lock = match arguments.lock.take(&claim)? {
        Turn::Ours(lock) => lock,
        Turn::Skipped(skipped) => return skipped.tell("plan", arguments.face.json, &clock),
    };
    let ledger = open_ledger(&claim)?;
    let unknown = if arguments.create_attributes { Unknown::CreateAttribute } else { Unknown::Refuse };
    let spec = MappingSpec { unknown, ..spec };
    let attributes = attributes_of(&workspace.attributes);
    let mapping = Mapping::compile(input.rows.columns(), &spec, &attributes, arguments.mapping.key)
        .map_err(|error| Error::of_mapping(&input.name, &error))?;
    input.refuse_unwritable(&mapping)?;
    let run_dir = arguments.state.create_run_dir(&run_id, &id, environment)?;
    workspace.client.keep_companies_in(Box::new(KnownCompanies::new(ledger.companies)));
    let face = arguments.face.progress.face("plan", &input.name);
    let circumstances = Circumstances {
        deed: Deed::Plan,
        environment,
        clock: &clock,
        interruption: &interruption,
        allow_empty: arguments.input.allow_empty,
        json: arguments.face.json,
    };
    let run = InputRun::begin(circumstances, input, &mapping, Some(id.clone()), run_dir, face)?;
    workspace.client.outlast_outages(arguments.connect.max_outage());
    let job = Preview {
        client: &workspace.client,
        mapping: &mapping,
        policy,
        duplicates: arguments.duplicates.duplicates.into(),
        concurrency: arguments.connect.concurrency(),
        lookup,
        halt: interruption.halt(),
        clock: clock.clone(),
    };
    let mut recall = Recall::new(ledger.reader, arguments.freshness.freshness(&clock), Vec::new());
    let is_told = arguments.diff;
    run.conclude(|input, reporter| {
        let file = input.name.clone();
        preview(&job, &mut input.rows, &mut recall, &mut Differences { reporter, file, is_told })
    })
}

/// Prints what would change, and hands every event on.
struct Differences<'a> {
    reporter: &'a mut dyn Reporter,
    file: String,
    is_told: bool,
}

impl Reporter for Differences<'_> {
    fn on(&mut self, event: &Event) -> io::Result<()> {
        if let Event::Planned(planned) = event
            && self.is_told
        {
            match stdout::write(&self.lines(planned)) {
                Ok(stdout::Reader::There) => {}
                Ok(stdout::Reader::Gone) => self.is_told = false,
                Err(error) => return Err(io::Error::other(error.what().to_owned())),
            }
        }
        self.reporter.on(event)
    }
}

impl Differences<'_> {
    /// `users.csv:17 u-1 name: "A" -> "B"`, a line for each field.
    fn lines(&self, planned: &Planned) -> String {
        let Planned { position, key, changes } = planned;
        let place = format!("{}:{} {key}", self.file, position.line);
        changes.iter().map(|it| format!("{place} {}: {} -> {}\n", it.field, it.from, it.to)).collect()
    }
}
