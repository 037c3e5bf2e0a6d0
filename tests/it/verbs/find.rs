//! `find`: nobody, one, several, archived, merged; and who may not ask.

use insta::assert_snapshot;
use intercom_bulk::sandbox::{Config, Lag};

use super::{answer, id, requests_after, talk, with_ann};
use crate::support::{FakeServer, TestEnv};

#[test]
fn a_user_is_found_by_each_id_and_by_email_with_one_request_each() {
    let env = with_ann();
    let by_id = env.run(["find", "--id", &id(&env)]);
    let by_own_id = env.run(["find", "--external-id", "1"]);
    let by_email = env.run(["find", "--email", "ANN@Example.com"]);
    for run in [&by_id, &by_own_id, &by_email] {
        assert_eq!("exit 0\n", talk(run));
        assert_eq!("ann@example.com", answer(run)["email"]);
    }
    let asked = ["GET /contacts/{id}", "GET /contacts/find_by_external_id/1", "POST /contacts/search"];
    assert_eq!(asked, *requests_after(&env, 1));
}

#[test]
fn what_is_printed_is_what_the_server_wrote() {
    let env = with_ann();
    let run = env.run(["find", "--external-id", "1"]);
    assert_eq!(env.ask("GET", &format!("/contacts/{}", id(&env)), ""), run.stdout.trim_end());
}

#[test]
fn nobody_found_by_email_names_the_lag_and_when_to_try_again() {
    let lag = Lag::between(std::time::Duration::from_secs(60), std::time::Duration::from_secs(60));
    let env = TestEnv::with(Config { lag, quota_per_minute: 0, ..Config::default() });
    env.create(r#"{"role":"user","email":"ann@example.com"}"#);
    assert_snapshot!(env.run(["find", "--email", "ann@example.com"]), @"
    exit 9
    ---- stderr
    error: there is no contact with the email `ann@example.com`
      hint: the search trails writes by seconds to 10 minutes: if it was written just now, try again in 10 minutes, or find it by --external-id
    ");
    env.settle();
    assert_eq!(0, env.run(["find", "--email", "ann@example.com"]).code);
}

#[test]
fn nobody_found_by_an_id_is_told_of_the_archived_ones() {
    let env = with_ann();
    env.ask("POST", &format!("/contacts/{}/archive", id(&env)), "{}");
    assert_snapshot!(talk(&env.run(["find", "--id", &id(&env)])), @"
    exit 9
    error: there is no contact with the id `[ID]`
      hint: archived and deleted ones are not found either; `upsert --archived unarchive` brings one back
    ");
    let by_own_id = env.run(["find", "--external-id", "1", "--role", "user"]);
    assert!(talk(&by_own_id).starts_with("exit 9\nerror: there is no user with the external_id `1`\n"));
}

#[test]
fn several_contacts_with_one_email_are_all_listed() {
    let env = with_ann();
    env.create(r#"{"role":"lead","email":"ann@example.com"}"#);
    env.create(r#"{"role":"lead","email":"ann@example.com"}"#);
    let run = env.run(["find", "--email", "ann@example.com"]);
    assert_eq!("exit 0\nnote: 3 contacts have the email `ann@example.com`\n", talk(&run));
    assert_eq!(3, run.stdout.lines().count());
    let users = env.run(["find", "--email", "ann@example.com", "--role", "user"]);
    assert_eq!("user", answer(&users)["role"]);
}

#[test]
fn a_lead_is_found_by_its_external_id_where_no_user_has_it() {
    let env = TestEnv::prompt();
    let lead = env.create(r#"{"role":"lead","email":"bo@example.com"}"#);
    let run = env.run(["find", "--external-id", lead["external_id"].as_str().unwrap()]);
    assert_eq!((0, &lead["id"]), (run.code, &answer(&run)["id"]));
}

#[test]
fn a_merged_contact_leads_to_the_one_that_lives_on() {
    let env = with_ann();
    let lead = env.create(r#"{"role":"lead","email":"ann@example.com"}"#)["id"].as_str().unwrap().to_owned();
    env.ask("POST", "/contacts/merge", &format!(r#"{{"from":"{lead}","into":"{}"}}"#, id(&env)));
    let run = env.run(["find", "--id", &lead]);
    assert_eq!("exit 0\nnote: contact [ID] was merged into [ID], which is shown\n", talk(&run));
    assert_eq!(id(&env), answer(&run)["id"]);
}

#[test]
fn one_key_is_wanted() {
    let env = with_ann();
    assert_eq!(2, env.run(["find"]).code);
    assert_eq!(2, env.run(["find", "--id", "1", "--email", "a@example.com"]).code);
    assert_eq!(
        "exit 2\nerror: there is nobody to look for: the value is empty\n",
        talk(&env.run(["find", "--id", " "]))
    );
    assert_eq!(1, env.requests().len());
}

#[test]
fn a_token_of_another_region_is_refused_with_intercoms_list() {
    let unauthorized = r#"{"type":"error.list","request_id":"r1","errors":[{"code":"unauthorized","message":"Access Token Invalid"}]}"#;
    let server = FakeServer::intercom(("401 Unauthorized", unauthorized));
    let env = TestEnv::offline();
    let run = env.run(["find", "--id", "1", "--json", "--base-url", server.url()]);
    assert_snapshot!(run, @r#"
    exit 5
    ---- stdout
    {"type":"error.list","request_id":"r1","errors":[{"code":"unauthorized","message":"Access Token Invalid"}]}
    ---- stderr
    error: Intercom does not let this token in: Access Token Invalid (unauthorized, HTTP 401, request r1)
      hint: check INTERCOM_ACCESS_TOKEN and --region: a token belongs to one region and is copied from the Developer Hub, Your app, Authentication
    "#);
}

#[test]
fn a_404_that_is_not_intercoms_finds_nobody_missing() {
    let server = FakeServer::intercom(("404 Not Found", r#"{"error":"no such route"}"#));
    let run = TestEnv::offline().run(["find", "--id", "1", "--base-url", server.url()]);
    assert_eq!(2, run.code, "{run}");
    assert!(run.stderr.contains("check --base-url and --region"), "{run}");
}
