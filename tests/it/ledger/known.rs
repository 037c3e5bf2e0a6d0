//! Users that an earlier run has delivered.

use insta::assert_snapshot;

use super::{AS_IT_WAS, import};
use crate::support::TestEnv;

#[test]
fn an_unchanged_row_costs_no_request_and_a_changed_one_costs_one() {
    let env = TestEnv::new();
    import(&env, 50, AS_IT_WAS, &[]);
    assert_snapshot!(import(&env, 50, AS_IT_WAS, &[]), @"
    exit 0
    ---- stderr
    users.csv: 50 rows in [TIME]: 0 created, 0 updated, 50 unchanged
    2 requests, 0 throttled, 0 retried
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: nothing is left to do
    ");
    let run = import(&env, 51, ("User 17\n", "User Seventeen\n"), &[]);
    assert_snapshot!(run, @"
    exit 0
    ---- stderr
    users.csv: 51 rows in [TIME]: 1 created, 1 updated, 49 unchanged
    4 requests, 0 throttled, 0 retried
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: nothing is left to do
    ");
    assert_eq!((1, 51), (env.count("PUT", "/contacts"), env.count("POST", "/contacts")));
    assert_eq!(1, env.contacts().iter().filter(|contact| contact["name"] == "User Seventeen").count());
}

#[test]
fn all_modes_remember() {
    let env = TestEnv::new();
    for (mode, expected) in [("create", "3 created"), ("update", "3 unchanged"), ("upsert", "3 unchanged")] {
        let run = import(&env, 3, AS_IT_WAS, &["--mode", mode]);
        assert!(run.stderr.contains(expected), "{mode}: {run}");
    }
    let run = import(&env, 3, ("User 2\n", "User Two\n"), &["--mode", "create"]);
    assert_eq!(3, run.code, "{run}");
    assert!(run.stderr.contains("2 unchanged, 1 rejected"), "{run}");
    let run = import(&env, 3, ("User 2\n", "User Two\n"), &["--mode", "update"]);
    assert!(run.stderr.contains("1 updated, 2 unchanged"), "{run}");
}

#[test]
fn a_contact_that_is_gone_is_created_anew() {
    let env = TestEnv::prompt();
    import(&env, 3, AS_IT_WAS, &[]);
    let id = env.contacts()[1]["id"].as_str().unwrap().to_owned();
    env.ask("DELETE", &format!("/contacts/{id}"), "");
    env.ask("POST", "/__sandbox/clock", r#"{"advance_seconds":2592000}"#);
    assert_snapshot!(import(&env, 3, ("User 2\n", "User Two\n"), &[]), @"
    exit 0
    ---- stderr
    users.csv: 3 rows in [TIME]: 1 created, 0 updated, 2 unchanged
    4 requests, 0 throttled, 0 retried
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: nothing is left to do
    ");
    let run = import(&env, 3, ("User 2\n", "User Two\n"), &[]);
    assert!(run.stderr.contains("3 unchanged"), "{run}");
}

#[test]
fn another_mapping_or_engine_sends_what_it_changes() {
    let env = TestEnv::new();
    import(&env, 3, AS_IT_WAS, &[]);
    let renamed = import(&env, 3, ("external_id,email", "User ID,Mail"), &["--map", "Mail=email"]);
    assert!(renamed.stderr.contains("0 updated, 3 unchanged\n2 requests"), "{renamed}");
    let fewer = import(&env, 3, AS_IT_WAS, &["--ignore-column", "name"]);
    assert!(fewer.stderr.contains("5 requests"), "{fewer}");
    let engine = import(&env, 3, AS_IT_WAS, &["--engine", "users"]);
    assert!(engine.stderr.contains("5 requests"), "{engine}");
}

#[test]
fn a_ledger_that_is_deleted_costs_requests_and_loses_nothing() {
    let env = TestEnv::new();
    import(&env, 3, AS_IT_WAS, &[]);
    let before = env.contacts();
    env.forget();
    let run = import(&env, 3, AS_IT_WAS, &[]);
    assert!(run.stderr.contains("3 unchanged\n8 requests"), "{run}");
    assert_eq!(before, env.contacts());
}

#[test]
fn a_row_that_was_written_in_part_is_sent_again() {
    let env = TestEnv::prompt();
    env.faults(
        r#"{"rules":[{"method":"POST","path":"/contacts/*/companies","fault":"json_500","times":6}]}"#,
    );
    env.write("users.csv", "external_id,companies\n1,acme\n");
    let run = env.run(["import", "users.csv"]);
    assert_eq!(3, run.code, "{run}");
    let run = env.run(["import", "users.csv"]);
    assert!(run.stderr.contains("0 created, 1 updated, 0 unchanged\n"), "{run}");
    let run = env.run(["import", "users.csv"]);
    assert!(run.stderr.contains("1 unchanged\n2 requests"), "{run}");
}

#[test]
fn a_company_that_an_earlier_run_has_met_is_not_asked_for_again() {
    let env = TestEnv::prompt();
    let import = |rows: &str| {
        env.write("users.csv", format!("external_id,companies\n{rows}"));
        let run = env.run(["import", "users.csv"]);
        assert_eq!(0, run.code, "{run}");
    };
    import("1,acme;globex\n");
    import("2,acme;globex\n");
    let asked = || env.requests().iter().filter(|request| request["path"] == "/companies").count();
    assert_eq!(2, asked());
    // One that is gone by now is made anew.
    let companies: serde_json::Value =
        serde_json::from_str(&env.ask("GET", "/companies?company_id=acme", "")).unwrap();
    env.ask("DELETE", &format!("/companies/{}", companies["id"].as_str().unwrap()), "");
    import("3,acme\n");
    import("4,acme\n");
    let made =
        env.requests().iter().filter(|it| it["path"] == "/companies" && it["method"] == "POST").count();
    assert_eq!(3, made);
}
