//! `import FILE`: reads rows, maps columns, writes users.

use super::args::ImportArgs;
use super::conclusion::{Circumstances, Deed, InputRun};
use super::environment::Environment;
use super::error::Error;
use super::exit::Exit;
use super::lock::{Claim, Turn};
use super::memory::{begin_run, end_run, job_of, open_ledger, put_away};
use super::signals::Interruption;
use super::state::new_run;
use crate::pace::Clock;
use crate::transfer::Ended;
use crate::transfer::Import;
use crate::transfer::KnownCompanies;
use crate::transfer::Memory;
use crate::transfer::Recall;
use crate::transfer::import;

/// Imports a file. All that can fail before the first write has failed before it.
pub(super) fn run(arguments: &ImportArgs, environment: &Environment) -> Result<Exit, Error> {
    let clock = Clock::system();
    let interruption = Interruption::listen_until(&clock, arguments.limits.time.max_duration);
    let (dialect, role) = (arguments.connect.dialect.dialect()?, arguments.policy.role.role());
    let policy = arguments.policy.policy(arguments.mode.into(), dialect.engine())?;
    let lookup = arguments.lookup.policy(dialect.engine())?;
    let spec = arguments.mapping.spec(&dialect, role, clock.unix_seconds())?;
    let mut input = arguments.input.open_to_read_again(&arguments.state, environment, &interruption)?;
    let mut workspace = arguments
        .connect
        .connect(&arguments.state, environment, &clock, &interruption.halt())
        .map_err(|error| interruption.instead_of(error))?;
    let (run_id, id) = (new_run("import", &clock), workspace.id.clone());
    let folder = arguments.state.workspace_dir(&id, environment)?;
    let claim = Claim { folder, workspace: &id, run: &run_id, clock: &clock, interruption: &interruption };
    let _lock = match arguments.lock.take(&claim)? {
        Turn::Ours(lock) => lock,
        Turn::Skipped(skipped) => return skipped.tell("import", arguments.face.json, &clock),
    };
    let (mut ledger, job_name) = (open_ledger(&claim)?, job_of("import", &input.source));
    let rejected_by = match arguments.retry_rejected {
        true => input.put_rejects_before(&ledger.writer, &job_name)?,
        false => Vec::new(),
    };
    let mapping = arguments
        .compile(spec, &input, &mut workspace, &interruption.halt())
        .map_err(|error| interruption.instead_of(error))?;
    input.refuse_unwritable(&mapping)?;
    if mapping.may_write_leads() {
        let leads = arguments.state.open_leads(&id, environment, &clock)?;
        workspace.client.keep_leads_in(Box::new(leads));
    }
    let run_dir = arguments.state.create_run_dir(&run_id, &id, environment)?;
    begin_run(&mut ledger.writer, &run_dir, &job_name, &clock)?;
    let guard = arguments.limits.guard(&ledger.writer, &job_name)?;
    workspace.client.keep_companies_in(Box::new(KnownCompanies::new(ledger.companies)));
    let face = arguments.face.progress.face("import", &input.name);
    let circumstances = Circumstances {
        deed: Deed::Import,
        environment,
        clock: &clock,
        interruption: &interruption,
        allow_empty: arguments.input.allow_empty,
        json: arguments.face.json,
    };
    let run = InputRun::begin(circumstances, input, &mapping, Some(id.clone()), run_dir, face)?;
    workspace.client.outlast_outages(arguments.connect.max_outage());
    let job = Import {
        client: &workspace.client,
        mapping: &mapping,
        policy,
        duplicates: arguments.duplicates.duplicates.into(),
        concurrency: arguments.connect.concurrency(),
        max_errors: arguments.limits.max_errors,
        lookup,
        guard,
        halt: interruption.halt(),
        clock: clock.clone(),
    };
    let recall = Recall::new(ledger.reader, arguments.freshness.freshness(&clock), rejected_by);
    deliver(run, &job, Memory { recall, writer: &mut ledger.writer, doubts: &ledger.doubts })
}

/// Runs the pipeline to its end, which the ledger is told of.
fn deliver(run: InputRun<'_>, job: &Import<'_>, mut memory: Memory<'_>) -> Result<Exit, Error> {
    let (mut rows, mut is_broken) = (None, false);
    let exit = run.conclude(|input, reporter| {
        let (end, ended) = import(job, &mut input.rows, &mut memory, reporter);
        rows = matches!(ended, Ended::Complete).then_some(input.rows.n_read());
        if let Ended::Ledger(error) = &ended {
            put_away(error);
            is_broken = true;
        }
        (end, ended)
    })?;
    if !is_broken {
        end_run(memory.writer, exit, rows, &job.clock)?;
    }
    Ok(exit)
}
