//! Scrolls of 1.x: everybody, 100 at a time, one walk at a time.

use std::collections::BTreeSet;

use intercom_bulk::sandbox::Config;
use serde_json::json;

use super::Api;
use super::Told;
use super::prompt;

fn with_users(users: u64) -> Api {
    Api::with(Config { api_version: "1.4".to_owned(), users, ..prompt() })
}

fn next(api: &Api, first: &Told) -> Told {
    api.get(&format!("/users/scroll?scroll_param={}", first.str("/scroll_param")))
}

fn ids(page: &Told) -> Vec<String> {
    let users = page.at("/users");
    users.as_array().unwrap().iter().map(|user| user["id"].as_str().unwrap().to_owned()).collect()
}

fn advance(api: &Api, seconds: u32) {
    api.control("clock", &format!(r#"{{"advance_seconds":{seconds}}}"#));
}

const EXISTS: &str = "scroll already exists for this app";
const NOT_FOUND: &str = "scroll parameter not found";

#[test]
fn a_scroll_shows_everybody_once_100_at_a_time_under_one_parameter() {
    let api = with_users(250);
    let first = api.get("/users/scroll").ok();
    assert_eq!((first.str("/type"), ids(&first).len()), ("user.list".to_owned(), 100));
    let (second, third) = (next(&api, &first).ok(), next(&api, &first).ok());
    assert_eq!((ids(&second).len(), ids(&third).len()), (100, 50));
    assert_eq!(second.at("/scroll_param"), first.at("/scroll_param"));
    let all: BTreeSet<String> = [&first, &second, &third].into_iter().flat_map(ids).collect();
    assert_eq!(all.len(), 250);
}

#[test]
fn an_empty_page_ends_the_scroll_and_the_next_one_can_open() {
    let api = with_users(1);
    let first = api.get("/users/scroll").ok();
    assert_eq!(next(&api, &first).ok().at("/users"), json!([]));
    next(&api, &first).refused(404, "not_found", NOT_FOUND);
    assert_ne!(api.get("/users/scroll").ok().at("/scroll_param"), first.at("/scroll_param"));
}

#[test]
fn leads_are_left_out_and_have_a_scroll_of_their_own() {
    let api = with_users(3);
    api.post("/contacts", r#"{"email":"a@example.com"}"#).ok();
    let users = api.get("/users/scroll").ok();
    assert_eq!(ids(&users).len(), 3);
    assert_eq!(next(&api, &users).ok().at("/users"), json!([]));
    let leads = api.get("/contacts/scroll").ok();
    assert_eq!(
        (leads.str("/type"), leads.str("/contacts/0/email")),
        ("contact.list".into(), "a@example.com".into())
    );
}

#[test]
fn a_workspace_has_one_scroll_open_whoever_asks() {
    let api = with_users(3);
    let first = api.get("/users/scroll").ok();
    api.get("/users/scroll").refused(400, "scroll_exists", EXISTS);
    let other = api.http.get(format!("{}/users/scroll", api.sandbox.url())).bearer_auth("other");
    super::told(other.header("Accept", "*/*")).refused(400, "scroll_exists", EXISTS);
    next(&api, &first).ok();
}

#[test]
fn scrolls_of_users_and_leads_are_one_or_two() {
    let api = with_users(3);
    api.get("/users/scroll").ok();
    api.get("/contacts/scroll").refused(400, "scroll_exists", EXISTS);
    let unknowns = ["open-scrolls=one-each".parse().unwrap()].into_iter().collect();
    let api = Api::with(Config { api_version: "1.4".to_owned(), users: 3, unknowns, ..prompt() });
    api.get("/users/scroll").ok();
    api.get("/contacts/scroll").ok();
    api.get("/users/scroll").refused(400, "scroll_exists", EXISTS);
}

#[test]
fn a_scroll_that_rests_for_a_minute_is_over() {
    let api = with_users(250);
    let first = api.get("/users/scroll").ok();
    advance(&api, 59);
    next(&api, &first).ok();
    advance(&api, 59);
    assert_eq!(ids(&next(&api, &first).ok()).len(), 50);
    advance(&api, 60);
    next(&api, &first).refused(404, "not_found", NOT_FOUND);
    api.get("/users/scroll").ok();
}

#[test]
fn a_parameter_that_nobody_gave_is_not_found() {
    let api = with_users(3);
    api.get("/users/scroll?scroll_param=24ba0fac").refused(404, "not_found", NOT_FOUND);
    api.get("/users/scroll").ok();
}

#[test]
fn an_answer_that_is_lost_is_a_page_that_is_lost() {
    let api = with_users(150);
    let first = api.get("/users/scroll").ok();
    api.control("faults", r#"{"next":[{"fault":"html_502","committed":true}]}"#);
    assert_eq!(next(&api, &first).status, 502);
    assert_eq!(next(&api, &first).ok().at("/users"), json!([]));
}

#[test]
fn an_internal_error_ends_the_scroll_which_begins_again() {
    let api = with_users(150);
    let first = api.get("/users/scroll").ok();
    api.control("faults", r#"{"next":[{"fault":"scroll_500"}]}"#);
    let text = "Request failed due to an internal network error. Please restart the scroll operation.";
    next(&api, &first).refused(500, "server_error", text);
    next(&api, &first).refused(404, "not_found", NOT_FOUND);
    assert_eq!(ids(&api.get("/users/scroll").ok()).len(), 100);
}

#[test]
fn an_empty_workspace_has_an_empty_scroll() {
    let api = with_users(0);
    assert_eq!(api.get("/users/scroll").ok().at("/users"), json!([]));
    assert_eq!(api.get("/users/scroll").ok().at("/users"), json!([]));
}
