//! `check FILE`: the file and the mapping, offline.

use super::args::CheckArgs;
use super::environment::Environment;
use super::error::Error;
use super::exit::Exit;
use super::import::{Conclusion, notify};
use super::signals::Interruption;
use super::state::cannot_write;
use crate::mapping::Mapping;
use crate::mapping::Unknown;
use crate::pace::Clock;
use crate::report::Beginning;
use crate::report::Ending;
use crate::report::RunReporter;
use crate::transfer::check;

/// The folder of runs that talk to no workspace.
const OFFLINE: &str = "offline";

pub(super) fn run(arguments: &CheckArgs, environment: &Environment) -> Result<Exit, Error> {
    let (clock, interruption) = (Clock::system(), Interruption::listen());
    let mut input = arguments.input.open()?;
    let spec = arguments.mapping.spec(Unknown::AssumeAttribute)?;
    let key = arguments.mapping.key;
    let mapping = Mapping::compile(input.rows.columns(), &spec, &[], key)
        .map_err(|error| Error::of_mapping(&input.name, &error))?;
    notify(&input.name, &mapping);
    let run_dir = arguments.state.create_run_dir("check", OFFLINE, environment, &clock)?;
    let folder = run_dir.path().to_owned();
    let unwritable = |error| cannot_write(&folder).because(error);
    let mut reporter = RunReporter::begin(Beginning {
        command: "check",
        workspace: None,
        run_dir,
        face: arguments.face.progress.face("check", &input.name),
        input: Some((&input.rows, input.name.clone())),
        now: clock.unix(),
    })
    .map_err(unwritable)?;
    let (end, ended) = check(&mut input.rows, &mapping, key, &interruption.halt(), &clock, &mut reporter)
        .map_err(unwritable)?;
    let conclusion =
        Conclusion::of_rows(&end.tally, ended, arguments.input.allow_empty, &input.name, &interruption);
    conclusion
        .tell(end, input, reporter, environment, &clock, arguments.face.json, |ending| ending.of_check())
}
