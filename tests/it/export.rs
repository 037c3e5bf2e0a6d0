//! Exporting: every user once, in a file that an import takes back.

mod bad;
mod parallel;
mod resume;
mod since;
mod walk_all;

use std::fs;

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{FakeServer, Run, TestEnv, users};

/// The writable fields of one contact, as the sandbox tells them.
fn writable(contact: &Value) -> Value {
    let keys = [
        "role",
        "external_id",
        "email",
        "name",
        "phone",
        "avatar",
        "owner_id",
        "signed_up_at",
        "last_seen_at",
        "unsubscribed_from_emails",
        "custom_attributes",
    ];
    json!(keys.map(|key| contact[key].clone()))
}

fn all_writable(env: &TestEnv) -> Vec<Value> {
    env.contacts().iter().map(writable).collect()
}

/// Exports one workspace to a file, imports it into another, and compares what both hold.
#[track_caller]
fn check_round_trip(file: &str) {
    let (old, new) = (seeded(160), TestEnv::prompt());
    let run = old.run(["export", file]);
    assert_eq!(0, run.code, "{run}");
    fs::copy(old.path(file), new.path(file)).unwrap();
    let run = new.run(["import", file]);
    assert_eq!(0, run.code, "{run}");
    assert_eq!(160, new.contacts().len());
    assert_eq!(all_writable(&old), all_writable(&new));
}

/// Exports a workspace and imports the file into the same one.
#[track_caller]
fn check_unchanged(file: &str) {
    let env = seeded(160);
    env.run(["export", file]);
    env.forget();
    let (before, n_puts) = (env.contacts(), env.count("PUT", "/contacts"));
    let run = env.run(["import", file]);
    assert!(run.stderr.contains("0 created, 0 updated, 160 unchanged"), "{run}");
    assert_eq!(n_puts, env.count("PUT", "/contacts"));
    assert_eq!(before, env.contacts());
}

/// A workspace with users, and with one whose values are hard to write.
fn seeded(n_users: usize) -> TestEnv {
    let env = TestEnv::prompt();
    env.create(HARD);
    env.write("seed.csv", users(n_users - 1));
    assert_eq!(0, env.run(["import", "seed.csv", "--allow-empty", "--lookup", "create"]).code);
    env
}

const HARD: &str = r#"{"role":"user","external_id":"0007","email":"hard@example.com","name":"=1+1, \"Weiss\"\n;\t'","phone":"+14155550101",
    "avatar":"https://example.com/a.png","signed_up_at":1700000000,"last_seen_at":1700000001,"unsubscribed_from_emails":true,
    "custom_attributes":{"plan":" pro ","company_size":-3,"mrr":0.1,"is_beta":false,"trial_ends_at":1767139200,"account_number":"007"}}"#;

