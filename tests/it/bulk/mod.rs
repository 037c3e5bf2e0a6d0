//! The engine `bulk`: a hundred rows a request, and every row settled all the same.

mod bad;
mod create;
mod ends;
mod jobs;
mod update;

use intercom_bulk::sandbox::{Config, Lag};
use serde_json::Value;

use crate::support::{CANARY_ID, Run, TestEnv};

/// A workspace whose jobs take no time.
fn at_once() -> TestEnv {
    with(Config::default(), &["bulk-speed=at-once"])
}

/// A workspace without quota and lag where some of what nobody knows is set.
fn with(config: Config, unknowns: &[&str]) -> TestEnv {
    let unknowns = unknowns.iter().map(|setting| setting.parse().unwrap()).collect();
    TestEnv::with(Config { quota_per_minute: 0, lag: Lag::NONE, unknowns, ..config })
}

/// Imports `users.csv` in bulk, with some more flags.
fn import(env: &TestEnv, file: &str, flags: &[&str]) -> Run {
    env.write("users.csv", file);
    env.run_all(&arguments(flags))
}

fn arguments<'a>(flags: &[&'a str]) -> Vec<&'a str> {
    ["import", "users.csv", "--engine", "bulk", "--progress", "none"].iter().chain(flags).copied().collect()
}

/// Lets so much time pass that what was written before was not written just now.
fn pass_a_minute(env: &TestEnv) {
    env.ask("POST", "/__sandbox/clock", r#"{"advance_seconds":60}"#);
}

/// Returns a field of all users, in the order of their external ids and emails.
fn all(env: &TestEnv, field: &str) -> Vec<String> {
    let text = |contact: &Value| contact[field].as_str().unwrap_or_default().to_owned();
    env.contacts().iter().map(text).collect()
}

/// Returns how many requests there were to write contacts one by one.
fn n_single_writes(env: &TestEnv) -> usize {
    let is_single = |request: &&Value| {
        let path = request["path"].as_str().unwrap();
        let is_ours = request["token_id"] == CANARY_ID;
        is_ours && path.starts_with("/contacts") && !path.starts_with("/contacts/bulk")
    };
    env.writes().iter().filter(is_single).count()
}
