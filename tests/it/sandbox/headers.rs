//! The headers of answers.

use std::time::Duration;

use intercom_bulk::sandbox::Config;
use serde_json::json;

use super::Api;
use super::prompt;
use super::tags::tag;

#[test]
fn an_answer_has_the_recorded_headers() {
    let api = Api::with(Config { latency: Duration::from_millis(250), ..prompt() });
    let told = api.get("/me").ok();
    assert_eq!(told.header("status"), Some("200 OK"));
    assert_eq!(told.header("cache-control"), Some("max-age=0, private, must-revalidate"));
    assert_eq!(told.header("vary"), Some("Accept-Encoding"));
    assert_eq!(told.header("x-runtime"), Some("0.250000"));
    assert_eq!(told.header("x-intercom-version").map(str::len), Some(40));
    assert!(told.header("etag").unwrap().starts_with("W/\""));
    assert_eq!(told.header("etag"), api.get("/me").header("etag"));
    assert_ne!(told.header("etag"), api.get("/tags").header("etag"));
}

#[test]
fn a_refusal_has_no_etag_and_is_not_cached() {
    let told = Api::start().get("/contacts/nobody");
    assert_eq!((told.header("status"), told.header("etag")), (Some("404 Not Found"), None));
    assert_eq!(told.header("cache-control"), Some("no-cache"));
}

#[test]
fn a_write_of_identity_tags_or_archive_leaves_a_cookie_and_no_other_does() {
    let api = Api::start();
    let cookie = |told: super::Told| told.ok().header("set-cookie").is_some();
    let created = api.post("/contacts", r#"{"external_id":"1"}"#).ok();
    let text = created.header("set-cookie").unwrap();
    assert!(
        text.starts_with("recent_write=") && text.ends_with("; path=/; max-age=1; HttpOnly; secure"),
        "{text}"
    );
    let path = format!("/contacts/{}", created.str("/id"));
    assert!(cookie(api.put(&path, r#"{"email":"a@example.com"}"#)));
    assert!(!cookie(api.put(&path, r#"{"name":"Ann"}"#)));
    let body = json!({ "id": tag(&api, "vip") }).to_string();
    assert!(cookie(api.post(&format!("{path}/tags"), &body)));
    assert!(!cookie(api.post(&format!("{path}/tags"), &body)));
    assert!(!cookie(api.get(&path)));
    assert!(cookie(api.post(&format!("{path}/archive"), "{}")));
    assert!(!cookie(api.post(&format!("{path}/archive"), "{}")));
    assert!(api.post("/contacts", r#"{"external_id":"1"}"#).header("set-cookie").is_none());
}
