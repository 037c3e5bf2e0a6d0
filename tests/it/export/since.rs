//! Exports of who was updated since, and exports that are compared with the plain listing.

use insta::assert_snapshot;
use serde_json::json;

use super::parallel::{searches, workspace};
use crate::support::{FakeServer, Said, TestEnv};

/// A workspace of which two users were updated today.
fn updated_today() -> TestEnv {
    let env = workspace(300, "America/New_York");
    env.write("users.csv", "external_id,name\nuser-3,Three\nuser-200,Two Hundred\n");
    assert_eq!(0, env.run(["import", "users.csv"]).code);
    env
}

#[test]
fn only_who_was_updated_since_is_written() {
    let env = updated_today();
    assert_snapshot!(env.run(["export", "new.csv", "--since", "1h"]), @"
    exit 0
    ---- stderr
    new.csv: 2 users in [TIME]; 2 contacts seen, 2 counted by the server
    3 requests, 0 throttled, 0 retried
    report: [STATE]/sandbox1/runs/[TIME]-export/report.json
    next: nothing is left to do
    ");
    let file = env.read("new.csv");
    assert_eq!(3, file.lines().count());
    assert!(file.contains(",Three,") && file.contains(",Two Hundred,"));
    let run = env.run(["export", "all.csv", "--since", "2001-01-01"]);
    assert_eq!((0, 301), (run.code, env.read("all.csv").lines().count()), "{run}");
}

#[test]
fn a_second_counts_although_the_search_knows_days_only() {
    let env = updated_today();
    let changed = env.contacts().into_iter().find(|contact| contact["external_id"] == "user-3").unwrap();
    let at = changed["updated_at"].as_i64().unwrap();
    let since = |seconds: i64| jiff::Timestamp::from_second(seconds).unwrap().to_string();
    let run = env.run_all(&["export", "new.csv", "--since", &since(at + 3_600)]);
    assert_eq!((0, 1), (run.code, env.read("new.csv").lines().count()), "{run}");
    assert!(run.stderr.contains("left out by --since: 2 contacts"), "{run}");
    let run = env.run_all(&["export", "new.csv", "--since", &since(at)]);
    assert!(env.read("new.csv").contains(",user-3,"), "{run}");
}

#[test]
fn who_was_updated_since_is_searched_in_parts_as_well() {
    let env = workspace(300, "UTC");
    let since = "2001-01-01";
    assert_eq!(0, env.run(["export", "one.csv", "--cursors", "1", "--since", since]).code);
    let before = searches(&env);
    assert_eq!(0, env.run(["export", "many.csv", "--cursors", "4", "--since", since]).code);
    assert!(env.read("one.csv") == env.read("many.csv"), "the files differ");
    assert!(searches(&env) - before > 12, "{}", searches(&env) - before);
}

#[test]
fn a_time_that_is_none_is_refused() {
    let env = TestEnv::offline();
    let run = env.run(["export", "users.csv", "--since", "yesterday"]);
    assert_eq!(2, run.code);
    assert!(run.stderr.contains("`yesterday` is no time; write it as in `2026-11-21`"), "{run}");
}

#[test]
fn what_was_exported_is_compared_with_the_plain_listing() {
    let env = workspace(400, "UTC");
    let run = env.run(["export", "users.csv", "--cursors", "4", "--verify"]);
    assert_eq!((0, 401), (run.code, env.read("users.csv").lines().count()), "{run}");
    // The first page, and all three of them in the end.
    assert_eq!(4, env.count("GET", "/contacts?"));
}

#[test]
fn a_user_whom_only_the_plain_listing_shows_is_missing() {
    let env = workspace(400, "UTC");
    env.write("users.csv", "the old file\n");
    let server = FakeServer::lying(env.url(), |request, Said { head, body }| {
        let mut page: serde_json::Value = serde_json::from_str(&body).unwrap();
        if request.starts_with("GET /contacts?per_page=150 ") {
            let ghost =
                json!({"type": "contact", "id": "ghost", "role": "user", "created_at": 1_700_000_000});
            page["data"].as_array_mut().unwrap().push(ghost);
        }
        Said { head, body: page.to_string() }
    });
    let run = env.run(["export", "users.csv", "--cursors", "4", "--verify", "--base-url", server.url()]);
    assert_eq!("the old file\n", env.read("users.csv"));
    assert_snapshot!(run, @"
    exit 11
    ---- stderr
    error: 1 of the contacts that the listing shows are missing, the first of them `ghost`
      hint: walk the plain listing alone: --cursors 1
    users.csv was not written; a file of that name is as it was
    report: [STATE]/sandbox1/runs/[TIME]-export/report.json
    next: run `intercom-bulk export users.csv --cursors 4 --verify --base-url http://[HOST]` again
    ");
}

#[test]
fn a_time_to_come_is_refused_and_the_old_file_stays() {
    let env = workspace(3, "UTC");
    env.write("users.csv", "the old file\n");
    let run = env.run(["export", "users.csv", "--since", "2999-01-01"]);
    assert_snapshot!(run, @"
    exit 2
    ---- stderr
    error: --since: `2999-01-01` is in the future
      hint: write when the last export was, as in --since 2026-11-21 or --since 1d
    ");
    assert_eq!("the old file\n", env.read("users.csv"));
}
