//! What goes wrong with one row while the others go on: values that are no good, and contacts that somebody else works on.

use insta::assert_snapshot;
use serde_json::Value;

use super::{get, id_of, import, tags_of};
use crate::support::{FakeServer, Run, TestEnv, client};

const ANN: &str = r#"{"role":"user","external_id":"1","email":"ann@example.com","name":"Ann"}"#;

/// Imports a file into the sandbox of `env`; before the first request that begins so, `act` is sent behind the program's
/// back: a method, a path and a body.
fn import_while(env: &TestEnv, request: &'static str, act: [String; 3], file: &str, flags: &[&str]) -> Run {
    let (url, mut is_done) = (env.url(), false);
    let server = FakeServer::before(env.url(), move |what| {
        if is_done || !what.starts_with(request) {
            return;
        }
        is_done = true;
        let [method, path, body] = act.clone();
        let call = client().request(method.parse().unwrap(), format!("{url}{path}")).body(body);
        let call = call.header("Authorization", "Bearer behind-the-back");
        call.header("Content-Type", "application/json").send().unwrap().error_for_status().unwrap();
    });
    let flags: Vec<&str> =
        flags.iter().copied().chain(["--concurrency", "1", "--base-url", server.url()]).collect();
    import(env, file, &flags)
}

fn archive(contact: &Value) -> [String; 3] {
    ["POST".into(), format!("/contacts/{}/archive", contact["id"].as_str().unwrap()), "{}".into()]
}

fn delete(contact: &Value) -> [String; 3] {
    ["DELETE".into(), format!("/contacts/{}", contact["id"].as_str().unwrap()), String::new()]
}

