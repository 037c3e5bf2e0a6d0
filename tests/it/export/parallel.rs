//! An export with several cursors: the file is the same, whatever happens meanwhile.

use intercom_bulk::sandbox::{Config, Lag};
use serde_json::Value;

use super::resume::{change, killed_in_parts, spool};
use crate::support::{FakeServer, TestEnv};

/// A workspace in a time zone whose users came over two years, many of them on one day.
pub(super) fn workspace(users: u64, time_zone: &str) -> TestEnv {
    let time_zone = time_zone.to_owned();
    TestEnv::with(Config { users, time_zone, quota_per_minute: 0, lag: Lag::NONE, ..Config::default() })
}

/// Exports with one cursor and with several, and compares.
#[track_caller]
fn check_same(env: &TestEnv, more: &[&str]) -> String {
    let run = env.run_all(&[&["export", "one.csv", "--cursors", "1"], more].concat());
    assert_eq!(0, run.code, "{run}");
    let run = env.run_all(&[&["export", "many.csv", "--cursors", "5"], more].concat());
    assert_eq!(0, run.code, "{run}");
    assert!(env.read("one.csv") == env.read("many.csv"), "the files differ: {run}");
    run.stderr
}

pub(super) fn searches(env: &TestEnv) -> usize {
    env.count("POST", "/contacts/search")
}

#[test]
fn many_cursors_write_the_file_that_one_writes() {
    for time_zone in ["UTC", "America/New_York", "Pacific/Auckland"] {
        let env = workspace(700, time_zone);
        let stderr = check_same(&env, &[]);
        assert!(stderr.starts_with("users.csv: 700 users") || stderr.contains(": 700 users in "), "{stderr}");
        assert!(!stderr.contains("twice") && !stderr.contains("cursor"), "{stderr}");
        assert!(searches(&env) > 20, "{} searches", searches(&env));
    }
}

#[test]
fn rows_are_in_the_order_of_creation() {
    let env = workspace(300, "UTC");
    assert_eq!(0, env.run(["export", "users.ndjson", "--cursors", "4"]).code);
    let created = |line: &str| {
        let user: Value = serde_json::from_str(line).unwrap();
        (user["created_at"].as_str().unwrap().to_owned(), user["id"].as_str().unwrap().to_owned())
    };
    let file = env.read("users.ndjson");
    let users: Vec<_> = file.lines().map(created).collect();
    assert!(users.len() == 300 && users.is_sorted());
}

