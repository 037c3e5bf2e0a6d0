//! `check FILE`: the file and the mapping, offline.

use super::args::CheckArgs;
use super::conclusion::{Circumstances, Deed, InputRun};
use super::environment::Environment;
use super::error::Error;
use super::exit::Exit;
use super::signals::Interruption;
use super::state::new_run;
use crate::mapping::Mapping;
use crate::mapping::MappingSpec;
use crate::mapping::Unknown;
use crate::pace::Clock;
use crate::transfer::Check;
use crate::transfer::check;

/// The folder of runs that talk to no workspace.
const OFFLINE: &str = "offline";

/// Checks a file: every row decoded, mapped and validated, nothing sent.
pub(super) fn run(arguments: &CheckArgs, environment: &Environment) -> Result<Exit, Error> {
    let (clock, interruption) = (Clock::system(), Interruption::listen());
    let (dialect, role) = (arguments.dialect.dialect()?, arguments.role.role());
    let spec = arguments.mapping.spec(&dialect, role, clock.unix_seconds())?;
    let spec = MappingSpec { unknown: Unknown::AssumeAttribute, ..spec };
    let input = arguments.input.open_to_read_again(&arguments.state, environment, &interruption)?;
    let mapping = Mapping::compile(input.rows.columns(), &spec, &[], arguments.mapping.key)
        .map_err(|error| Error::of_mapping(&input.name, &error))?;
    let run_dir = arguments.state.create_run_dir(&new_run("check", &clock), OFFLINE, environment)?;
    let face = arguments.face.progress.face("check", &input.name);
    let circumstances = Circumstances {
        deed: Deed::Check,
        environment,
        clock: &clock,
        interruption: &interruption,
        allow_empty: arguments.input.allow_empty,
        json: arguments.face.json,
    };
    let run = InputRun::begin(circumstances, input, &mapping, None, run_dir, face)?;
    let job = Check {
        mapping: &mapping,
        duplicates: arguments.duplicates.duplicates.into(),
        halt: interruption.halt(),
        clock: clock.clone(),
    };
    run.conclude(|input, reporter| check(&job, &mut input.rows, reporter))
}
