//! Bad nights: lost answers, proxies' pages, resets, a spent quota. Every row is accounted for, and no user is there twice.

mod connections;
mod matrix;
mod outage;

use std::process::Child;
use std::time::Duration;

use insta::assert_snapshot;
use intercom_bulk::sandbox::{Config, Lag, SandboxClock};
use serde_json::{Value, json};

use crate::support::{FakeServer, TestEnv, users, wait_until};

/// Every fault but a 429, which pauses everybody for a window, on either side of the commit.
const FAULTS: [(&str, bool); 13] = [
    ("json_500", false),
    ("json_500", true),
    ("empty_500", false),
    ("empty_500", true),
    ("html_502", false),
    ("html_502", true),
    ("json_503", false),
    ("json_503", true),
    ("html_504", false),
    ("html_504", true),
    ("empty_200", true),
    ("reset", false),
    ("reset", true),
];

/// Lets one request in twenty meet a fault, of every kind in turn, until the program ends.
fn torment(env: &TestEnv, child: &mut Child) {
    let mut kinds = FAULTS.iter().cycle();
    let answered = || {
        let stats: Value = serde_json::from_str(&env.ask("GET", "/__sandbox/stats", "")).unwrap();
        stats["requests"].as_u64().unwrap()
    };
    let mut next = answered() + 20;
    wait_until(|| {
        let now = answered();
        if now >= next {
            next = now + 20;
            let (fault, committed) = kinds.next().unwrap();
            env.faults(&json!({"next": [{"fault": fault, "committed": committed}]}).to_string());
        }
        child.try_wait().unwrap().is_some()
    });
}

/// Imports a file through faults, and returns the rows of the report.
#[track_caller]
fn import_tormented(env: &TestEnv, file: &str) -> Value {
    env.write("users.csv", file);
    let mut child = env.start(["import", "users.csv", "--json", "--progress", "none"]);
    torment(env, &mut child);
    let run = env.finish(child);
    assert_eq!(0, run.code, "{run}");
    serde_json::from_str::<Value>(&run.stdout).unwrap()["rows"].clone()
}

/// The sandbox holds each user of the file once, with its name.
#[track_caller]
fn assert_holds(env: &TestEnv, n_users: usize, name: &str) {
    let mut expected: Vec<_> = (1..=n_users).map(|n| (format!("u-{n}"), format!("{name} {n}"))).collect();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let contacts = env.contacts();
    let mut held: Vec<_> =
        contacts.iter().map(|user| (text(&user["external_id"]), text(&user["name"]))).collect();
    expected.sort();
    held.sort();
    assert_eq!(expected, held);
}

/// A build without optimisation takes a tenth of a second for a hundred of them.
const ROWS: usize = if cfg!(debug_assertions) { 3_000 } else { 10_000 };

#[test]
fn thousands_of_rows_survive_faults_of_every_kind() {
    let env = TestEnv::prompt();
    let rows = import_tormented(&env, &users(ROWS));
    assert_eq!((&json!(ROWS), &json!(ROWS)), (&rows["read"], &rows["created"]));
    assert_holds(&env, ROWS, "User");
    let met = |fault: &str| env.requests().iter().filter(|request| request["fault"] == fault).count();
    FAULTS.iter().for_each(|(fault, _)| assert!(met(fault) > 2, "{fault} was met {} times", met(fault)));
}

#[test]
fn updates_survive_faults_of_every_kind() {
    let env = TestEnv::prompt();
    env.write("users.csv", users(200));
    env.run(["import", "users.csv"]);
    let rows = import_tormented(&env, &users(200).replace("User", "Person"));
    assert_eq!(json!(200), rows["read"]);
    assert_eq!(200, rows["updated"].as_u64().unwrap() + rows["unchanged"].as_u64().unwrap(), "{rows}");
    assert_holds(&env, 200, "Person");
}

