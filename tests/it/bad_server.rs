//! Servers, tokens and outputs that do not work: the exit code tells a scheduler what to do about it.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::Stdio;

use insta::assert_snapshot;
use intercom_bulk::sandbox::Config;

use crate::support::{FakeServer, Run, TestEnv, users};

/// Imports one row into a server that is not Intercom.
fn import_into(url: &str) -> Run {
    let env = TestEnv::offline();
    env.write("users.csv", "email\na@example.com\n");
    env.run(["import", "users.csv", "--base-url", url])
}

#[test]
fn a_wrong_token_ends_the_run_with_what_intercom_said() {
    let env = TestEnv::with(Config { token: Some("other".into()), ..Config::default() });
    env.write("users.csv", "email\na@example.com\n");
    assert_snapshot!(env.run(["import", "users.csv"]), @"
    exit 5
    ---- stderr
    error: Intercom does not let this token in: Access Token Invalid (unauthorized, HTTP 401, request [ID])
      hint: check INTERCOM_ACCESS_TOKEN and --region: a token belongs to one region and is copied from the Developer Hub, Your app, Authentication
    ");
    assert_eq!(1, env.count("GET", "/me"));
    assert!(env.writes().is_empty());
}

#[test]
fn without_a_token_nothing_is_asked() {
    let env = TestEnv::prompt();
    env.write("users.csv", "email\na@example.com\n");
    let mut command = env.command(&["import", "users.csv"]);
    let child = command.env_remove("INTERCOM_ACCESS_TOKEN").stdin(Stdio::null()).spawn().unwrap();
    assert_snapshot!(env.finish(child), @"
    exit 2
    ---- stderr
    error: there is no access token
      hint: set INTERCOM_ACCESS_TOKEN, or try it without Intercom: --sandbox
    ");
    assert!(env.requests().is_empty());
}

/// Takes up to 15 s: six attempts with growing pauses between them.
#[test]
fn a_closed_port_is_tried_for_a_while_and_can_be_tried_again() {
    let url = format!("http://{}", TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap());
    assert_snapshot!(import_into(&url), @"
    exit 7
    ---- stderr
    error: no connection to [HOST] after 3 attempts: Connection refused (os error 111)
      hint: check the network and --base-url, then run the same command again
    ");
}

#[test]
fn a_base_url_that_is_none_is_a_usage_error() {
    assert_snapshot!(import_into("api.intercom.io"), @"
    exit 2
    ---- stderr
    error: --base-url: `api.intercom.io` is not a URL
      hint: write the API's root, as in --base-url https://api.eu.intercom.io
    ");
    assert_snapshot!(import_into("ftp://api.intercom.io"), @"
    exit 2
    ---- stderr
    error: --base-url: `ftp://api.intercom.io` is neither http nor https
      hint: write the API's root, as in --base-url https://api.eu.intercom.io
    ");
}

#[test]
fn a_server_that_answers_html_is_not_intercom() {
    let server = FakeServer::answering("200 OK\r\nContent-Type: text/html", "<html>welcome</html>");
    assert_snapshot!(import_into(server.url()), @"
    exit 2
    ---- stderr
    error: [HOST] answers with HTML, which is not Intercom's API (HTTP 200)
      hint: check --base-url and --region: they must name the root of Intercom's API
    ");
    assert_eq!(1, server.requests());
}

#[test]
fn a_server_that_has_nothing_there_is_not_intercom() {
    let server = FakeServer::answering("404 Not Found\r\nContent-Type: text/html", "<html>404</html>");
    assert_snapshot!(import_into(server.url()), @"
    exit 2
    ---- stderr
    error: [HOST] answers with HTML, which is not Intercom's API (HTTP 404)
      hint: check --base-url and --region: they must name the root of Intercom's API
    ");
    assert_eq!(1, server.requests());
}

#[test]
fn an_api_that_is_not_intercoms_is_told_apart() {
    let server = FakeServer::answering("200 OK\r\nContent-Type: application/json", "{}");
    assert_snapshot!(import_into(server.url()), @"
    exit 2
    ---- stderr
    error: the server does not say which workspace the token belongs to
      hint: check --base-url and --region: they must name the root of Intercom's API
    ");
    assert_eq!(1, server.requests());
}

#[test]
fn the_token_does_not_follow_a_redirect() {
    let elsewhere = FakeServer::answering("200 OK", "{}");
    let head = format!("302 Found\r\nLocation: {}/me", elsewhere.url());
    let server = FakeServer::answering(&head, "");
    assert_snapshot!(import_into(server.url()), @"
    exit 2
    ---- stderr
    error: the server redirects to http://[HOST]/me, where the token is not sent
      hint: check --base-url and --region: they must name the root of Intercom's API
    ");
    assert_eq!((1, 0), (server.requests(), elsewhere.requests()));
}

#[test]
fn an_api_version_that_does_not_exist_is_a_usage_error() {
    let env = TestEnv::prompt();
    env.write("users.csv", "email\na@example.com\n");
    assert_snapshot!(env.run(["import", "users.csv", "--api-version", "9.9"]), @"
    exit 2
    ---- stderr
    error: Intercom refused: The requested version could not be found (intercom_version_invalid, HTTP 400, request [ID])
      hint: choose a version that the server knows, as in --api-version 2.16
    ");
}

#[test]
fn a_token_that_is_revoked_in_the_middle_leaves_the_rest_pending() {
    let server = FakeServer::intercom((
        "401 Unauthorized",
        r#"{"errors":[{"code":"unauthorized","message":"Access Token Invalid"}]}"#,
    ));
    let env = TestEnv::offline();
    env.write("users.csv", users(3));
    let arguments = ["import", "users.csv", "--concurrency", "1", "--base-url", server.url()];
    assert_snapshot!(env.run(arguments), @"
    exit 5
    ---- stderr
    error: Intercom does not let this token in: Access Token Invalid (unauthorized, HTTP 401)
      hint: check INTERCOM_ACCESS_TOKEN and --region: a token belongs to one region and is copied from the Developer Hub, Your app, Authentication
    users.csv: 1 row of 3 in [TIME]: 0 created, 0 updated, 0 unchanged, 1 pending
    3 requests, 0 throttled, 0 retried
    rejects: [STATE]/fake/runs/[TIME]-import/rejects.csv
      unauthorized: 1 row, first at line 2: Access Token Invalid
    report: [STATE]/fake/runs/[TIME]-import/report.json
    next: fix that, then run `intercom-bulk import users.csv --concurrency 1 --base-url http://[HOST]` again
    ");
    assert_eq!(3, server.requests());
}

#[test]
fn a_reader_that_has_gone_is_no_error() {
    let env = TestEnv::with(Config { users: 2_000, quota_per_minute: 0, ..Config::default() });
    let mut child = env.start(["export", "-"]);
    let mut first_line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first_line).unwrap();
    assert!(first_line.starts_with("id,external_id,email,"), "{first_line}");
    assert_snapshot!(env.finish(child), @"exit 0");
}

#[test]
fn a_folder_that_does_not_exist_is_told_before_any_request() {
    let env = TestEnv::prompt();
    assert_snapshot!(env.run(["export", "nowhere/users.csv"]), @"
    exit 12
    ---- stderr
    error: the folder `nowhere` does not exist
      hint: make it: `mkdir -p nowhere`
    ");
    assert!(env.requests().is_empty());
}

#[test]
fn a_folder_is_not_overwritten_by_an_export() {
    let env = TestEnv::prompt();
    std::fs::create_dir(env.path("users.csv")).unwrap();
    assert_snapshot!(env.run(["export", "users.csv"]), @"
    exit 12
    ---- stderr
    error: `users.csv` is a directory, not a file
    ");
    assert!(env.requests().is_empty());
}

#[test]
fn a_full_disk_is_told() {
    let env = TestEnv::with(Config { users: 200, quota_per_minute: 0, ..Config::default() });
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let child = env.command(&["export", "-"]).stdin(Stdio::null()).stdout(full).spawn().unwrap();
    assert_snapshot!(env.finish(child), @"
    exit 12
    ---- stderr
    error: `stdout` cannot be written: the disk is full
      hint: free some space and run the same command again
    what went to stdout is not whole
    report: [STATE]/sandbox1/runs/[TIME]-export/report.json
    next: run `intercom-bulk export -` again
    ");
}
