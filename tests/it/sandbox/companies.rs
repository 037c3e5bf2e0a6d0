//! Companies: made by their owner's id, attached by Intercom's.

use intercom_bulk::sandbox::Config;
use serde_json::json;

use super::Api;
use super::prompt;
use super::told;

/// Creates a company and returns Intercom's id of it.
pub(super) fn company(api: &Api, company_id: &str) -> String {
    api.post("/companies", &json!({ "company_id": company_id }).to_string()).ok().str("/id")
}

#[test]
fn a_company_is_made_once_and_updated_ever_after() {
    let api = Api::start();
    let body = r#"{"company_id":"c1","name":"Acme","plan":"Pro","monthly_spend":155.98,"size":3}"#;
    let made = api.post("/companies", body).ok();
    assert_eq!((made.at("/monthly_spend"), made.str("/plan/name")), (155.into(), "Pro".to_owned()));
    let again = api.post("/companies", r#"{"company_id":"c1","size":4}"#).ok();
    assert_eq!((again.str("/id"), again.str("/name")), (made.str("/id"), "Acme".to_owned()));
    assert_eq!(api.get(&format!("/companies/{}", made.str("/id"))).ok().at("/size"), 4);
}

#[test]
fn an_unknown_key_refuses_a_company_without_a_request_id() {
    let told = Api::start().post("/companies", r#"{"company_id":"1","test":"invalid"}"#);
    told.refused(400, "bad_request", "bad 'test' parameter");
    assert!(told.at("/request_id").is_null());
}

#[test]
fn a_contact_is_attached_by_intercom_s_id_and_again_without_harm() {
    let api = Api::start();
    let (id, contact) = (company(&api, "c1"), api.create(r#"{"external_id":"1"}"#));
    let path = format!("{contact}/companies");
    api.post(&path, r#"{"id":"c1"}"#).refused(404, "company_not_found", "Company Not Found");
    api.post(&path, "").refused(400, "parameter_not_found", "company not specified");
    for _ in 0..2 {
        let told = api.post(&path, &format!(r#"{{"id":"{id}"}}"#)).ok();
        assert_eq!(told.at("/user_count"), 1);
    }
    assert_eq!(api.get(&path).str("/data/0/id"), id);
    assert_eq!(api.get(&format!("/companies/{id}/contacts")).at("/total_count"), 1);
    assert_eq!(api.delete(&format!("{path}/{id}")).ok().at("/user_count"), 0);
    assert_eq!(api.delete(&format!("{path}/{id}")).status, 404);
}

#[test]
fn the_owner_s_id_is_required_and_never_changes() {
    let api = Api::start();
    let id = company(&api, "c1");
    assert_eq!(api.post("/companies", r#"{"name":"Acme"}"#).status, 400);
    assert_eq!(api.post("/companies", "null").status, 400);
    let put = api.put(&format!("/companies/{id}"), r#"{"company_id":"c2"}"#);
    put.refused(400, "bad_request", "bad 'company_id' parameter");
    let put = api.put(&format!("/companies/{id}"), r#"{"name":"Acme","website":"anything"}"#).ok();
    assert_eq!((put.str("/company_id"), put.str("/website")), ("c1".to_owned(), "anything".to_owned()));
    assert_eq!(api.get("/companies?name=Acme").ok().str("/id"), id);
}

#[test]
fn values_of_the_wrong_type_and_undefined_attributes_refuse_a_company() {
    let api = Api::start();
    for key in ["name", "plan", "size", "website", "industry", "monthly_spend", "remote_created_at"] {
        let told = api.post("/companies", &format!(r#"{{"company_id":"1","{key}":[]}}"#));
        told.refused(400, "bad_request", &format!("bad '{key}' parameter"));
    }
    assert_eq!(api.post("/companies", r#"{"company_id":"1","monthly_spend":2147483648}"#).status, 400);
    // `plan` is an attribute of contacts only.
    let told = api.post("/companies", r#"{"company_id":"1","custom_attributes":{"plan":"x"}}"#);
    told.refused(400, "parameter_invalid", "Custom attribute 'plan' does not exist");
    api.get("/companies?company_id=1").refused(404, "company_not_found", "Company Not Found");
    api.post("/data_attributes", r#"{"name":"tier","model":"company","data_type":"integer"}"#).ok();
    let told = api.post("/companies", r#"{"company_id":"1","custom_attributes":{"tier":3}}"#).ok();
    assert_eq!(told.at("/custom_attributes"), json!({"tier":3}));
}

#[test]
fn the_last_request_is_a_parameter_since_2_16() {
    let api = Api::start();
    let body = r#"{"company_id":"1","update_last_request_at":true}"#;
    let old = told(api.with_body("POST", "/companies", body).header("Intercom-Version", "2.15"));
    old.refused(400, "bad_request", "bad 'update_last_request_at' parameter");
    assert_eq!(api.post("/companies", body).ok().at("/last_request_at"), super::NOW);
}

#[test]
fn a_company_without_users_is_in_no_list_but_can_be_fetched() {
    let api = Api::start();
    let id = company(&api, "c1");
    let listed = |api: &Api| api.post("/companies/list", "").ok().at("/total_count");
    assert_eq!(api.get("/companies?company_id=c1").ok().str("/id"), id);
    assert_eq!(listed(&api), 0);
    let lead = api.create(r#"{"role":"lead","email":"l@example.com"}"#);
    api.post(&format!("{lead}/companies"), &json!({ "id": id }).to_string()).ok();
    assert_eq!(listed(&api), 0);
    let user = api.create(r#"{"external_id":"1"}"#);
    api.post(&format!("{user}/companies"), &json!({ "id": id }).to_string()).ok();
    assert_eq!(listed(&api), 1);
    api.post(&format!("{user}/archive"), "{}").ok();
    assert_eq!(listed(&api), 0);
}

#[test]
fn a_list_of_companies_trails_the_store() {
    let api = Api::with(Config { lag: "10s".parse().unwrap(), ..prompt() });
    let (id, user) = (company(&api, "c1"), api.create(r#"{"external_id":"1"}"#));
    api.post(&format!("{user}/companies"), &json!({ "id": id }).to_string()).ok();
    assert_eq!(api.get("/companies").ok().at("/data"), json!([]));
    api.control("clock", r#"{"advance_seconds":10}"#);
    assert_eq!(api.get("/companies").ok().str("/data/0/id"), id);
}

/// Makes companies with one user.
fn filled(n: u32) -> Api {
    let api = Api::start();
    let user = api.create(r#"{"external_id":"1"}"#);
    for number in 0..n {
        let id = company(&api, &format!("c{number}"));
        api.post(&format!("{user}/companies"), &json!({ "id": id }).to_string()).ok();
    }
    api
}

#[test]
fn companies_are_paged_by_addresses_that_can_be_followed() {
    let api = filled(5);
    let first = api.post("/companies/list?per_page=2&order=asc", "").ok();
    assert_eq!((first.at("/pages/total_pages"), first.str("/data/0/company_id")), (3.into(), "c0".into()));
    let next = first.str("/pages/next").replace(&api.sandbox.url(), "");
    assert_eq!(next, "/companies/list?per_page=2&page=2&order=asc");
    assert_eq!(api.post(&next, "").ok().str("/data/0/company_id"), "c2");
    assert_eq!(api.post("/companies/list?per_page=2&page=3", "").ok().at("/pages/next"), json!(null));
    assert_eq!(api.post("/companies/list", "").ok().at("/pages/per_page"), 15);
    let deep = api.post("/companies/list?per_page=60&page=167", "");
    deep.refused(400, "parameter_invalid", "page limit reached, please use scroll API");
}

#[test]
fn a_contact_shows_ten_of_its_companies_and_where_the_others_are() {
    let api = filled(12);
    let contact = api.get("/contacts/find_by_external_id/1").ok();
    let companies = contact.at("/companies");
    assert_eq!((companies["total_count"].clone(), companies["has_more"].clone()), (12.into(), true.into()));
    assert_eq!(companies["data"].as_array().unwrap().len(), 10);
    let id = companies["data"][0]["id"].as_str().unwrap();
    let entry = json!({"type":"company","id":id,"url":format!("/companies/{id}")});
    assert_eq!(companies["data"][0], entry);
    let all = api.get(companies["url"].as_str().unwrap()).ok();
    assert_eq!(all.at("/data").as_array().unwrap().len(), 12);
    assert_eq!(all.at("/pages"), json!({"type":"pages","next":null,"page":1,"per_page":50,"total_pages":1}));
}

#[test]
fn the_thousand_and_first_company_of_a_contact_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.ndjson");
    let keeping = || Config { data: Some(path.clone()), ..prompt() };
    let api = Api::with(keeping());
    let (first, user) = (company(&api, "first"), api.create(r#"{"external_id":"1"}"#));
    let attach =
        |api: &Api, id: &str| api.post(&format!("{user}/companies"), &json!({ "id": id }).to_string());
    attach(&api, &first).ok();
    drop(api);
    let others: String = (1..1000).map(|number| format!(r#","{number:024x}""#)).collect();
    let text = std::fs::read_to_string(&path).unwrap();
    let list = format!(r#""companies":["{first}""#);
    std::fs::write(&path, text.replace(&list, &format!("{list}{others}"))).unwrap();

    let api = Api::with(keeping());
    let text = "Contact has reached the maximum of 1000 company associations";
    let surplus = company(&api, "surplus");
    attach(&api, &surplus).refused(400, "contact_company_limit_exceeded", text);
    assert_eq!(attach(&api, &first).status, 200);
}

#[test]
fn a_deleted_company_is_gone_from_its_contacts() {
    let api = filled(2);
    let id = company(&api, "c0");
    let told = api.delete(&format!("/companies/{id}")).ok();
    assert_eq!(told.json(), json!({"id":id,"object":"company","deleted":true}));
    assert_eq!(api.get(&format!("/companies/{id}")).status, 404);
    assert_eq!(api.get("/contacts/find_by_external_id/1").at("/companies/total_count"), 1);
    assert_eq!(api.post("/companies/list", "").at("/total_count"), 1);
    assert_ne!(company(&api, "c0"), id);
}

#[test]
fn a_company_s_contacts_are_walked_with_a_cursor() {
    let api = Api::start();
    let id = company(&api, "c1");
    for number in 0..3 {
        let user = api.create(&format!(r#"{{"external_id":"{number}"}}"#));
        api.post(&format!("{user}/companies"), &json!({ "id": id }).to_string()).ok();
    }
    let path = format!("/companies/{id}/contacts?per_page=2");
    let first = api.get(&path).ok();
    assert_eq!((first.at("/total_count"), first.str("/data/1/external_id")), (3.into(), "1".into()));
    let cursor = first.str("/pages/next/starting_after");
    let second = api.get(&format!("{path}&starting_after={cursor}")).ok();
    assert_eq!(second.str("/data/0/external_id"), "2");
    assert!(second.at("/pages").get("next").is_none());
    assert_eq!(api.get(&format!("/companies/{id}/segments")).ok().at("/data"), json!([]));
}

#[test]
fn attaching_a_company_leaves_updated_at_unless_told_otherwise() {
    let attach = |config| {
        let api = Api::with(config);
        let (id, user) = (company(&api, "c1"), api.create(r#"{"external_id":"1"}"#));
        api.control("clock", r#"{"advance_seconds":5}"#);
        api.post(&format!("{user}/companies"), &json!({ "id": id }).to_string()).ok();
        api.get(&user).at("/updated_at").as_u64().unwrap() - super::NOW
    };
    assert_eq!(attach(prompt()), 0);
    let setting = "company-link=touches".parse().unwrap();
    assert_eq!(attach(Config { unknowns: [setting].into_iter().collect(), ..prompt() }), 5);
}

#[test]
fn a_scroll_shows_every_company_once_under_one_parameter() {
    let api = filled(103);
    let first = api.get("/companies/scroll").ok();
    assert_eq!((first.at("/data").as_array().unwrap().len(), first.at("/pages")), (100, json!(null)));
    let next = format!("/companies/scroll?scroll_param={}", first.str("/scroll_param"));
    let text = "scroll already exists for this app";
    api.get("/companies/scroll").refused(400, "scroll_exists", text);
    let second = api.get(&next).ok();
    assert_eq!(
        (second.str("/scroll_param"), second.str("/data/0/company_id")),
        (first.str("/scroll_param"), "c100".into())
    );
    assert_eq!(api.get(&next).ok().at("/data"), json!([]));
    api.get(&next).refused(404, "not_found", "scroll parameter not found");
    assert_eq!(api.get("/companies/scroll").status, 200);
}

#[test]
fn a_scroll_that_rests_for_a_minute_is_over() {
    let api = filled(1);
    let first = api.get("/companies/scroll").ok();
    let next = format!("/companies/scroll?scroll_param={}", first.str("/scroll_param"));
    api.control("clock", r#"{"advance_seconds":60}"#);
    api.get(&next).refused(404, "not_found", "scroll parameter not found");
    assert_eq!(api.get("/companies/scroll").status, 200);
}
