//! `POST /contacts/search`: the grammar, sorting, pages.

use serde_json::Value;

use super::Api;
use super::NOW;
use super::Told;
use super::prompt;
use super::told;
use intercom_bulk::sandbox::Config;

/// Three users: ann (pro, 10 seats), bob (free, 20 seats), cyd (without attributes).
fn three() -> Api {
    let api = Api::start();
    let ann = r#"{"email":"ann@example.com","external_id":"1","name":"Ann","signed_up_at":1600000000,"#;
    api.create(&format!(r#"{ann}"custom_attributes":{{"plan":"pro","company_size":10,"is_beta":true}}}}"#));
    let bob = r#"{"email":"bob@example.org","external_id":"2","name":"Bob","owner_id":814861,"#;
    api.create(&format!(r#"{bob}"custom_attributes":{{"plan":"free","company_size":20,"mrr":1.5}}}}"#));
    api.create(r#"{"email":"cyd@example.com","external_id":"3","unsubscribed_from_emails":true}"#);
    api
}

fn search(api: &Api, query: &str) -> Told {
    api.post("/contacts/search", &format!(r#"{{"query":{query}}}"#))
}

/// The external ids that a query finds, or the error's code.
fn found(told: &Told) -> String {
    if told.status != 200 {
        return format!("{} {}", told.status, told.str("/errors/0/code"));
    }
    let data = told.at("/data");
    let ids: Vec<&str> =
        data.as_array().unwrap().iter().map(|hit| hit["external_id"].as_str().unwrap()).collect();
    ids.join(" ")
}

#[track_caller]
fn check(api: &Api, field: &str, operator: &str, value: &str, expected: &str) {
    let query = format!(r#"{{"field":"{field}","operator":"{operator}","value":{value}}}"#);
    assert_eq!(found(&search(api, &query)), expected, "{query}");
}

/// The same in another version.
#[track_caller]
fn check_in(api: &Api, version: &str, field: &str, operator: &str, value: &str, expected: &str) {
    let query = format!(r#"{{"query":{{"field":"{field}","operator":"{operator}","value":{value}}}}}"#);
    let request = api.with_body("POST", "/contacts/search", &query).header("Intercom-Version", version);
    assert_eq!(found(&told(request)), expected, "{version}: {query}");
}

#[test]
fn text_is_compared_by_all_its_operators() {
    let api = three();
    check(&api, "email", "=", r#""ann@example.com""#, "1");
    check(&api, "email", "!=", r#""ann@example.com""#, "2 3");
    check(&api, "external_id", "IN", r#"["1","3","9"]"#, "1 3");
    check(&api, "external_id", "NIN", r#"["1","3"]"#, "2");
    check(&api, "email", "~", r#""example.com""#, "1 3");
    check(&api, "email", "!~", r#""example.com""#, "2");
    check(&api, "email", "^", r#""bob""#, "2");
    check(&api, "email", "$", r#"".org""#, "2");
    check(&api, "email_domain", "=", r#""example.org""#, "2");
    check(&api, "role", "=", r#""user""#, "1 2 3");
    check(&api, "name", "=", "null", "3");
    check(&api, "name", "!=", "null", "1 2");
    check(&api, "name", "!=", r#""Ann""#, "2 3");
}

#[test]
fn an_email_in_upper_case_is_not_found() {
    check(&three(), "email", "=", r#""ANN@example.com""#, "");
}

#[test]
fn custom_attributes_are_compared_by_their_type() {
    let api = three();
    check(&api, "custom_attributes.plan", "=", r#""pro""#, "1");
    check(&api, "custom_attributes.company_size", ">", "10", "2");
    check(&api, "custom_attributes.company_size", "<", "20", "1");
    check(&api, "custom_attributes.company_size", ">=", "10", "1 2");
    check(&api, "custom_attributes.company_size", "IN", "[10,30]", "1");
    check(&api, "custom_attributes.mrr", "=", "1.5", "2");
    check(&api, "custom_attributes.is_beta", "=", "true", "1");
    check(&api, "unsubscribed_from_emails", "=", "true", "3");
    check(&api, "owner_id", "=", r#""814861""#, "2");
}

#[test]
fn groups_combine_filters_two_levels_deep() {
    let api = three();
    let leaf =
        |field: &str, value: &str| format!(r#"{{"field":"{field}","operator":"=","value":"{value}"}}"#);
    let group = |operator: &str, filters: &[String]| {
        format!(r#"{{"operator":"{operator}","value":[{}]}}"#, filters.join(","))
    };
    let one_or_two = group("OR", &[leaf("external_id", "1"), leaf("external_id", "2")]);
    let pro = leaf("custom_attributes.plan", "pro");
    assert_eq!(found(&search(&api, &one_or_two)), "1 2");
    let both = group("AND", &[one_or_two.clone(), pro.clone()]);
    assert_eq!(found(&search(&api, &both)), "1");
    assert_eq!(found(&search(&api, &group("AND", &[both]))), "400 parameter_invalid");
    assert_eq!(found(&search(&api, &group("OR", &vec![pro.clone(); 15]))), "1");
    assert_eq!(found(&search(&api, &group("OR", &vec![pro; 16]))), "400 parameter_invalid");
}

#[test]
fn standard_times_are_compared_by_whole_days_before_preview() {
    let api = three();
    let (day_start, signed_up) = (1_599_955_200, 1_600_000_000);
    check(&api, "signed_up_at", "=", &day_start.to_string(), "1");
    check(&api, "signed_up_at", ">", &day_start.to_string(), "");
    check(&api, "signed_up_at", ">", &(day_start - 1).to_string(), "1");
    check(&api, "signed_up_at", "<", &(day_start + 86_399).to_string(), "");
    check(&api, "signed_up_at", "<", &(day_start + 86_400).to_string(), "1");
    check(&api, "created_at", "=", &format!("\"{NOW}\""), "1 2 3");
    for operator in ["!=", ">=", "<=", "~"] {
        check(&api, "created_at", operator, "1", "400 parameter_invalid");
    }
    check(&api, "created_at", "IN", "[1]", "400 parameter_invalid");
    let (before, at) = ((signed_up - 1).to_string(), signed_up.to_string());
    check_in(&api, "Preview", "signed_up_at", ">", &before, "1");
    check_in(&api, "Preview", "signed_up_at", ">", &at, "");
    check_in(&api, "Preview", "signed_up_at", ">=", &at, "1");
    check_in(&api, "Preview", "signed_up_at", "=", &before, "");
    check_in(&api, "Preview", "signed_up_at", "IN", "[1]", "400 parameter_invalid");
}

#[test]
fn in_preview_a_time_that_was_never_set_is_unequal_to_any() {
    check_in(&three(), "Preview", "signed_up_at", "!=", "1600000000", "2 3");
}

#[test]
fn days_begin_at_midnight_of_the_workspace() {
    let tokyo = Api::with(Config { time_zone: "Asia/Tokyo".into(), ..prompt() });
    // 2020-09-13 23:00 in Tokyo, and two hours later.
    tokyo.create(
        r#"{"external_id":"1","signed_up_at":1600005600,"custom_attributes":{"trial_ends_at":1600005600}}"#,
    );
    tokyo.create(
        r#"{"external_id":"2","signed_up_at":1600012800,"custom_attributes":{"trial_ends_at":1600012800}}"#,
    );
    for field in ["signed_up_at", "custom_attributes.trial_ends_at"] {
        check(&tokyo, field, "=", "1600000000", "1");
        check(&tokyo, field, ">", "1600000000", "2");
        check(&tokyo, field, "<", "1600012800", "1");
    }
    // In Preview, dates are compared by days of UTC.
    check_in(&tokyo, "Preview", "custom_attributes.trial_ends_at", "=", "1600000000", "1 2");
    assert_eq!(tokyo.get("/me").str("/app/timezone"), "Asia/Tokyo");
}

#[test]
fn an_owner_is_text_since_2_16_and_a_number_before() {
    let api = three();
    check(&api, "owner_id", "^", r#""8148""#, "2");
    check(&api, "owner_id", ">", "1", "400 parameter_invalid");
    check_in(&api, "2.15", "owner_id", ">", "1", "2");
    check_in(&api, "2.15", "owner_id", "=", "814861", "2");
    check_in(&api, "2.15", "owner_id", "^", r#""8148""#, "400 parameter_invalid");
}

#[test]
fn fields_without_data_are_known_and_null() {
    let api = three();
    for field in ["location.country", "os", "browser_language", "andoid_sdk_version"] {
        check(&api, field, "=", "null", "1 2 3");
        check(&api, field, "=", r#""x""#, "");
    }
    check(&api, "last_replied_at", ">", "1", "");
}

#[test]
fn contacts_are_found_by_their_tag() {
    let api = three();
    let id = api.get("/contacts/find_by_external_id/2").str("/id");
    let tag = api.post("/tags", r#"{"name":"vip"}"#).ok().str("/id");
    api.post(&format!("/contacts/{id}/tags"), &format!(r#"{{"id":"{tag}"}}"#)).ok();
    let tag = format!("\"{tag}\"");
    check(&api, "tag_id", "=", &tag, "2");
    check(&api, "tag_id", "!=", &tag, "1 3");
    check(&api, "tag_id", "=", "null", "1 3");
    check(&api, "tag_id", "=", r#""12""#, "");
    check(&api, "tag_id", "IN", &format!("[{tag}]"), "400 parameter_invalid");
    check(&api, "tag_id", "=", "12", "400 parameter_invalid");
}

#[test]
fn contacts_are_found_by_their_segment() {
    let api = three();
    let segments = api.get("/segments").at("/segments");
    let id = |name: &str| {
        let named = segments.as_array().unwrap().iter().find(|segment| segment["name"] == name);
        named.unwrap()["id"].to_string()
    };
    let (new, vip) = (id("New"), id("VIP customers"));
    check(&api, "segment_id", "=", &new, "1 2 3");
    check(&api, "segment_id", "=", &vip, "");
    let ann = api.get("/contacts/find_by_external_id/1").str("/id");
    let tag = api.post("/tags", r#"{"name":"VIP customer"}"#).ok().str("/id");
    api.post(&format!("/contacts/{ann}/tags"), &format!(r#"{{"id":"{tag}"}}"#)).ok();
    check(&api, "segment_id", "=", &vip, "1");
    check(&api, "segment_id", "!=", &vip, "2 3");
    api.clock.advance(std::time::Duration::from_secs(8 * 86_400));
    check(&api, "segment_id", "=", &new, "");
    check(&api, "segment_id", "IN", &format!("[{new},{vip}]"), "1");
    check(&api, "segment_id", "NIN", &format!("[{new},{vip}]"), "2 3");
    check(&api, "segment_id", "=", "null", "2 3");
    check(&api, "segment_id", "!=", "null", "1");
    check(&api, "segment_id", "=", r#""nothing""#, "");
    check(&api, "segment_id", ">", &vip, "400 parameter_invalid");
    check(&api, "segment_id", "=", "12", "400 parameter_invalid");
}

#[test]
fn a_search_of_everyone_counts_all_and_shows_the_first() {
    let api = Api::with(Config { users: 5_000, ..prompt() });
    let told = search(&api, r#"{"field":"email","operator":"~","value":"@"}"#).ok();
    assert_eq!((told.at("/total_count"), told.at("/pages/total_pages")), (5_000.into(), 100.into()));
    let descending =
        r#"{"query":{"field":"email","operator":"~","value":"@"},"sort":{"field":"created_at"}}"#;
    let last = api.post("/contacts/search", descending).ok().str("/data/0/id");
    let all = api.stored();
    let newest = all.iter().max_by_key(|contact| (contact["created_at"].as_i64(), contact["id"].to_string()));
    assert_eq!(newest.unwrap()["id"], last);
}

#[test]
fn leads_are_found_by_email_as_users_are() {
    let api = three();
    let lead = api.create(r#"{"role":"lead","email":"ann@example.com"}"#);
    let told =
        search(&api, r#"{"field":"email","operator":"IN","value":["ann@example.com","bob@example.org"]}"#);
    assert_eq!(told.ok().at("/total_count"), 3);
    let id = lead.strip_prefix("/contacts/").unwrap();
    let told = search(&api, &format!(r#"{{"field":"id","operator":"=","value":"{id}"}}"#)).ok();
    assert_eq!((told.at("/total_count"), told.str("/data/0/role")), (1.into(), "lead".to_owned()));
}

#[test]
fn what_the_grammar_does_not_have_is_refused() {
    let api = three();
    check(&api, "shoe_size", "=", "1", "400 invalid_field");
    check(&api, "custom_attributes.shoe", "=", "1", "400 invalid_field");
    check(&api, "email", ">", r#""a""#, "400 parameter_invalid");
    check(&api, "email", "LIKE", r#""a""#, "500 server_error");
    check(&api, "email", "AND", r#""a""#, "500 server_error");
    check(&api, "email", "", r#""a""#, "400 parameter_invalid");
    check(&api, "email", "=", "5", "400 parameter_invalid");
    check(&api, "email", "IN", r#""a""#, "400 parameter_invalid");
    check(&api, "custom_attributes.is_beta", ">", "true", "400 parameter_invalid");
    check(&api, "browser_version", "=", r#""5""#, "400 invalid_field");
    check(&api, "created_at", "=", r#""foorbar""#, "400 parameter_invalid");
    check(&api, "created_at", "=", "1e300", "400 parameter_invalid");
    check(&api, "unsubscribed_from_emails", "=", r#""true""#, "400 parameter_invalid");
    check(&api, "external_id", "=", "1", "400 parameter_invalid");
    assert_eq!(api.post("/contacts/search", "{}").status, 400);
    assert_eq!(search(&api, r#"{"operator":"AND","value":[]}"#).status, 400);
    let told = search(&api, r#"{"field":"shoe","operator":"=","value":1}"#);
    told.refused(400, "invalid_field", "shoe is not a valid search field");
}

#[test]
fn hits_are_sorted_descending_unless_asked() {
    let api = three();
    let sorted = |sort: &str| {
        let query = r#"{"field":"role","operator":"=","value":"user"}"#;
        api.post("/contacts/search", &format!(r#"{{"query":{query},"sort":{sort}}}"#))
    };
    assert_eq!(found(&sorted(r#"{"field":"email"}"#)), "3 2 1");
    assert_eq!(found(&sorted(r#"{"field":"email","order":"ascending"}"#)), "1 2 3");
    let text = "Invalid sort order 'desc'. Must be one of: ascending, descending";
    sorted(r#"{"field":"email","order":"desc"}"#).refused(400, "invalid_sort_order", text);
    assert_eq!(found(&sorted(r#"{"field":"shoe"}"#)), "400 invalid_field");
}

#[test]
fn a_search_is_walked_with_a_cursor_in_its_body() {
    let api = Api::with(Config { users: 25, ..prompt() });
    let query = r#""query":{"field":"role","operator":"=","value":"user"},"sort":{"field":"name"}"#;
    let (mut ids, mut cursor) = (Vec::new(), String::new());
    for page in 1..=3 {
        let body = format!(r#"{{{query},"pagination":{{"per_page":10{cursor}}}}}"#);
        let told = api.post("/contacts/search", &body).ok();
        assert_eq!((told.at("/pages/page"), told.at("/total_count")), (page.into(), 25.into()));
        let data = told.at("/data");
        ids.extend(data.as_array().unwrap().iter().map(|hit| hit["id"].as_str().unwrap().to_owned()));
        match told.json().pointer("/pages/next/starting_after").and_then(Value::as_str) {
            Some(next) => cursor = format!(r#","starting_after":"{next}""#),
            None => assert_eq!(page, 3),
        }
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 25);
}

#[test]
fn a_page_of_hits_holds_fifty_and_the_query_string_is_ignored() {
    let api = Api::with(Config { users: 60, ..prompt() });
    let body = r#"{"query":{"field":"role","operator":"=","value":"user"}}"#;
    let told = api.post("/contacts/search?per_page=5", body).ok();
    assert_eq!(told.at("/data").as_array().unwrap().len(), 50);
    let over = r#"{"query":{"field":"role","operator":"=","value":"user"},"pagination":{"per_page":151}}"#;
    assert_eq!(api.post("/contacts/search", over).status, 400);
}

#[test]
fn no_hits_are_an_empty_list_without_next() {
    let told = search(&three(), r#"{"field":"email","operator":"=","value":"x@example.com"}"#).ok();
    assert_eq!((told.at("/total_count"), told.at("/pages/total_pages")), (0.into(), 0.into()));
    assert!(told.json().pointer("/pages/next").is_none());
}
