//! `GET /contacts/activities` of Preview: what happened to contacts.

use intercom_bulk::sandbox::Config;
use serde_json::Value;
use serde_json::json;

use super::Api;
use super::NOW;
use super::prompt;
use super::told;

fn preview() -> Api {
    Api::with(Config { api_version: "Preview".to_owned(), ..prompt() })
}

fn advance(api: &Api) {
    api.control("clock", r#"{"advance_seconds":1}"#);
}

fn events(api: &Api, query: &str) -> Vec<(String, Value)> {
    let page = api.get(&format!("/contacts/activities?{query}")).ok().at("/data");
    let event =
        |activity: &Value| (activity["event_type"].as_str().unwrap().to_owned(), activity["role"].clone());
    page.as_array().unwrap().iter().map(event).collect()
}

#[test]
fn activities_are_in_preview_only() {
    let told = told(preview().request("GET", "/contacts/activities").header("Intercom-Version", "2.16"));
    assert!([400, 404].contains(&told.status), "{}", told.text);
}

#[test]
fn a_lead_that_becomes_a_user_and_is_deleted_has_three_activities_oldest_first() {
    let api = preview();
    let path = api.create(r#"{"role":"lead"}"#);
    advance(&api);
    api.put(&path, r#"{"role":"user","external_id":"1"}"#).ok();
    advance(&api);
    let other = api.create(r#"{"external_id":"2"}"#);
    advance(&api);
    api.delete(&path).ok();
    let expected = [
        ("contact.created".to_owned(), json!("lead")),
        ("contact.role_updated".to_owned(), json!("user")),
        ("contact.created".to_owned(), json!("user")),
        ("contact.deleted".to_owned(), json!("user")),
    ];
    assert_eq!(events(&api, ""), expected);
    let page = api.get("/contacts/activities").ok();
    assert_eq!((page.str("/type"), page.at("/data/2/created_at")), ("list".to_owned(), json!(NOW + 2)));
    assert_eq!(format!("/contacts/{}", page.str("/data/2/contact_id")), other);
    assert_eq!(
        (page.str("/data/2/type"), page.str("/data/2/external_id")),
        ("contact_activity".into(), "2".into())
    );
    assert_eq!(page.at("/pages"), json!({"type":"pages","per_page":50}));
}

#[test]
fn a_merge_is_an_activity_of_who_is_left() {
    let api = preview();
    let id = |path: String| path.strip_prefix("/contacts/").unwrap().to_owned();
    let lead = id(api.create(r#"{"role":"lead","email":"a@example.com"}"#));
    let user = id(api.create(r#"{"email":"a@example.com"}"#));
    advance(&api);
    api.post("/contacts/merge", &format!(r#"{{"from":"{lead}","into":"{user}"}}"#)).ok();
    let merge = api.get("/contacts/activities").ok().at("/data/2");
    assert_eq!((&merge["event_type"], &merge["created_at"]), (&json!("contact.merged"), &json!(NOW + 1)));
    assert_eq!((&merge["contact_id"], &merge["merge_target_id"]), (&json!(user), &json!(user)));
    assert_eq!((&merge["merge_source_id"], &merge["role"]), (&json!(lead), &json!("user")));
}

#[test]
fn pages_follow_each_other_by_the_last_id() {
    let api = preview();
    for n in 0..5 {
        api.create(&format!(r#"{{"external_id":"{n}"}}"#));
    }
    let first = api.get("/contacts/activities?per_page=2").ok();
    assert_eq!(
        (first.str("/data/0/external_id"), first.str("/data/1/external_id")),
        ("0".into(), "1".into())
    );
    let after = first.str("/pages/next/starting_after");
    assert_eq!(after, first.str("/data/1/id"));
    let second = api.get(&format!("/contacts/activities?per_page=4&starting_after={after}")).ok();
    assert_eq!(
        (second.str("/data/0/external_id"), second.at("/data").as_array().unwrap().len()),
        ("2".into(), 3)
    );
    assert!(second.json()["pages"].get("next").is_none());
}

#[test]
fn a_page_has_1_to_150_activities_and_a_cursor_is_one() {
    let api = preview();
    api.get("/contacts/activities?per_page=150").ok();
    assert_eq!(api.get("/contacts/activities?per_page=151").status, 400);
    assert_eq!(api.get("/contacts/activities?per_page=0").status, 400);
    let told = api.get("/contacts/activities?starting_after=tomorrow");
    assert_eq!((told.status, told.str("/errors/0/code")), (400, "client_error".to_owned()));
}
