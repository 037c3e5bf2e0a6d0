//! The kill loop: the built binary dies by SIGKILL wherever something becomes durable or known, and at other moments; run
//! again to its end, it has lost nothing and done nothing twice.
//!
//! A few deaths are part of every run of the tests, and hundreds of the nightly one:
//! `cargo test --release --test it -- --ignored kill:: --show-output`.

mod death;
mod export;
mod leads;
mod users;

use std::thread;

use serde_json::Value;

use crate::support::{Run, TestEnv, skipped};
use death::{Calls, Death, Library};

/// How much dies.
#[derive(Debug, Clone, Copy)]
struct Scale {
    n_kills: usize,
    n_rows: usize,
}

/// One job that runs night after night, and what must hold when a run of it has died, and when one has ended.
trait Job {
    /// Returns where it happens.
    fn env(&self) -> &TestEnv;

    /// Returns the program's arguments.
    fn arguments(&self) -> &[&str];

    /// Brings tonight's work.
    fn next_night(&mut self, chance: &mut fastrand::Rng);

    /// Checks what a dead run has left, and makes ready for the next one.
    fn bury(&mut self, chance: &mut fastrand::Rng);

    /// Checks that a run did all that there was to do.
    fn check(&self, run: &Run);
}

/// Kills the runs of a job, and lets another one end after each death or two. Returns how they died.
fn kill_loop(job: &mut dyn Job, scale: Scale, seed: u64) -> Vec<Death> {
    let library = match Library::build(job.env()) {
        Ok(library) => library,
        Err(why) => {
            skipped(&format!("nothing was killed: {why}"));
            return Vec::new();
        }
    };
    let mut chance = fastrand::Rng::with_seed(seed);
    // What hundreds of runs say is more than a machine remembers.
    job.env().ask("POST", "/__sandbox/exchanges", r#"{"keep":1000}"#);
    finish(job);
    job.next_night(&mut chance);
    let calls = count(job, &library);
    let (mut deaths, mut n_alive, mut turn) = (Vec::new(), 0, seed as usize);
    while deaths.len() < scale.n_kills {
        job.next_night(&mut chance);
        loop {
            let death = Death::draw(turn, &calls, &mut chance);
            turn += 1;
            if is_dead_by(death, job, &library) {
                deaths.push(death);
                job.bury(&mut chance);
            } else {
                n_alive += 1;
                assert!(n_alive <= 10 + scale.n_kills, "the deaths miss: {n_alive} of {turn} runs ended");
            }
            if chance.u8(..3) > 0 {
                break;
            }
        }
        finish(job);
    }
    deaths
}

/// Lets a run die so. Returns whether it did: some make fewer calls than the one that was counted.
#[expect(clippy::print_stdout, reason = "the harness shows it when the test fails")]
fn is_dead_by(death: Death, job: &dyn Job, library: &Library) -> bool {
    println!("{:?} {death}", job.arguments());
    library.kill(job.env(), job.arguments(), death)
}

/// Runs a job to its end, unharmed.
fn finish(job: &dyn Job) {
    job.check(&job.env().run_all(job.arguments()));
}

/// Runs a job to its end, and returns how often it made each kind of call.
fn count(job: &dyn Job, library: &Library) -> Calls {
    let (run, calls) = library.count(job.env(), job.arguments());
    job.check(&run);
    calls
}

/// Returns the report that a run has printed: it adds up.
fn balanced(run: &Run) -> Value {
    let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run}"));
    let rows = &report["rows"];
    let count = |class: &str| rows[class].as_u64().unwrap();
    let ends = ["created", "updated", "unchanged", "invalid", "rejected", "unknown", "pending"];
    assert_eq!(count("read"), ends.into_iter().map(count).sum::<u64>(), "{rows}");
    report
}

/// An import was finished: nothing is left to do, which a run after it finds out with two requests.
#[track_caller]
fn assert_finished(env: &TestEnv, arguments: &[&str], run: &Run) {
    assert_eq!(0, run.code, "{run}");
    assert!(!run.stderr.contains("damaged"), "{run}");
    balanced(run);
    let again = env.run_all(arguments);
    assert_eq!(0, again.code, "{again}");
    let report = balanced(&again);
    assert_eq!(report["rows"]["read"], report["rows"]["unchanged"], "{again}");
    assert_eq!(2, report["http"]["requests"], "{again}");
}

/// Reports of dead runs are whole, or are not there.
#[track_caller]
fn assert_reports_are_whole(env: &TestEnv) {
    for path in env.files().filter(|path| path.ends_with("report.json")) {
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(serde_json::from_str::<Value>(&text).is_ok(), "{}: {text}", path.display());
    }
}

const SHORT: Scale = Scale { n_kills: 5, n_rows: 60 };

#[test]
fn an_import_that_is_killed_anywhere_is_finished_by_the_next_run() {
    thread::scope(|scope| {
        for seed in [0, 4] {
            scope.spawn(move || kill_loop(&mut users::Users::new(SHORT.n_rows), SHORT, seed));
        }
    });
}

#[test]
fn an_import_in_bulk_that_is_killed_anywhere_is_finished_by_the_next_run() {
    kill_loop(&mut users::Users::in_bulk(SHORT.n_rows), SHORT, 2);
}

#[test]
fn leads_are_created_once_wherever_their_import_is_killed() {
    kill_loop(&mut leads::Leads::new(12), Scale { n_kills: 4, ..SHORT }, 5);
}

#[test]
fn an_export_that_is_killed_anywhere_leaves_the_old_file_or_the_new_one() {
    kill_loop(&mut export::Export::new(300), Scale { n_kills: 7, ..SHORT }, 0);
}

#[test]
#[ignore = "takes minutes: for the night"]
#[expect(clippy::print_stdout, reason = "what it is for")]
fn hundreds_of_deaths_lose_nothing() {
    let scale = Scale { n_kills: 60, n_rows: 200 };
    let deaths: Vec<Death> = thread::scope(|scope| {
        let loops = [
            scope.spawn(|| kill_loop(&mut users::Users::new(scale.n_rows), scale, 100)),
            scope.spawn(|| kill_loop(&mut users::Users::new(scale.n_rows), scale, 200)),
            scope.spawn(|| kill_loop(&mut users::Users::in_bulk(scale.n_rows), scale, 500)),
            scope.spawn(|| kill_loop(&mut leads::Leads::new(40), scale, 300)),
            scope.spawn(|| kill_loop(&mut export::Export::new(450), scale, 400)),
        ];
        loops.into_iter().flat_map(|it| it.join().unwrap()).collect()
    });
    println!("{}", death::summary(&deaths));
}
