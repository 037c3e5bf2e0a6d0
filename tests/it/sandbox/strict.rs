//! `--strict`: what Intercom would ignore is refused by name.

use super::Api;
use super::Told;
use super::prompt;
use super::told;
use intercom_bulk::sandbox::Config;

fn strict() -> Api {
    Api::with(Config { strict: true, ..prompt() })
}

/// Asserts that a request is refused when strict, and answered when not.
#[track_caller]
fn check(ask: impl Fn(&Api) -> Told, ignored: &str) {
    ask(&Api::start()).ok();
    ask(&strict()).refused(400, "sandbox_strict", &format!("strict: Intercom would ignore {ignored}"));
}

#[test]
fn fields_that_a_contact_does_not_take_are_refused() {
    for key in ["utm_source", "session_count", "companies", "tags", "update_last_request_at", "type"] {
        let body = format!(r#"{{"external_id":"1","{key}":1}}"#);
        check(|api| api.post("/contacts", &body), &format!("`{key}`"));
    }
    let ann = r#"{"external_id":"1"}"#;
    check(|api| api.put(&api.create(ann), r#"{"utm_term":"x"}"#), "`utm_term`");
    check(|api| api.put(&api.create(ann), r#"{"external_id":null}"#), "null as `external_id`");
    check(|api| api.post("/contacts", r#"{"role":"lead","external_id":"1"}"#), "`external_id` of a lead");
}

#[test]
fn parameters_that_nobody_reads_are_refused() {
    check(|api| api.get("/contacts?page=2"), "query parameter `page`");
    check(|api| api.get("/contacts?email=a@x.test"), "query parameter `email`");
    let query = r#"{"query":{"field":"role","operator":"=","value":"user"}}"#;
    check(|api| api.post("/contacts/search?per_page=5", query), "query parameter `per_page`");
    check(|api| api.get("/tags?per_page=5"), "query parameter `per_page`");
}

#[test]
fn keys_inside_a_search_are_refused() {
    let leaf = r#"{"field":"role","operator":"=","value":"user"}"#;
    let with = |rest: &str| format!(r#"{{"query":{leaf},{rest}}}"#);
    for (body, ignored) in [
        (with(r#""per_page":5"#), "`per_page`"),
        (with(r#""pagination":{"page":2}"#), "`pagination.page`"),
        (with(r#""sort":{"by":"name"}"#), "`sort.by`"),
        (r#"{"query":{"operator":"AND","value":[{"field":"role","operator":"=","value":"user","type":"x"}]}}"#.into(), "`query.type`"),
    ] {
        check(|api| api.post("/contacts/search", &body), ignored);
    }
}

#[test]
fn what_a_version_reads_is_let_through() {
    let verified = r#"{"email":"a@x.test","email_verified":true}"#;
    strict().post("/contacts", verified).ok();
    let older =
        |api: &Api| told(api.with_body("POST", "/contacts", verified).header("Intercom-Version", "2.15"));
    check(older, "`email_verified`");
    strict().get("/contacts?per_page=5&include_merge_history=true").ok();
    let api = strict();
    let contact = api.create(r#"{"role":"user","external_id":"1","custom_attributes":{"plan":"pro"}}"#);
    api.put(&contact, r#"{"name":"A","phone":null}"#).ok();
    api.post(&format!("{contact}/archive"), "{}").ok();
}
