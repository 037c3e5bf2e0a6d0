//! Tags: made by name, put on by id or in bulk.

use serde_json::json;

use super::Api;
use super::companies::company;
use super::told;

/// Creates a tag and returns its id.
pub(super) fn tag(api: &Api, name: &str) -> String {
    api.post("/tags", &json!({ "name": name }).to_string()).ok().str("/id")
}

#[test]
fn a_tag_is_found_by_its_name_whatever_its_case() {
    let api = Api::start();
    let id = tag(&api, "Vip");
    let again = api.post("/tags", r#"{"name":"VIP"}"#).ok();
    assert_eq!((again.str("/id"), again.str("/name")), (id, "Vip".to_owned()));
    assert_eq!(api.get("/tags").ok().at("/data").as_array().unwrap().len(), 1);
}

#[test]
fn a_contact_is_tagged_by_the_tag_s_id_and_that_touches_it() {
    let api = Api::start();
    let (id, contact) = (tag(&api, "vip"), api.create(r#"{"external_id":"1"}"#));
    api.control("clock", r#"{"advance_seconds":5}"#);
    let told = api.post(&format!("{contact}/tags"), &format!(r#"{{"id":"{id}"}}"#)).ok();
    let expected = json!({"type":"tag","id":id,"name":"vip","applied_at":super::NOW + 5,
        "applied_by":{"type":"admin","id":"814860"}});
    assert_eq!(told.json(), expected);
    assert_eq!(api.get(&contact).at("/updated_at"), super::NOW + 5);
    assert_eq!(api.get(&format!("{contact}/tags")).at("/data"), json!([expected]));
    assert_eq!(api.delete(&format!("{contact}/tags/{id}")).status, 200);
    assert_eq!(api.get(&format!("{contact}/tags")).at("/data"), json!([]));
}

#[test]
fn one_request_tags_many_users_and_skips_the_missing_ones_since_2_16() {
    let api = Api::start();
    let contact = api.create(r#"{"external_id":"1"}"#).replace("/contacts/", "");
    let body = json!({"name":"a","users":[{"id":contact},{"id":"nobody"}]}).to_string();
    let old = told(api.with_body("POST", "/tags", &body).header("Intercom-Version", "2.15"));
    old.refused(404, "not_found", "User Not Found");
    assert_eq!(api.get("/tags").at("/data"), json!([]));
    let new = api.post("/tags", &body).ok();
    assert_eq!(new.at("/users"), json!([{"id":contact,"tagged":true}]));
    assert_eq!(api.get(&format!("/contacts/{contact}/tags")).str("/data/0/name"), "a");
}

#[test]
fn a_tag_is_renamed_by_its_id() {
    let api = Api::start();
    let (id, other) = (tag(&api, "old"), tag(&api, "other"));
    api.post("/tags", &json!({"id": id, "name": "new"}).to_string()).ok();
    assert_eq!(api.get(&format!("/tags/{id}")).ok().str("/name"), "new");
    assert_eq!(api.post("/tags", &json!({"id": other, "name": "NEW"}).to_string()).status, 400);
    api.post("/tags", r#"{"id":"1","name":"x"}"#).refused(404, "not_found", "Resource Not Found");
    api.get("/tags/1").refused(404, "not_found", "Resource Not Found");
}

#[test]
fn a_body_that_is_no_tag_is_refused() {
    let api = Api::start();
    for body in [r#"{"test":"invalid"}"#, r#"{"name":""}"#, r#"{"name":"a","users":{}}"#] {
        api.post("/tags", body).refused(400, "parameter_invalid", "invalid tag parameters");
    }
    assert_eq!(api.get("/tags").at("/data"), json!([]));
}

#[test]
fn a_tag_that_nobody_knows_or_that_is_not_on_is_not_found() {
    let api = Api::start();
    let (id, contact) = (tag(&api, "vip"), api.create(r#"{"external_id":"1"}"#));
    let path = format!("{contact}/tags");
    api.post(&path, r#"{"id":"123"}"#).refused(404, "not_found", "Resource Not Found");
    api.post("/contacts/nobody/tags", &json!({ "id": id }).to_string()).refused(
        404,
        "not_found",
        "User Not Found",
    );
    api.delete(&format!("{path}/{id}")).refused(404, "not_found", "Resource Not Found");
}

#[test]
fn companies_are_tagged_and_untagged_by_either_id() {
    let api = Api::start();
    let (one, other) = (company(&api, "c1"), company(&api, "c2"));
    let body = json!({"name":"big","companies":[{"id":one},{"company_id":"c2"}]});
    let told = api.post("/tags", &body.to_string()).ok();
    assert_eq!(told.at("/companies"), json!([{"id":one,"tagged":true},{"id":other,"tagged":true}]));
    let shown = api.get(&format!("/companies/{one}")).ok().at("/tags");
    assert_eq!(shown, json!({"type":"tag.list","tags":[{"type":"tag","id":told.str("/id"),"name":"big"}]}));
    let body = json!({"name":"big","companies":[{"company_id":"c1","untag":true}]});
    api.post("/tags", &body.to_string()).ok();
    assert_eq!(api.get(&format!("/companies/{one}")).at("/tags/tags"), json!([]));
}

#[test]
fn users_are_untagged_in_bulk() {
    let api = Api::start();
    let contact = api.create(r#"{"external_id":"1"}"#);
    let id = contact.replace("/contacts/", "");
    api.post("/tags", &json!({"name":"a","users":[{"id":id}]}).to_string()).ok();
    let told = api.post("/tags", &json!({"name":"A","users":[{"id":id,"untag":true}]}).to_string()).ok();
    assert_eq!(told.at("/users"), json!([{"id":id,"tagged":false}]));
    assert_eq!(api.get(&contact).at("/tags/total_count"), 0);
}

#[test]
fn a_deleted_tag_is_gone_from_everything_and_one_with_a_segment_stays() {
    let api = Api::start();
    let (id, contact) = (tag(&api, "vip"), api.create(r#"{"external_id":"1"}"#));
    api.post(&format!("{contact}/tags"), &json!({ "id": id }).to_string()).ok();
    assert_eq!(api.delete(&format!("/tags/{id}")).ok().text, "");
    assert_eq!(api.get(&contact).at("/tags/data"), json!([]));
    assert_eq!(api.delete(&format!("/tags/{id}")).status, 404);
    let segment = tag(&api, "vip customer");
    let text = "Unable to delete Tag with dependent objects. Segments: VIP customers.";
    api.delete(&format!("/tags/{segment}")).refused(400, "tag_has_dependent_objects", text);
}

#[test]
fn before_2_16_a_tag_does_not_say_when_it_was_applied() {
    let api = Api::start();
    let (id, contact) = (tag(&api, "vip"), api.create(r#"{"external_id":"1"}"#));
    let body = json!({ "id": id }).to_string();
    let path = format!("{contact}/tags");
    let old = told(api.with_body("POST", &path, &body).header("Intercom-Version", "2.3"));
    assert_eq!(old.json(), json!({"type":"tag","id":id,"name":"vip"}));
    let entry = json!({"type":"tag","id":id,"url":format!("/tags/{id}")});
    assert_eq!(api.get(&contact).at("/tags/data/0"), entry);
}
