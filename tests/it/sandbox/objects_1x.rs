//! Companies, tags, segments and admins, which 1.x has as 2.x has.

use intercom_bulk::sandbox::Config;
use serde_json::json;

use super::Api;
use super::prompt;

fn legacy() -> Api {
    Api::with(Config { api_version: "1.4".to_owned(), ..prompt() })
}

#[test]
fn a_company_is_written_and_found_in_1_x() {
    let api = legacy();
    let company = api.post("/companies", r#"{"company_id":"6","name":"Blue Sun"}"#).ok();
    assert_eq!(api.get("/companies?company_id=6").ok().at("/id"), company.at("/id"));
    let path = format!("/companies/{}", company.str("/id"));
    assert_eq!(api.get(&path).ok().str("/name"), "Blue Sun");
    api.post("/users", r#"{"user_id":"1","companies":[{"company_id":"6"}]}"#).ok();
    let list = api.get("/companies").ok();
    assert_eq!((list.str("/type"), list.str("/companies/0/company_id")), ("company.list".into(), "6".into()));
    let scroll = api.get("/companies/scroll").ok();
    assert_eq!((scroll.at("/type"), scroll.at("/companies")), (list.at("/type"), list.at("/companies")));
}

#[test]
fn a_tag_is_put_on_users_by_any_of_their_keys_and_lists_them() {
    let api = legacy();
    let id = api.post("/users", r#"{"user_id":"1"}"#).ok().str("/id");
    api.post("/users", r#"{"user_id":"2"}"#).ok();
    api.post("/users", r#"{"email":"three@example.com"}"#).ok();
    api.post("/users", r#"{"user_id":"4"}"#).ok();
    let users = format!(r#"[{{"id":"{id}"}},{{"user_id":"2"}},{{"email":"three@example.com"}}]"#);
    let tag = api.post("/tags", &format!(r#"{{"name":"vip","users":{users}}}"#)).ok();
    assert_eq!((tag.str("/type"), tag.str("/name")), ("tag".to_owned(), "vip".to_owned()));
    let tag_id = tag.str("/id");
    let tagged = api.get(&format!("/users?tag_id={tag_id}")).ok();
    assert_eq!(tagged.at("/total_count"), json!(3));
    assert_eq!(tagged.at("/users/0/tags/tags"), json!([{"type":"tag","id":tag_id,"name":"vip"}]));
    let list = api.get("/tags").ok();
    assert_eq!((list.str("/type"), list.str("/tags/0/name")), ("tag.list".to_owned(), "vip".to_owned()));
    let untag = r#"{"name":"vip","users":[{"user_id":"2","untag":true},{"user_id":"nobody"}]}"#;
    assert_eq!(api.post("/tags", untag).status, 404);
}

#[test]
fn users_are_listed_by_segment() {
    let api = legacy();
    api.post("/users", r#"{"user_id":"1"}"#).ok();
    let segments = api.get("/segments").ok();
    assert_eq!(segments.str("/type"), "segment.list");
    let all = segments.at("/segments");
    let new = all.as_array().unwrap().iter().find(|segment| segment["name"] == "New").unwrap();
    let path = format!("/users?segment_id={}", new["id"].as_str().unwrap());
    assert_eq!(api.get(&path).ok().at("/total_count"), json!(1));
    api.control("clock", r#"{"advance_seconds":864000}"#);
    assert_eq!(api.get(&path).ok().at("/total_count"), json!(0));
    assert_eq!(api.get("/users?segment_id=nothing").ok().at("/total_count"), json!(0));
}

#[test]
fn admins_are_listed_in_1_x() {
    assert_eq!(legacy().get("/admins").ok().str("/type"), "admin.list");
}
