//! `plan`: what an import would do, told before, by reading alone.

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::{Counts, NOBODY, file, import, workspace};
use crate::support::{Run, TestEnv};

/// Plans `users.csv`, makes sure that nothing was written, and returns the run with its requests.
fn plan(env: &TestEnv, flags: &[&str]) -> (Run, Counts) {
    let before = (env.contacts(), env.writes().len(), env.requests().len());
    let run = env.run_all(&[&["plan", "users.csv"], flags].concat());
    assert_eq!((before.0, before.1), (env.contacts(), env.writes().len()), "{run}");
    (run, Counts::of(&env.requests().split_off(before.2)))
}

#[test]
fn a_plan_says_what_the_import_then_does() {
    let env = workspace(40);
    env.write("users.csv", file(11, 50, 10));
    let (run, counts) = plan(&env, &[]);
    assert_snapshot!(run, @"
    exit 0
    ---- stderr
    users.csv: 40 rows: 10 to create, 3 to update, 27 unchanged; nothing was written
    fields that change: name 3
    requests: about 73 by create, for 30 of 40 unknown users exist: 70 to create, 3 to update
      by each way: create 73, find 16, list unknown
    this plan: 5 requests, 0 throttled, 0 retried
    report: [STATE]/sandbox1/runs/[TIME]-plan/report.json
    next: `intercom-bulk import users.csv --lookup find`
    ");
    assert_eq!(Counts { searches: 3, ..Counts::default() }, counts);
    let (run, counts) = import(&env, &["--lookup", "find"]);
    assert!(run.stderr.contains("10 created, 3 updated, 27 unchanged"), "{run}");
    assert_eq!(16, counts.all());
    // What is known by now costs nothing to plan.
    let (run, counts) = plan(&env, &[]);
    assert_snapshot!(run, @"
    exit 0
    ---- stderr
    users.csv: 40 rows: 0 to create, 0 to update, 40 unchanged; nothing was written
    requests: none
    this plan: 2 requests, 0 throttled, 0 retried
    report: [STATE]/sandbox1/runs/[TIME]-plan/report.json
    next: `intercom-bulk import users.csv`
    ");
    assert_eq!(0, counts.all());
}

#[test]
fn each_value_that_would_change_is_shown() {
    let env = workspace(3);
    env.write("users.csv", "external_id,plan,company_size,tags\nuser-1,none,7,vip\nuser-3,gold,,\n");
    let (run, _) = plan(&env, &["--diff"]);
    assert_eq!(0, run.code, "{run}");
    assert_snapshot!(run.stdout, @r#"
    users.csv:2 external_id user-1 custom.plan: "pro" -> "none"
    users.csv:2 external_id user-1 custom.company_size: 25 -> 7
    users.csv:2 external_id user-1 tags: null -> ["vip"]
    users.csv:3 external_id user-3 custom.plan: "starter" -> "gold"
    "#);
    assert!(
        run.stderr.contains("fields that change: custom.plan 2, tags 1, custom.company_size 1\n"),
        "{run}"
    );
}

#[test]
fn a_plan_creates_no_attribute_that_the_import_would() {
    let env = workspace(2);
    env.write("users.csv", "external_id,Seats\nuser-1,3\nuser-2,\n");
    let (run, _) = plan(&env, &["--create-attributes", "--diff"]);
    // The import finds out the type; until then it is text.
    let diff = "users.csv:2 external_id user-1 custom.Seats: null -> \"3\"\n";
    assert_eq!((0, diff), (run.code, run.stdout.as_str()), "{run}");
    assert!(run.stderr.contains("next: `intercom-bulk import users.csv --create-attributes"), "{run}");
}

#[test]
fn the_plan_is_an_object_for_scripts() {
    let env = workspace(40);
    env.write("users.csv", file(11, 50, 10));
    let (run, _) = plan(&env, &["--json"]);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let expected = json!({
        "lookup": "auto", "strategy": "create", "cheapest": "find", "why": "for 30 of 40 unknown users exist", "requests": 73,
        "requests_by_kind": { "look_up": 0, "create": 70, "update": 3 },
        "requests_by_strategy": { "create": 73, "find": 16, "list": null },
        "requests_per_minute": null, "seconds": null,
        "rows": { "create": 10, "update": 3, "unchanged": 27 },
        "fields": { "name": 3 }, "contacts": null, "not_compared": 0, "not_looked_up": 0,
    });
    assert_eq!((json!("plan"), expected), (report["command"].clone(), report["plan"].clone()));
    assert_eq!(json!("intercom-bulk import users.csv --lookup find"), report["next_command"]);
}

#[test]
fn a_row_that_has_changed_since_it_was_delivered_is_compared_with_what_is_there() {
    let env = workspace(0);
    env.write("users.csv", file(1, 30, NOBODY));
    import(&env, &[]);
    let ids: Vec<Value> = env.contacts().iter().map(|contact| contact["id"].clone()).collect();
    env.write("users.csv", file(1, 30, 10));
    let (run, counts) = plan(&env, &[]);
    assert!(run.stderr.contains("0 to create, 3 to update, 27 unchanged"), "{run}");
    assert_eq!(Counts { searches: 1, ..Counts::default() }, counts);
    assert!(run.stderr.contains("requests: about 3 by create"), "{run}");
    assert_eq!(30, ids.len());
    // The plan has not made the ledger forget, nor learn.
    let (run, counts) = import(&env, &[]);
    assert!(run.stderr.contains("0 created, 3 updated, 27 unchanged"), "{run}");
    assert_eq!(Counts { updates: 3, ..Counts::default() }, counts);
}

#[test]
fn a_plan_lists_a_workspace_that_is_small_beside_the_file() {
    let env = workspace(310);
    env.write("users.csv", file(1, 400, 100));
    let (run, counts) = plan(&env, &[]);
    assert!(run.stderr.contains("90 to create, 3 to update, 307 unchanged"), "{run}");
    assert_eq!(Counts { pages: 3, ..Counts::default() }, counts);
    assert!(
        run.stderr.contains("by list, for 310 of 400 unknown users exist in a workspace of 310: 3 pages"),
        "{run}"
    );
    let (run, counts) = import(&env, &[]);
    assert!(run.stderr.contains("90 created, 3 updated, 307 unchanged"), "{run}");
    assert_eq!(96, counts.all());
}

#[test]
fn rows_that_cannot_be_sent_are_rejects_of_the_plan() {
    let env = workspace(1);
    env.write("users.csv", "external_id,email\nuser-1,user1@example.com\n7,nobody\n");
    let (run, _) = plan(&env, &[]);
    assert_eq!(3, run.code, "{run}");
    assert!(run.stderr.contains("0 to create, 0 to update, 1 unchanged, 1 invalid"), "{run}");
    assert!(env.run_file("plan", "rejects.csv").contains("not_an_email"));
}

#[test]
fn a_plan_of_updates_tells_who_is_missing() {
    let env = workspace(2);
    env.write("users.csv", file(1, 4, 1));
    let (run, _) = plan(&env, &["--mode", "update"]);
    assert!(run.stderr.contains("0 to create, 2 to update, 0 unchanged, 2 to be rejected"), "{run}");
    // Which ones, and why, as an import would tell.
    assert!(
        run.stderr.contains("not_found: 2 rows, first at line 4: there is no user with external_id `user-3`"),
        "{run}"
    );
    assert!(run.stderr.contains("rejects.csv\n"), "{run}");
    assert_eq!(3, run.code);
}

#[test]
fn leads_and_intercoms_own_ids_are_looked_for_as_well() {
    let env = workspace(2);
    env.create(r#"{"role":"lead","email":"lead@example.com","name":"Lea"}"#);
    env.write("users.csv", "email,name\nlead@example.com,Leah\nuser1@example.com,Somebody\n");
    let (run, _) = plan(&env, &["--role", "lead"]);
    assert!(run.stderr.contains("1 to create, 1 to update, 0 unchanged"), "{run}");
    let id = env.contacts()[1]["id"].as_str().unwrap().to_owned();
    env.write("users.csv", format!("id,name\n{id},Somebody\n"));
    let (run, _) = plan(&env, &["--key", "id"]);
    assert!(run.stderr.contains("0 to create, 1 to update, 0 unchanged"), "{run}");
}

#[test]
fn users_of_1_x_cannot_be_asked_about_and_that_is_said() {
    let env = workspace(2);
    env.write("users.csv", "user_id,name\nuser-1,Somebody\n");
    let (run, counts) = plan(&env, &["--engine", "users"]);
    assert!(run.stderr.contains("0 to create, 0 to update, 0 unchanged, 1 not looked up"), "{run}");
    assert_eq!((0, 0), (run.code, counts.all()));
}
