//! What goes wrong, on either side of the commit.

use intercom_bulk::sandbox::Config;
use serde_json::Value;

use super::Api;
use super::prompt;
use super::told;

const ANN: &str = r#"{"email":"ann@example.com"}"#;

fn next(api: &Api, fault: &str, committed: bool) {
    api.control("faults", &format!(r#"{{"next":[{{"fault":"{fault}","committed":{committed}}}]}}"#));
}

/// Injects a fault into a create and asserts what was told, stored and logged.
#[track_caller]
fn check(fault: &str, committed: bool, status: u16, body: &str) {
    let api = Api::start();
    next(&api, fault, committed);
    let told = api.post("/contacts", ANN);
    assert_eq!(told.status, status);
    assert!(if body.is_empty() { told.text.is_empty() } else { told.text.contains(body) }, "{}", told.text);
    assert_eq!(told.header("x-ratelimit-limit"), Some("1666"));
    assert_eq!(api.stored().len(), usize::from(committed));
    let log = &api.lines("requests")[0];
    assert_eq!(log["fault"], fault);
    assert_eq!((&log["committed"], &log["status"]), (&Value::from(committed), &Value::from(status)));
    assert_eq!(api.post("/contacts", ANN).status, if committed { 409 } else { 200 });
}

#[test]
fn an_answer_can_be_lost_before_the_commit() {
    check("json_500", false, 500, "server_error");
    check("empty_500", false, 500, "");
    check("html_502", false, 502, "<html>");
    check("json_503", false, 503, "service_unavailable");
    check("html_504", false, 504, "<html>");
    check("throttle_429", false, 429, "Exceeded rate limit of 1666 in 10_seconds");
}

#[test]
fn an_answer_can_be_lost_after_the_commit() {
    check("json_500", true, 500, "server_error");
    check("empty_500", true, 500, "");
    check("html_502", true, 502, "<html>");
    check("json_503", true, 503, "service_unavailable");
    check("html_504", true, 504, "<html>");
    check("empty_200", true, 200, "");
}

#[track_caller]
fn check_reset(committed: bool) {
    let api = Api::start();
    api.get("/me").ok();
    next(&api, "reset", committed);
    let error = api.with_body("POST", "/contacts", ANN).send().unwrap_err();
    assert!(error.is_request() && error.status().is_none(), "{error:?}");
    assert_eq!(api.stored().len(), usize::from(committed));
    let log = &api.lines("requests")[1];
    assert_eq!((log["fault"].as_str(), &log["committed"]), (Some("reset"), &Value::from(committed)));
    assert!(log["status"].is_null());
}

#[test]
fn a_connection_can_be_reset_before_the_commit() {
    check_reset(false);
}

#[test]
fn a_connection_can_be_reset_after_the_commit() {
    check_reset(true);
}

#[test]
fn a_reset_is_a_reset_and_not_an_orderly_end() {
    use std::io::Read;
    use std::io::Write;
    let api = Api::start();
    next(&api, "reset", false);
    let mut stream = std::net::TcpStream::connect(api.sandbox.url().replace("http://", "")).unwrap();
    let head = "GET /me HTTP/1.1\r\nHost: x\r\nAccept: */*\r\nAuthorization: Bearer t\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    let error = stream.read(&mut [0; 64]).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
}

#[test]
fn an_injected_429_spends_nothing() {
    let api = Api::start();
    next(&api, "throttle_429", false);
    assert_eq!(api.get("/me").header("x-ratelimit-remaining"), Some("1666"));
    assert_eq!(api.get("/me").header("x-ratelimit-remaining"), Some("1665"));
}

#[test]
fn an_empty_200_never_stands_for_a_refusal() {
    let api = Api::start();
    api.create(ANN);
    next(&api, "empty_200", true);
    assert_eq!(api.post("/contacts", ANN).status, 409);
}

#[test]
fn a_scripted_fault_waits_for_its_method() {
    let api = Api::start();
    api.control("faults", r#"{"next":[{"fault":"html_502"},{"fault":"html_504"}],"method":"POST"}"#);
    assert_eq!(api.get("/me").status, 200);
    assert_eq!(api.post("/contacts", ANN).status, 502);
    assert_eq!(api.post("/contacts", ANN).status, 504);
    assert_eq!(api.post("/contacts", ANN).status, 200);
}

#[test]
fn an_order_that_is_not_understood_is_refused() {
    let api = Api::start();
    let url = format!("{}/__sandbox/faults", api.sandbox.url());
    for order in [r#"{"rate":2}"#, r#"{"next":[{"fault":"flood"}]}"#, r#"{"rates":1}"#, ""] {
        assert_eq!(told(api.http.post(&url).body(order)).status, 400, "{order}");
    }
}

/// Statuses of many reads, a reset as 0.
fn statuses(fault_rate: f64, seed: u64) -> Vec<u16> {
    let api = Api::with(Config { fault_rate, seed, ..prompt() });
    let status = |_| api.request("GET", "/me").send().map_or(0, |response| response.status().as_u16());
    (0..200).map(status).collect()
}

#[test]
fn chance_draws_every_kind_of_fault_and_is_the_same_for_the_same_seed() {
    let drawn = statuses(0.5, 7);
    for status in [0, 200, 429, 500, 502, 503, 504] {
        assert!(drawn.contains(&status), "{status} in {drawn:?}");
    }
    assert_eq!(drawn, statuses(0.5, 7));
    assert_ne!(drawn, statuses(0.5, 8));
}

#[test]
fn no_fault_is_drawn_at_rate_zero_and_always_one_at_rate_one() {
    assert!(statuses(0.0, 1).iter().all(|status| *status == 200));
    let api = Api::with(Config { fault_rate: 1.0, ..prompt() });
    (0..50).for_each(|_| drop(api.request("GET", "/me").send()));
    assert!(api.lines("requests").iter().all(|entry| entry["fault"].is_string()));
    api.control("faults", r#"{"rate":0}"#);
    assert_eq!(api.get("/me").status, 200);
}

#[test]
fn control_paths_never_meet_a_fault() {
    let api = Api::with(Config { fault_rate: 1.0, ..prompt() });
    (0..20).for_each(|_| api.control("settle", ""));
}
