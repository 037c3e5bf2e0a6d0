//! `GET /contacts`: pages, cursors, totals.

use serde_json::Value;

use super::Api;
use super::prompt;
use intercom_bulk::sandbox::Config;

fn with_users(users: u64) -> Api {
    Api::with(Config { users, ..prompt() })
}

/// Walks all pages and returns them.
fn walk(api: &Api, per_page: u32) -> Vec<Value> {
    let mut pages = vec![api.get(&format!("/contacts?per_page={per_page}")).ok().json()];
    while let Some(cursor) = pages.last().unwrap().pointer("/pages/next/starting_after") {
        let query = [("per_page", per_page.to_string()), ("starting_after", cursor.as_str().unwrap().into())];
        pages.push(super::told(api.request("GET", "/contacts").query(&query)).ok().json());
    }
    pages
}

fn ids(pages: &[Value]) -> Vec<String> {
    let contacts = pages.iter().flat_map(|page| page["data"].as_array().unwrap());
    contacts.map(|contact| contact["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn an_empty_workspace_has_no_pages() {
    let page = with_users(0).get("/contacts").ok().json();
    assert_eq!(page["data"], serde_json::json!([]));
    assert_eq!(page["total_count"], 0);
    let pages = serde_json::json!({"type":"pages","page":1,"per_page":10,"total_pages":0});
    assert_eq!(page["pages"], pages);
}

#[test]
fn a_page_holds_ten_unless_asked_and_at_most_150() {
    let api = with_users(160);
    assert_eq!(api.get("/contacts").json()["data"].as_array().unwrap().len(), 10);
    assert_eq!(api.get("/contacts?per_page=150").json()["data"].as_array().unwrap().len(), 150);
    for per_page in ["151", "0", "-1", "many"] {
        assert_eq!(api.get(&format!("/contacts?per_page={per_page}")).status, 400, "{per_page}");
    }
}

#[test]
fn walking_the_cursor_shows_every_contact_once_in_order_of_creation() {
    let api = with_users(47);
    let pages = walk(&api, 10);
    let numbers: Vec<&Value> = pages.iter().map(|page| &page["pages"]["page"]).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5]);
    let stored: Vec<String> =
        api.stored().iter().map(|contact| contact["id"].as_str().unwrap().into()).collect();
    assert_eq!(ids(&pages), stored);
    assert!(pages.iter().all(|page| page["total_count"] == 47 && page["pages"]["total_pages"] == 5));
}

#[test]
fn next_is_an_object_and_its_key_is_absent_on_the_last_page() {
    let pages = walk(&with_users(20), 10);
    assert_eq!(pages.len(), 2);
    assert_eq!(pages[0]["pages"]["next"]["page"], 2);
    assert!(!pages[1]["pages"].as_object().unwrap().contains_key("next"));
}

#[test]
fn a_bad_cursor_is_refused() {
    let api = with_users(3);
    let text = "Invalid starting_after param. Please try again using a starting_after value from a paginated response";
    for cursor in ["nonsense", "WzFd", "%20", "WyJ4IiwieCIsMV0="] {
        api.get(&format!("/contacts?starting_after={cursor}")).refused(400, "client_error", text);
    }
}

#[test]
fn one_cannot_jump_to_a_page_or_filter_a_list() {
    let api = with_users(20);
    let first = api.get("/contacts").text;
    assert_eq!(api.get("/contacts?page=2&email=user3@example.com").text, first);
}

#[test]
fn a_cursor_outlives_the_contact_that_it_ended_at() {
    let api = with_users(20);
    let first = api.get("/contacts").json();
    let cursor = first["pages"]["next"]["starting_after"].as_str().unwrap().to_owned();
    let last = ids(&[first]).pop().unwrap();
    api.delete(&format!("/contacts/{last}")).ok();
    let second = super::told(api.request("GET", "/contacts").query(&[("starting_after", cursor)])).json();
    assert_eq!((second["data"].as_array().unwrap().len(), &second["total_count"]), (10, &Value::from(19)));
}
