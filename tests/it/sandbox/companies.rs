//! Companies: made by their owner's id, attached by Intercom's.

use serde_json::json;

use super::Api;

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
