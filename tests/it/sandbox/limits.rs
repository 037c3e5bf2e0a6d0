//! Windows of ten seconds, and what the headers say about them.

use std::time::Duration;

use intercom_bulk::sandbox::Config;
use serde_json::Value;

use super::Api;
use super::NOW;
use super::Told;
use super::prompt;
use super::told;

fn with_quota(quota_per_minute: u32) -> Api {
    Api::with(Config { quota_per_minute, ..prompt() })
}

/// Limit, remaining and reset.
fn quota(told: &Told) -> [u64; 3] {
    ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"]
        .map(|name| told.header(name).unwrap().parse().unwrap())
}

#[test]
fn a_minute_s_quota_is_split_into_windows_of_ten_seconds() {
    for (quota_per_minute, limit) in [(10_000, 1666), (1000, 166), (500, 83)] {
        let api = with_quota(quota_per_minute);
        assert_eq!(quota(&api.get("/me")), [limit, limit - 1, NOW + 12]);
        assert_eq!(quota(&api.get("/contacts/nobody")), [limit, limit - 2, NOW + 12]);
    }
}

#[test]
fn the_request_after_the_last_one_is_told_429_without_retry_after() {
    let api = with_quota(12);
    assert_eq!([api.get("/me").status, api.get("/me").status], [200, 200]);
    let told = api.post("/contacts", r#"{"email":"a@example.com"}"#);
    told.refused(429, "rate_limit_exceeded", "Exceeded rate limit of 2 in 10_seconds");
    assert_eq!(quota(&told), [2, 0, NOW + 12]);
    assert_eq!(told.header("retry-after"), None);
    assert_eq!(api.stored().len(), 0);
}

#[test]
fn the_counter_starts_anew_at_the_next_multiple_of_ten_seconds() {
    let api = with_quota(12);
    api.clock.advance(Duration::from_secs(7));
    assert_eq!([api.get("/me").status, api.get("/me").status, api.get("/me").status], [200, 200, 429]);
    api.clock.advance(Duration::from_millis(2999));
    assert_eq!(api.get("/me").status, 429);
    api.clock.advance(Duration::from_millis(1));
    assert_eq!(quota(&api.get("/me").ok()), [2, 1, NOW + 22]);
}

#[test]
fn unused_quota_is_not_carried_over() {
    let api = with_quota(12);
    api.clock.advance(Duration::from_secs(60));
    assert_eq!([api.get("/me").status, api.get("/me").status, api.get("/me").status], [200, 200, 429]);
}

#[test]
fn each_token_has_a_counter_of_its_own() {
    let api = with_quota(12);
    assert_eq!([api.get("/me").status, api.get("/me").status, api.get("/me").status], [200, 200, 429]);
    let other = api.http.get(format!("{}/me", api.sandbox.url())).bearer_auth("other");
    assert_eq!(told(other.header("Accept", "*/*")).status, 200);
}

#[test]
fn the_workspace_s_limit_is_hit_while_requests_remain() {
    let api = Api::with(Config { workspace_quota_per_minute: 12, ..prompt() });
    assert_eq!([api.get("/me").status, api.get("/me").status], [200, 200]);
    let told = api.get("/me");
    assert_eq!((told.status, quota(&told)[1]), (429, 1664));
}

#[test]
fn without_a_quota_there_are_no_headers_and_no_429() {
    let api = with_quota(0);
    assert!((0..50).all(|_| api.get("/me").status == 200));
    assert_eq!(api.get("/me").header("x-ratelimit-limit"), None);
}

#[test]
fn every_authenticated_answer_spends_one_request() {
    let api = Api::start();
    api.get("/nowhere");
    api.post("/contacts", "not json");
    told(api.request("GET", "/me").header("Intercom-Version", "9"));
    assert_eq!(quota(&api.get("/me"))[1], 1662);
}

#[test]
fn a_neighbour_draws_the_counter_down_evenly() {
    let api = with_quota(600);
    api.control("neighbour", r#"{"per_minute":300}"#);
    assert_eq!(quota(&api.get("/me"))[1], 99);
    api.clock.advance(Duration::from_secs(4));
    assert_eq!(quota(&api.get("/me"))[1], 100 - 20 - 2);
    api.control("neighbour", r#"{"per_minute":600}"#);
    api.clock.advance(Duration::from_millis(5_900));
    assert_eq!(api.get("/me").status, 429);
    api.control("neighbour", r#"{"per_minute":0}"#);
    assert_eq!(api.get("/me").status, 200);
}

#[test]
fn windows_show_who_used_them() {
    let api = with_quota(60);
    api.get("/me");
    api.get("/me");
    api.clock.advance(Duration::from_secs(10));
    api.get("/me");
    let url = format!("{}/__sandbox/stats", api.sandbox.url());
    let windows = told(api.http.get(url)).at("/windows");
    let used = |window: &Value| window["used"].as_object().unwrap().values().cloned().collect::<Vec<_>>();
    assert_eq!((&windows[0]["start"], &windows[0]["limit"]), (&NOW.into(), &10.into()));
    assert_eq!((used(&windows[0]), used(&windows[1])), (vec![2.into()], vec![1.into()]));
}
