//! A server that is away: everybody waits, one asks whether it is back, and no row is lost.

use std::io::{BufRead, BufReader, Read};
use std::process::Child;
use std::time::Duration;

use intercom_bulk::sandbox::{Config, Lag};
use serde_json::json;

use crate::support::{Door, FakeServer, TestEnv, assert_accounted, signal, users, wait_until};

/// So many at once that one of them has spent its retries soon.
const WORKERS: &str = "32";

/// A workspace that takes its time, so that a run is still under way when something happens to it.
fn slow(n_users: u64) -> TestEnv {
    let latency = Duration::from_millis(40);
    TestEnv::with(Config {
        quota_per_minute: 0,
        latency,
        lag: Lag::NONE,
        users: n_users,
        ..Config::default()
    })
}

/// Starts an import through a door, and shuts that when some rows have arrived.
fn import_until_shut(env: &TestEnv, door: &Door, more: &[&str]) -> Child {
    env.write("users.csv", users(1_000));
    let url = door.url();
    let common = ["import", "users.csv", "--base-url", &url, "--concurrency", WORKERS, "--progress", "json"];
    let child = env.command(&[&common[..], more].concat()).spawn().unwrap();
    wait_until(|| env.contacts().len() > 20);
    door.shut();
    child
}

/// Reads the progress up to the pause. Returns what reads the rest, which has to be read, or the program waits.
fn wait_for_the_pause(child: &mut Child) -> impl Read + use<> {
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("paused_seconds") {
        line.clear();
        assert!(stderr.read_line(&mut line).unwrap() > 0, "the run ended before it paused");
    }
    stderr
}

#[track_caller]
fn finish(env: &TestEnv, child: Child, mut stderr: impl Read) -> (i32, String) {
    let mut rest = String::new();
    stderr.read_to_string(&mut rest).unwrap();
    (env.finish(child).code, rest)
}

#[test]
fn a_port_that_is_closed_for_a_while_pauses_the_run_and_costs_no_row() {
    let env = slow(0);
    let door = Door::before(&env.url());
    let mut child = import_until_shut(&env, &door, &[]);
    let stderr = wait_for_the_pause(&mut child);
    let held = env.contacts().len();
    door.open();
    let (code, rest) = finish(&env, child, stderr);
    assert_eq!(0, code, "{rest}");
    assert!(held < 1_000, "the run was over before the door was shut");
    assert_eq!(1_000, env.contacts().len());
    assert_accounted(&env, &users(1_000));
}

#[test]
fn ctrl_c_ends_a_pause_at_once() {
    let env = slow(0);
    let door = Door::before(&env.url());
    let mut child = import_until_shut(&env, &door, &[]);
    let stderr = wait_for_the_pause(&mut child);
    signal(&child, "INT");
    let (code, rest) = finish(&env, child, stderr);
    assert_eq!(130, code, "{rest}");
    assert!(rest.contains("next: run `intercom-bulk import users.csv"), "{rest}");
    assert_accounted(&env, &users(1_000));
}

#[test]
fn a_port_that_stays_closed_ends_the_run_and_the_same_command_goes_on() {
    let env = slow(0);
    let door = Door::before(&env.url());
    let child = import_until_shut(&env, &door, &["--max-outage", "1s"]);
    let run = env.finish(child);
    assert_eq!(7, run.code, "{run}");
    let told = regex::Regex::new(
        r"error: no answer from 127[\d.:]+ for \d+s; the last attempt: no (connection|usable answer) .*
  hint: run the same command again when the server is back, or wait longer with --max-outage 2h
",
    );
    assert!(told.unwrap().is_match(&run.stderr), "{run}");
    assert_accounted(&env, &users(1_000));
    door.open();
    let again = env.run(["import", "users.csv", "--run-dir", "again"]);
    assert_eq!((0, 1_000), (again.code, env.contacts().len()), "{again}");
}

/// Takes as long as the retries of one request do, up to 15 s, and three probes.
#[test]
fn a_row_that_spent_its_retries_in_an_outage_gets_new_ones_after_it() {
    let env = TestEnv::prompt();
    let away = json!({"rules": [
        {"method": "POST", "request": 2, "times": 6, "fault": "html_502"},
        // The first one is the run's own question.
        {"path": "/me", "request": 2, "times": 2, "fault": "json_503"},
    ]});
    env.faults(&away.to_string());
    env.write("users.csv", users(4));
    let run = env.run(["import", "users.csv", "--concurrency", "1"]);
    assert_eq!(0, run.code, "{run}");
    // Two questions, four creates, six that were lost, three probes.
    assert_eq!((15, 4), (env.requests().len(), env.count("GET", "/me")));
    assert_accounted(&env, &users(4));
}

