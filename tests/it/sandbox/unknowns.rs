//! What is not known about Intercom: each outcome of each switch is there to be chosen.

use super::Api;
use super::Told;
use super::prompt;
use intercom_bulk::sandbox::Config;

/// A sandbox with switches set.
fn with(settings: &[&str]) -> Api {
    let unknowns = settings.iter().map(|setting| setting.parse().unwrap()).collect();
    Api::with(Config { unknowns, ..prompt() })
}

/// Creates the same contact in a sandbox as it comes and in one with a switch set.
fn twice(setting: &str, body: &str) -> (Told, Told) {
    (Api::start().post("/contacts", body), with(&[setting]).post("/contacts", body))
}

/// Asserts that a create is refused by default and stored with a switch set, with this value of the key.
#[track_caller]
fn check(setting: &str, key: &str, value: &str, stored: &str) {
    let body = format!(r#"{{"external_id":"1","custom_attributes":{{}},"{key}":{value}}}"#);
    let (refused, accepted) = twice(setting, &body);
    assert_eq!(refused.status, 400, "{}", refused.text);
    assert_eq!(accepted.ok().at(&format!("/{key}")).to_string(), stored);
}

#[test]
fn a_bad_value_is_refused_by_default_and_stored_if_so_chosen() {
    check("milliseconds=stored", "signed_up_at", "1700000000000", "1700000000000");
    check("negative-timestamp=stored", "signed_up_at", "-5", "-5");
    check("unparsable-email=stored", "email", r#""nobody""#, r#""nobody""#);
    check("invalid-phone=stored", "phone", r#""call me""#, r#""call me""#);
    check("unknown-role=user", "role", r#""boss""#, r#""user""#);
    let long = format!("\"{}\"", "x".repeat(256));
    check("long-field-text=stored", "name", &long, &long);
    let body = r#"{"external_id":"1","avatar":"http://x.test/a.png"}"#;
    let (refused, accepted) = twice("insecure-avatar=stored", body);
    assert_eq!(refused.status, 400);
    assert_eq!(accepted.str("/avatar/image_url"), "http://x.test/a.png");
}

#[test]
fn an_email_keeps_its_case_if_so_chosen() {
    let (lowered, kept) = twice("email-case=kept", r#"{"email":"Ann@X.test"}"#);
    assert_eq!((lowered.str("/email"), kept.str("/email")), ("ann@x.test".into(), "Ann@X.test".into()));
}

#[test]
fn a_long_attribute_is_cut_if_so_chosen() {
    let body = format!(r#"{{"external_id":"1","custom_attributes":{{"plan":"{}"}}}}"#, "x".repeat(300));
    let (refused, cut) = twice("long-attribute-text=cut", &body);
    assert_eq!(refused.status, 400);
    assert_eq!(cut.str("/custom_attributes/plan").len(), 255);
}

#[test]
fn an_archived_attribute_counts_as_undefined_unless_chosen_otherwise() {
    for (setting, status) in [("archived-attribute=refused", 400), ("archived-attribute=stored", 200)] {
        let api = with(&[setting]);
        let attribute = r#"{"name":"shoe","model":"contact","data_type":"string"}"#;
        let id = api.post("/data_attributes", attribute).ok().at("/id");
        api.put(&format!("/data_attributes/{id}"), r#"{"archived":true}"#).ok();
        let told = api.post("/contacts", r#"{"external_id":"1","custom_attributes":{"shoe":"44"}}"#);
        assert_eq!(told.status, status, "{}", told.text);
    }
}

#[test]
fn a_taken_external_id_is_refused_on_update_unless_chosen_otherwise() {
    for (setting, status) in [("taken-external-id=conflict", 409), ("taken-external-id=stored", 200)] {
        let api = with(&[setting]);
        api.create(r#"{"external_id":"1"}"#);
        let second = api.create(r#"{"external_id":"2"}"#);
        assert_eq!(api.put(&second, r#"{"external_id":"1"}"#).status, status);
    }
}

#[test]
fn restoring_a_deleted_contact_has_two_recorded_answers() {
    for (setting, status) in [("restoring-deleted=bad-request", 400), ("restoring-deleted=server-error", 500)]
    {
        let api = with(&[setting]);
        let contact = api.create(r#"{"external_id":"1"}"#);
        api.delete(&contact).ok();
        assert_eq!(api.post(&format!("{contact}/unarchive"), "{}").status, status);
    }
}

#[test]
fn a_deleted_contact_keeps_its_identifiers_for_as_long_as_is_chosen() {
    let eight_days = std::time::Duration::from_secs(8 * 86_400);
    for (setting, at_once, later) in [("seven-days", 409, 200), ("for-ever", 409, 409), ("none", 200, 409)] {
        let api = with(&[&format!("identifier-lock={setting}")]);
        let contact = api.create(r#"{"external_id":"1"}"#);
        api.delete(&contact).ok();
        assert_eq!(api.post("/contacts", r#"{"external_id":"1"}"#).status, at_once, "{setting}");
        api.clock.advance(eight_days);
        assert_eq!(api.post("/contacts", r#"{"external_id":"1"}"#).status, later, "{setting}");
    }
}

#[test]
fn a_page_above_the_maximum_is_clamped_if_so_chosen() {
    let api = with(&["per-page-above-maximum=clamped"]);
    assert_eq!(api.get("/contacts?per_page=500").ok().at("/pages/per_page"), 150);
}

#[test]
fn an_unknown_operator_is_told_400_if_so_chosen() {
    let query = r#"{"query":{"field":"email","operator":"AND","value":"a@x.test"}}"#;
    assert_eq!(Api::start().post("/contacts/search", query).status, 500);
    let told = with(&["unknown-operator=refused"]).post("/contacts/search", query);
    told.refused(400, "parameter_invalid", "'AND' is not a valid operator for email");
}

#[test]
fn a_development_workspace_has_room_for_twenty() {
    let api = with(&["development-cap=twenty"]);
    for n in 0..20 {
        api.create(&format!(r#"{{"external_id":"{n}"}}"#));
    }
    assert_eq!(api.post("/contacts", r#"{"role":"lead"}"#).status, 403);
    assert_eq!(api.post("/contacts", r#"{"external_id":"7"}"#).status, 409);
}

#[test]
fn a_search_of_150_a_page_times_out_if_so_chosen() {
    let api = with(&["large-search-page=times-out"]);
    let search = |per_page: u32| {
        let query = r#""query":{"field":"role","operator":"=","value":"user"}"#;
        let pagination = format!(r#""pagination":{{"per_page":{per_page}}}"#);
        api.post("/contacts/search", &format!("{{{query},{pagination}}}")).status
    };
    assert_eq!((search(150), search(149)), (504, 200));
}

#[test]
fn a_new_attribute_is_listed_after_seconds_and_written_to_at_once_unless_chosen_otherwise() {
    for (setting, at_once) in [("trails", false), ("at-once", true)] {
        let unknowns = [format!("new-attribute={setting}").parse().unwrap()].into_iter().collect();
        let api = Api::with(Config { unknowns, lag: "5s".parse().unwrap(), ..prompt() });
        let is_listed = || api.get("/data_attributes").ok().text.contains(r#""name":"shoe""#);
        api.post("/data_attributes", r#"{"name":"shoe","model":"contact","data_type":"string"}"#).ok();
        api.create(r#"{"external_id":"1","custom_attributes":{"shoe":"44"}}"#);
        assert_eq!(is_listed(), at_once, "{setting}");
        api.clock.advance(std::time::Duration::from_secs(3));
        assert!(is_listed(), "{setting}");
    }
}

#[test]
fn the_list_of_attributes_settles_with_the_others() {
    let api = Api::with(Config { lag: "5s".parse().unwrap(), ..prompt() });
    assert!(api.get("/data_attributes").ok().text.contains(r#""name":"plan""#));
    api.post("/data_attributes", r#"{"name":"shoe","model":"contact","data_type":"string"}"#).ok();
    api.control("settle", "");
    assert!(api.get("/data_attributes").ok().text.contains(r#""name":"shoe""#));
}

#[test]
fn a_read_by_external_id_trails_if_so_chosen() {
    for (setting, status) in [("at-once", 200), ("trails", 404)] {
        let unknowns = [format!("external-id-reads={setting}").parse().unwrap()].into_iter().collect();
        let api = Api::with(Config { unknowns, lag: "5s".parse().unwrap(), ..prompt() });
        api.create(r#"{"external_id":"1"}"#);
        assert_eq!(api.get("/contacts/find_by_external_id/1").status, status);
        api.clock.advance(std::time::Duration::from_secs(5));
        assert_eq!(api.get("/contacts/find_by_external_id/1").status, 200);
    }
}

#[test]
fn a_read_without_the_cookie_of_the_write_is_a_second_old_if_so_chosen() {
    let api = with(&["read-without-cookie=stale"]);
    let contact = api.create(r#"{"external_id":"1","name":"old"}"#);
    assert_eq!(api.get(&contact).status, 404);
    let pinned = api.request("GET", &contact).header("Cookie", "a=b; recent_write=5c0ffee");
    assert_eq!(super::told(pinned).ok().str("/name"), "old");
    api.clock.advance(std::time::Duration::from_secs(1));
    assert_eq!(api.get(&contact).ok().str("/name"), "old");
    api.put(&contact, r#"{"name":"new"}"#).ok();
    assert_eq!(api.get(&contact).ok().str("/name"), "old");
    api.clock.advance(std::time::Duration::from_secs(1));
    assert_eq!(api.get(&contact).ok().str("/name"), "new");
}

#[test]
fn a_consent_of_the_other_kind_is_stored_if_so_chosen() {
    for (setting, status) in [("other-consent=refused", 400), ("other-consent=stored", 200)] {
        let api = with(&[setting]);
        let contact = api.create(r#"{"external_id":"1"}"#);
        let subscription = api.get("/subscription_types").ok().at("/data/0");
        let other = if subscription["consent_type"] == "opt_out" { "opt_in" } else { "opt_out" };
        let body = format!(r#"{{"id":{},"consent_type":"{other}"}}"#, subscription["id"]);
        assert_eq!(api.post(&format!("{contact}/subscriptions"), &body).status, status);
    }
}

#[test]
fn a_tag_takes_the_name_of_another_one_if_so_chosen() {
    for (setting, status) in [("taken-tag-name=refused", 400), ("taken-tag-name=stored", 200)] {
        let api = with(&[setting]);
        api.post("/tags", r#"{"name":"vip"}"#).ok();
        let id = api.post("/tags", r#"{"name":"other"}"#).ok().at("/id");
        assert_eq!(api.post("/tags", &format!(r#"{{"id":{id},"name":"vip"}}"#)).status, status);
    }
}

#[test]
fn a_merged_lead_leaves_its_fields_unless_chosen_otherwise() {
    for (setting, name) in [("merged-fields=lacking", "\"Ann\""), ("merged-fields=none", "null")] {
        let api = with(&[setting]);
        let id = |path: String| path.rsplit('/').next().unwrap().to_owned();
        let lead = id(api.create(r#"{"role":"lead","email":"ann@x.test","name":"Ann"}"#));
        let user = id(api.create(r#"{"external_id":"1","email":"ann@x.test"}"#));
        let told = api.post("/contacts/merge", &format!(r#"{{"from":"{lead}","into":"{user}"}}"#)).ok();
        assert_eq!(told.at("/name").to_string(), name);
    }
}
