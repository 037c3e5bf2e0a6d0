//! Servers that do not let themselves be asked: the import goes on without.

use serde_json::Value;

use super::{Counts, NOBODY, file, import, workspace};
use crate::support::{FakeServer, Run, TestEnv};

/// Imports `users.csv` through a server that answers some requests by itself: by the method with the path, and the body.
fn import_through(
    env: &TestEnv,
    flags: &[&str],
    instead: impl FnMut(&str, &Value) -> Option<(&'static str, String)> + Send + 'static,
) -> (Run, Counts) {
    let server = FakeServer::in_front_of(env.url(), instead);
    let flags = [flags, &["--base-url", server.url(), "--concurrency", "1"]].concat();
    import(env, &flags)
}

/// What a server says that takes no more values than so many.
fn refusal(body: &Value, most: usize) -> Option<(&'static str, String)> {
    let asked = body["query"]["value"][0]["value"].as_array()?.len();
    let error =
        r#"{"type":"error.list","errors":[{"code":"parameter_invalid","message":"too many values"}]}"#;
    (asked > most).then(|| ("400 Bad Request\r\nContent-Type: application/json", error.to_owned()))
}

#[test]
fn a_search_that_takes_fewer_values_is_asked_for_fewer() {
    let env = workspace(40);
    env.write("users.csv", file(1, 40, NOBODY));
    let (run, counts) = import_through(&env, &["--lookup", "find"], |_, body| refusal(body, 4));
    assert!(run.stderr.contains("0 created, 0 updated, 40 unchanged"), "{run}");
    // 15 and 7 are refused once; by threes, the parcel of 15 takes five, and the other rows come in threes.
    assert_eq!(Counts { searches: 5 + 25_usize.div_ceil(3), ..Counts::default() }, counts);
    assert!(run.stderr.contains("lookup: find (3 a request)\n"), "{run}");
    assert!(run.stderr.contains("lookup: a search for 15 users was refused: too many values"), "{run}");
}

#[test]
fn a_search_that_takes_no_values_at_all_is_left_alone() {
    let env = workspace(20);
    env.write("users.csv", file(1, 20, NOBODY));
    let (run, counts) = import_through(&env, &["--lookup", "find"], |_, body| refusal(body, 0));
    assert!(run.stderr.contains("0 created, 0 updated, 20 unchanged"), "{run}");
    assert_eq!(Counts { creates: 20, reads: 20, ..Counts::default() }, counts);
}

#[test]
fn a_listing_that_repeats_its_cursor_ends_and_what_it_has_shown_is_of_use() {
    let env = workspace(400);
    env.write("users.csv", file(1, 170, NOBODY));
    let first: Value = serde_json::from_str(&env.ask("GET", "/contacts?per_page=150", "")).unwrap();
    let (run, counts) = import_through(&env, &["--lookup", "list"], move |request, _| {
        let is_second = request.starts_with("GET /contacts?") && request.contains("starting_after");
        is_second.then(|| ("200 OK\r\nContent-Type: application/json", first.to_string()))
    });
    assert!(run.stderr.contains("0 created, 0 updated, 170 unchanged"), "{run}");
    assert_eq!(Counts { pages: 1, creates: 20, reads: 20, ..Counts::default() }, counts);
    assert!(run.stderr.contains("lookup: the listing repeats its cursor, and would never end\n"), "{run}");
}

#[test]
fn a_listing_that_counts_fewer_than_it_shows_is_not_gone_on_with() {
    let env = workspace(400);
    env.write("users.csv", file(1, 160, NOBODY));
    let mut first: Value = serde_json::from_str(&env.ask("GET", "/contacts?per_page=150", "")).unwrap();
    first["total_count"] = 7.into();
    let (run, counts) = import_through(&env, &["--lookup", "list"], move |request, _| {
        let is_listing = request.starts_with("GET /contacts?");
        is_listing.then(|| ("200 OK\r\nContent-Type: application/json", first.to_string()))
    });
    assert!(run.stderr.contains("0 created, 0 updated, 160 unchanged"), "{run}");
    assert_eq!(Counts { creates: 10, reads: 10, ..Counts::default() }, counts);
    let trouble = "lookup: the listing counts 7 contacts, and has shown 150 and goes on\n";
    assert!(run.stderr.contains(trouble), "{run}");
}

#[test]
fn a_listing_that_is_refused_costs_one_request() {
    let env = workspace(70);
    env.write("users.csv", file(1, 70, NOBODY));
    let (run, counts) = import_through(&env, &[], move |request, _| {
        let error = r#"{"type":"error.list","errors":[{"code":"client_error","message":"no"}]}"#;
        let is_listing = request.starts_with("GET /contacts?");
        is_listing.then(|| ("400 Bad Request\r\nContent-Type: application/json", error.to_owned()))
    });
    assert!(run.stderr.contains("0 created, 0 updated, 70 unchanged"), "{run}");
    assert_eq!(Counts { searches: 5, ..Counts::default() }, counts);
    assert!(
        run.stderr.contains("lookup: the listing was not answered: Intercom refused: no (client_error"),
        "{run}"
    );
}

#[test]
fn a_plan_through_a_search_that_is_refused_says_what_it_does_not_know() {
    let env = workspace(20);
    env.write("users.csv", file(1, 20, NOBODY));
    let server = FakeServer::in_front_of(env.url(), |_, body| refusal(body, 0));
    let run = env.run(["plan", "users.csv", "--base-url", server.url()]);
    assert!(run.stderr.contains("0 to create, 0 to update, 0 unchanged, 20 not looked up"), "{run}");
}
