//! Leads: never unique, never named by their owner.

use super::Api;

#[test]
fn a_lead_s_external_id_is_replaced_by_a_uuid() {
    let api = Api::start();
    let path = api.create(r#"{"role":"lead","external_id":"mine"}"#);
    let external_id = api.get(&path).str("/external_id");
    let lengths: Vec<usize> = external_id.split('-').map(str::len).collect();
    assert_eq!(lengths, [8, 4, 4, 4, 12], "{external_id}");
    assert_eq!(api.get("/contacts/find_by_external_id/mine").status, 404);
    assert_eq!(api.get(&format!("/contacts/find_by_external_id/{external_id}")).status, 404);
}

#[test]
fn leads_are_never_duplicates() {
    let api = Api::start();
    api.create(r#"{"email":"a@example.com"}"#);
    api.create(r#"{"email":"a@example.com","role":"lead"}"#);
    api.create(r#"{"email":"a@example.com","role":"lead"}"#);
    api.create(r#"{"email":"b@example.com","role":"lead"}"#);
    api.create(r#"{"email":"b@example.com","role":"user"}"#);
    assert_eq!(api.stored().len(), 5);
}

#[test]
fn a_role_alone_is_enough_for_a_lead() {
    let api = Api::start();
    let path = api.create(r#"{"role":"lead"}"#);
    assert_eq!(api.get(&path).str("/role"), "lead");
}

#[test]
fn a_lead_becomes_a_user_under_the_same_id() {
    let api = Api::start();
    let path = api.create(r#"{"role":"lead","email":"a@example.com"}"#);
    let told = api.put(&path, r#"{"role":"user","external_id":"1"}"#).ok();
    assert_eq!((told.str("/role"), told.str("/external_id")), ("user".to_owned(), "1".to_owned()));
    assert_eq!(format!("/contacts/{}", told.str("/id")), path);
    assert_eq!(api.post("/contacts", r#"{"external_id":"1"}"#).status, 409);
}

#[test]
fn a_lead_s_external_id_is_not_changed_without_its_role() {
    let api = Api::start();
    let path = api.create(r#"{"role":"lead"}"#);
    let before = api.get(&path).str("/external_id");
    assert_eq!(api.put(&path, r#"{"external_id":"1"}"#).ok().str("/external_id"), before);
}

#[test]
fn a_user_never_becomes_a_lead() {
    let api = Api::start();
    let path = api.create(r#"{"email":"a@example.com"}"#);
    let text = "Contact with user role can't be converted to a lead";
    api.put(&path, r#"{"role":"lead","name":"Ann"}"#).refused(400, "client_error", text);
    assert!(api.get(&path).at("/name").is_null());
}
