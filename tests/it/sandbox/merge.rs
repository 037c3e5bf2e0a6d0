//! A lead goes into a user, and its id leads there.

use serde_json::json;

use super::Api;
use super::Told;
use super::told;

/// Creates a contact and returns its id.
fn id(api: &Api, body: &str) -> String {
    api.create(body).replace("/contacts/", "")
}

fn merge(api: &Api, from: &str, into: &str) -> Told {
    api.post("/contacts/merge", &json!({ "from": from, "into": into }).to_string())
}

/// A lead and a user with one email.
fn pair(api: &Api) -> (String, String) {
    let user = id(api, r#"{"external_id":"1","email":"a@example.com","name":"Ann"}"#);
    let lead = id(
        api,
        r#"{"role":"lead","email":"a@example.com","name":"Lead","phone":"+15550100","custom_attributes":{"plan":"pro"}}"#,
    );
    (lead, user)
}

#[test]
fn a_user_keeps_what_it_has_and_gets_what_it_lacks() {
    let api = Api::start();
    let (lead, user) = pair(&api);
    api.post("/tags", &json!({"name":"t","users":[{"id":lead}]}).to_string()).ok();
    let merged = merge(&api, &lead, &user).ok();
    assert_eq!((merged.str("/id"), merged.str("/name")), (user, "Ann".to_owned()));
    assert_eq!(
        (merged.str("/phone"), merged.str("/custom_attributes/plan")),
        ("+15550100".into(), "pro".into())
    );
    assert_eq!(merged.at("/tags/total_count"), 1);
    assert_eq!(api.listed().len(), 1);
}

#[test]
fn a_merged_contact_is_gone_with_a_link_since_2_16_and_unknown_before() {
    let api = Api::start();
    let (lead, user) = pair(&api);
    merge(&api, &lead, &user).ok();
    let path = format!("/contacts/{lead}");
    let told_by =
        |version: &str| told(api.request("GET", &path).header("Intercom-Version", version.to_owned()));
    let gone = told_by("2.16");
    let text = "This contact has been merged. See the 'Link' header for the canonical contact.";
    gone.refused(410, "contact_merged", text);
    assert_eq!(gone.header("link"), Some(format!("</contacts/{user}>; rel=\"canonical\"").as_str()));
    told_by("2.15").refused(404, "not_found", "User Not Found");
    assert_eq!(api.put(&path, r#"{"name":"x"}"#).status, 404);
    assert_eq!(api.post(&format!("{path}/unarchive"), "{}").status, 404);
    merge(&api, &lead, &user).refused(404, "not_found", "User Not Found");
}

#[test]
fn contacts_that_share_nothing_are_merged_only_on_demand_since_2_16() {
    let api = Api::start();
    let user = id(&api, r#"{"external_id":"1","email":"a@example.com"}"#);
    let lead = id(&api, r#"{"role":"lead","email":"b@example.com"}"#);
    let text = "Contacts can only be merged when they are duplicates (matching email or phone). Pass \
                skip_duplicate_validation=true to override this check.";
    merge(&api, &lead, &user).refused(400, "invalid_merge", text);
    let body = json!({"from":lead,"into":user,"skip_duplicate_validation":true}).to_string();
    assert_eq!(api.post("/contacts/merge", &body).ok().str("/email"), "a@example.com");
    let lead = id(&api, r#"{"role":"lead","email":"c@example.com"}"#);
    let body = json!({"from":lead,"into":user}).to_string();
    told(api.with_body("POST", "/contacts/merge", &body).header("Intercom-Version", "2.15")).ok();
}

#[test]
fn only_a_lead_is_merged_and_only_into_a_user() {
    let api = Api::start();
    let (lead, user) = pair(&api);
    assert_eq!(merge(&api, &user, &lead).status, 400);
    assert_eq!(merge(&api, &lead, &lead).status, 400);
    assert_eq!(merge(&api, "nobody", &user).status, 404);
    assert_eq!(api.listed().len(), 2);
}

#[test]
fn a_user_tells_who_was_merged_into_it() {
    let api = Api::start();
    let (lead, user) = pair(&api);
    merge(&api, &lead, &user).ok();
    let other = id(&api, r#"{"role":"lead","email":"a@example.com"}"#);
    api.control("clock", r#"{"advance_seconds":5}"#);
    merge(&api, &other, &user).ok();
    let entry = |id: &str, at: u64| json!({"type":"merge_history","source_contact_id":id,"source_contact_role":"lead","merged_at":at});
    let path = format!("/contacts/{user}/merge_history");
    let all = [entry(&other, super::NOW + 5), entry(&lead, super::NOW)];
    assert_eq!(api.get(&path).ok().json(), json!({"type":"list","data":all,"has_more":false}));
    let first = api.get(&format!("{path}?per_page=1&order=asc")).ok();
    assert_eq!((first.at("/data/0"), first.at("/has_more")), (entry(&lead, super::NOW), true.into()));
    let cursor = first.str("/next_cursor");
    let second = api.get(&format!("{path}?per_page=1&order=asc&cursor={cursor}")).ok();
    assert_eq!((second.at("/data/0"), second.at("/has_more")), (entry(&other, super::NOW + 5), false.into()));
    let shown = api.get(&format!("/contacts/{user}?include_merge_history=true")).ok();
    assert_eq!(shown.at("/merge_history"), json!(all));
    assert!(api.get(&format!("/contacts/{user}")).json().get("merge_history").is_none());
    assert_eq!(api.get("/contacts?include_merge_history=true").at("/data/0/merge_history"), json!(all));
    let found = api.get("/contacts/find_by_external_id/1?include_merge_history=true").ok();
    assert_eq!(found.at("/merge_history"), json!(all));
}

#[test]
fn a_lead_has_no_merge_history() {
    let api = Api::start();
    let (lead, _) = pair(&api);
    api.get(&format!("/contacts/{lead}/merge_history")).refused(404, "not_found", "Contact not found");
}
