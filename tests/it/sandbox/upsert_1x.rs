//! `POST /users` of 1.x: one request that creates or updates, and what it makes of each field.

use intercom_bulk::sandbox::Config;
use serde_json::Value;
use serde_json::json;

use super::Api;
use super::NOW;
use super::Told;
use super::prompt;
use super::told;

/// A sandbox that speaks 1.4 unless it is told otherwise.
fn legacy() -> Api {
    Api::with(Config { api_version: "1.4".to_owned(), ..prompt() })
}

fn with_unknown(setting: &str) -> Api {
    let unknowns = [setting.parse().unwrap()].into_iter().collect();
    Api::with(Config { api_version: "1.4".to_owned(), unknowns, ..prompt() })
}

fn in_version(api: &Api, version: &str, body: &str) -> Told {
    let request = api.with_body("POST", "/users", body);
    told(request.header("Intercom-Version", version.to_owned()))
}

#[track_caller]
fn upsert(api: &Api, body: &str) -> Told {
    api.post("/users", body).ok()
}

#[test]
fn a_user_is_created_once_and_then_updated_by_its_user_id() {
    let api = legacy();
    let created = upsert(&api, r#"{"user_id":"1","email":"ann@example.com","name":"Ann"}"#);
    assert_eq!((created.str("/type"), created.str("/user_id")), ("user".to_owned(), "1".to_owned()));
    let updated = upsert(&api, r#"{"user_id":"1","email":"bea@example.com"}"#);
    assert_eq!((updated.at("/id"), updated.str("/name")), (created.at("/id"), "Ann".to_owned()));
    assert_eq!(updated.str("/email"), "bea@example.com");
    assert_eq!(api.stored().len(), 1);
}

#[test]
fn what_one_profile_writes_the_other_one_shows() {
    let api = legacy();
    let id =
        upsert(&api, r#"{"user_id":"1","email":"a@example.com","last_request_at":1600000000}"#).str("/id");
    let path = format!("/contacts/{id}");
    let contact = told(api.request("GET", &path).header("Intercom-Version", "2.16")).ok();
    assert_eq!((contact.str("/external_id"), contact.str("/role")), ("1".to_owned(), "user".to_owned()));
    assert_eq!(contact.at("/last_seen_at"), json!(1_600_000_000));
    let name = api.with_body("PUT", &path, r#"{"name":"Ann","signed_up_at":1500000000}"#);
    told(name.header("Intercom-Version", "2.16")).ok();
    let user = api.get(&format!("/users/{id}")).ok();
    assert_eq!((user.str("/name"), user.at("/remote_created_at")), ("Ann".to_owned(), json!(1_500_000_000)));
}

#[test]
fn the_id_is_looked_up_before_the_user_id_and_that_before_the_email() {
    let api = legacy();
    let one = upsert(&api, r#"{"user_id":"1","email":"one@example.com"}"#).str("/id");
    let two = upsert(&api, r#"{"user_id":"2","email":"two@example.com"}"#).str("/id");
    let by_id = upsert(&api, &format!(r#"{{"id":"{one}","user_id":"3","email":"three@example.com"}}"#));
    assert_eq!((by_id.str("/id"), by_id.str("/user_id")), (one.clone(), "3".to_owned()));
    let by_user_id = upsert(&api, r#"{"user_id":"2","email":"three@example.com"}"#);
    assert_eq!((by_user_id.str("/id"), by_user_id.str("/email")), (two, "three@example.com".to_owned()));
    let by_email = api.post("/users", r#"{"email":"one@example.com"}"#).ok();
    assert_ne!(by_email.str("/id"), one);
}

#[test]
fn an_id_that_nobody_has_is_told_404() {
    let api = legacy();
    api.post("/users", r#"{"id":"6064d5464b4a359d4df671e9"}"#).refused(404, "not_found", "User Not Found");
    assert_eq!(api.stored().len(), 0);
}

#[test]
fn a_new_user_id_adopts_the_user_with_the_email_that_has_none() {
    let api = legacy();
    let nameless = upsert(&api, r#"{"email":"ann@example.com","name":"Ann"}"#);
    assert!(nameless.at("/user_id").is_null());
    let adopted = upsert(&api, r#"{"user_id":"1","email":"ann@example.com"}"#);
    assert_eq!((adopted.at("/id"), adopted.str("/name")), (nameless.at("/id"), "Ann".to_owned()));
    assert_eq!(adopted.str("/user_id"), "1");
}

#[test]
fn a_user_id_is_not_cleared_by_null_or_empty_text() {
    let api = legacy();
    upsert(&api, r#"{"user_id":"1","email":"ann@example.com"}"#);
    upsert(&api, r#"{"user_id":null,"email":"ann@example.com"}"#);
    let user = upsert(&api, r#"{"user_id":"","email":"ann@example.com","name":"Ann"}"#);
    assert_eq!((user.str("/user_id"), user.str("/name")), ("1".to_owned(), "Ann".to_owned()));
    assert_eq!(api.stored().len(), 1);
}

#[test]
fn a_new_user_id_beside_another_one_makes_a_second_user_with_the_email() {
    let api = legacy();
    let first = upsert(&api, r#"{"user_id":"1","email":"ann@example.com"}"#);
    let second = upsert(&api, r#"{"user_id":"2","email":"ann@example.com"}"#);
    assert_ne!(first.at("/id"), second.at("/id"));
    let text = "Multiple existing users match this email address ann@example.com - must be more specific using user_id";
    api.post("/users", r#"{"email":"ann@example.com","name":"Ann"}"#).refused(409, "conflict", text);
}

#[test]
fn a_write_that_names_nobody_is_refused() {
    let api = legacy();
    let text = "User email, user_id or anonymous_id must be supplied";
    api.post("/users", r#"{"name":"Ann"}"#).refused(400, "parameter_invalid", text);
}

#[test]
fn a_user_id_that_another_user_has_is_refused() {
    let api = legacy();
    upsert(&api, r#"{"user_id":"1"}"#);
    let id = upsert(&api, r#"{"user_id":"2"}"#).str("/id");
    let told = api.post("/users", &format!(r#"{{"id":"{id}","user_id":"1"}}"#));
    told.refused(400, "unique_user_constraint", "User already exists.");
}

#[test]
fn an_email_is_stored_in_lower_case_and_found_in_any() {
    let api = legacy();
    let id = upsert(&api, r#"{"email":"Ann@Example.com"}"#);
    assert_eq!(id.str("/email"), "ann@example.com");
    assert_eq!(upsert(&api, r#"{"email":"ANN@example.com"}"#).at("/id"), id.at("/id"));
}

#[test]
fn a_lead_is_never_taken_for_a_user() {
    let api = legacy();
    let lead = api.post("/contacts", r#"{"email":"ann@example.com"}"#).ok().str("/id");
    let user = upsert(&api, r#"{"email":"ann@example.com"}"#);
    assert_ne!(user.str("/id"), lead);
    api.post("/users", &format!(r#"{{"id":"{lead}"}}"#)).refused(404, "not_found", "User Not Found");
}

#[test]
fn an_archived_user_is_a_conflict_or_comes_back() {
    let archive = |api: &Api| {
        let id = upsert(api, r#"{"user_id":"1","name":"Ann"}"#).str("/id");
        api.delete(&format!("/users/{id}")).ok();
        id
    };
    let api = legacy();
    let id = archive(&api);
    let text = format!("An archived contact matching those details already exists with id={id}");
    api.post("/users", r#"{"user_id":"1"}"#).refused(409, "conflict", &text);
    let api = with_unknown("archived-user=restored");
    let id = archive(&api);
    assert_eq!(upsert(&api, r#"{"user_id":"1"}"#).str("/id"), id);
    assert_eq!(api.get(&format!("/users/{id}")).ok().str("/name"), "Ann");
}

#[test]
fn an_unknown_key_refuses_the_whole_write_and_knows_no_request_id() {
    let api = legacy();
    for key in ["test", "users", "type", "external_id", "owner_id", "anonymous_id"] {
        let told = api.post("/users", &format!(r#"{{"user_id":"1","{key}":"x"}}"#));
        told.refused(400, "bad_request", &format!("bad '{key}' parameter"));
        assert!(told.at("/request_id").is_null());
    }
    assert_eq!(api.stored().len(), 0);
}

/// Asserts that a field's value is refused with a message, and nothing written.
#[track_caller]
fn check_refused(fields: &str, message: &str) {
    let api = legacy();
    let told = api.post("/users", &format!(r#"{{"user_id":"1",{fields}}}"#));
    assert_eq!((told.status, told.str("/errors/0/message")), (400, message.to_owned()));
    assert_eq!(api.stored().len(), 0);
}

#[test]
fn a_value_of_the_wrong_type_is_refused() {
    check_refused(r#""signed_up_at":"2024-01-01""#, "bad 'remote_created_at' parameter");
    check_refused(r#""last_request_at":"now""#, "bad 'last_request_at' parameter");
    check_refused(r#""name":5"#, "bad 'name' parameter");
    check_refused(r#""update_last_request_at":"yes""#, "bad 'update_last_request_at' parameter");
    check_refused(r#""avatar":"https://x.test/a.png""#, "bad 'avatar' parameter");
    check_refused(
        r#""avatar":{"type":"avatar","image_url":"http://x.test/a.png"}"#,
        "bad 'avatar' parameter",
    );
    check_refused(
        r#""avatar":{"type":"photo","image_url":"https://x.test/a.png"}"#,
        "bad 'avatar' parameter",
    );
    check_refused(r#""companies":{"company_id":"6"}"#, "bad 'companies' parameter");
    check_refused(r#""custom_attributes":["plan"]"#, "bad 'custom_attributes' parameter");
}

#[test]
fn a_user_id_is_text_or_a_number_of_no_more_than_255_characters_without_space_around_it() {
    let api = legacy();
    assert_eq!(upsert(&api, r#"{"user_id":25}"#).str("/user_id"), "25");
    assert_eq!(api.post("/users", r#"{"user_id":" 25"}"#).status, 400);
    assert_eq!(api.post("/users", &format!(r#"{{"user_id":"{}"}}"#, "x".repeat(256))).status, 400);
    assert_eq!(api.stored().len(), 1);
}

#[test]
fn an_avatar_is_an_object_in_both_directions() {
    let api = legacy();
    let avatar = r#"{"type":"avatar","image_url":"https://x.test/a.png"}"#;
    let user = upsert(&api, &format!(r#"{{"user_id":"1","avatar":{avatar}}}"#));
    assert_eq!(user.at("/avatar"), serde_json::from_str::<Value>(avatar).unwrap());
}

#[test]
fn sessions_and_requests_are_counted_by_asking() {
    let api = legacy();
    let first = upsert(&api, r#"{"user_id":"1","new_session":true,"update_last_request_at":true}"#);
    assert_eq!((first.at("/session_count"), first.at("/last_request_at")), (json!(1), json!(NOW)));
    let second = upsert(&api, r#"{"user_id":"1","new_session":true,"last_request_at":1600000000}"#);
    assert_eq!(second.at("/session_count"), json!(2));
    assert_eq!(second.at("/last_request_at"), json!(1_600_000_000));
    let third = upsert(&api, r#"{"user_id":"1","new_session":false}"#);
    assert_eq!(third.at("/session_count"), json!(2));
}

#[test]
fn an_unsubscription_is_kept_by_a_write_that_does_not_name_it() {
    let api = legacy();
    let created = upsert(&api, r#"{"user_id":"1"}"#);
    assert_eq!(created.at("/unsubscribed_from_emails"), json!(false));
    upsert(&api, r#"{"user_id":"1","unsubscribed_from_emails":true}"#);
    assert_eq!(upsert(&api, r#"{"user_id":"1"}"#).at("/unsubscribed_from_emails"), json!(true));
}

#[test]
fn a_write_that_changes_nothing_does_not_touch_updated_at() {
    let api = legacy();
    let body = r#"{"user_id":"1","name":"Ann","custom_attributes":{"plan":"pro"}}"#;
    upsert(&api, body);
    api.control("clock", r#"{"advance_seconds":60}"#);
    assert_eq!(upsert(&api, body).at("/updated_at"), json!(NOW));
}

const ORIGIN: &str =
    r#"{"user_id":"1","utm_source":"news","utm_term":"crm","referrer":"https://x.test","session_count":7}"#;

#[test]
fn where_a_user_came_from_is_dropped_in_silence_unless_the_switch_says_otherwise() {
    let user = upsert(&legacy(), ORIGIN);
    assert!(user.at("/utm_source").is_null() && user.at("/referrer").is_null());
    assert_eq!(user.at("/session_count"), json!(0));
    let told = with_unknown("sent-utm=refused").post("/users", ORIGIN);
    told.refused(400, "bad_request", "bad 'utm_source' parameter");
    let api = with_unknown("sent-utm=stored");
    let user = upsert(&api, ORIGIN);
    assert_eq!((user.str("/utm_source"), user.at("/session_count")), ("news".to_owned(), json!(7)));
    let path = format!("/contacts/{}", user.str("/id"));
    let contact = told_in(&api, "2.16", &path);
    assert_eq!(
        (contact.str("/utm_term"), contact.str("/referrer")),
        ("crm".to_owned(), "https://x.test".into())
    );
}

fn told_in(api: &Api, version: &str, path: &str) -> Told {
    told(api.request("GET", path).header("Intercom-Version", version.to_owned()))
}

#[test]
fn since_1_4_a_custom_attribute_must_exist() {
    let api = legacy();
    let body = r#"{"user_id":"1","custom_attributes":{"shoe":42}}"#;
    api.post("/users", body).refused(400, "parameter_invalid", "Custom attribute 'shoe' does not exist");
    assert_eq!(api.stored().len(), 0);
    let user = in_version(&api, "1.3", body).ok();
    assert_eq!(user.at("/custom_attributes/shoe"), json!(42));
    upsert(&api, r#"{"user_id":"2","custom_attributes":{"shoe":43}}"#);
}

#[test]
fn a_new_attribute_has_the_type_of_its_first_value_and_dates_are_told_by_their_name() {
    let api = legacy();
    let values = r#"{"text":"a","whole":1,"part":1.5,"yes":true,"ends_at":1700000000,"nothing":null}"#;
    in_version(&api, "1.0", &format!(r#"{{"user_id":"1","custom_attributes":{values}}}"#)).refused(
        400,
        "parameter_invalid",
        "Custom attribute 'nothing' does not exist",
    );
    let values = values.replace(r#","nothing":null"#, "");
    in_version(&api, "1.0", &format!(r#"{{"user_id":"1","custom_attributes":{values}}}"#)).ok();
    let listed = told_in(&api, "2.16", "/data_attributes?model=contact").json();
    let type_of = |name: &str| {
        let rows = listed["data"].as_array().unwrap();
        rows.iter().find(|row| row["name"] == name).unwrap()["data_type"].as_str().unwrap().to_owned()
    };
    let types = ["text", "whole", "part", "yes", "ends_at"].map(type_of);
    assert_eq!(types, ["string", "integer", "float", "boolean", "date"]);
    assert_eq!(in_version(&api, "1.0", r#"{"user_id":"1","custom_attributes":{"whole":"one"}}"#).status, 400);
}

#[test]
fn names_and_values_of_custom_attributes_have_the_documented_limits() {
    let api = legacy();
    let check = |name: &str, value: &str, status: u16| {
        let body = format!(r#"{{"user_id":"1","custom_attributes":{{"{name}":{value}}}}}"#);
        assert_eq!(in_version(&api, "1.3", &body).status, status, "{name}: {value}");
    };
    check("a.b", "1", 400);
    check("$a", "1", 400);
    check(&"x".repeat(191), "1", 400);
    check(&"x".repeat(190), "1", 200);
    check("big", "2147483648", 400);
    check("big", "-2147483648", 200);
    check("nested", r#"{"a":1}"#, 400);
    check("listed", "[1]", 400);
    check("long", &format!(r#""{}""#, "x".repeat(256)), 400);
    check("long", &format!(r#""{}""#, "x".repeat(255)), 200);
}

#[test]
fn companies_come_with_the_user_and_go_with_remove() {
    let api = legacy();
    let both = r#"{"user_id":"1","companies":[{"company_id":"6","name":"Blue Sun","monthly_spend":49},{"company_id":7}]}"#;
    let user = upsert(&api, both);
    assert_eq!(user.str("/companies/type"), "company.list");
    assert_eq!(names(&user), [("6".to_owned(), json!("Blue Sun")), ("7".to_owned(), json!(null))]);
    let untouched = upsert(&api, r#"{"user_id":"1","companies":[]}"#);
    assert_eq!(names(&untouched).len(), 2);
    let one = upsert(&api, r#"{"user_id":"1","companies":[{"company_id":"6","remove":true}]}"#);
    assert_eq!(names(&one), [("7".to_owned(), json!(null))]);
    let company = upsert(&api, r#"{"user_id":"2","companies":[{"company_id":"6"}]}"#);
    assert_eq!(names(&company), [("6".to_owned(), json!("Blue Sun"))]);
}

fn names(user: &Told) -> Vec<(String, Value)> {
    let companies = user.at("/companies/companies");
    let name =
        |company: &Value| (company["company_id"].as_str().unwrap().to_owned(), company["name"].clone());
    companies.as_array().unwrap().iter().map(name).collect()
}

#[test]
fn a_bad_company_refuses_the_whole_user() {
    let api = legacy();
    for company in [r#"{"name":"Blue Sun"}"#, r#"{"company_id":"6","test":1}"#, r#""6""#] {
        let told = api.post("/users", &format!(r#"{{"user_id":"1","companies":[{company}]}}"#));
        assert_eq!(told.status, 400, "{company}: {}", told.text);
    }
    assert_eq!(api.stored().len(), 0);
}

#[test]
fn a_put_is_unknown_or_the_same_as_a_post() {
    assert_eq!(legacy().put("/users", r#"{"user_id":"1"}"#).status, 404);
    let api = with_unknown("legacy-put=upserts");
    api.put("/users", r#"{"user_id":"1"}"#).ok();
    assert_eq!(api.stored().len(), 1);
}

#[test]
fn what_only_1_x_has_outlives_the_sandbox() {
    let folder = tempfile::tempdir().unwrap();
    let config = || Config {
        api_version: "1.4".to_owned(),
        data: Some(folder.path().join("sandbox.ndjson")),
        ..prompt()
    };
    let api = Api::with(config());
    let id = upsert(&api, r#"{"user_id":"1","new_session":true,"last_seen_ip":"1.2.3.4"}"#).str("/id");
    drop(api);
    let user = Api::with(config()).get(&format!("/users/{id}")).ok();
    assert_eq!((user.at("/session_count"), user.str("/last_seen_ip")), (json!(1), "1.2.3.4".to_owned()));
}