fn merge(from: &Value, into: &Value) -> [String; 3] {
    let body = format!(r#"{{"from":{},"into":{}}}"#, from["id"], into["id"]);
    ["POST".into(), "/contacts/merge".into(), body]
}

/// Returns the name and whether it is archived of the contact with an external id.
fn ann(env: &TestEnv) -> (Value, bool) {
    let ann = env.contacts().into_iter().find(|contact| contact["external_id"] == "1").unwrap();
    (ann["name"].clone(), ann["archived"] == true)
}

const TWO: &str = "external_id,name\n1,Ann Lee\n2,Bo\n";

#[test]
fn a_contact_that_is_archived_between_two_requests_of_its_row_is_told_as_archived() {
    let env = TestEnv::prompt();
    let contact = env.create(ANN);
    assert_snapshot!(import_while(&env, "PUT /contacts/", archive(&contact), TWO, &[]), @"
    exit 3
    ---- stderr
    users.csv: 2 rows in [TIME]: 1 created, 0 updated, 0 unchanged, 1 rejected
    7 requests, 0 throttled, 0 retried
    rejects: [STATE]/sandbox1/runs/[TIME]-import/rejects.csv
      archived: 1 row, first at line 2: An archived contact matching those details already exists with id=[ID] (request [ID])
        hint: bring contact [ID] back with --archived unarchive, or leave it with --archived skip
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: fix and run `intercom-bulk import [STATE]/sandbox1/runs/[TIME]-import/retry.csv --concurrency 1 --base-url http://[HOST]`; a re-run of users.csv will not help
    ");
    assert_eq!(("Ann".into(), true), ann(&env));
    assert_eq!("Bo", env.contacts()[1]["name"]);
}

#[test]
fn a_contact_that_is_archived_between_two_requests_is_brought_back_if_that_is_asked_for() {
    let env = TestEnv::prompt();
    let contact = env.create(ANN);
    let flags = ["--archived", "unarchive"];
    let run = import_while(&env, "PUT /contacts/", archive(&contact), TWO, &flags);
    assert!(run.stderr.contains("1 created, 1 updated, 0 unchanged"), "{run}");
    assert!(run.stderr.contains("brought back from the archive: 1 contact"), "{run}");
    assert_eq!(("Ann Lee".into(), false), ann(&env));
}

#[test]
fn a_contact_that_is_deleted_between_two_requests_of_its_row_is_told_as_deleted() {
    let env = TestEnv::prompt();
    let contact = env.create(ANN);
    let flags = ["--archived", "unarchive"];
    assert_snapshot!(import_while(&env, "PUT /contacts/", delete(&contact), TWO, &flags), @"
    exit 3
    ---- stderr
    users.csv: 2 rows in [TIME]: 1 created, 0 updated, 0 unchanged, 1 rejected
    8 requests, 0 throttled, 0 retried
    rejects: [STATE]/sandbox1/runs/[TIME]-import/rejects.csv
      deleted: 1 row, first at line 2: contact [ID] was deleted, and keeps its email and external_id for some days: User has been marked for permanent deletion and is not restorable. (request [ID])
        hint: remove the row, or import it again when Intercom has let go of the identity, about a week after the deletion
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: fix and run `intercom-bulk import [STATE]/sandbox1/runs/[TIME]-import/retry.csv --archived unarchive --concurrency 1 --base-url http://[HOST]`; a re-run of users.csv will not help
    ");
    assert_eq!(
        ["Bo"],
        *env.contacts().iter().map(|it| it["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    );
}

#[test]
fn a_contact_that_is_merged_between_two_requests_of_its_row_is_written_where_it_lives_on() {
    let env = TestEnv::prompt();
    let (user, lead) = (env.create(ANN), env.create(r#"{"role":"lead","email":"ann@example.com"}"#));
    let file = format!("id,company_id\n{},acme\n", lead["id"].as_str().unwrap());
    let run = import_while(&env, "POST /contacts/", merge(&lead, &user), &file, &["--key", "id"]);
    assert_eq!(0, run.code, "{run}");
    assert!(run.stderr.contains("0 created, 1 updated, 0 unchanged"), "{run}");
    assert!(run.stderr.contains("merged before, written where they live on: 1 contact"), "{run}");
    assert_eq!(["acme"], *super::companies_of(&env, "1"));
}

#[test]
fn a_contact_that_is_archived_before_its_tag_costs_its_own_row_only() {
    for version in ["2.16", "2.15"] {
        let env = TestEnv::prompt();
        let contact = env.create(ANN);
        let file = "external_id,tags\n1,vip\n2,vip\n";
        let run = import_while(&env, "POST /tags", archive(&contact), file, &["--api-version", version]);
        assert_eq!(3, run.code, "{version}: {run}");
        assert!(run.stderr.contains("1 created, 0 updated, 0 unchanged, 1 rejected"), "{version}: {run}");
        assert!(run.stderr.contains("not_found tags: 1 row, first at line 2"), "{version}: {run}");
        assert_eq!(["vip"], *tags_of(&env, &id_of(&env, "external_id", "2")), "{version}");
    }
}

#[test]
fn a_contact_that_is_merged_before_its_tag_has_the_tag_where_it_lives_on() {
    let env = TestEnv::prompt();
    let (user, lead) = (env.create(ANN), env.create(r#"{"role":"lead","email":"ann@example.com"}"#));
    let file = format!("id,tags\n{},vip\n", lead["id"].as_str().unwrap());
    let run = import_while(&env, "POST /tags", merge(&lead, &user), &file, &["--key", "id"]);
    assert_eq!(0, run.code, "{run}");
    assert_eq!(["vip"], *tags_of(&env, user["id"].as_str().unwrap()));
}

#[test]
fn an_archived_contact_of_somebody_else_stays_archived_while_the_rows_own_is_written() {
    let env = TestEnv::prompt();
    let other = env.create(r#"{"role":"user","external_id":"9","email":"new@example.com"}"#);
    let [method, path, body] = archive(&other);
    env.ask(&method, &path, &body);
    env.create(ANN);
    let run = import(&env, "external_id,email\n1,new@example.com\n", &["--archived", "unarchive"]);
    assert!(!run.stderr.contains("brought back"), "{run}");
    let other = env.contacts().into_iter().find(|contact| contact["external_id"] == "9").unwrap();
    assert_eq!(true, other["archived"], "{run}");
}

#[test]
fn a_contact_that_is_brought_back_by_its_id_is_counted_as_updated_and_told() {
    let env = TestEnv::prompt();
    let contact = env.create(ANN);
    let [method, path, body] = archive(&contact);
    env.ask(&method, &path, &body);
    let file = format!("id,name\n{},Ann\n", contact["id"].as_str().unwrap());
    let run = import(&env, &file, &["--key", "id", "--archived", "unarchive"]);
    assert!(run.stderr.contains("0 created, 1 updated, 0 unchanged"), "{run}");
    assert!(run.stderr.contains("brought back from the archive: 1 contact"), "{run}");
    assert_eq!(("Ann".into(), false), ann(&env));
}

#[test]
fn what_the_index_shows_of_a_user_is_not_what_its_row_is_compared_with() {
    let env = TestEnv::new();
    env.create(ANN);
    env.settle();
    let flags = ["--mode", "update", "--key", "email", "--state-dir"];
    import(&env, "email,name\nann@example.com,Ann Lee\n", &[&flags[..], &["state"]].concat());
    // Another state folder, so that the index is all that this run has.
    let run = import(&env, "email,name\nann@example.com,Ann\n", &[&flags[..], &["other-state"]].concat());
    assert!(run.stderr.contains("0 created, 1 updated, 0 unchanged"), "{run}");
    assert_eq!(("Ann".into(), false), ann(&env));
}

#[test]
fn an_update_by_email_does_not_take_a_user_from_another_external_id() {
    let env = TestEnv::prompt();
    env.create(ANN);
    let file = "email,external_id\nann@example.com,7\n";
    let run = import(&env, file, &["--mode", "update", "--key", "email"]);
    assert!(run.stderr.contains("identity_mismatch: 1 row"), "{run}");
    assert_eq!("1", env.contacts()[0]["external_id"]);
}

#[test]
fn a_lead_that_was_merged_into_a_user_since_is_not_written_to_that_user() {
    let env = TestEnv::new();
    let user = env.create(r#"{"role":"user","external_id":"1","email":"boss@example.com","name":"Ann"}"#);
    let file = "email,name\nann@example.com,Lead\n";
    assert_eq!(0, import(&env, file, &["--role", "lead"]).code);
    let lead = get(&env, &format!("/contacts/{}", id_of(&env, "email", "ann@example.com")));
    let merged = env.ask(
        "POST",
        "/contacts/merge",
        &format!(r#"{{"from":{},"into":{},"skip_duplicate_validation":true}}"#, lead["id"], user["id"]),
    );
    let run = import(&env, "email,name\nann@example.com,Other\n", &["--role", "lead"]);
    assert_eq!(0, run.code, "{run} {merged}");
    let boss = get(&env, &format!("/contacts/{}", user["id"].as_str().unwrap()));
    assert_eq!(
        ("Ann", "boss@example.com"),
        (boss["name"].as_str().unwrap(), boss["email"].as_str().unwrap())
    );
}

#[test]
fn two_leads_with_one_email_are_told_apart_by_id() {
    let env = TestEnv::prompt();
    env.create(r#"{"role":"lead","email":"ann@example.com"}"#);
    env.create(r#"{"role":"lead","email":"ann@example.com"}"#);
    assert_snapshot!(import(&env, "email,name\nann@example.com,Ann\nbo@example.com,Bo\n", &["--role", "lead"]), @"
    exit 3
    ---- stderr
    users.csv: 2 rows in [TIME]: 1 created, 0 updated, 0 unchanged, 1 rejected
    5 requests, 0 throttled, 0 retried
    rejects: [STATE]/sandbox1/runs/[TIME]-import/rejects.csv
      ambiguous: 1 row, first at line 2: 2 contacts have the email `ann@example.com`: the row does not say which is meant (request [ID])
        hint: say which by Intercom's id: --key id
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: fix and run `intercom-bulk import [STATE]/sandbox1/runs/[TIME]-import/retry.csv --role lead`; a re-run of users.csv will not help
    ");
}

#[test]
fn values_that_intercom_would_not_take_cost_their_own_rows_only() {
    let env = TestEnv::new();
    let long = "x".repeat(256);
    let file = format!(
        "external_id,avatar,phone,plan\n1,http://x.test/a.png,,\n2,,call me,\n3,,,{long}\n4,https://x.test/a.png,+35315555555,pro\n"
    );
    assert_snapshot!(import(&env, &file, &[]), @"
    exit 3
    ---- stderr
    users.csv: 4 rows in [TIME]: 1 created, 0 updated, 0 unchanged, 3 invalid
    3 requests, 0 throttled, 0 retried
    rejects: [STATE]/sandbox1/runs/[TIME]-import/rejects.csv
      not_https avatar: 1 row, first at line 2: column `avatar`: `http://x.test/a.png` is not an https URL
        hint: give an address that begins with https://
      not_a_phone phone: 1 row, first at line 3: column `phone`: `call me` is not a telephone number
        hint: write it as in +442071838750, or send whatever is there, as it is, with --lenient
      too_long custom.plan: 1 row, first at line 4: column `plan`: `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…` has 256 characters, and Intercom keeps 255
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: fix and run `intercom-bulk import [STATE]/sandbox1/runs/[TIME]-import/retry.csv`; a re-run of users.csv will not help
    ");
    let contacts = env.contacts();
    assert_eq!(["4"], *contacts.iter().map(|it| it["external_id"].as_str().unwrap()).collect::<Vec<_>>());
    let lenient = import(&env, "external_id,phone\n2,call me\n", &["--lenient"]);
    assert!(1 < env.writes().len(), "the server is asked: {lenient}");
}

#[test]
fn an_owner_who_is_no_admin_costs_its_own_row_only() {
    let env = TestEnv::new();
    assert_snapshot!(import(&env, "external_id,owner_id\n1,987654\n2,\n", &[]), @"
    exit 3
    ---- stderr
    users.csv: 2 rows in [TIME]: 1 created, 0 updated, 0 unchanged, 1 rejected
    4 requests, 0 throttled, 0 retried
    rejects: [STATE]/sandbox1/runs/[TIME]-import/rejects.csv
      parameter_invalid: 1 row, first at line 2: The owner specified is not a member of the workspace (request [ID])
        hint: give the id of an admin of this workspace, as in the address of the admin's page in Intercom
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: fix and run `intercom-bulk import [STATE]/sandbox1/runs/[TIME]-import/retry.csv`; a re-run of users.csv will not help
    ");
    assert_eq!(1, env.contacts().len());
}

#[test]
fn a_token_without_the_scope_to_write_ends_the_run() {
    let server = FakeServer::intercom((
        "401 Unauthorized\r\nX-Request-Id: 000abc",
        r#"{"type":"error.list","errors":[{"code":"token_unauthorized","message":"Not authorized to access resource"}]}"#,
    ));
    let env = TestEnv::offline();
    assert_snapshot!(import(&env, "email\na@example.com\nb@example.com\n", &["--concurrency", "1", "--base-url", server.url()]), @"
    exit 5
    ---- stderr
    error: Intercom does not let this token in: Not authorized to access resource (token_unauthorized, HTTP 401, request 000abc)
      hint: give the app the scopes to read and write users, in the Developer Hub, Your app, Authentication
    users.csv: 1 row of 2 in [TIME]: 0 created, 0 updated, 0 unchanged, 1 pending
    3 requests, 0 throttled, 0 retried
    rejects: [STATE]/fake/runs/[TIME]-import/rejects.csv
      token_unauthorized: 1 row, first at line 2: Not authorized to access resource (request 000abc)
    report: [STATE]/fake/runs/[TIME]-import/report.json
    next: fix that, then run `intercom-bulk import users.csv --concurrency 1 --base-url http://[HOST]` again
    ");
}

#[test]
fn a_token_of_another_region_is_told_before_anything_is_written() {
    let server = FakeServer::answering(
        "401 Unauthorized\r\nX-Request-Id: 000abc",
        r#"{"type":"error.list","errors":[{"code":"unauthorized","message":"Access Token Invalid"}]}"#,
    );
    let env = TestEnv::offline();
    assert_snapshot!(import(&env, "email\na@example.com\n", &["--base-url", server.url()]), @"
    exit 5
    ---- stderr
    error: Intercom does not let this token in: Access Token Invalid (unauthorized, HTTP 401, request 000abc)
      hint: check INTERCOM_ACCESS_TOKEN and --region: a token belongs to one region and is copied from the Developer Hub, Your app, Authentication
    ");
    assert_eq!(1, server.requests());
}

#[test]
fn a_walk_over_companies_that_somebody_else_has_open_costs_requests_and_no_names() {
    let env = TestEnv::prompt();
    assert_eq!(0, import(&env, "external_id,companies\n1,acme;globex\n", &[]).code);
    env.ask("GET", "/companies/scroll", "");
    let run = env.run(["export", "out.csv"]);
    assert_eq!(0, run.code, "{run}");
    assert!(env.read("out.csv").contains("acme;globex"), "{}", env.read("out.csv"));
}

#[test]
fn a_server_that_is_gone_is_not_asked_for_each_tag() {
    let env = TestEnv::new();
    env.faults(r#"{"rules":[{"method":"POST","path":"/tags","from":1,"fault":"revoked_401"}]}"#);
    let rows: String = (1..=20).map(|n| format!("u{n},tag{n}\n")).collect();
    let run = import(&env, &format!("external_id,tags\n{rows}"), &["--concurrency", "1"]);
    assert_eq!(5, run.code, "{run}");
    assert!(run.stderr.contains("20 pending"), "{run}");
    assert_eq!(1, env.count("POST", "/tags"), "the other tags are not asked for in vain");
}

#[test]
fn a_user_of_1_x_that_a_file_has_twice_is_created_once() {
    let env = TestEnv::new();
    let run = import(&env, "user_id,name\n1,Ann\n1,Ann Lee\n2,Bo\n", &["--engine", "users"]);
    assert!(run.stderr.contains("2 created, 0 updated, 1 unchanged"), "{run}");
    assert_eq!(2, env.contacts().len());
}
