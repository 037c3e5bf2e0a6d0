//! Scenarios: which request meets what, as written in a file or told to a running sandbox.

use std::time::Duration;

use super::Api;
use super::NOW;
use super::prompt;
use intercom_bulk::sandbox::Config;
use intercom_bulk::sandbox::Lag;
use intercom_bulk::sandbox::SandboxClock;
use intercom_bulk::sandbox::Scenario;
use serde_json::Value;

const ANN: &str = r#"{"email":"ann@example.com"}"#;

/// A sandbox with one rule.
fn with(rule: &str) -> Api {
    let scenario = Scenario::parse(&format!("[[rule]]\n{rule}")).unwrap();
    Api::with(Config { scenario, ..prompt() })
}

fn statuses(api: &Api, path: &str, count: usize) -> Vec<u16> {
    (0..count).map(|_| api.get(path).status).collect()
}

#[test]
fn a_fault_strikes_the_request_that_is_named() {
    assert_eq!(statuses(&with("fault = 'html_502'\nrequest = 3"), "/me", 4), [200, 200, 502, 200]);
    let api = with("fault = 'json_503'\npath = '/contacts/*'\nrequest = 2\ntimes = 2");
    assert_eq!(statuses(&api, "/me", 3), [200, 200, 200]);
    assert_eq!(statuses(&api, "/contacts/x", 4), [404, 503, 503, 404]);
}

#[test]
fn a_token_is_revoked_in_the_middle_of_a_run() {
    let api = with("fault = 'revoked_401'\nfrom = 3");
    assert_eq!(statuses(&api, "/me", 4), [200, 200, 401, 401]);
    let told = api.get("/me");
    assert_eq!(told.str("/errors/0/code"), "token_revoked");
    assert!(told.header("x-ratelimit-limit").is_none());
}

#[test]
fn a_committed_fault_of_a_scenario_has_written() {
    let api = with("fault = 'html_504'\ncommitted = true\nmethod = 'POST'");
    assert_eq!(api.post("/contacts", ANN).status, 504);
    assert_eq!(api.stored().len(), 1);
}

#[test]
fn a_moment_moves_time_or_lets_lists_catch_up() {
    let api = with("advance = '10m'\nrequest = 2");
    api.get("/me").ok();
    api.get("/me").ok();
    assert_eq!(api.lines("requests")[1]["at"], NOW as f64);
    api.get("/me").ok();
    assert_eq!(api.lines("requests")[2]["at"], (NOW + 600) as f64);
    let scenario = Scenario::parse("[[rule]]\nsettle = true\nrequest = 3").unwrap();
    let lag = Lag::between(Duration::from_secs(60), Duration::from_secs(60));
    let api = Api::with(Config { scenario, lag, clock: SandboxClock::fixed(NOW), ..Config::default() });
    api.create(ANN);
    assert_eq!((api.listed().len(), api.listed().len()), (0, 1));
}

#[test]
fn a_delay_makes_an_answer_late() {
    let api = with("delay = '30s'\nrequest = 1");
    api.get("/me").ok();
    api.get("/me").ok();
    assert_eq!(api.lines("requests")[1]["at"], (NOW + 30) as f64);
}

#[test]
fn rules_can_be_added_while_the_sandbox_runs() {
    let api = with("fault = 'html_502'\nrequest = 2");
    api.get("/me").ok();
    api.control("faults", r#"{"rules":[{"method":"get","request":2,"fault":"json_500"}]}"#);
    assert_eq!(statuses(&api, "/me", 3), [502, 500, 200]);
    api.control("reset", "");
    assert_eq!(statuses(&api, "/me", 4), [200, 502, 200, 200]);
}

#[test]
fn a_rule_with_a_probability_strikes_now_and_then() {
    let api = with("fault = 'json_500'\nprobability = 0.5");
    let told = statuses(&api, "/me", 60);
    let n_faults = told.iter().filter(|status| **status == 500).count();
    assert!((10..50).contains(&n_faults), "{told:?}");
}

#[test]
fn a_stalled_request_gets_no_byte() {
    let api = with("fault = 'stall'\ncommitted = true\nmethod = 'POST'");
    let request = api.with_body("POST", "/contacts", ANN).timeout(Duration::from_millis(200));
    assert!(request.send().unwrap_err().is_timeout());
    assert_eq!(api.stored().len(), 1);
    assert_eq!(api.lines("requests")[0]["fault"], "stall");
}

#[test]
fn a_body_can_end_before_it_is_whole() {
    let api = with("fault = 'truncated_body'\nmethod = 'POST'");
    let response = api.with_body("POST", "/contacts", ANN).send().unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.content_length().unwrap() > 100);
    assert!(response.text().is_err());
    assert_eq!(api.stored().len(), 1);
}

#[test]
fn a_body_can_be_whole_and_no_json() {
    let api = with("fault = 'malformed_json'\nmethod = 'POST'");
    let told = api.post("/contacts", ANN);
    assert_eq!((told.status, told.text.ends_with('}')), (200, false));
    assert!(serde_json::from_str::<Value>(&told.text).is_err());
    assert_eq!(api.stored().len(), 1);
}

#[test]
fn a_slow_body_is_whole_in_the_end() {
    let api = with("fault = 'slow_body'\nrequest = 1");
    assert_eq!(api.get("/me").ok().str("/type"), "admin");
    api.get("/me").ok();
    assert_eq!(api.lines("requests")[1]["at"], (NOW + 10) as f64);
}

#[test]
fn answers_can_come_from_something_that_is_not_intercom() {
    let told = with("fault = 'bare_429'").get("/me");
    assert_eq!((told.status, told.header("x-ratelimit-reset")), (429, None));
    assert!(told.text.starts_with("<html>"));
    let told = with("fault = 'retry_after_503'").get("/me");
    assert_eq!((told.status, told.header("retry-after")), (503, Some("2")));
}

#[test]
fn a_clock_can_be_wrong() {
    let api = with("fault = 'wrong_date'\nrequest = 1");
    assert_eq!(api.get("/me").ok().header("date"), Some("Tue, 14 Nov 2023 21:13:20 GMT"));
    assert_eq!(api.get("/me").ok().header("date"), Some("Tue, 14 Nov 2023 22:13:20 GMT"));
}