#[test]
fn an_answer_that_was_lost_after_the_commit_is_no_second_user() {
    let env = TestEnv::prompt();
    env.write("users.csv", "email\na@example.com\n");
    env.faults(r#"{"next":[{"fault":"reset","committed":true},{"fault":"empty_200","committed":true}],"method":"POST"}"#);
    assert_snapshot!(env.run(["import", "users.csv"]), @"
    exit 0
    ---- stderr
    users.csv: 1 row in [TIME]: 1 created, 0 updated, 0 unchanged
    5 requests, 0 throttled, 1 retried
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: nothing is left to do
    ");
    assert_eq!(1, env.contacts().len());
}

/// The run has waited for a reset, and not only for its turn under the rate.
#[track_caller]
fn assert_waited(env: &TestEnv) {
    let waited = env.report("import")["quota"]["waited_seconds"].as_f64().unwrap();
    assert!(waited > 2.5, "{waited}");
}

/// At this moment of a window its end, and with it the reset, is three seconds away.
const NEAR_THE_END: u64 = 1_800_000_009;

#[test]
fn a_spent_window_is_waited_for_and_no_row_is_lost() {
    let clock = SandboxClock::fixed(NEAR_THE_END);
    let config = Config { quota_per_minute: 60, clock: clock.clone(), lag: Lag::NONE, ..Config::default() };
    let env = TestEnv::with(config);
    env.write("users.csv", users(15));
    let child = env.start(["import", "users.csv", "--progress", "none"]);
    wait_until(|| env.requests().len() >= 10);
    clock.advance(Duration::from_secs(3));
    assert_snapshot!(env.finish(child), @"
    exit 0
    ---- stderr
    users.csv: 15 rows in [TIME]: 15 created, 0 updated, 0 unchanged
    17 requests, 0 throttled, 0 retried; 100% of the quota
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: nothing is left to do
    ");
    assert_holds(&env, 15, "User");
    assert_waited(&env);
}

#[test]
fn a_throttled_request_costs_no_row() {
    let clock = SandboxClock::fixed(NEAR_THE_END);
    let env = TestEnv::with(Config { clock, lag: Lag::NONE, ..Config::default() });
    env.faults(r#"{"next":[{"fault":"throttle_429"}],"method":"POST"}"#);
    env.write("users.csv", users(5));
    assert_snapshot!(env.run(["import", "users.csv"]), @"
    exit 0
    ---- stderr
    users.csv: 5 rows in [TIME]: 5 created, 0 updated, 0 unchanged
    8 requests, 1 throttled, 0 retried; 0% of the quota
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: nothing is left to do
    ");
    assert_holds(&env, 5, "User");
    assert_waited(&env);
}

/// Takes up to 15 s: rows are tried up to six times with growing pauses, as long as the budget lasts.
#[test]
fn a_server_that_is_down_ends_the_run_and_leaves_no_row_unsaid() {
    let server = FakeServer::intercom(("503 Service Unavailable", ""));
    let env = TestEnv::offline();
    env.write("users.csv", users(100));
    let arguments = ["import", "users.csv", "--base-url", server.url(), "--concurrency", "10", "--json"];
    let run = env.run(arguments);
    assert_eq!(7, run.code, "{run}");
    let rows = env.report("import")["rows"].clone();
    assert_eq!(
        rows["read"].as_u64(),
        Some(rows["unknown"].as_u64().unwrap() + rows["pending"].as_u64().unwrap())
    );
    assert!(rows["unknown"].as_u64().unwrap() >= 10, "{rows}");
    let retries = env.report("import")["http"]["retries"].as_u64().unwrap();
    // Ten rows at a time and six attempts each would be fifty.
    assert!((20..=35).contains(&retries), "the budget of a run is 35 retries: {retries}");
}

#[test]
fn an_export_survives_faults() {
    let config = Config {
        users: 700,
        quota_per_minute: 0,
        lag: Lag::NONE,
        fault_rate: 0.4,
        seed: 1,
        ..Config::default()
    };
    let env = TestEnv::with(config);
    let run = env.run(["export", "users.csv"]);
    assert_eq!(0, run.code, "{run}");
    assert!(env.requests().iter().filter(|request| !request["fault"].is_null()).count() > 1);
    assert_eq!(701, env.read("users.csv").lines().count());
}

#[test]
fn a_lost_answer_about_an_old_user_creates_nobody() {
    let env = TestEnv::prompt();
    env.write("users.csv", "external_id,email\n1,ann@example.com\n");
    env.create(r#"{"role":"user","external_id":"1","email":"ann@example.com"}"#);
    env.ask("POST", "/__sandbox/clock", r#"{"advance_seconds":60}"#);
    env.faults(r#"{"next":[{"fault":"html_502","committed":false}],"method":"POST"}"#);
    let rows = |arguments: [&str; 4]| {
        let run = env.run(arguments);
        serde_json::from_str::<Value>(&run.stdout).unwrap()["rows"].clone()
    };
    assert_eq!(1, rows(["import", "users.csv", "--json", "--progress=none"])["unchanged"]);
    assert_eq!(1, env.requests().iter().filter(|request| request["fault"] == "html_502").count());
}
