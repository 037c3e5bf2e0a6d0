//! The engine `users`: workspaces that still run on the 1.x API.

use std::io::{BufRead, BufReader};

use insta::assert_snapshot;
use intercom_bulk::sandbox::Config;
use serde_json::Value;

use super::{companies_of, id_of, import, tags_of};
use crate::support::{TestEnv, signal};

const USERS: &[&str] = &["--engine", "users"];

#[test]
fn one_request_creates_or_updates_a_user_with_its_companies() {
    let env = TestEnv::new();
    let file = "user_id,email,name,avatar,company_id,Company 2\n1,ANN@example.com,Ann,https://x.test/a.png,acme,globex\n";
    assert_snapshot!(import(&env, file, USERS), @"
    exit 0
    ---- stderr
    users.csv: 1 row in [TIME]: 1 created, 0 updated, 0 unchanged
    3 requests, 0 throttled, 0 retried
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: nothing is left to do
    ");
    assert_eq!(1, env.count("POST", "/users"));
    let ann = &env.contacts()[0];
    assert_eq!(
        ("1", "ann@example.com"),
        (ann["external_id"].as_str().unwrap(), ann["email"].as_str().unwrap())
    );
    assert_eq!(["acme", "globex"], *companies_of(&env, "1"));
}

#[test]
fn created_updated_and_unchanged_are_told_apart_by_the_servers_times() {
    let env = TestEnv::new();
    env.create(r#"{"role":"user","external_id":"1","name":"Ann"}"#);
    env.create(r#"{"role":"user","external_id":"2","name":"Bo"}"#);
    env.ask("POST", "/__sandbox/clock", r#"{"advance_seconds":60}"#);
    let run = import(&env, "user_id,name\n1,Ann Lee\n2,Bo\n3,Cy\n", USERS);
    assert!(run.stderr.contains("1 created, 1 updated, 1 unchanged"), "{run}");
}

#[test]
fn updating_only_creates_nobody_and_creating_only_changes_nobody() {
    let env = TestEnv::new();
    env.create(r#"{"role":"user","external_id":"1","name":"Ann"}"#);
    let update = import(&env, "user_id,name\n1,Ann Lee\n2,Bo\n", &["--engine", "users", "--mode", "update"]);
    assert!(update.stderr.contains("not_found: 1 row, first at line 3"), "{update}");
    let create = import(&env, "user_id,name\n1,Ann\n2,Bo\n", &["--engine", "users", "--mode", "create"]);
    assert!(create.stderr.contains("exists: 1 row, first at line 2"), "{create}");
    let names: Vec<Value> = env.contacts().iter().map(|contact| contact["name"].clone()).collect();
    assert_eq!(["Ann Lee", "Bo"], *names);
}

#[test]
fn what_1_x_cannot_write_stops_the_run_before_anything_is_sent() {
    let env = TestEnv::new();
    assert_snapshot!(import(&env, "user_id,owner_id\n1,5\n", USERS), @"
    exit 2
    ---- stderr
    error: users.csv: 1 column has no field in Intercom: `owner_id` (the users of 1.x have an owner that cannot be written)
      hint: map with --map 'owner_id=custom.owner_id' (make the attribute, if there is none, with --create-attributes), or leave out with --ignore-column 'owner_id', or write it through the contacts of 2.x with --engine contacts
    ");
    assert_snapshot!(import(&env, "user_id,email\n1,a@example.com\n", &["--engine", "users", "--role", "lead"]), @"
    exit 2
    ---- stderr
    error: users.csv: the engine `users` writes no leads: 1.x would make another one of each, every time
      hint: write leads through the contacts of 2.x: --engine contacts
    ");
    assert_eq!(0, env.writes().len());
}

#[test]
fn what_2_x_cannot_write_names_the_choices() {
    let env = TestEnv::new();
    assert_snapshot!(import(&env, "user_id,UTM source,session_count\n1,ads,3\n", &[]), @"
    exit 2
    ---- stderr
    error: users.csv: 2 columns have no field in Intercom: `UTM source` (Intercom's contacts take no campaign fields), `session_count` (Intercom dropped it with version 2.0 of the API)
      hint: map with --map 'UTM source=custom.utm_source' --map 'session_count=custom.session_count' (make the attribute, if there is none, with --create-attributes), or leave out with --ignore-column 'UTM source' --ignore-column 'session_count', or write it through the users of 1.x with --engine users
    ");
    assert_eq!(0, env.writes().len());
}

#[test]
fn a_server_without_1_x_says_so() {
    let env = TestEnv::new();
    assert_snapshot!(import(&env, "user_id\n1\n", &["--engine", "users", "--api-version", "2.16"]), @"
    exit 2
    ---- stderr
    error: the engine `users` does not speak version `2.16` of the API
      hint: leave one of --engine and --api-version out: each follows from the other
    ");
    assert_snapshot!(import(&env, "user_id\n1\n", &["--api-version", "1.9"]), @"
    exit 2
    ---- stderr
    error: Intercom refused: The requested version could not be found (intercom_version_invalid, HTTP 400, request [ID])
      hint: choose a version that the server knows, as in --api-version 2.16
    ");
}

#[test]
fn campaign_fields_that_intercom_does_not_keep_are_told() {
    let env = TestEnv::new();
    let run = import(&env, "user_id,utm_source,session_count\n1,ads,3\n", USERS);
    assert!(
        run.stderr
            .contains("session count or campaign fields that Intercom took and does not show: 1 contact"),
        "{run}"
    );
    assert_eq!(1, env.report("import")["remarks"]["not_kept"]);
}

#[test]
fn tags_are_applied_through_1_x_too() {
    let env = TestEnv::new();
    assert_eq!(0, import(&env, "user_id,tags\n1,vip\n2,vip\n", USERS).code);
    let again = import(&env, "user_id,tags\n1,VIP\n2,vip;beta\n", USERS);
    assert_eq!(0, again.code, "{again}");
    assert_eq!(["vip"], *tags_of(&env, &id_of(&env, "external_id", "1")));
    assert_eq!(["beta", "vip"], *tags_of(&env, &id_of(&env, "external_id", "2")));
    assert_eq!(2, env.count("POST", "/tags"));
}

#[test]
fn what_1_x_has_no_word_for_is_refused_rather_than_forgotten() {
    let env = TestEnv::new();
    for (flags, name) in
        [(&["--detach-missing"][..], "--detach-missing"), (&["--archived", "skip"][..], "--archived")]
    {
        let flags: Vec<&str> = USERS.iter().chain(flags).copied().collect();
        let run = import(&env, "user_id\n1\n", &flags);
        assert_eq!(2, run.code, "{run}");
        assert!(run.stderr.contains(&format!("the engine `users` has no {name}")), "{run}");
    }
    assert_eq!(0, env.requests().len());
}

#[test]
fn an_export_scrolls_over_all_users() {
    let env = TestEnv::prompt();
    let rows: String = (1..=230).map(|n| format!("{n},acme,vip\n")).collect();
    assert_eq!(0, import(&env, &format!("user_id,company_id,tags\n{rows}"), USERS).code);
    env.create(r#"{"role":"lead","email":"lou@example.com"}"#);
    assert_snapshot!(env.run(["export", "out.csv", "--engine", "users"]), @"
    exit 0
    ---- stderr
    out.csv: 230 users in [TIME]; 230 contacts seen, 230 counted by the server
    7 requests, 0 throttled, 0 retried
    report: [STATE]/sandbox1/runs/[TIME]-export/report.json
    next: nothing is left to do
    ");
    let file = env.read("out.csv");
    assert_eq!(231, file.lines().count());
    assert!(file.lines().skip(1).all(|line| line.contains(",vip,acme,")), "{file}");
    let any = env.run(["export", "any.csv", "--engine", "users", "--role", "any"]);
    assert!(any.stderr.contains("any.csv: 231 users"), "{any}");
}

#[test]
fn the_progress_says_that_another_scroll_is_waited_for() {
    let env = TestEnv::with(Config {
        api_version: "1.4".into(),
        users: 1,
        quota_per_minute: 0,
        ..Config::default()
    });
    env.ask("GET", "/users/scroll", "");
    let mut child = env.start(["export", "out.csv", "--engine", "users", "--progress", "json"]);
    let mut line = String::new();
    BufReader::new(child.stderr.as_mut().unwrap()).read_line(&mut line).unwrap();
    let progress: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("{line}"));
    assert!((50..=60).contains(&progress["waiting_seconds"].as_u64().unwrap()), "{progress}");
    signal(&child, "INT");
    assert_eq!(130, env.finish(child).code);
}

#[test]
fn a_scroll_whose_answer_was_lost_begins_again_and_shows_everybody_once() {
    let env = TestEnv::prompt();
    let rows: String = (1..=230).map(|n| format!("{n}\n")).collect();
    assert_eq!(0, import(&env, &format!("user_id\n{rows}"), USERS).code);
    env.faults(r#"{"rules":[{"path":"/users/scroll","request":2,"fault":"scroll_500"}]}"#);
    let run = env.run(["export", "out.csv", "--engine", "users"]);
    assert!(run.stderr.contains("out.csv: 230 users"), "{run}");
    let file = env.read("out.csv");
    let ids: std::collections::HashSet<&str> =
        file.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect();
    assert_eq!(230, ids.len());
}

#[test]
fn somebody_elses_scroll_is_named_when_it_does_not_end() {
    let env = TestEnv::with(Config {
        quota_per_minute: 0,
        lag: intercom_bulk::sandbox::Lag::NONE,
        api_version: "1.4".into(),
        ..Config::default()
    });
    assert_eq!(0, import(&env, "user_id\n1\n", USERS).code);
    env.ask("GET", "/users/scroll", "");
    let run = env.start(["export", "out.csv", "--engine", "users"]);
    crate::support::wait_until(|| env.count("GET", "/users/scroll") >= 2);
    signal(&run, "INT");
    let run = env.finish(run);
    assert_eq!(130, run.code, "{run}");
}
