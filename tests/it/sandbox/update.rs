//! `PUT /contacts/{id}`: partial, idempotent, and not unique by email.

use super::Api;
use super::NOW;

#[test]
fn an_update_changes_only_what_it_names() {
    let api = Api::start();
    let path = api.create(
        r#"{"email":"a@example.com","name":"Ann","phone":"+1","custom_attributes":{"plan":"pro","mrr":2}}"#,
    );
    api.put(&path, r#"{"name":"Bea","custom_attributes":{"is_beta":true,"mrr":3.5}}"#).ok();
    let read = api.get(&path).ok();
    assert_eq!((read.str("/name"), read.str("/phone")), ("Bea".to_owned(), "+1".to_owned()));
    let attributes = read.at("/custom_attributes");
    assert_eq!(attributes, serde_json::json!({"plan":"pro","mrr":3.5,"is_beta":true}));
}

#[test]
fn a_null_email_is_shown_empty_once_and_null_ever_after() {
    let api = Api::start();
    let path = api.create(r#"{"email":"a@example.com","external_id":"1"}"#);
    assert_eq!(api.put(&path, r#"{"email":null}"#).ok().str("/email"), "");
    assert!(api.get(&path).at("/email").is_null());
    assert_eq!(api.listed(), ["null"]);
    api.create(r#"{"email":"a@example.com"}"#);
}

#[test]
fn a_null_external_id_is_kept_and_other_nulls_clear() {
    let api = Api::start();
    let path =
        api.create(r#"{"external_id":"1","name":"A","phone":"+1","custom_attributes":{"plan":"pro"}}"#);
    let nulls = r#"{"external_id":null,"name":null,"phone":null,"custom_attributes":{"plan":null}}"#;
    let told = api.put(&path, nulls).ok();
    assert_eq!(told.str("/external_id"), "1");
    assert!(told.at("/name").is_null() && told.at("/phone").is_null());
    assert!(told.at("/custom_attributes/plan").is_null());
}

#[test]
fn an_update_that_changes_nothing_leaves_updated_at() {
    let api = Api::start();
    let path = api.create(r#"{"email":"a@example.com","name":"Ann","custom_attributes":{"plan":"pro"}}"#);
    api.control("clock", r#"{"advance_seconds":100}"#);
    let same = r#"{"email":"A@example.com","name":"Ann","custom_attributes":{"plan":"pro"}}"#;
    assert_eq!(api.put(&path, same).ok().at("/updated_at"), NOW);
    assert_eq!(api.put(&path, r#"{"name":"Bea"}"#).ok().at("/updated_at"), NOW + 100);
    assert_eq!(api.get(&path).at("/created_at"), NOW);
}

#[test]
fn two_users_may_share_an_email_by_update() {
    let api = Api::start();
    api.create(r#"{"email":"a@example.com"}"#);
    let path = api.create(r#"{"email":"b@example.com"}"#);
    assert_eq!(api.put(&path, r#"{"email":"a@example.com"}"#).ok().str("/email"), "a@example.com");
    assert_eq!(api.listed(), [r#""a@example.com""#, r#""a@example.com""#]);
}

#[test]
fn another_live_user_s_external_id_is_a_conflict_and_an_archived_one_s_is_free() {
    let api = Api::start();
    let first = api.create(r#"{"external_id":"1"}"#);
    let second = api.create(r#"{"external_id":"2"}"#);
    let told = api.put(&second, r#"{"external_id":"1"}"#);
    assert_eq!((told.status, told.str("/errors/0/code").as_str()), (409, "conflict"));
    api.post(&format!("{first}/archive"), "{}").ok();
    assert_eq!(api.put(&second, r#"{"external_id":"1"}"#).ok().str("/external_id"), "1");
}

#[test]
fn a_refused_update_changes_nothing() {
    let api = Api::start();
    let path = api.create(r#"{"email":"a@example.com","name":"Ann"}"#);
    let before = api.stored();
    let told = api.put(&path, r#"{"name":"Bea","custom_attributes":{"nope":1}}"#);
    told.refused(400, "parameter_invalid", "Custom attribute 'nope' does not exist");
    assert_eq!(api.put(&path, r#"{"name":"Bea","owner_id":5}"#).status, 400);
    assert_eq!(api.stored(), before);
}

#[test]
fn an_unknown_contact_cannot_be_updated() {
    let api = Api::start();
    for id in ["nobody", "000000000000000000000000"] {
        let told = api.put(&format!("/contacts/{id}"), r#"{"name":"Bea"}"#);
        told.refused(404, "not_found", "User Not Found");
    }
}

#[test]
fn a_freed_identifier_can_be_taken_by_another() {
    let api = Api::start();
    let path = api.create(r#"{"email":"a@example.com","external_id":"1"}"#);
    api.put(&path, r#"{"email":"b@example.com","external_id":"2"}"#).ok();
    api.create(r#"{"email":"a@example.com","external_id":"1"}"#);
    assert_eq!(api.post("/contacts", r#"{"external_id":"2"}"#).status, 409);
}
