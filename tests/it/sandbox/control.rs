//! `/__sandbox/*`: looking behind the API.

use intercom_bulk::sandbox::Config;
use serde_json::json;

use super::Api;
use super::NOW;
use super::prompt;
use super::told;

#[test]
fn the_request_log_tells_what_was_asked_and_what_was_done() {
    let api = Api::start();
    api.create(r#"{"email":"a@example.com"}"#);
    api.get("/contacts?per_page=5");
    api.post("/contacts", r#"{"email":"a@example.com"}"#);
    let log = api.lines("requests");
    let keys: Vec<&String> = log[0].as_object().unwrap().keys().collect();
    let expected = ["at", "committed", "fault", "method", "path", "status", "token_id", "version"];
    assert!(keys.len() == 8 && expected.iter().all(|key| keys.contains(&&(*key).to_owned())), "{keys:?}");
    assert_eq!((&log[0]["method"], &log[0]["path"]), (&json!("POST"), &json!("/contacts")));
    assert_eq!((&log[0]["at"], &log[0]["version"]), (&json!(NOW as f64), &json!("2.16")));
    assert_eq!(log[1]["path"], "/contacts?per_page=5");
    let committed: Vec<_> = log.iter().map(|entry| entry["committed"].as_bool().unwrap()).collect();
    assert_eq!(committed, [true, false, false]);
    assert_eq!(log[2]["status"], 409);
}

#[test]
fn the_token_is_nowhere_in_the_log() {
    let api = Api::with(Config { token: Some("secret".to_owned()), ..prompt() });
    api.get("/me");
    let log = told(api.http.get(format!("{}/__sandbox/requests", api.sandbox.url()))).text;
    assert!(!log.contains("secret") && !format!("{:?}", api.sandbox).contains("secret"));
    assert_eq!(api.lines("requests")[0]["token_id"].as_str().unwrap().len(), 8);
}

#[test]
fn an_unauthenticated_request_is_logged_without_a_token() {
    let api = Api::start();
    told(api.http.get(format!("{}/me", api.sandbox.url())));
    let entry = &api.lines("requests")[0];
    assert_eq!((&entry["status"], &entry["token_id"]), (&json!(401), &json!(null)));
}

#[test]
fn control_needs_no_token_spends_no_quota_and_is_not_logged() {
    let api = Api::with(Config { quota_per_minute: 6, ..prompt() });
    (0..10).for_each(|_| api.control("settle", ""));
    assert_eq!(api.get("/me").status, 200);
    assert_eq!(api.lines("requests").len(), 1);
}

#[test]
fn stats_count_by_route_and_by_status() {
    let api = Api::with(Config { quota_per_minute: 18, ..prompt() });
    let path = api.create(r#"{"email":"a@example.com"}"#);
    api.get(&path);
    api.get("/contacts/nobody");
    api.get("/me");
    let stats = told(api.http.get(format!("{}/__sandbox/stats", api.sandbox.url()))).json();
    assert_eq!(stats["by_route"], json!({"POST /contacts": 1, "GET /contacts/{id}": 2, "GET /me": 1}));
    assert_eq!(stats["by_status"], json!({"200": 2, "404": 1, "429": 1}));
    assert_eq!((&stats["throttled"], &stats["requests"]), (&json!(1), &json!(4)));
}

#[test]
fn reset_brings_everything_back_to_the_start() {
    let api = Api::with(Config { users: 3, ..prompt() });
    let before = api.stored();
    api.create(r#"{"email":"a@example.com"}"#);
    api.delete(&format!("/contacts/{}", before[0]["id"].as_str().unwrap()));
    api.post("/data_attributes", r#"{"name":"new","model":"contact","data_type":"string"}"#).ok();
    api.control("faults", r#"{"rate":1,"next":[{"fault":"html_502"}]}"#);
    api.control("reset", "");
    assert_eq!(api.stored(), before);
    assert!(api.lines("requests").is_empty());
    assert_eq!(api.get("/me").ok().header("x-ratelimit-remaining"), Some("1665"));
    assert_eq!(
        api.post("/contacts", r#"{"email":"a@example.com","custom_attributes":{"new":"x"}}"#).status,
        400
    );
}

#[test]
fn stored_contacts_are_shown_in_order_of_their_ids() {
    let api = Api::with(Config { lag: "60s".parse().unwrap(), ..prompt() });
    for n in 0..5 {
        api.create(&format!(r#"{{"external_id":"{n}"}}"#));
    }
    let external_ids: Vec<_> = api.stored().iter().map(|contact| contact["external_id"].clone()).collect();
    assert_eq!(external_ids, ["0", "1", "2", "3", "4"]);
    assert!(api.stored()[0].get("archived").is_none());
}

#[test]
fn exchanges_are_kept_with_their_bodies_once_somebody_asked() {
    let api = Api::start();
    api.control("exchanges", r#"{"keep":2}"#);
    api.get("/me");
    api.post("/contacts", r#"{"email":"a@example.com"}"#);
    api.post("/contacts", "{not JSON");
    let kept = api.lines("exchanges");
    assert_eq!((kept.len(), &kept[0]["status"]), (2, &json!(200)));
    assert_eq!(kept[0]["request"], json!({"email": "a@example.com"}));
    assert_eq!(kept[0]["response"]["email"], "a@example.com");
    assert_eq!((&kept[1]["request"], &kept[1]["status"]), (&json!("{not JSON"), &json!(400)));
    api.control("exchanges", r#"{"keep":0}"#);
    api.get("/me");
    assert!(api.lines("exchanges").is_empty());
}
