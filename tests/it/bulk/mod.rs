//! The engine `bulk`: a hundred rows a request, and every row settled all the same.

mod create;

use intercom_bulk::sandbox::{Config, Lag};

use crate::support::{Run, TestEnv};

/// A workspace whose jobs take no time.
fn at_once() -> TestEnv {
    with(&["bulk-speed=at-once"], Lag::NONE)
}

/// A workspace where some of what nobody knows is set.
fn with(unknowns: &[&str], lag: Lag) -> TestEnv {
    let unknowns = unknowns.iter().map(|setting| setting.parse().unwrap()).collect();
    TestEnv::with(Config { quota_per_minute: 0, lag, unknowns, ..Config::default() })
}

/// Imports `users.csv` in bulk, with some more flags.
fn import(env: &TestEnv, file: &str, flags: &[&str]) -> Run {
    env.write("users.csv", file);
    let arguments: Vec<&str> =
        ["import", "users.csv", "--engine", "bulk"].iter().chain(flags).copied().collect();
    env.run_all(&arguments)
}
