//! Data attributes: the list, the definitions, and what contacts may hold.

use serde_json::Value;
use serde_json::json;

use super::Api;

fn names(api: &Api, query: &str, test: impl Fn(&Value) -> bool) -> Vec<String> {
    let data = api.get(&format!("/data_attributes{query}")).ok().at("/data");
    let found = data.as_array().unwrap().iter().filter(|attribute| test(attribute));
    found.map(|attribute| attribute["full_name"].as_str().unwrap().to_owned()).collect()
}

fn define(api: &Api, body: &str) -> Value {
    api.post("/data_attributes", body).ok().json()
}

#[test]
fn a_fresh_workspace_has_six_custom_attributes() {
    let api = Api::start();
    let custom = names(&api, "?model=contact", |attribute| attribute["custom"] == true);
    let expected = ["plan", "company_size", "mrr", "is_beta", "trial_ends_at", "account_number"];
    assert_eq!(custom, expected.map(|name| format!("custom_attributes.{name}")));
}

#[test]
fn exactly_the_recorded_standard_attributes_are_writable() {
    let api = Api::start();
    let writable = |attribute: &Value| attribute["custom"] == false && attribute["api_writable"] == true;
    let mut writable = names(&api, "?model=contact", writable);
    writable.sort();
    let expected = [
        "avatar",
        "email",
        "external_id",
        "last_seen_at",
        "name",
        "owner_id",
        "phone",
        "role",
        "signed_up_at",
        "unsubscribed_from_emails",
    ];
    assert_eq!(writable, expected);
}

#[test]
fn only_custom_attributes_have_an_id() {
    let api = Api::start();
    let data = api.get("/data_attributes").at("/data");
    assert!(data.as_array().unwrap().iter().all(|one| one["custom"].as_bool() == Some(one["id"].is_u64())));
    assert_eq!(api.get("/data_attributes?model=conversation").status, 422);
}

