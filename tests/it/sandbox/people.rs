//! What else hangs on contacts: notes, segments, subscriptions, admins, blocks.

use serde_json::json;

use super::Api;
use super::told;

#[test]
fn a_note_is_listed_newest_first_and_shown_in_the_contact() {
    let api = Api::start();
    let contact = api.create(r#"{"external_id":"1"}"#);
    let path = format!("{contact}/notes");
    api.post(&path, r#"{"body":"<p>one</p>"}"#).ok();
    let note = api.post(&path, r#"{"body":"two","admin_id":"814860"}"#).ok();
    assert_eq!((note.str("/body"), note.str("/author/name")), ("<p>two</p>".into(), "Ada Admin".into()));
    assert_eq!(note.str("/contact/id"), contact.replace("/contacts/", ""));
    let list = api.get(&path).ok();
    assert_eq!((list.at("/total_count"), list.at("/data/0")), (2.into(), note.json()));
    assert_eq!(api.get(&format!("/notes/{}", note.str("/id"))).ok().json(), note.json());
    assert_eq!(api.get(&contact).at("/notes/total_count"), 2);
}

#[test]
fn a_note_by_an_unknown_admin_or_about_nobody_is_not_found() {
    let api = Api::start();
    let path = format!("{}/notes", api.create(r#"{"external_id":"1"}"#));
    api.post(&path, r#"{"body":"x","admin_id":1}"#).refused(404, "not_found", "Resource Not Found");
    api.post("/contacts/123/notes", r#"{"body":"x"}"#).refused(404, "not_found", "User Not Found");
    assert_eq!(api.post(&path, "{}").status, 400);
    assert_eq!(api.get("/notes/1").status, 404);
}

#[test]
fn segments_follow_from_what_contacts_are() {
    let api = Api::start();
    let body = json!({"external_id":"1","last_seen_at":super::NOW - 60}).to_string();
    let contact = api.create(&body);
    let names = |path: &str, key: &str| {
        let list = api.get(path).ok().at(key);
        list.as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&format!("{contact}/segments"), "/data"), ["Active", "New"]);
    assert_eq!(names("/segments", "/segments").len(), 6);
    let counted = api.get("/segments?include_count=true").ok();
    assert_eq!((counted.at("/segments/0/count"), counted.at("/segments/3/count")), (1.into(), 0.into()));
    let id = counted.str("/segments/0/id");
    assert_eq!(api.get(&format!("/segments/{id}")).ok().str("/person_type"), "user");
    api.get("/segments/nobody").refused(404, "not_found", "Resource Not Found");
}

#[test]
fn subscriptions_are_listed_only_if_they_were_chosen() {
    let api = Api::start();
    let contact = api.create(r#"{"external_id":"1"}"#);
    let path = format!("{contact}/subscriptions");
    let types = api.get("/subscription_types").ok().at("/data");
    assert_eq!((types.as_array().unwrap().len(), api.get(&path).ok().at("/data")), (3, json!([])));
    let id = types[0]["id"].as_str().unwrap();
    assert_eq!(api.post(&path, &json!({"id":id,"consent_type":"opt_in"}).to_string()).status, 400);
    let told = api.post(&path, &json!({"id":id,"consent_type":"opt_out"}).to_string()).ok();
    assert_eq!(told.json(), types[0]);
    assert_eq!(api.get(&path).at("/data"), json!([types[0]]));
    let shown = api.get(&contact).ok();
    let entry = json!({"type":"subscription","id":id,"url":format!("/subscription_types/{id}")});
    assert_eq!(shown.at("/opted_out_subscription_types/data"), json!([entry]));
    assert_eq!(shown.at("/opted_in_subscription_types/total_count"), 0);
    api.post(&path, r#"{"id":"invalid_id","consent_type":"opt_in"}"#).refused(
        404,
        "not_found",
        "Resource Not Found",
    );
    assert_eq!(api.delete(&format!("{path}/{id}")).ok().json(), types[0]);
    assert_eq!(api.delete(&format!("{path}/{id}")).status, 404);
}

#[test]
fn admins_are_listed_and_read() {
    let api = Api::start();
    let list = api.get("/admins").ok();
    assert_eq!((list.str("/type"), list.at("/admins").as_array().unwrap().len()), ("admin.list".into(), 3));
    assert_eq!(api.get("/admins/814861").ok().json(), list.at("/admins/1"));
    api.get("/admins/1").refused(404, "admin_not_found", "Admin not found");
}

#[test]
fn a_contact_is_blocked_since_2_13() {
    let api = Api::start();
    let path = api.create(r#"{"external_id":"1"}"#);
    let block = |version: &str| {
        told(
            api.with_body("POST", &format!("{path}/block"), "")
                .header("Intercom-Version", version.to_owned()),
        )
    };
    assert_eq!(block("2.12").status, 404);
    let blocked = block("2.13").ok();
    assert_eq!((blocked.at("/blocked"), blocked.str("/external_id")), (true.into(), "1".to_owned()));
}
