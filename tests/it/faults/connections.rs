//! Connections that cannot be made, or lead elsewhere: each says what to do about it, and the token goes nowhere.

use insta::assert_snapshot;

use crate::support::{FakeServer, Run, TestEnv, TlsServer, users};

fn import(env: &TestEnv, url: &str, variables: &[(&str, &str)]) -> Run {
    env.write("users.csv", users(2));
    let arguments = ["import", "users.csv", "--concurrency", "1", "--base-url", url];
    env.finish(env.command(&arguments).envs(variables.iter().copied()).spawn().unwrap())
}

#[test]
fn a_certificate_that_is_not_trusted_is_told_at_once_and_gets_no_token() {
    let env = TestEnv::prompt();
    let server = TlsServer::before(env.url());
    assert_snapshot!(import(&env, server.url(), &[]), @"
    exit 7
    ---- stderr
    error: the certificate of [HOST] is not trusted: invalid peer certificate: UnknownIssuer
      hint: check --base-url; if the server is yours, or a proxy of yours answers for it, install its CA certificate on this machine, or name it: SSL_CERT_FILE=/path/to/ca.pem
    ");
    assert_eq!(0, server.requests());
    // What the hint says helps.
    let run = import(&env, server.url(), &[("SSL_CERT_FILE", TlsServer::AUTHORITY)]);
    assert_eq!((0, 4, 2), (run.code, server.requests(), env.contacts().len()), "{run}");
}

#[test]
fn a_host_without_an_address_is_told_by_its_name() {
    let run = import(&TestEnv::offline(), "http://does-not-exist.invalid", &[]);
    let (start, end) = run.stderr.split_once(" after 3 attempts: ").unwrap();
    assert_eq!((7, "error: no address is known for does-not-exist.invalid"), (run.code, start));
    let (_, hint) = end.split_once('\n').unwrap();
    assert_snapshot!(hint, @"  hint: check the host's name in --base-url, and this machine's name resolution, then run the same command again");
}

#[test]
fn a_redirect_in_the_middle_of_a_run_ends_it_without_the_token() {
    let elsewhere = FakeServer::answering("200 OK", "{}");
    let redirect = format!("307 Temporary Redirect\r\nLocation: {}/contacts", elsewhere.url());
    let server = FakeServer::intercom((redirect.leak(), ""));
    let env = TestEnv::offline();
    assert_snapshot!(import(&env, server.url(), &[]), @"
    exit 2
    ---- stderr
    error: the server redirects to http://[HOST]/contacts, where the token is not sent
      hint: check --base-url and --region: they must name the root of Intercom's API
    users.csv: 1 row of 2 in [TIME]: 0 created, 0 updated, 0 unchanged, 1 pending
    3 requests, 0 throttled, 0 retried
    rejects: [STATE]/fake/runs/[TIME]-import/rejects.csv
      redirected: 1 row, first at line 2: the server redirects to http://[HOST]/contacts, where the token is not sent
    report: [STATE]/fake/runs/[TIME]-import/report.json
    next: fix that, then run `intercom-bulk import users.csv --concurrency 1 --base-url http://[HOST]` again
    ");
    assert_eq!((3, 0), (server.requests(), elsewhere.requests()));
}
