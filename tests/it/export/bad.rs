//! Servers that list badly: an export ends whole, or says why not.

use insta::assert_snapshot;
use intercom_bulk::sandbox::{Config, Lag};
use serde_json::{Value, json};

use super::parallel::{searches, workspace};
use crate::support::{FakeServer, Run, Said, TestEnv};

/// Exports through a server that changes what the sandbox says.
fn export_through(
    env: &TestEnv,
    more: &[&str],
    mut lie: impl FnMut(&str, &mut Value) + Send + 'static,
) -> Run {
    let server = FakeServer::lying(env.url(), move |request, Said { head, body }| {
        let mut json: Value = serde_json::from_str(&body).unwrap();
        lie(request, &mut json);
        Said { head, body: json.to_string() }
    });
    env.run_all(&[&["export", "users.csv", "--base-url", server.url()], more].concat())
}

fn is_search(request: &str) -> bool {
    request.starts_with("POST /contacts/search")
}

/// Leaves out a user; returns whether it was there.
fn hide(page: &mut Value, external_id: &str) -> bool {
    let Some(data) = page["data"].as_array_mut() else { return false };
    let before = data.len();
    data.retain(|contact| contact["external_id"] != external_id);
    data.len() < before
}

#[test]
fn a_search_that_shows_fewer_than_it_counts_is_not_believed() {
    let env = workspace(300, "UTC");
    let run = export_through(&env, &["--cursors", "3"], |request, body| {
        if is_search(request) {
            hide(body, "user-7");
        }
    });
    assert_eq!((0, 301), (run.code, env.read("users.csv").lines().count()), "{run}");
    assert!(
        run.stderr
            .contains("\nwalked once more with one cursor: the parts showed fewer contacts than there are\n")
    );
    assert!(env.read("users.csv").contains(",user-7,"));
}

#[test]
fn contacts_without_a_day_of_creation_are_listed_with_one_cursor() {
    let env = workspace(300, "UTC");
    let run = export_through(&env, &["--cursors", "3"], |request, body| {
        if is_search(request) {
            body["total_count"] = json!(250);
        }
    });
    assert_eq!((0, 301), (run.code, env.read("users.csv").lines().count()), "{run}");
    assert!(run.stderr.contains(
        "\nwalked with one cursor: a search by the day of creation shows fewer contacts than the listing\n"
    ));
    assert_eq!(2, searches(&env), "the two ends");
}

#[test]
fn in_a_time_zone_that_nobody_knows_the_parts_overlap() {
    let env = workspace(400, "Asia/Tokyo");
    assert_eq!(0, env.run(["export", "whole.csv"]).code);
    let run = export_through(&env, &["--cursors", "4"], |_, body| {
        if body["app"].is_object() {
            body["app"]["timezone"] = json!("Mars/Olympus");
        }
    });
    assert!(run.code == 0 && env.read("whole.csv") == env.read("users.csv"), "{run}");
    assert!(
        run.stderr.contains("\ntime zone `Mars/Olympus` is not known: the parts overlapped by days\n"),
        "{run}"
    );
}

#[test]
fn a_workspace_that_shrinks_while_it_is_listed_is_exported() {
    let env = workspace(450, "UTC");
    let mut n_pages = 0;
    let run = export_through(&env, &["--cursors", "1"], move |request, body| {
        if request.starts_with("GET /contacts?") {
            n_pages += 1;
            body["total_count"] = json!(450 - 10 * n_pages);
        }
    });
    assert_eq!((0, 451), (run.code, env.read("users.csv").lines().count()), "{run}");
}

#[test]
fn a_listing_that_goes_round_in_circles_is_stopped() {
    let env = TestEnv::offline();
    let mut n_pages = 0;
    let server = FakeServer::intercom_listing(move || {
        n_pages += 1;
        let cursor = ["one", "another"][n_pages % 2];
        format!(
            r#"{{"type":"list","data":[{{"id":"{n_pages}"}}],"total_count":900,"pages":{{"next":{{"starting_after":"{cursor}"}}}}}}"#
        )
    });
    assert_snapshot!(env.run(["export", "users.csv", "--base-url", server.url()]), @"
    exit 1
    ---- stderr
    error: page 3: the server repeats its cursor, so that the listing would never end
    users.csv was not written; a file of that name is as it was
    report: [STATE]/fake/runs/[TIME]-export/report.json
    next: run `intercom-bulk export users.csv --base-url http://[HOST]` again
    ");
}

#[test]
fn a_size_of_page_that_is_refused_is_halved_and_remembered() {
    let env = workspace(600, "UTC");
    let server = FakeServer::lying(env.url(), |request, said| {
        let is_large = request.contains("per_page=150") || request.contains(r#""per_page":150"#);
        if !is_large {
            return said;
        }
        let body = r#"{"type":"error.list","errors":[{"code":"parameter_invalid","message":"per_page must be at most 100"}]}"#;
        Said { head: "400 Bad Request".into(), body: body.into() }
    });
    let run = env.run(["export", "users.csv", "--json", "--base-url", server.url()]);
    assert_eq!((0, 601), (run.code, env.read("users.csv").lines().count()), "{run}");
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(1, report["http"]["by_status"]["400"], "it is asked for once");
    assert_eq!(8, env.count("GET", "/contacts?per_page=75"));
}

#[test]
fn a_search_that_takes_too_long_is_asked_for_in_smaller_pages() {
    let env = TestEnv::with(Config {
        users: 1_200,
        quota_per_minute: 0,
        lag: Lag::NONE,
        unknowns: ["large-search-page=times-out".parse().unwrap()].into_iter().collect(),
        ..Config::default()
    });
    let run = env.run(["export", "users.csv", "--cursors", "2", "--json"]);
    assert_eq!((0, 1_201), (run.code, env.read("users.csv").lines().count()), "{run}");
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert!(report["http"]["by_status"]["504"].as_u64().unwrap() <= 6, "{report}");
}