#[test]
fn an_export_tells_what_it_wrote() {
    let env = seeded(400);
    assert_snapshot!(env.run(["export", "users.csv"]), @"
    exit 0
    ---- stderr
    users.csv: 400 users in [TIME]; 400 contacts seen, 400 counted by the server
    5 requests, 0 throttled, 0 retried
    report: [STATE]/sandbox1/runs/[TIME]-export/report.json
    next: nothing is left to do
    ");
    assert_eq!(3, env.count("GET", "/contacts?per_page=150"));
    let mut reader = csv::Reader::from_path(env.path("users.csv")).unwrap();
    let ids: std::collections::HashSet<_> = reader.records().map(|row| row.unwrap()[0].to_owned()).collect();
    assert_eq!(400, ids.len());
}

#[test]
fn one_user_is_exported_as_it_is() {
    let env = TestEnv::prompt();
    env.create(HARD);
    env.run(["export", "users.csv"]);
    let file =
        regex::Regex::new(r"202\d-[^,]*Z").unwrap().replace_all(&env.read("users.csv"), "[NOW]").into_owned();
    let file = regex::Regex::new("[0-9a-f]{24}").unwrap().replace_all(&file, "[ID]").into_owned();
    assert_snapshot!(file, @r#"
    id,external_id,email,name,phone,role,avatar,owner_id,signed_up_at,last_seen_at,unsubscribed_from_emails,created_at,updated_at,last_replied_at,last_contacted_at,last_email_opened_at,last_email_clicked_at,has_hard_bounced,marked_email_as_spam,language_override,browser,browser_version,browser_language,os,location.country,location.region,location.city,android_app_name,android_app_version,android_device,android_os_version,android_sdk_version,android_last_seen_at,ios_app_name,ios_app_version,ios_device,ios_os_version,ios_sdk_version,ios_last_seen_at,social_profiles,tags,companies,notes,custom.account_number,custom.company_size,custom.is_beta,custom.mrr,custom.plan,custom.trial_ends_at
    [ID],0007,hard@example.com,"=1+1, ""Weiss""
    ;	'",+14155550101,user,https://example.com/a.png,,[NOW],[NOW],true,[NOW],[NOW],,,,,false,false,,,,,,,,,,,,,,,,,,,,,,,,,007,-3,false,0.1, pro ,[NOW]
    "#);
}

#[test]
fn an_import_of_an_export_gives_the_same_users() {
    check_round_trip("users.csv");
    check_round_trip("users.ndjson");
}

#[test]
fn importing_an_export_again_writes_nothing() {
    check_unchanged("users.csv");
    check_unchanged("users.ndjson");
}

#[test]
fn importing_an_export_names_the_columns_that_it_ignores() {
    let env = seeded(1);
    env.run(["export", "users.csv"]);
    // A write in the second of the last one looks like a change.
    env.forget();
    assert_snapshot!(env.run(["import", "users.csv"]), @"
    exit 0
    ---- stderr
    users.csv: ignored, read-only in Intercom: id, created_at, updated_at, last_replied_at and 26 more
    users.csv: 1 row in [TIME]: 0 created, 0 updated, 1 unchanged
    4 requests, 0 throttled, 0 retried
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: nothing is left to do
    ");
}

#[test]
fn leads_are_left_out_unless_they_are_asked_for() {
    let env = TestEnv::prompt();
    env.create(r#"{"role":"user","external_id":"1"}"#);
    env.create(r#"{"role":"lead","email":"lead@example.com"}"#);
    let count = |file: &str| csv::Reader::from_path(env.path(file)).unwrap().records().count();
    assert_snapshot!(env.run(["export", "users.csv"]), @"
    exit 0
    ---- stderr
    users.csv: 1 user in [TIME]; 2 contacts seen, 2 counted by the server
    3 requests, 0 throttled, 0 retried
    left out by role: 1 contact
    report: [STATE]/sandbox1/runs/[TIME]-export/report.json
    next: nothing is left to do
    ");
    env.run(["export", "leads.csv", "--role", "lead"]);
    env.run(["export", "all.csv", "--role", "any"]);
    assert_eq!((1, 1, 2), (count("users.csv"), count("leads.csv"), count("all.csv")));
    assert!(env.read("leads.csv").contains("lead@example.com"));
}

#[test]
fn an_empty_workspace_gives_a_file_with_a_header() {
    let env = TestEnv::prompt();
    assert_snapshot!(env.run(["export", "users.csv"]), @"
    exit 0
    ---- stderr
    users.csv: 0 users in [TIME]; 0 contacts seen, 0 counted by the server
    3 requests, 0 throttled, 0 retried
    report: [STATE]/sandbox1/runs/[TIME]-export/report.json
    next: nothing is left to do
    ");
    assert_eq!(1, env.read("users.csv").lines().count());
}

#[test]
fn users_go_to_stdout_and_talk_to_stderr() {
    let env = TestEnv::prompt();
    env.create(r#"{"role":"user","external_id":"1","email":"a@example.com"}"#);
    let run = env.run(["export", "-", "--format", "ndjson"]);
    let user: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((&json!("1"), &json!("a@example.com")), (&user["external_id"], &user["email"]));
    assert_snapshot!(run.stderr.lines().next().unwrap().split(" in ").next().unwrap(), @"stdout: 1 user");
}

#[test]
fn the_users_and_the_report_cannot_share_stdout() {
    let env = TestEnv::prompt();
    let run = env.run(["export", "-", "--json"]);
    assert_eq!(2, run.code);
    assert_snapshot!(run.stderr, @r"
    error: the users and --json cannot both go to stdout
      hint: export to a file, or read report.json in the run's folder
    ");
    assert!(env.requests().is_empty());
}

#[test]
fn an_export_can_be_piped_into_an_import() {
    let (old, new) = (seeded(20), TestEnv::prompt());
    let exported = old.run(["export", "-"]);
    let run = new.run_with_stdin(["import", "-"], exported.stdout.as_bytes());
    assert_eq!(0, run.code, "{run}");
    assert_eq!(all_writable(&old), all_writable(&new));
}

#[test]
fn a_failed_export_leaves_the_old_file_as_it_was() {
    let env = TestEnv::offline();
    env.write("users.csv", "the old file\n");
    let server = FakeServer::intercom((
        "403 Forbidden",
        r#"{"errors":[{"code":"api_plan_restricted","message":"no"}]}"#,
    ));
    assert_snapshot!(env.run(["export", "users.csv", "--base-url", server.url()]), @"
    exit 5
    ---- stderr
    error: page 1: Intercom does not let this token in: no (api_plan_restricted, HTTP 403)
      hint: the workspace's plan does not include this part of the API, or its subscription has ended
    users.csv was not written; a file of that name is as it was
    report: [STATE]/fake/runs/[TIME]-export/report.json
    next: run `intercom-bulk export users.csv --base-url http://[HOST]` again
    ");
    assert_eq!("the old file\n", env.read("users.csv"));
    assert!(!env.path("users.csv.partial").exists());
}

#[test]
fn a_listing_that_never_shows_all_is_no_export() {
    let env = TestEnv::offline();
    env.write("users.csv", "the old file\n");
    let server = FakeServer::intercom((
        "200 OK",
        r#"{"type":"list","data":[{"id":"1","role":"user"}],"total_count":2,"pages":{}}"#,
    ));
    assert_snapshot!(env.run(["export", "users.csv", "--base-url", server.url()]), @"
    exit 11
    ---- stderr
    error: the listing showed 1 of the 2 contacts that the server counts, after 3 walks
      hint: the listing lags behind writes by up to minutes: run the same command again later
    users.csv was not written; a file of that name is as it was
    report: [STATE]/fake/runs/[TIME]-export/report.json
    next: run `intercom-bulk export users.csv --base-url http://[HOST]` again
    ");
    assert_eq!("the old file\n", env.read("users.csv"));
    assert_eq!(11, env.report("export")["exit_code"]);
    // What a listing with holes has shown is no use to the next run.
    assert!(!env.run_folder("export").join("pages.db").exists());
}

#[test]
fn a_second_walk_asks_for_nothing_about_those_whom_the_first_has_shown() {
    let env = TestEnv::offline();
    let server = FakeServer::intercom((
        "200 OK",
        r#"{"type":"list","data":[{"id":"1","name":"x","tags":{"type":"list","data":[{"id":"7"}],"has_more":true}}],"total_count":2,"pages":{}}"#,
    ));
    let run = env.run(["export", "users.csv", "--expand", "tags", "--base-url", server.url()]);
    assert_eq!(11, run.code, "{run}");
    // Who the token belongs to, the attributes, three walks, and the tags of one contact.
    assert_eq!(2 + 3 + 1, server.requests());
}

#[test]
fn users_that_the_listing_does_not_show_yet_are_not_missed_silently() {
    let env = TestEnv::new();
    env.write("users.csv", users(20));
    env.run(["import", "users.csv"]);
    env.settle();
    let run = env.run(["export", "back.csv"]);
    assert_eq!(0, run.code, "{run}");
    assert_eq!(21, env.read("back.csv").lines().count());
}

/// What a server lists on its only page, and how many contacts it counts.
fn export_of(listing: &'static str) -> (TestEnv, Run) {
    let env = TestEnv::offline();
    let server = FakeServer::intercom(("200 OK", listing));
    let run = env.run(["export", "users.csv", "--base-url", server.url()]);
    (env, run)
}

#[test]
fn a_contact_that_is_listed_twice_is_written_once() {
    let (env, run) = export_of(
        r#"{"type":"list","data":[{"id":"1","name":"Ann"},{"id":"2"},{"id":"1","name":"Ann"}],"total_count":2,"pages":{}}"#,
    );
    assert_snapshot!(run, @"
    exit 0
    ---- stderr
    users.csv: 2 users in [TIME]; 2 contacts seen, 2 counted by the server
    3 requests, 0 throttled, 0 retried
    listed twice, written once: 1 contact
    report: [STATE]/fake/runs/[TIME]-export/report.json
    next: nothing is left to do
    ");
    let file = env.read("users.csv");
    let ids: Vec<_> = file.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect();
    assert_eq!(["1", "2"], *ids);
}

#[test]
fn lists_in_a_contact_are_written_as_json_and_a_cut_one_is_told() {
    let (env, run) = export_of(
        r#"{"type":"list","data":[{"id":"1","notes":{"type":"list","data":[{"id":"9","type":"note"}],"has_more":true,"total_count":11}}],"total_count":1,"pages":{}}"#,
    );
    assert_snapshot!(run, @"
    exit 0
    ---- stderr
    users.csv: 1 user in [TIME]; 1 contact seen, 1 counted by the server
    3 requests, 0 throttled, 0 retried
    cut: 1 user with more than ten companies, tags or notes; for the whole lists: --expand companies,tags
    report: [STATE]/fake/runs/[TIME]-export/report.json
    next: nothing is left to do
    ");
    let mut reader = csv::Reader::from_path(env.path("users.csv")).unwrap();
    let column = reader.headers().unwrap().iter().position(|name| name == "notes").unwrap();
    assert_eq!(r#"[{"id":"9","type":"note"}]"#, &reader.records().next().unwrap().unwrap()[column]);
}

#[test]
fn an_attribute_that_was_archived_is_told_and_not_exported_silently() {
    let (_, run) = export_of(
        r#"{"type":"list","data":[{"id":"1","custom_attributes":{"old":"x"}}],"total_count":1,"pages":{}}"#,
    );
    assert_snapshot!(run, @"
    exit 0
    ---- stderr
    users.csv: 1 user in [TIME]; 1 contact seen, 1 counted by the server
    3 requests, 0 throttled, 0 retried
    left out: attribute `old` of 1 user, which the workspace does not list (archived?)
    report: [STATE]/fake/runs/[TIME]-export/report.json
    next: nothing is left to do
    ");
}
