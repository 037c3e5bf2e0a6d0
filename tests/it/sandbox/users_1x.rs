//! Reading users of 1.x: one by its keys, all in numbered pages, and what is left after an archival.

use intercom_bulk::sandbox::Config;
use serde_json::json;

use super::Api;
use super::Told;
use super::prompt;
use super::told;

fn legacy() -> Api {
    Api::with(Config { api_version: "1.4".to_owned(), ..prompt() })
}

fn with_users(n: u32) -> Api {
    let api = legacy();
    for n in 0..n {
        api.post("/users", &format!(r#"{{"user_id":"{n}"}}"#)).ok();
    }
    api
}

fn user_ids(page: &Told) -> Vec<String> {
    let users = page.at("/users");
    users.as_array().unwrap().iter().map(|user| user["user_id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn users_exist_in_1_x_only_and_data_attributes_in_2_x_only() {
    let api = legacy();
    let text = "Requested resource is not available in current API version";
    for version in ["1.0", "1.1", "1.2", "1.3", "1.4"] {
        told(api.request("GET", "/users").header("Intercom-Version", version)).ok();
    }
    for (method, path) in [
        ("GET", "/users"),
        ("POST", "/users"),
        ("GET", "/users/scroll"),
        ("GET", "/users/1"),
        ("POST", "/bulk/users"),
        ("GET", "/jobs/1"),
        ("POST", "/user_delete_requests"),
    ] {
        for version in ["2.0", "2.16", "Preview"] {
            let told = told(api.request(method, path).header("Intercom-Version", version));
            told.refused(400, "intercom_version_invalid", text);
        }
    }
    api.get("/data_attributes").refused(400, "intercom_version_invalid", text);
    api.post("/contacts/search", "{}").refused(400, "intercom_version_invalid", text);
}

#[test]
fn users_on_2_x_may_be_a_path_that_nobody_knows() {
    let unknowns = ["users-on-2.x=not-found".parse().unwrap()].into_iter().collect();
    let api = Api::with(Config { unknowns, ..prompt() });
    let text = "The requested resource does not exist; check your path and try again";
    api.get("/users").refused(404, "not_found", text);
}

#[test]
fn me_is_the_same_in_1_x() {
    assert_eq!(legacy().get("/me").ok().str("/app/id_code"), "sandbox1");
}

#[test]
fn a_user_has_every_documented_key() {
    let api = with_users(1);
    let user = api.get("/users?user_id=0").ok().json();
    let keys = "type id user_id anonymous email phone name pseudonym avatar app_id companies location_data \
        last_request_at created_at remote_created_at signed_up_at updated_at session_count social_profiles \
        owner_id unsubscribed_from_emails marked_email_as_spam has_hard_bounced tags segments custom_attributes \
        referrer utm_campaign utm_content utm_medium utm_source utm_term do_not_track last_seen_ip user_agent_data";
    let missing: Vec<&str> = keys.split_whitespace().filter(|key| user.get(*key).is_none()).collect();
    assert_eq!(missing, Vec::<&str>::new());
    assert_eq!(user.as_object().unwrap().len(), keys.split_whitespace().count());
    assert_eq!(
        (&user["type"], &user["anonymous"], &user["app_id"]),
        (&json!("user"), &json!(false), &json!("sandbox1"))
    );
    assert_eq!(user["segments"], json!({"type":"segment.list","segments":[]}));
    assert_eq!(user["avatar"], json!({"type":"avatar","image_url":null}));
}

#[test]
fn a_user_is_found_by_id_user_id_and_email() {
    let api = legacy();
    let id = api.post("/users", r#"{"user_id":"a b","email":"ann+1@example.com"}"#).ok().str("/id");
    assert_eq!(api.get(&format!("/users/{id}")).ok().str("/id"), id);
    assert_eq!(api.get("/users?user_id=a%20b").ok().str("/id"), id);
    let list = api.get("/users?email=Ann%2B1@example.com").ok();
    assert_eq!((list.str("/type"), list.str("/users/0/id")), ("user.list".to_owned(), id));
    assert_eq!((list.at("/total_count"), list.at("/pages/next")), (json!(1), json!(null)));
}

#[test]
fn nobody_is_404_by_an_id_and_an_empty_list_by_an_email() {
    let api = legacy();
    api.get("/users/6064d5464b4a359d4df671e9").refused(404, "not_found", "User Not Found");
    api.get("/users?user_id=1").refused(404, "not_found", "User Not Found");
    let list = api.get("/users?email=nobody@example.com").ok();
    assert_eq!((list.at("/users"), list.at("/total_count")), (json!([]), json!(0)));
}

#[test]
fn in_1_0_an_email_names_one_user_or_is_a_conflict() {
    let api = legacy();
    let find = || told(api.request("GET", "/users?email=a@example.com").header("Intercom-Version", "1.0"));
    find().refused(404, "not_found", "User Not Found");
    api.post("/users", r#"{"user_id":"1","email":"a@example.com"}"#).ok();
    assert_eq!((find().str("/type"), find().str("/user_id")), ("user".to_owned(), "1".to_owned()));
    api.post("/users", r#"{"user_id":"2","email":"a@example.com"}"#).ok();
    assert_eq!((find().status, find().str("/errors/0/code")), (409, "conflict".to_owned()));
    assert_eq!(user_ids(&api.get("/users?email=a@example.com").ok()).len(), 2);
}

#[test]
fn users_are_listed_by_what_they_have_in_common() {
    let api = legacy();
    api.post("/users", r#"{"user_id":"1","phone":"+15550001","companies":[{"company_id":"6"}]}"#).ok();
    api.post("/users", r#"{"user_id":"2","companies":[{"company_id":"7"}]}"#).ok();
    api.post("/contacts", r#"{"phone":"+15550001"}"#).ok();
    assert_eq!(user_ids(&api.get("/users?phone=%2B15550001").ok()), ["1"]);
    assert_eq!(user_ids(&api.get("/users?company_id=7").ok()), ["2"]);
    let company = api.get("/users?user_id=1").ok().str("/companies/companies/0/id");
    assert_eq!(user_ids(&api.get(&format!("/users?company_id={company}")).ok()), ["1"]);
}

#[test]
fn pages_have_50_users_the_newest_first_and_lead_to_each_other() {
    let api = legacy();
    for n in 0..51 {
        api.post("/users", &format!(r#"{{"user_id":"{n}"}}"#)).ok();
        api.control("clock", r#"{"advance_seconds":1}"#);
    }
    let first = api.get("/users").ok();
    assert_eq!((user_ids(&first).len(), user_ids(&first)[0].as_str()), (50, "50"));
    assert_eq!((first.str("/type"), first.at("/limited")), ("user.list".to_owned(), json!(false)));
    assert_eq!((first.at("/total_count"), first.at("/pages/total_pages")), (json!(51), json!(2)));
    let next = first.str("/pages/next");
    assert_eq!(next, format!("{}/users?per_page=50&page=2", api.sandbox.url()));
    let second = api.get(next.strip_prefix(&api.sandbox.url()).unwrap()).ok();
    assert_eq!((user_ids(&second), second.at("/pages/next")), (vec!["0".to_owned()], json!(null)));
}

#[test]
fn the_next_page_keeps_what_was_asked_for() {
    let api = with_users(3);
    let page = api.get("/users?order=asc&per_page=1&sort=signed_up_at&page=2").ok();
    let next = page.str("/pages/next");
    assert!(next.ends_with("/users?per_page=1&page=3&order=asc&sort=signed_up_at"), "{next}");
}

#[test]
fn pages_are_sorted_by_one_of_four_times_in_either_order() {
    let api = legacy();
    for (user_id, last_request_at) in [("1", 1_600_000_300), ("2", 1_600_000_100), ("3", 1_600_000_200)] {
        let body = format!(r#"{{"user_id":"{user_id}","last_request_at":{last_request_at}}}"#);
        api.post("/users", &body).ok();
        api.control("clock", r#"{"advance_seconds":1}"#);
    }
    let listed = |query: &str| user_ids(&api.get(&format!("/users?{query}")).ok());
    assert_eq!(listed("order=asc"), ["1", "2", "3"]);
    assert_eq!(listed("sort=last_request_at"), ["1", "3", "2"]);
    assert_eq!(listed("sort=last_request_at&order=asc"), ["2", "3", "1"]);
    assert_eq!(api.get("/users?sort=name").status, 400);
    assert_eq!(api.get("/users?order=up").status, 400);
}

#[test]
fn created_since_counts_days() {
    let api = with_users(1);
    api.control("clock", r#"{"advance_seconds":172800}"#);
    api.post("/users", r#"{"user_id":"new"}"#).ok();
    assert_eq!(user_ids(&api.get("/users?created_since=1").ok()), ["new"]);
    assert_eq!(user_ids(&api.get("/users?created_since=2").ok()).len(), 2);
}

#[test]
fn a_page_has_60_users_at_most_and_pages_go_10_000_users_deep() {
    let api = legacy();
    api.get("/users?per_page=60").ok();
    assert_eq!(api.get("/users?per_page=61").status, 400);
    assert_eq!(api.get("/users?per_page=0").status, 400);
    api.get("/users?per_page=50&page=200").ok();
    let told = api.get("/users?per_page=50&page=201");
    told.refused(400, "parameter_invalid", "page limit reached, please use scroll API");
}

#[test]
fn pages_trail_what_was_written_and_keys_do_not() {
    let config = Config { api_version: "1.4".to_owned(), lag: "60s".parse().unwrap(), ..prompt() };
    let api = Api::with(config);
    api.post("/users", r#"{"user_id":"1","email":"a@example.com"}"#).ok();
    assert_eq!(user_ids(&api.get("/users?email=a@example.com").ok()), ["1"]);
    assert_eq!(api.get("/users").ok().at("/total_count"), json!(0));
    api.control("clock", r#"{"advance_seconds":61}"#);
    assert_eq!(api.get("/users").ok().at("/total_count"), json!(1));
}

#[test]
fn leads_are_in_no_list_of_users() {
    let api = with_users(1);
    let lead = api.post("/contacts", r#"{"email":"a@example.com"}"#).ok().str("/id");
    assert_eq!(user_ids(&api.get("/users").ok()), ["0"]);
    api.get(&format!("/users/{lead}")).refused(404, "not_found", "User Not Found");
    assert_eq!(api.get("/users?email=a@example.com").ok().at("/total_count"), json!(0));
}

#[test]
fn a_deleted_user_is_archived_and_shown_once_more() {
    let api = with_users(3);
    api.post("/users", r#"{"user_id":"2","email":"a@example.com"}"#).ok();
    let id = api.get("/users?user_id=0").ok().str("/id");
    assert_eq!(api.delete(&format!("/users/{id}")).ok().str("/user_id"), "0");
    assert_eq!(api.delete(&format!("/users/{id}")).status, 404);
    assert_eq!(api.delete("/users?user_id=1").ok().str("/user_id"), "1");
    assert_eq!(api.delete("/users?email=A@example.com").ok().str("/user_id"), "2");
    let archived = api.stored().iter().filter(|contact| contact["archived"] == true).count();
    assert_eq!((archived, api.get("/users").ok().at("/total_count")), (3, json!(0)));
    assert_eq!(api.delete("/users").status, 404);
}

#[test]
fn a_delete_request_is_for_good() {
    let api = with_users(1);
    let id = api.get("/users?user_id=0").ok().str("/id");
    let told = api.post("/user_delete_requests", &format!(r#"{{"intercom_user_id":"{id}"}}"#)).ok();
    assert!(told.at("/id").is_u64(), "{}", told.text);
    assert_eq!(api.stored().len(), 0);
    let again = api.post("/user_delete_requests", &format!(r#"{{"intercom_user_id":"{id}"}}"#));
    again.refused(404, "not_found", "User Not Found");
    assert_eq!(api.post("/user_delete_requests", "{}").status, 400);
}
