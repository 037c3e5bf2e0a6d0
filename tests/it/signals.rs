//! Ctrl-C and SIGTERM in the middle of a run: what is in flight finishes, and nothing is left unsaid.

use std::io::{BufRead, BufReader};
use std::process::Child;
use std::time::Duration;

use insta::assert_snapshot;
use intercom_bulk::sandbox::{Config, Lag};
use serde_json::Value;

use crate::support::{FakeServer, Run, TestEnv, signal, users, wait_until};

/// A workspace that takes its time.
fn slow() -> TestEnv {
    let latency = Duration::from_millis(40);
    TestEnv::with(Config { quota_per_minute: 0, latency, lag: Lag::NONE, ..Config::default() })
}

/// Starts an import of 5,000 rows, and sends a signal when some of them have arrived.
fn interrupt(env: &TestEnv, name: &str) -> Run {
    env.write("users.csv", users(5_000));
    let child = env.start(["import", "users.csv", "--concurrency", "8", "--json"]);
    wait_until(|| env.contacts().len() > 20);
    signal(&child, name);
    env.finish(child)
}

/// The counts add up, and those of users that were made are as many as the sandbox holds.
#[track_caller]
fn assert_balanced(env: &TestEnv, report: &Value) {
    let rows = report["rows"].as_object().unwrap();
    let count = |name: &str| rows[name].as_u64().unwrap();
    let ended: u64 = rows.values().map(|n| n.as_u64().unwrap()).sum::<u64>() - count("read");
    assert_eq!(count("read"), ended);
    assert_eq!(env.contacts().len() as u64, count("created"));
    assert!(count("read") < 5_000, "the run was over before the signal came");
}

#[test]
fn ctrl_c_lets_the_rows_in_flight_finish_and_tells_how_to_go_on() {
    let env = slow();
    let run = interrupt(&env, "INT");
    assert_eq!(130, run.code, "{run}");
    let report = env.report("import");
    assert_eq!(report, serde_json::from_str::<Value>(&run.stdout).unwrap());
    assert_eq!(("interrupted", true), (report["exit_name"].as_str().unwrap(), report["retryable"] == true));
    assert_eq!("intercom-bulk import users.csv --concurrency 8 --json", report["next_command"]);
    assert_balanced(&env, &report);
    let numbers = regex::Regex::new(r"\b\d[\d,]*\b").unwrap();
    let shown = run.to_string();
    assert_snapshot!(numbers.replace_all(shown.split_once("---- stderr").unwrap().1, "[N]"), @"

    stopping: what is in flight finishes; a second signal stops at once
    users.csv: [N] rows of [N] in [TIME]: [N] created, [N] updated, [N] unchanged
    [N] requests, [N] throttled, [N] retried
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: run `intercom-bulk import users.csv --concurrency [N] --json` again: what is done stays done
    ");
}

#[test]
fn sigterm_stops_in_the_same_way() {
    let env = slow();
    let run = interrupt(&env, "TERM");
    assert_eq!(143, run.code, "{run}");
    assert_balanced(&env, &env.report("import"));
}

#[test]
fn the_same_command_finishes_what_was_interrupted() {
    let env = slow();
    env.write("users.csv", users(200));
    let child = env.start(["import", "users.csv"]);
    wait_until(|| env.contacts().len() > 20);
    signal(&child, "INT");
    assert_eq!(130, env.finish(child).code);
    assert_eq!(0, env.run(["import", "users.csv"]).code);
    assert_eq!(200, env.contacts().len());
    assert_eq!(0, env.count("PUT", "/contacts"));
}

/// Reads stderr to the line that a first signal is answered with.
fn hear_the_first(child: &mut Child) {
    let mut line = String::new();
    BufReader::new(child.stderr.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!("stopping: what is in flight finishes; a second signal stops at once\n", line);
}

#[test]
fn a_second_signal_stops_at_once() {
    let (server, hears) = FakeServer::silent();
    let env = TestEnv::offline();
    env.write("users.csv", "email\na@example.com\n");
    let mut child = env.start(["import", "users.csv", "--base-url", server.url()]);
    hears.recv().unwrap();
    signal(&child, "INT");
    hear_the_first(&mut child);
    signal(&child, "INT");
    assert_eq!(130, env.finish(child).code);
}

#[test]
fn ctrl_c_while_a_server_is_waited_for_is_an_interruption_too() {
    let (server, hears) = FakeServer::hanging_up();
    let env = TestEnv::offline();
    env.write("users.csv", "email\na@example.com\n");
    let child = env.start(["import", "users.csv", "--base-url", server.url()]);
    hears.recv().unwrap();
    signal(&child, "INT");
    assert_snapshot!(env.finish(child), @"
    exit 130
    ---- stderr
    stopping: what is in flight finishes; a second signal stops at once
    error: stopped before the first row
      hint: run the same command again
    ");
}

#[test]
fn an_interrupted_export_leaves_the_old_file_as_it_was() {
    let latency = Duration::from_millis(40);
    let env = TestEnv::with(Config { users: 5_000, latency, quota_per_minute: 0, ..Config::default() });
    env.write("users.csv", "the old file\n");
    let child = env.start(["export", "users.csv"]);
    wait_until(|| env.count("POST", "/contacts/search") > 8);
    signal(&child, "INT");
    assert_snapshot!(env.finish(child), @"
    exit 130
    ---- stderr
    stopping: what is in flight finishes; a second signal stops at once
    users.csv was not written; a file of that name is as it was
    report: [STATE]/sandbox1/runs/[TIME]-export/report.json
    next: run `intercom-bulk export users.csv` again: within the hour it goes on from here
    ");
    assert_eq!("the old file\n", env.read("users.csv"));
    assert!(!env.path("users.csv.partial").exists());
}
