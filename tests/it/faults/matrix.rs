//! The fault matrix: one request meets each fault, on either side of the commit. What it costs is a request or two, and
//! no row.

use std::time::Duration;

use intercom_bulk::sandbox::{Config, Lag, SandboxClock};
use serde_json::{Value, json};

use super::NEAR_THE_END;
use crate::support::{TestEnv, assert_accounted, users};

/// Imports four users, one after the other, and says what came of it.
fn import(env: &TestEnv, rule: &Value) -> String {
    let mut rule = rule.clone();
    for (key, value) in [("method", json!("POST")), ("request", json!(2))] {
        rule[key] = value;
    }
    env.faults(&json!({ "rules": [rule] }).to_string());
    env.write("users.csv", users(4));
    let common = ["import", "users.csv", "--concurrency", "1", "--json", "--progress", "none"];
    // An answer that never comes is waited for no longer than the slowest of a busy machine.
    let run = env.run_all(&[&common[..], &["--timeout", "3s"]].concat());
    assert_accounted(env, &users(4));
    let report = env.report("import");
    let rows = report["rows"].as_object().unwrap();
    let outcomes: Vec<String> = rows
        .iter()
        .filter(|(name, n)| *name != "read" && **n != json!(0))
        .map(|(name, n)| format!("{n} {name}"))
        .collect();
    let requests = &report["http"]["requests"];
    assert_eq!(requests, env.requests().len(), "the report and the sandbox count alike");
    assert!(env.requests().iter().any(|request| request["fault"] == rule["fault"]), "{rule} was not met");
    format!("exit {}: {}, {requests} requests", run.code, outcomes.join(", "))
}

#[track_caller]
fn check(rule: &Value, expected: &str) {
    assert_eq!(expected, import(&TestEnv::prompt(), rule), "{rule}");
}

/// Without a fault: two questions, and a create a row.
const NOTHING_MORE: &str = "exit 0: 4 created, 6 requests";
const ONE_MORE: &str = "exit 0: 4 created, 7 requests";
/// The create again, which conflicts with the first, and a look at who that is.
const TWO_MORE: &str = "exit 0: 4 created, 8 requests";

/// Neither the server nor a proxy before it has carried it out: it is sent again.
#[test]
fn what_was_lost_before_the_commit_costs_one_request_more() {
    for fault in ["json_500", "empty_500", "html_502", "json_503", "html_504", "reset"] {
        check(&json!({ "fault": fault }), ONE_MORE);
    }
}

/// The create again, its conflict, and a look at who is there: our own.
#[test]
fn what_was_lost_after_the_commit_costs_two_requests_more() {
    for fault in ["json_500", "empty_500", "html_502", "json_503", "html_504", "reset", "empty_200"] {
        check(&json!({ "fault": fault, "committed": true }), TWO_MORE);
    }
}

#[test]
fn an_answer_that_cannot_be_read_counts_as_lost() {
    check(&json!({ "fault": "empty_200" }), ONE_MORE);
    check(&json!({ "fault": "truncated_body" }), TWO_MORE);
    check(&json!({ "fault": "malformed_json" }), TWO_MORE);
}

#[test]
fn a_slow_answer_is_waited_for_and_a_stalled_one_is_not() {
    check(&json!({ "fault": "slow_body", "delay": "500ms" }), NOTHING_MORE);
    check(&json!({ "fault": "slow_body", "delay": "30s" }), TWO_MORE);
    check(&json!({ "fault": "stall" }), ONE_MORE);
    check(&json!({ "fault": "stall", "committed": true }), TWO_MORE);
}

#[test]
fn a_429_costs_a_pause_and_one_request() {
    check(&json!({ "fault": "bare_429" }), ONE_MORE);
    let clock = SandboxClock::fixed(NEAR_THE_END);
    let env = TestEnv::with(Config { clock, lag: Lag::NONE, ..Config::default() });
    assert_eq!(ONE_MORE, import(&env, &json!({ "fault": "throttle_429" })));
}

#[test]
fn a_503_that_says_when_is_not_asked_sooner() {
    let env = TestEnv::prompt();
    assert_eq!(ONE_MORE, import(&env, &json!({ "fault": "retry_after_503" })));
    let requests = env.requests();
    let struck = requests.iter().position(|request| request["fault"] == "retry_after_503").unwrap();
    let at = |n: usize| requests[n]["at"].as_f64().unwrap();
    assert!(at(struck + 1) - at(struck) >= 2.0, "{requests:?}");
}

/// A date is compared with other dates of the server only, so that none of these costs anything.
#[test]
fn a_date_that_is_wrong_costs_nothing() {
    check(&json!({ "fault": "wrong_date" }), NOTHING_MORE);
}

#[test]
fn a_clock_that_is_late_or_early_does_not_make_us_take_ours_for_somebody_elses() {
    let late = SandboxClock::behind(Duration::from_secs(30));
    let early = SandboxClock::system();
    early.advance(Duration::from_secs(30));
    for clock in [late, early] {
        let env = TestEnv::with(Config { quota_per_minute: 0, clock, lag: Lag::NONE, ..Config::default() });
        assert_eq!(TWO_MORE, import(&env, &json!({ "fault": "reset", "committed": true })));
    }
}

#[test]
fn a_token_that_is_revoked_ends_the_run_and_the_rest_is_pending() {
    check(&json!({ "fault": "revoked_401" }), "exit 5: 1 created, 1 pending, 4 requests");
}