/// Takes as long as the retries of one request do, up to 15 s.
#[test]
fn a_row_that_fails_while_the_server_answers_pauses_nobody() {
    let env = TestEnv::prompt();
    env.faults(r#"{"rules":[{"method":"POST","request":2,"times":6,"fault":"html_502"}]}"#);
    env.write("users.csv", users(4));
    let run = env.run(["import", "users.csv", "--concurrency", "1"]);
    assert_eq!(3, run.code, "{run}");
    assert_eq!((3, 2), (env.contacts().len(), env.count("GET", "/me")));
    assert_accounted(&env, &users(4));
}

/// Faults that stay, from the fifth request that writes: none is an answer of Intercom's own.
const FOR_GOOD: [(&str, bool); 10] = [
    ("json_500", false),
    ("empty_500", true),
    ("html_502", true),
    ("json_503", false),
    ("html_504", true),
    ("empty_200", true),
    ("reset", false),
    ("reset", true),
    ("truncated_body", false),
    ("malformed_json", false),
];

/// Takes as long as the retries of the luckiest of many requests do, a few seconds.
#[test]
fn under_every_fault_that_stays_the_outcomes_are_the_input() {
    let import = |(fault, committed): (&str, bool)| {
        let env = TestEnv::prompt();
        let rule = |method: &str, from: u32| json!({"method": method, "from": from, "fault": fault, "committed": committed});
        env.faults(&json!({"rules": [rule("POST", 5), rule("GET", 3)]}).to_string());
        env.write("users.csv", users(100));
        let common = ["import", "users.csv", "--concurrency", WORKERS, "--progress", "none"];
        let run = env.run_all(&[&common[..], &["--max-outage", "1s"]].concat());
        assert_eq!(7, run.code, "{fault}: {run}");
        assert_accounted(&env, &users(100));
    };
    std::thread::scope(|scope| {
        let runs = FOR_GOOD.map(|fault| scope.spawn(move || import(fault)));
        runs.into_iter().for_each(|run| run.join().unwrap());
    });
}

#[test]
fn an_export_outlasts_an_outage() {
    let env = slow(3_000);
    let door = Door::before(&env.url());
    let url = door.url();
    let arguments = ["export", "users.csv", "--base-url", &url, "--progress", "json"];
    let mut child = env.command(&arguments).spawn().unwrap();
    wait_until(|| env.count("POST", "/contacts/search") > 6);
    door.shut();
    let stderr = wait_for_the_pause(&mut child);
    door.open();
    let (code, rest) = finish(&env, child, stderr);
    assert_eq!((0, 3_001), (code, env.read("users.csv").lines().count()), "{rest}");
}

/// Somebody at a keyboard wants to hear that the address is wrong.
#[test]
fn the_first_request_of_a_run_waits_for_nobody() {
    let server = FakeServer::answering("503 Service Unavailable", "");
    let env = TestEnv::offline();
    env.write("users.csv", users(1));
    assert_eq!(7, env.run(["import", "users.csv", "--base-url", server.url()]).code);
    assert_eq!(3, server.requests());
}

/// Takes as long as the retries of one request do, up to 15 s.
#[test]
fn a_command_about_one_user_waits_for_nobody_unless_it_is_told_to() {
    let tries = |more: &[&str]| {
        let server = FakeServer::answering("503 Service Unavailable", "");
        let find = ["find", "--email", "ann@example.com", "--base-url", server.url()];
        let run = TestEnv::offline().run_all(&[&find[..], more].concat());
        assert_eq!(7, run.code, "{run}");
        server.requests()
    };
    let (bare, told) = std::thread::scope(|scope| {
        let bare = scope.spawn(|| tries(&[]));
        let told = tries(&["--max-outage", "0s"]);
        (bare.join().unwrap(), told)
    });
    // Told to, it asks once whether anybody is there.
    assert_eq!((6, 7), (bare, told));
}
