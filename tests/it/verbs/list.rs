//! `list`: one page as the server wrote it, or everybody, one a line.

use std::io::Read;
use std::process::Stdio;

use intercom_bulk::sandbox::{Config, Lag};
use serde_json::{Value, json};

use super::{answer, requests_after, talk};
use crate::support::TestEnv;

/// A workspace of so many users, and a lead.
fn with_users(users: u64) -> TestEnv {
    let env = TestEnv::with(Config { users, lag: Lag::NONE, quota_per_minute: 0, ..Config::default() });
    env.create(r#"{"role":"lead","email":"lead@example.com"}"#);
    env
}

#[test]
fn one_page_is_printed_as_the_server_wrote_it() {
    let env = with_users(5);
    let run = env.run(["list", "--page-size", "2"]);
    assert_eq!((0, ""), (run.code, run.stderr.as_str()));
    assert_eq!(env.ask("GET", "/contacts?per_page=2", ""), run.stdout.trim_end());
}

#[test]
fn pages_follow_each_other_by_their_cursors() {
    let env = with_users(5);
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let mut arguments = vec!["list", "--page-size", "4"];
        if !cursor.is_empty() {
            arguments.extend(["--starting-after", &cursor]);
        }
        let page = answer(&env.run_all(&arguments));
        seen.extend(page["data"].as_array().unwrap().iter().map(|contact| contact["id"].clone()));
        match page["pages"]["next"]["starting_after"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    seen.sort_by_key(Value::to_string);
    seen.dedup();
    assert_eq!((6, 2), (seen.len(), requests_after(&env, 1).len()));
}

#[test]
fn everybody_is_listed_one_a_line() {
    let env = with_users(170);
    let run = env.run(["list", "--all"]);
    assert_eq!("exit 0\n171 contacts; 2 requests\n", talk(&run));
    assert_eq!(171, run.stdout.lines().count());
    let leads = env.run(["list", "--all", "--role", "lead"]);
    assert_eq!(json!("lead@example.com"), answer(&leads)["email"]);
    assert_eq!("exit 0\n170 contacts; 2 requests\n", talk(&env.run(["list", "--all", "--role", "user"])));
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let env = with_users(300);
    let mut child = env.command(&["list", "--all"]).stdin(Stdio::null()).spawn().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut [0; 10]).unwrap();
    drop(stdout);
    let run = env.finish(child);
    assert_eq!((0, ""), (run.code, run.stderr.as_str()));
}

#[test]
fn a_page_that_no_server_would_give_is_not_asked_for() {
    let env = with_users(1);
    let run = env.run(["list", "--page-size", "151"]);
    assert_eq!(
        "exit 2\nerror: --page-size: a page of the engine `contacts` holds 1 to 150 contacts, not 151\n",
        talk(&run)
    );
    assert_eq!(2, env.run(["list", "--all", "--starting-after", "x"]).code);
    assert_eq!(1, env.requests().len());
}

#[test]
fn a_stale_cursor_is_told_in_intercoms_words() {
    let env = with_users(3);
    let run = env.run(["list", "--starting-after", "stale", "--json"]);
    assert_eq!("error.list", answer(&run)["type"]);
    assert_eq!(3, run.code, "{run}");
}
