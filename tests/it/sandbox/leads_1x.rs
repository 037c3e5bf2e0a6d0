//! Leads of 1.x, which are called contacts there.

use intercom_bulk::sandbox::Config;
use serde_json::json;

use super::Api;
use super::Told;
use super::prompt;
use super::told;

fn legacy() -> Api {
    Api::with(Config { api_version: "1.4".to_owned(), ..prompt() })
}

fn lead(api: &Api, body: &str) -> Told {
    api.post("/contacts", body).ok()
}

#[test]
fn a_lead_is_made_by_every_write_that_names_none() {
    let api = legacy();
    let one = lead(&api, r#"{"email":"ann@example.com","name":"Ann"}"#);
    let other = lead(&api, r#"{"email":"ann@example.com"}"#);
    assert_ne!(one.at("/id"), other.at("/id"));
    assert_eq!((one.str("/type"), one.at("/anonymous")), ("contact".to_owned(), json!(true)));
    assert_eq!(one.str("/user_id").len(), 36);
    lead(&api, "{}");
    assert_eq!(api.stored().iter().filter(|contact| contact["role"] == "lead").count(), 3);
}

#[test]
fn a_lead_is_updated_by_its_id_or_its_user_id() {
    let api = legacy();
    let made = lead(&api, r#"{"email":"ann@example.com"}"#);
    let (id, user_id) = (made.str("/id"), made.str("/user_id"));
    lead(&api, &format!(r#"{{"id":"{id}","name":"Ann"}}"#));
    let updated = lead(&api, &format!(r#"{{"user_id":"{user_id}","phone":"+15550001"}}"#));
    assert_eq!((updated.str("/id"), updated.str("/name")), (id, "Ann".to_owned()));
    assert_eq!(updated.str("/user_id"), user_id);
    api.post("/contacts", r#"{"user_id":"mine"}"#).refused(404, "not_found", "User Not Found");
    assert_eq!(api.stored().len(), 1);
}

#[test]
fn a_null_attribute_of_a_lead_is_refused_and_one_of_a_user_is_cleared() {
    let api = legacy();
    let body = r#"{"user_id":"1","custom_attributes":{"plan":null}}"#;
    assert!(api.post("/users", body).ok().at("/custom_attributes/plan").is_null());
    let told = api.post("/contacts", r#"{"custom_attributes":{"plan":null}}"#);
    told.refused(400, "parameter_invalid", "Value:  not of type Numeric, String or Boolean");
}

#[test]
fn leads_are_found_by_their_keys_and_listed_apart() {
    let api = legacy();
    api.post("/users", r#"{"user_id":"1","email":"ann@example.com"}"#).ok();
    let made = lead(&api, r#"{"email":"ann@example.com"}"#);
    let (id, user_id) = (made.str("/id"), made.str("/user_id"));
    assert_eq!(api.get(&format!("/contacts/{id}")).ok().str("/id"), id);
    assert_eq!(api.get(&format!("/contacts?user_id={user_id}")).ok().str("/id"), id);
    let list = api.get("/contacts?email=ANN@example.com").ok();
    assert_eq!((list.str("/type"), list.at("/total_count")), ("contact.list".to_owned(), json!(1)));
    let all = api.get("/contacts").ok();
    assert_eq!((all.str("/contacts/0/id"), all.at("/total_count")), (id, json!(1)));
    let user = api.get("/users?user_id=1").ok().str("/id");
    api.get(&format!("/contacts/{user}")).refused(404, "not_found", "User Not Found");
}

#[test]
fn a_deleted_lead_is_shown_once_more() {
    let api = legacy();
    let id = lead(&api, "{}").str("/id");
    assert_eq!(api.delete(&format!("/contacts/{id}")).ok().str("/id"), id);
    assert_eq!(api.get(&format!("/contacts/{id}")).status, 404);
    assert_eq!(api.stored().len(), 0);
}

fn convert(api: &Api, lead: &str, user: &str) -> Told {
    api.post("/contacts/convert", &format!(r#"{{"contact":{lead},"user":{user}}}"#))
}

#[test]
fn a_converted_lead_becomes_a_user_with_its_email_but_not_its_user_id() {
    let api = legacy();
    let made = lead(&api, r#"{"email":"ann@example.com","name":"Ann"}"#);
    let named = format!(r#"{{"user_id":"{}"}}"#, made.str("/user_id"));
    let user = convert(&api, &named, r#"{"user_id":"1"}"#).ok();
    assert_eq!((user.str("/type"), user.at("/id")), ("user".to_owned(), made.at("/id")));
    assert_eq!((user.str("/user_id"), user.str("/email")), ("1".to_owned(), "ann@example.com".to_owned()));
    assert_eq!(user.at("/anonymous"), json!(false));
    assert_eq!(api.get("/contacts").ok().at("/total_count"), json!(0));
}

#[test]
fn a_lead_is_merged_into_the_user_that_exists_who_keeps_its_identity() {
    let api = legacy();
    let user = api.post("/users", r#"{"user_id":"1"}"#).ok();
    let id = lead(&api, r#"{"email":"ann@example.com"}"#).str("/id");
    let company = format!(r#"{{"id":"{id}","companies":[{{"company_id":"6"}}]}}"#);
    lead(&api, &company);
    let merged = convert(&api, &format!(r#"{{"id":"{id}"}}"#), r#"{"user_id":"1"}"#).ok();
    assert_eq!(merged.str("/companies/companies/0/company_id"), "6");
    assert_eq!((merged.at("/id"), merged.at("/email")), (user.at("/id"), json!(null)));
    assert_eq!(api.get(&format!("/contacts/{id}")).status, 404);
    let contact = told(api.request("GET", &format!("/contacts/{id}")).header("Intercom-Version", "2.16"));
    assert!([404, 410].contains(&contact.status), "{}", contact.text);
}

#[test]
fn a_conversion_names_both() {
    let api = legacy();
    let id = lead(&api, "{}").str("/id");
    assert_eq!(api.post("/contacts/convert", &format!(r#"{{"contact":{{"id":"{id}"}}}}"#)).status, 400);
    convert(&api, r#"{"id":"nobody"}"#, r#"{"user_id":"1"}"#).refused(404, "not_found", "User Not Found");
    let text = "User email, user_id or anonymous_id must be supplied";
    convert(&api, &format!(r#"{{"id":"{id}"}}"#), "{}").refused(400, "parameter_invalid", text);
}
