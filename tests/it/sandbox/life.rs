//! Archive, unarchive, delete.

use super::Api;

#[test]
fn an_archived_contact_is_gone_from_reads_and_lists_and_marked_in_the_store() {
    let api = Api::start();
    let path = api.create(r#"{"email":"a@example.com","external_id":"1"}"#);
    let told = api.post(&format!("{path}/archive"), "{}").ok();
    assert_eq!((told.str("/object"), told.at("/archived")), ("contact".to_owned(), true.into()));
    api.get(&path).refused(404, "not_found", "User Not Found");
    assert_eq!(api.get("/contacts/find_by_external_id/1").status, 404);
    assert_eq!(api.put(&path, r#"{"name":"x"}"#).status, 404);
    assert!(api.listed().is_empty());
    assert_eq!(api.stored()[0]["archived"], true);
}

#[test]
fn archiving_twice_is_fine() {
    let api = Api::start();
    let path = api.create(r#"{"email":"a@example.com"}"#);
    api.post(&format!("{path}/archive"), "{}").ok();
    assert_eq!(api.post(&format!("{path}/archive"), "{}").ok().at("/archived"), true);
}

#[test]
fn an_unarchived_contact_is_as_it_was() {
    let api = Api::start();
    let path = api.create(r#"{"email":"a@example.com","name":"Ann"}"#);
    api.post(&format!("{path}/archive"), "{}").ok();
    assert_eq!(api.post(&format!("{path}/unarchive"), "{}").ok().at("/archived"), false);
    assert_eq!(api.get(&path).ok().str("/name"), "Ann");
    assert_eq!(api.listed().len(), 1);
}

#[test]
fn a_deleted_contact_is_gone_for_good() {
    let api = Api::start();
    let path = api.create(r#"{"email":"a@example.com","external_id":"1"}"#);
    let told = api.delete(&path).ok();
    assert_eq!((told.at("/deleted"), told.str("/type")), (true.into(), "contact".to_owned()));
    assert_eq!(told.str("/external_id"), "1");
    api.get(&path).refused(404, "not_found", "User Not Found");
    let text = "User has been marked for permanent deletion and is not restorable.";
    api.post(&format!("{path}/unarchive"), "{}").refused(400, "bad_request", text);
    api.delete(&path).refused(404, "not_found", "User Not Found");
    assert!(api.listed().is_empty() && api.stored().is_empty());
}

#[test]
fn an_archived_contact_can_be_deleted() {
    let api = Api::start();
    let path = api.create(r#"{"email":"a@example.com"}"#);
    api.post(&format!("{path}/archive"), "{}").ok();
    assert_eq!(api.delete(&path).ok().at("/deleted"), true);
}
