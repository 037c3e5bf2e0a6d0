//! Tags: made by name, put on by id or in bulk.

use serde_json::json;

use super::Api;
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
