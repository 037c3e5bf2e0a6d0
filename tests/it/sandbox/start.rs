//! Starting and stopping.

use std::time::Duration;

use intercom_bulk::sandbox::Config;
use intercom_bulk::sandbox::Sandbox;
use intercom_bulk::sandbox::SandboxError;
use serde_json::Value;

use super::Api;
use super::prompt;

#[test]
fn the_ready_line_says_where_the_sandbox_is_and_how_it_behaves() {
    let sandbox = Sandbox::start(Config { users: 2, ..Config::default() }).unwrap();
    let line = sandbox.ready_line();
    assert!(!line.contains('\n'));
    let line: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(line["url"], sandbox.url());
    assert!(sandbox.url().starts_with("http://127.0.0.1:"));
    assert_eq!((&line["token"], &line["lag"]), (&"sandbox-token".into(), &"3s..120s".into()));
    assert_eq!((&line["quota_per_minute"], &line["api_version"]), (&10_000.into(), &"2.16".into()));
    assert_eq!(line["contacts"], 2);
}

#[test]
fn a_port_in_use_is_named() {
    let first = Sandbox::start(prompt()).unwrap();
    let port: u16 = first.url().rsplit(':').next().unwrap().parse().unwrap();
    let error = Sandbox::start(Config { port, ..prompt() }).unwrap_err();
    assert!(matches!(error, SandboxError::PortInUse { .. }));
    assert_eq!(error.to_string(), format!("port {port} of 127.0.0.1 is in use"));
}

#[test]
fn a_stopped_sandbox_frees_its_port() {
    let first = Sandbox::start(prompt()).unwrap();
    let port: u16 = first.url().rsplit(':').next().unwrap().parse().unwrap();
    first.stop();
    Sandbox::start(Config { port, ..prompt() }).unwrap();
}

#[test]
fn a_version_that_does_not_exist_is_refused_at_the_start() {
    let error = Sandbox::start(Config { api_version: "2.99".to_owned(), ..prompt() }).unwrap_err();
    assert!(error.to_string().starts_with("`2.99` is not an API version"), "{error}");
}

#[test]
fn a_fault_rate_must_be_a_share() {
    for fault_rate in [-0.1, 1.1, f64::NAN] {
        assert!(Sandbox::start(Config { fault_rate, ..prompt() }).is_err());
    }
}

#[test]
fn an_answer_takes_the_configured_time() {
    let latency = Duration::from_millis(1500);
    let api = Api::with(Config { latency, ..prompt() });
    let path = api.create(r#"{"email":"a@example.com"}"#);
    // A fixed clock moves instead of waiting: half before the commit, half after.
    assert_eq!(api.get("/me").header("date"), Some("Tue, 14 Nov 2023 22:13:23 GMT"));
    assert_eq!(api.get(&path).at("/created_at"), super::NOW);
}

#[test]
fn jitter_spreads_the_time_around_the_median() {
    let jitter = Duration::from_secs(10);
    let api = Api::with(Config { latency: Duration::from_secs(10), jitter, quota_per_minute: 0, ..prompt() });
    (0..20).for_each(|_| drop(api.get("/me").ok()));
    let at: Vec<f64> = api.lines("requests").iter().map(|entry| entry["at"].as_f64().unwrap()).collect();
    let times: Vec<f64> = at.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(times.iter().all(|time| (0.0..=20.0).contains(time)), "{times:?}");
    assert!(times.iter().any(|time| *time < 10.0) && times.iter().any(|time| 10.0 < *time), "{times:?}");
}