#[test]
fn leads_and_other_roles_are_told_apart_in_parts_as_well() {
    let env = workspace(200, "UTC");
    env.create(r#"{"role":"lead","email":"lead@example.com"}"#);
    check_same(&env, &["--role", "any"]);
    assert_eq!(202, env.read("many.csv").lines().count());
    let stderr = check_same(&env, &["--role", "lead"]);
    assert!(stderr.contains("left out by role: 200 contacts"), "{stderr}");
}

#[test]
fn in_preview_parts_begin_with_a_second() {
    check_same(&workspace(300, "Asia/Tokyo"), &["--api-version", "Preview"]);
}

#[test]
fn a_day_with_too_many_users_is_split_by_ids() {
    let env = workspace(1_500, "UTC");
    // A part is to hold 50 at most; 150 came on one day.
    let run = env.run(["export", "many.csv", "--cursors", "15"]);
    assert_eq!((0, 1_501), (run.code, env.read("many.csv").lines().count()), "{run}");
    let asked = env.ask("GET", "/__sandbox/exchanges", "");
    assert!(asked.contains(r#""operator":"$""#), "nobody asked for the ends of ids");
}

#[test]
fn a_small_workspace_is_listed_with_one_cursor_and_a_large_one_is_not() {
    let small = workspace(1_000, "UTC");
    assert_eq!(0, small.run(["export", "users.csv"]).code);
    assert_eq!((7, 0), (small.count("GET", "/contacts?"), searches(&small)));
    let large = workspace(3_100, "UTC");
    let run = large.run(["export", "users.csv"]);
    assert_eq!((0, 3_101), (run.code, large.read("users.csv").lines().count()), "{run}");
    assert!(run.stderr.contains("\ncomplete as of 20"), "{run}");
    // The first page, and how many there are in the end.
    assert_eq!(2, large.count("GET", "/contacts?"));
    // Two ends, two or three questions, a last look, and 21 pages of which some are cut by their part's end.
    assert!(searches(&large) <= 2 + 3 + 1 + 21 + 3, "{} searches", searches(&large));
}

#[test]
fn a_killed_export_goes_on_from_every_part() {
    let env = workspace(1_200, "UTC");
    assert_eq!(0, env.run(["export", "whole.csv", "--cursors", "1"]).code);
    let arguments = ["export", "users.csv", "--cursors", "3"];
    killed_in_parts(&env, 18, arguments);
    let before = searches(&env);
    let run = env.run(arguments);
    assert_eq!(0, run.code, "{run}");
    assert!(run.stderr.starts_with("resumed: "), "{run}");
    assert!(env.read("whole.csv") == env.read("users.csv"), "the files differ: {run}");
    assert!(searches(&env) - before < before, "{} searches after {before}", searches(&env) - before);
}

#[test]
fn cursors_that_the_server_no_longer_takes_begin_their_parts_anew() {
    let env = workspace(1_200, "UTC");
    assert_eq!(0, env.run(["export", "whole.csv", "--cursors", "1"]).code);
    let arguments = ["export", "users.csv", "--cursors", "3"];
    killed_in_parts(&env, 18, arguments);
    change(
        &spool(&env),
        "UPDATE parts SET value = json_set(value, '$.ahead.page', 'stale') WHERE value ->> '$.ahead.page'",
    );
    let run = env.run(arguments);
    assert_eq!(0, run.code, "{run}");
    assert!(env.read("whole.csv") == env.read("users.csv"), "the files differ: {run}");
}

#[test]
fn who_is_created_or_updated_meanwhile_is_as_they_are_at_the_end() {
    let env = workspace(1_100, "UTC");
    let first = env.contacts().into_iter().find(|contact| contact["external_id"] == "user-1").unwrap();
    let path = format!("/contacts/{}", first["id"].as_str().unwrap());
    let last = env.contacts().into_iter().find(|contact| contact["external_id"] == "user-1000").unwrap();
    let archive = format!("/contacts/{}/archive", last["id"].as_str().unwrap());
    let (url, mut n_searches) = (env.url(), 0);
    let ask = move |method: &str, path: &str, body: &'static str| {
        let request = crate::support::client().request(method.parse().unwrap(), format!("{url}{path}"));
        let headers = request.header("Authorization", "Bearer other").header("Accept", "application/json");
        let response = headers.header("Content-Type", "application/json").body(body).send().unwrap();
        assert!(response.status().is_success(), "{}", response.text().unwrap());
    };
    let server = FakeServer::before(env.url(), move |request| {
        n_searches += usize::from(request.starts_with("POST /contacts/search"));
        // All parts are walked when it is asked how many there are in the end.
        if request == "GET /contacts?per_page=1" {
            ask("PUT", &path, r#"{"name":"Changed Meanwhile"}"#);
            ask("POST", "/contacts", r#"{"external_id":"new","email":"new@example.com"}"#);
        } else if n_searches == 25 {
            ask("POST", &archive, "{}");
            ask("POST", "/contacts", r#"{"external_id":"early","email":"early@example.com"}"#);
            n_searches += 1;
        }
    });
    let run = env.run(["export", "users.csv", "--cursors", "5", "--base-url", server.url()]);
    assert_eq!(0, run.code, "{run}");
    let file = env.read("users.csv");
    assert!(file.contains(",user-1,user1@example.com,Changed Meanwhile,"), "{run}");
    assert!(file.contains(",new,new@example.com,") && file.contains(",early,early@example.com,"), "{run}");
    for n in (2..=1_100).filter(|n| *n != 1_000) {
        assert!(file.contains(&format!(",user-{n},")), "user-{n} is missing: {run}");
    }
    assert!(run.stderr.contains("created or updated during the export, and as they are now: "), "{run}");
}

#[test]
fn lists_are_made_whole_by_the_fetchers() {
    let env = workspace(60, "UTC");
    let tags: Vec<String> = (10..22).map(|n| format!("t{n}")).collect();
    env.write("tags.csv", format!("external_id,tags\nuser-1,{0}\nuser-60,{0}\n", tags.join(";")));
    assert_eq!(0, env.run(["import", "tags.csv"]).code);
    check_same(&env, &["--expand", "tags"]);
    assert_eq!(2, env.read("many.csv").matches(&tags.join(";")).count());
}
