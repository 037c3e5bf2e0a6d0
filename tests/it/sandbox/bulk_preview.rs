//! `/contacts/bulk` of Preview: jobs that tell of no item and of no id.

use intercom_bulk::sandbox::Config;
use serde_json::Value;
use serde_json::json;

use super::Api;
use super::NOW;
use super::Told;
use super::prompt;
use super::told;

fn preview() -> Api {
    Api::with(Config { api_version: "Preview".to_owned(), ..prompt() })
}

fn advance(api: &Api, seconds: u32) {
    api.control("clock", &format!(r#"{{"advance_seconds":{seconds}}}"#));
}

fn create(api: &Api, contacts: &str) -> Told {
    api.post("/contacts/bulk", &format!(r#"{{"contacts":[{contacts}]}}"#))
}

fn update(api: &Api, contacts: &str) -> Told {
    api.put("/contacts/bulk", &format!(r#"{{"contacts":[{contacts}]}}"#))
}

/// Lets a job run to its end and returns its state.
#[track_caller]
fn finish(api: &Api, job: &Told) -> String {
    assert_eq!(job.status, 202, "{}", job.text);
    advance(api, 6);
    read(api, job).str("/state")
}

fn read(api: &Api, job: &Told) -> Told {
    api.get(&format!("/contacts/bulk/{}", job.str("/id"))).ok()
}

fn external_ids(api: &Api) -> Vec<Value> {
    api.stored().iter().map(|contact| contact["external_id"].clone()).collect()
}

#[test]
fn bulk_is_in_preview_only() {
    let api = preview();
    for (method, path) in
        [("POST", "/contacts/bulk"), ("POST", "/contacts/bulk/delete"), ("GET", "/contacts/bulk/1")]
    {
        let told = told(api.request(method, path).header("Intercom-Version", "2.16"));
        let text = "Requested resource is not available in current API version";
        told.refused(400, "intercom_version_invalid", text);
    }
}

#[test]
fn a_job_is_accepted_with_the_documented_shape() {
    let api = preview();
    let job = create(&api, r#"{"external_id":"1"},{"external_id":"2"}"#);
    assert_eq!(job.status, 202);
    let id = job.str("/id");
    let expected = json!({
        "id": id, "type": "contacts.bulk.job", "state": "pending",
        "created_at": NOW, "updated_at": NOW, "completed_at": null,
        "tasks": [{
            "id": job.str("/tasks/0/id"), "item_count": 2, "state": "pending",
            "created_at": NOW, "started_at": null, "completed_at": null,
        }],
        "url": format!("{}/contacts/bulk/{id}", api.sandbox.url()),
    });
    assert_eq!(job.json(), expected);
    assert!(id.starts_with("job_v2_") && job.str("/tasks/0/id").starts_with("task_v2_"), "{id}");
}

#[test]
fn a_job_passes_from_pending_through_running_to_completed_and_writes_by_the_way() {
    let api = preview();
    let job = create(&api, r#"{"external_id":"1"},{"external_id":"2"}"#);
    advance(&api, 1);
    assert_eq!((read(&api, &job).str("/state"), external_ids(&api).len()), ("pending".to_owned(), 0));
    advance(&api, 1);
    let running = read(&api, &job);
    assert_eq!(
        (running.str("/state"), running.at("/tasks/0/started_at")),
        ("running".into(), json!(NOW + 2))
    );
    advance(&api, 2);
    assert_eq!((read(&api, &job).str("/state"), external_ids(&api).len()), ("running".to_owned(), 1));
    advance(&api, 2);
    let done = read(&api, &job);
    assert_eq!((done.str("/state"), done.at("/completed_at")), ("completed".to_owned(), json!(NOW + 6)));
    assert_eq!((done.at("/updated_at"), done.at("/tasks/0/completed_at")), (json!(NOW + 6), json!(NOW + 6)));
    assert_eq!(external_ids(&api), ["1", "2"]);
}

#[test]
fn what_was_written_is_of_the_moment_at_which_it_was_due() {
    let api = preview();
    create(&api, r#"{"external_id":"1"}"#);
    advance(&api, 1000);
    assert_eq!(api.get("/contacts/find_by_external_id/1").ok().at("/created_at"), json!(NOW + 6));
}

#[test]
fn a_task_may_take_minutes() {
    let unknowns = ["bulk-speed=minutes".parse().unwrap()].into_iter().collect();
    let api = Api::with(Config { api_version: "Preview".to_owned(), unknowns, ..prompt() });
    let job = create(&api, r#"{"external_id":"1"}"#);
    advance(&api, 60);
    assert_eq!(read(&api, &job).str("/state"), "running");
    advance(&api, 60);
    assert_eq!(read(&api, &job).str("/state"), "completed");
}

#[test]
fn a_contact_that_exists_fails_its_item_and_no_other_and_nobody_says_which() {
    let api = preview();
    api.create(r#"{"external_id":"1","name":"Ann"}"#);
    let archived = api.create(r#"{"email":"old@example.com"}"#);
    api.post(&format!("{archived}/archive"), "{}").ok();
    let job =
        create(&api, r#"{"external_id":"1","name":"Bea"},{"email":"OLD@example.com"},{"external_id":"3"}"#);
    assert_eq!(finish(&api, &job), "completed_with_errors");
    let told = read(&api, &job);
    assert_eq!(told.str("/tasks/0/state"), "completed_with_errors");
    assert_eq!(told.at("/tasks/0").as_object().unwrap().len(), 6);
    assert_eq!(told.json().as_object().unwrap().len(), 8);
    assert_eq!(api.get("/contacts/find_by_external_id/1").ok().str("/name"), "Ann");
    assert_eq!(api.stored().len(), 3);
}

#[test]
fn a_second_contact_of_one_request_with_the_same_email_fails_too() {
    let api = preview();
    let job = create(&api, r#"{"email":"a@example.com"},{"email":"a@example.com"}"#);
    assert_eq!((finish(&api, &job), api.stored().len()), ("completed_with_errors".to_owned(), 1));
}

#[test]
fn leads_are_never_duplicates() {
    let api = preview();
    let lead = r#"{"email":"a@example.com","role":"lead"}"#;
    let job = create(&api, &format!("{lead},{lead}"));
    assert_eq!((finish(&api, &job), api.stored().len()), ("completed".to_owned(), 2));
}

#[test]
fn a_created_contact_has_every_field_that_was_sent_and_unknown_ones_are_ignored() {
    let api = preview();
    let job = create(
        &api,
        r#"{"external_id":"1","email":"A@example.com","name":"Ann","phone":"+15550001","language_override":"fr",
            "avatar":"https://x.test/a.png","custom_attributes":{"plan":"pro"},"signed_up_at":1600000000,
            "last_seen_at":1600000001,"owner_id":"814860","unsubscribed_from_emails":true,"utm_source":"x","test":1}"#,
    );
    assert_eq!(finish(&api, &job), "completed");
    let contact = api.get("/contacts/find_by_external_id/1").ok().json();
    let texts =
        ["email", "name", "phone", "language_override", "owner_id"].map(|key| contact[key].as_str().unwrap());
    assert_eq!(texts, ["a@example.com", "Ann", "+15550001", "fr", "814860"]);
    assert_eq!(contact["avatar"]["image_url"], "https://x.test/a.png");
    assert_eq!(contact["custom_attributes"]["plan"], "pro");
    assert_eq!(
        (&contact["signed_up_at"], &contact["last_seen_at"]),
        (&json!(1_600_000_000), &json!(1_600_000_001))
    );
    assert_eq!((&contact["unsubscribed_from_emails"], &contact["utm_source"]), (&json!(true), &json!(null)));
}

#[test]
fn a_bad_item_fails_without_hurting_the_others() {
    let api = preview();
    let job = create(
        &api,
        r#"{"external_id":"1","custom_attributes":{"shoe":42}},{"name":"Nobody"},{"external_id":"3","owner_id":"1"},
            {"external_id":"4","email":5},{"external_id":"5","companies":[{"name":"Blue Sun"}]},{"external_id":"6"}"#,
    );
    assert_eq!(finish(&api, &job), "completed_with_errors");
    assert_eq!(external_ids(&api), ["6"]);
}

#[test]
fn companies_come_with_the_contact_and_go_with_remove() {
    let api = preview();
    let job = create(
        &api,
        r#"{"external_id":"1","companies":[{"company_id":"6","name":"Blue Sun"},{"company_id":"7","plan":"x"}]}"#,
    );
    assert_eq!(finish(&api, &job), "completed");
    let id = api.get("/contacts/find_by_external_id/1").ok().str("/id");
    let company_ids = || {
        let companies = api.get(&format!("/contacts/{id}/companies")).ok().at("/data");
        let ids = companies.as_array().unwrap().iter().map(|company| company["company_id"].clone());
        ids.collect::<Vec<_>>()
    };
    assert_eq!(company_ids(), ["6", "7"]);
    let job = update(&api, &format!(r#"{{"id":"{id}","companies":[{{"company_id":"6","remove":true}}]}}"#));
    assert_eq!((finish(&api, &job), company_ids()), ("completed".to_owned(), vec![json!("7")]));
}

#[test]
fn tags_are_put_on_and_taken_off_and_unknown_ones_are_skipped() {
    let api = preview();
    let tag = |name: &str| api.post("/tags", &format!(r#"{{"name":"{name}"}}"#)).ok().str("/id");
    let (vip, old) = (tag("vip"), tag("old"));
    let tags = format!(r#"{{"add":[{{"id":"{vip}"}},{{"id":"{old}"}},{{"id":"999"}},{{"id":"x"}}]}}"#);
    let job = create(&api, &format!(r#"{{"external_id":"1","tags":{tags}}}"#));
    assert_eq!(finish(&api, &job), "completed");
    let id = api.get("/contacts/find_by_external_id/1").ok().str("/id");
    let tags = || api.get(&format!("/contacts/{id}/tags")).ok().at("/data").as_array().unwrap().len();
    assert_eq!(tags(), 2);
    let job =
        update(&api, &format!(r#"{{"id":"{id}","tags":{{"remove":[{{"id":"{old}"}},{{"id":"999"}}]}}}}"#));
    assert_eq!((finish(&api, &job), tags()), ("completed".to_owned(), 1));
}

#[test]
fn an_update_is_by_id_and_leaves_role_and_times_alone() {
    let api = preview();
    let path = api.create(r#"{"role":"lead","email":"a@example.com","signed_up_at":1600000000}"#);
    let id = path.strip_prefix("/contacts/").unwrap();
    let job = update(
        &api,
        &format!(r#"{{"id":"{id}","name":"Ann","role":"user","signed_up_at":1,"last_seen_at":1}}"#),
    );
    assert_eq!(finish(&api, &job), "completed");
    let contact = api.get(&path).ok();
    assert_eq!((contact.str("/name"), contact.str("/role")), ("Ann".to_owned(), "lead".to_owned()));
    assert_eq!(
        (contact.at("/signed_up_at"), contact.at("/last_seen_at")),
        (json!(1_600_000_000), json!(null))
    );
    let job = update(&api, r#"{"id":"6064d5464b4a359d4df671e9","name":"Bea"}"#);
    assert_eq!(finish(&api, &job), "completed_with_errors");
}

#[test]
fn a_deletion_is_for_good_and_fails_for_who_does_not_exist() {
    let api = preview();
    let path = api.create(r#"{"external_id":"1"}"#);
    let delete =
        |id: &str| api.post("/contacts/bulk/delete", &format!(r#"{{"contacts":[{{"id":"{id}"}}]}}"#));
    let job = delete(path.strip_prefix("/contacts/").unwrap());
    assert_eq!(api.get(&path).status, 200);
    assert_eq!((finish(&api, &job), api.get(&path).status), ("completed".to_owned(), 404));
    assert_eq!(api.stored().len(), 0);
    assert_eq!(finish(&api, &delete("6064d5464b4a359d4df671e9")), "completed_with_errors");
}

#[test]
fn more_is_appended_until_the_job_is_complete() {
    let api = preview();
    let job = create(&api, r#"{"external_id":"1"}"#);
    let id = job.str("/id");
    advance(&api, 5);
    let append = |external_id: &str| {
        let body = format!(r#"{{"contacts":[{{"external_id":"{external_id}"}}],"job":{{"id":"{id}"}}}}"#);
        api.post("/contacts/bulk", &body)
    };
    let more = append("2");
    assert_eq!((more.status, more.str("/id"), more.str("/state")), (202, id.clone(), "running".to_owned()));
    assert_eq!(more.at("/tasks").as_array().unwrap().len(), 2);
    advance(&api, 5);
    assert_eq!(read(&api, &job).str("/state"), "running");
    advance(&api, 1);
    assert_eq!(
        (read(&api, &job).str("/state"), external_ids(&api)),
        ("completed".into(), vec![json!("1"), json!("2")])
    );
    append("3").refused(403, "forbidden", &format!("job {id} is closed for new task updates"));
    advance(&api, 10);
    assert_eq!(api.stored().len(), 2);
}

#[test]
fn an_unknown_job_is_not_found() {
    let api = preview();
    api.get("/contacts/bulk/job_v2_1").refused(404, "job_not_found", "job job_v2_1 not found");
    let told = api.put("/contacts/bulk", r#"{"contacts":[{"id":"x"}],"job":{"id":"job_v2_1"}}"#);
    told.refused(404, "job_not_found", "job job_v2_1 not found");
}

#[track_caller]
fn check_422(method: &str, path: &str, body: &str, code: &str, message: &str) {
    let api = preview();
    let told = told(api.with_body(method, path, body));
    told.refused(422, code, message);
    assert_eq!(told.str("/request_id"), told.header("x-request-id").unwrap());
}

#[test]
fn a_body_that_is_not_a_list_of_contacts_is_told_422() {
    let missing = "contacts field must be supplied";
    for (method, path) in
        [("POST", "/contacts/bulk"), ("PUT", "/contacts/bulk"), ("POST", "/contacts/bulk/delete")]
    {
        check_422(method, path, "{}", "field_not_found", missing);
        check_422(method, path, r#"{"contacts":{}}"#, "type_mismatch", "contacts must be an array");
        check_422(method, path, r#"{"contacts":["x"]}"#, "type_mismatch", "each contact must be an object");
        let many = vec![r#"{"id":"x"}"#; 101].join(",");
        let message = "maximum number of contacts per request is 100";
        check_422(method, path, &format!(r#"{{"contacts":[{many}]}}"#), "parameter_invalid", message);
    }
    let message = "contacts must be identified by id";
    check_422("PUT", "/contacts/bulk", r#"{"contacts":[{"external_id":"1"}]}"#, "field_not_found", message);
    check_422("POST", "/contacts/bulk/delete", r#"{"contacts":[{}]}"#, "field_not_found", message);
}

#[test]
fn each_contact_spends_a_request_or_the_request_is_one() {
    let contacts = (0..50).map(|n| format!(r#"{{"external_id":"{n}"}}"#)).collect::<Vec<_>>().join(",");
    let config = || Config { api_version: "Preview".to_owned(), quota_per_minute: 600, ..prompt() };
    let job = create(&Api::with(config()), &contacts);
    assert_eq!((job.status, job.header("x-ratelimit-remaining")), (202, Some("50")));
    let unknowns = ["bulk-cost=per-request".parse().unwrap()].into_iter().collect();
    let job = create(&Api::with(Config { unknowns, ..config() }), &contacts);
    assert_eq!(job.header("x-ratelimit-remaining"), Some("99"));
}

#[test]
fn a_language_is_written_in_preview_only_and_an_unknown_one_becomes_null() {
    let api = preview();
    let path = api.create(r#"{"external_id":"1","language_override":"fr"}"#);
    assert_eq!(api.get(&path).str("/language_override"), "fr");
    let put = api.with_body("PUT", &path, r#"{"language_override":"de","name":"Ann"}"#);
    let contact = told(put.header("Intercom-Version", "2.16")).ok();
    assert_eq!(
        (contact.str("/language_override"), contact.str("/name")),
        ("fr".to_owned(), "Ann".to_owned())
    );
    assert!(api.put(&path, r#"{"language_override":"klingon"}"#).ok().at("/language_override").is_null());
}
