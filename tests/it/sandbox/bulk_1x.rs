//! `POST /bulk/users` of 1.x: many writes in one request, done later, and the feed of what failed.

use intercom_bulk::sandbox::Config;
use serde_json::Value;
use serde_json::json;

use super::Api;
use super::NOW;
use super::Told;
use super::prompt;

fn legacy() -> Api {
    Api::with(Config { api_version: "1.4".to_owned(), ..prompt() })
}

fn advance(api: &Api, seconds: u32) {
    api.control("clock", &format!(r#"{{"advance_seconds":{seconds}}}"#));
}

fn post(data: &str) -> String {
    format!(r#"{{"method":"post","data_type":"user","data":{data}}}"#)
}

fn submit(api: &Api, items: &[String]) -> Told {
    api.post("/bulk/users", &format!(r#"{{"items":[{}]}}"#, items.join(",")))
}

fn append(api: &Api, job: &Told, items: &[String]) -> Told {
    let job = job.str("/id");
    api.post("/bulk/users", &format!(r#"{{"items":[{}],"job":{{"id":"{job}"}}}}"#, items.join(",")))
}

fn read(api: &Api, job: &Told) -> Told {
    api.get(&format!("/jobs/{}", job.str("/id"))).ok()
}

fn user_ids(api: &Api) -> Vec<Value> {
    api.stored().iter().map(|contact| contact["external_id"].clone()).collect()
}

#[test]
fn a_job_is_accepted_before_anything_is_written() {
    let api = legacy();
    let job = submit(&api, &[post(r#"{"user_id":"1"}"#), post(r#"{"user_id":"2"}"#)]);
    assert_eq!((job.status, job.str("/state")), (202, "pending".to_owned()));
    assert_eq!((job.str("/name"), job.str("/app_id")), ("api_bulk_job".to_owned(), "sandbox1".to_owned()));
    assert_eq!((job.at("/created_at"), job.at("/closing_at")), (json!(NOW), json!(NOW + 900)));
    let path = format!("{}/jobs/{}", api.sandbox.url(), job.str("/id"));
    assert_eq!((job.str("/links/self"), job.str("/links/error")), (path.clone(), format!("{path}/error")));
    assert_eq!((job.at("/tasks/0/item_count"), job.at("/tasks/0/started_at")), (json!(2), json!(null)));
    assert_eq!(user_ids(&api), Vec::<Value>::new());
}

#[test]
fn tasks_pass_from_pending_to_completed_and_the_job_once_it_has_closed() {
    let api = legacy();
    let job = submit(&api, &[post(r#"{"user_id":"1"}"#), post(r#"{"user_id":"2"}"#)]);
    advance(&api, 2);
    assert_eq!(read(&api, &job).str("/tasks/0/state"), "running");
    advance(&api, 2);
    assert_eq!(user_ids(&api), ["1"]);
    advance(&api, 2);
    let done = read(&api, &job);
    assert_eq!((done.str("/tasks/0/state"), done.str("/state")), ("completed".into(), "running".into()));
    assert_eq!((done.at("/tasks/0/completed_at"), done.at("/completed_at")), (json!(NOW + 6), json!(null)));
    assert_eq!(user_ids(&api), ["1", "2"]);
    advance(&api, 894);
    let closed = read(&api, &job);
    assert_eq!(
        (closed.str("/state"), closed.at("/completed_at")),
        ("completed".to_owned(), json!(NOW + 900))
    );
}

#[test]
fn users_are_written_and_archived_as_of_the_moment_of_the_job() {
    let api = legacy();
    let old = api.post("/users", r#"{"user_id":"old"}"#).ok().str("/id");
    let delete = r#"{"method":"delete","data_type":"user","data":{"user_id":"old"}}"#.to_owned();
    submit(&api, &[post(r#"{"user_id":"new","email":"A@example.com"}"#), delete]);
    advance(&api, 600);
    assert_eq!(api.get(&format!("/users/{old}")).status, 404);
    let new = api.get("/users?user_id=new").ok();
    assert_eq!((new.str("/email"), new.at("/created_at")), ("a@example.com".to_owned(), json!(NOW + 4)));
}

#[test]
fn the_feed_tells_of_every_item_that_failed() {
    let api = legacy();
    let bad = post(r#"{"user_id":"2","custom_attributes":{"shoe":42}}"#);
    let job = submit(&api, &[post(r#"{"user_id":"1"}"#), bad, post(r#"{"user_id":"3"}"#)]);
    advance(&api, 900);
    assert_eq!(read(&api, &job).str("/state"), "completed_with_errors");
    assert_eq!(user_ids(&api), ["1", "3"]);
    let feed = api.get(&format!("/jobs/{}/error", job.str("/id"))).ok();
    assert_eq!((feed.at("/job_id"), feed.str("/app_id")), (job.at("/id"), "sandbox1".to_owned()));
    assert_eq!(feed.at("/items").as_array().unwrap().len(), 1);
    assert_eq!((feed.str("/items/0/method"), feed.str("/items/0/data/user_id")), ("post".into(), "2".into()));
    assert_eq!(feed.str("/items/0/error/code"), "parameter_invalid");
    assert_eq!(feed.str("/items/0/error/message"), "Custom attribute 'shoe' does not exist");
}

#[test]
fn a_job_takes_more_for_900_seconds() {
    let api = legacy();
    let job = submit(&api, &[post(r#"{"user_id":"1"}"#)]);
    advance(&api, 899);
    let more = append(&api, &job, &[post(r#"{"user_id":"2"}"#)]);
    assert_eq!(
        (more.status, more.at("/id"), more.at("/tasks").as_array().unwrap().len()),
        (202, job.at("/id"), 2)
    );
    advance(&api, 1);
    let told = append(&api, &job, &[post(r#"{"user_id":"3"}"#)]);
    assert_eq!((told.status, told.str("/errors/0/code")), (400, "job_closed".to_owned()));
    assert_eq!(read(&api, &job).str("/state"), "running");
    advance(&api, 5);
    assert_eq!(read(&api, &job).str("/state"), "completed");
    assert_eq!(user_ids(&api), ["1", "2"]);
}

#[test]
fn an_unknown_job_is_not_found() {
    let api = legacy();
    assert_eq!(api.get("/jobs/job_1").status, 404);
    assert_eq!(api.get("/jobs/job_1/error").status, 404);
    let told = api.post("/bulk/users", r#"{"items":[],"job":{"id":"job_1"}}"#);
    assert_eq!(told.status, 404);
}

#[test]
fn a_request_has_100_items_at_most_all_of_them_users() {
    let api = legacy();
    let items = vec![post(r#"{"user_id":"1"}"#); 101];
    submit(&api, &items).refused(400, "parameter_invalid", "maximum number of items per request is 100");
    assert_eq!(submit(&api, &items[..100]).status, 202);
    for bad in [
        r#"{"method":"put","data_type":"user","data":{}}"#,
        r#"{"method":"post","data_type":"event","data":{}}"#,
    ] {
        assert_eq!(submit(&api, &[bad.to_owned()]).status, 400);
    }
    assert_eq!(api.post("/bulk/users", "{}").status, 400);
}

#[test]
fn every_item_spends_a_request_of_the_quota() {
    let api = Api::with(Config { api_version: "1.4".to_owned(), quota_per_minute: 600, ..prompt() });
    let items: Vec<String> = (0..60).map(|n| post(&format!(r#"{{"user_id":"{n}"}}"#))).collect();
    let first = submit(&api, &items);
    assert_eq!((first.status, first.header("x-ratelimit-remaining")), (202, Some("40")));
    let second = submit(&api, &items);
    second.refused(429, "rate_limit_exceeded", "Exceeded rate limit of 100 in 10_seconds");
    advance(&api, 10);
    assert_eq!(api.stored().len(), 60);
}