#[test]
fn a_defined_attribute_can_be_written_at_once() {
    let api = Api::start();
    let body = r#"{"email":"a@example.com","custom_attributes":{"Shoe Size":"42"}}"#;
    let text = "Custom attribute 'Shoe Size' does not exist";
    api.post("/contacts", body).refused(400, "parameter_invalid", text);
    let attribute = define(&api, r#"{"name":"Shoe Size","model":"contact","data_type":"string"}"#);
    assert_eq!((&attribute["custom"], &attribute["data_type"]), (&json!(true), &json!("string")));
    api.post("/contacts", body).ok();
}

#[test]
fn names_are_compared_with_their_case() {
    let api = Api::start();
    let told = api.post("/contacts", r#"{"email":"a@example.com","custom_attributes":{"Plan":"pro"}}"#);
    told.refused(400, "parameter_invalid", "Custom attribute 'Plan' does not exist");
}

#[test]
fn an_archived_attribute_counts_as_undefined() {
    let api = Api::start();
    let told = api.put("/data_attributes/1", r#"{"archived":true,"description":"old"}"#).ok();
    assert_eq!((told.at("/archived"), told.str("/description")), (true.into(), "old".to_owned()));
    let told = api.post("/contacts", r#"{"email":"a@example.com","custom_attributes":{"plan":"pro"}}"#);
    told.refused(400, "parameter_invalid", "Custom attribute 'plan' does not exist");
    let plan = |attribute: &Value| attribute["name"] == "plan";
    assert_eq!(names(&api, "?model=contact", plan).len(), 0);
    assert_eq!(names(&api, "?model=contact&include_archived=true", plan).len(), 1);
    api.put("/data_attributes/999", "{}").refused(
        404,
        "field_not_found",
        "We couldn't find that data attribute to update",
    );
}

#[track_caller]
fn check_definition(fields: &str, message: &str) {
    let api = Api::start();
    let told = api.post("/data_attributes", &format!("{{{fields}}}"));
    told.refused(400, "parameter_invalid", message);
}

#[test]
fn a_definition_is_refused_with_the_documented_words() {
    let taken =
        "You already have 'plan' in your people data. To save this as new people data, use a different name.";
    check_definition(r#""name":"plan","model":"contact","data_type":"string""#, taken);
    let elsewhere = "You already have 'plan' in your people data. To save this as new company data, use a different name.";
    check_definition(r#""name":"plan","model":"company","data_type":"string""#, elsewhere);
    let name = "Your name for this attribute must only contain alphanumeric characters, currency symbols, and hyphens";
    check_definition(r#""name":"!nv@l!d n@me","model":"contact","data_type":"string""#, name);
    check_definition(r#""name":"","model":"contact","data_type":"string""#, name);
    check_definition(r#""name":"x","model":"contact","data_type":"mithril""#, "Data Type isn't an option");
    let model = "The Data Attribute model field must be either contact or company";
    check_definition(r#""name":"x","model":"admin","data_type":"string""#, model);
    let options = "Options isn't an array";
    check_definition(r#""name":"x","model":"contact","data_type":"options""#, options);
}

#[test]
fn a_standard_attribute_cannot_be_defined_again() {
    let api = Api::start();
    let told = api.post("/data_attributes", r#"{"name":"email","model":"contact","data_type":"string"}"#);
    assert!(told.str("/errors/0/message").starts_with("'email' is one of our standard attributes"));
}

#[test]
fn there_is_room_for_250_active_attributes() {
    let api = Api::start();
    for n in 6..250 {
        define(&api, &format!(r#"{{"name":"a{n}","model":"contact","data_type":"string"}}"#));
    }
    let one_more = r#"{"name":"one more","model":"company","data_type":"string"}"#;
    let told = api.post("/data_attributes", one_more);
    assert_eq!((told.status, told.str("/errors/0/code").as_str()), (400, "custom_data_limit_reached"));
    api.put("/data_attributes/1", r#"{"archived":true}"#).ok();
    define(&api, one_more);
    assert_eq!(api.put("/data_attributes/1", r#"{"archived":false}"#).status, 400);
}

/// Writes one attribute and returns what is stored, or the error's code.
#[track_caller]
fn check(attribute: &str, value: &str, expected: &str) {
    let api = Api::start();
    let body = format!(r#"{{"email":"a@example.com","custom_attributes":{{"{attribute}":{value}}}}}"#);
    let told = api.post("/contacts", &body);
    let actual = match told.status {
        200 => told.at(&format!("/custom_attributes/{attribute}")).to_string(),
        status => format!("{status} {}", told.str("/errors/0/code")),
    };
    assert_eq!(actual, expected);
}

#[test]
fn values_must_have_the_attribute_s_type() {
    check("plan", r#""pro""#, r#""pro""#);
    check("plan", "5", "400 parameter_invalid");
    check("company_size", "5", "5");
    check("company_size", r#""5""#, "400 parameter_invalid");
    check("company_size", "5.5", "400 parameter_invalid");
    check("mrr", "5.25", "5.25");
    check("mrr", "5", "5.0");
    check("is_beta", "true", "true");
    check("is_beta", r#""true""#, "400 parameter_invalid");
    check("trial_ends_at", "1597870204", "1597870204");
    check("trial_ends_at", "1597870204000", "400 parameter_invalid");
    check("trial_ends_at", r#""2024-01-01""#, "400 parameter_invalid");
    check("plan", r#"{"a":1}"#, "400 parameter_invalid");
    check("plan", r#"["a"]"#, "400 parameter_invalid");
    check("plan", "null", "null");
    check("plan", &format!("\"{}\"", "x".repeat(256)), "400 parameter_invalid");
}

#[test]
fn a_list_takes_only_its_options() {
    let api = Api::start();
    let body =
        r#"{"name":"size","model":"contact","data_type":"options","options":[{"value":"S"},{"value":"L"}]}"#;
    let attribute = define(&api, body);
    assert_eq!((&attribute["data_type"], &attribute["options"]), (&json!("string"), &json!(["S", "L"])));
    api.create(r#"{"email":"a@example.com","custom_attributes":{"size":"S"}}"#);
    let told = api.post("/contacts", r#"{"email":"b@example.com","custom_attributes":{"size":"XL"}}"#);
    assert_eq!(told.status, 400);
    let path = format!("/data_attributes/{}", attribute["id"]);
    api.put(&path, r#"{"options":[{"value":"S"},{"value":"XL"}]}"#).ok();
    api.create(r#"{"email":"b@example.com","custom_attributes":{"size":"XL"}}"#);
}

#[test]
fn an_attribute_that_a_segment_asks_for_cannot_be_archived() {
    let api = Api::start();
    let made = api
        .post("/data_attributes", r#"{"name":"success_plan","model":"contact","data_type":"string"}"#)
        .ok();
    let told = api.put(&format!("/data_attributes/{}", made.at("/id")), r#"{"archived":true}"#);
    let text = "The Data Attribute you are trying to archive has a dependant object";
    told.refused(422, "data_invalid", text);
}

#[test]
fn companies_have_standard_attributes_of_their_own() {
    let api = Api::start();
    let list = api.get("/data_attributes?model=company").ok().at("/data");
    let row = |name: &str| {
        list.as_array()
            .unwrap()
            .iter()
            .find(|row| row["full_name"] == name)
            .unwrap_or_else(|| panic!("{name}"))
    };
    assert_eq!(list.as_array().unwrap().len(), 16);
    assert_eq!(
        (&row("company_id")["api_writable"], &row("size")["api_writable"]),
        (&false.into(), &true.into())
    );
    assert_eq!((&row("plan.name")["name"], &row("size")["model"]), (&"name".into(), &"company".into()));
    let told = api.post("/data_attributes", r#"{"name":"industry","model":"company","data_type":"string"}"#);
    let text = "'industry' is one of our standard attributes. To save this as new company data, use a different name.";
    told.refused(400, "parameter_invalid", text);
    let told = api.get("/data_attributes?model=conversation");
    let text = "model=conversation is no longer supported. Use GET /conversations/attributes instead";
    told.refused(422, "parameter_invalid", text);
}
