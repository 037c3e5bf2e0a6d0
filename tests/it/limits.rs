//! Limits of the user's that end a run: too much time, too many bad rows. The same command goes on from there.

use std::time::Duration;

use insta::assert_snapshot;
use intercom_bulk::sandbox::{Config, Lag};
use regex::Regex;
use serde_json::{Value, json};

use crate::support::{Run, TestEnv, users};

/// A workspace where every request takes a fifth of a second.
fn slow(n_users: u64) -> TestEnv {
    let latency = Duration::from_millis(200);
    TestEnv::with(Config {
        users: n_users,
        quota_per_minute: 0,
        latency,
        lag: Lag::NONE,
        ..Config::default()
    })
}

/// So many rows, every fifth of them without a date.
fn every_fifth_is_bad(n_rows: usize) -> String {
    let row = |n| format!("u-{n},{}\n", if n % 5 == 0 { "soon" } else { "2026-01-31" });
    (1..=n_rows).map(row).fold("external_id,Signed up\n".into(), |file, row| file + &row)
}

/// Returns why the run ended and what is to be done next: the rows in between are other ones each time.
fn why_and_next(run: &Run) -> String {
    let shown = run.to_string();
    let is_wanted = |line: &&str| line.starts_with("error: ") || line.starts_with("next: ");
    let lines: Vec<&str> = shown.lines().filter(is_wanted).collect();
    Regex::new(r"\b\d[\d,]* of \d[\d,]*").unwrap().replace_all(&lines.join("\n"), "[N] of [N]").into_owned()
}

#[track_caller]
fn assert_balanced(report: &Value) {
    let rows = report["rows"].as_object().unwrap();
    let sum: u64 = rows.values().map(|n| n.as_u64().unwrap()).sum();
    assert_eq!(2 * rows["read"].as_u64().unwrap(), sum, "{rows:?}");
}

#[test]
fn too_many_bad_rows_end_an_import_and_what_is_done_stays_done() {
    let env = TestEnv::prompt();
    env.write("users.csv", every_fifth_is_bad(5_000));
    let run = env.run(["import", "users.csv", "--max-errors", "12", "--concurrency", "2"]);
    assert_snapshot!(why_and_next(&run), @"
    error: [N] of [N] rows are invalid, rejected or unknown: more than --max-errors allows
    next: fix that, then run `intercom-bulk import users.csv --max-errors 12 --concurrency 2` again
    ");
    assert_eq!(4, run.code);
    let report = env.report("import");
    assert_balanced(&report);
    assert_eq!(
        (json!("threshold"), json!(false)),
        (report["exit_name"].clone(), report["retryable"].clone())
    );
    assert_eq!("intercom-bulk import users.csv --max-errors 12 --concurrency 2", report["next_command"]);
    let bad = report["rows"]["invalid"].as_u64().unwrap();
    // Those that were heard of together with the thirteenth, of a thousand.
    assert!((13..=100).contains(&bad), "{report}");
    assert_eq!(report["rows"]["created"], env.contacts().len());
}

#[test]
fn as_many_bad_rows_as_are_allowed_end_nothing() {
    let env = TestEnv::prompt();
    env.write("users.csv", every_fifth_is_bad(200));
    let run = env.run(["import", "users.csv", "--max-errors", "40"]);
    assert_eq!(3, run.code, "{run}");
    assert_eq!(160, env.contacts().len());
}

#[test]
fn a_percentage_counts_once_a_hundred_rows_have_ended() {
    let env = TestEnv::prompt();
    env.write("few.csv", every_fifth_is_bad(99));
    assert_eq!(3, env.run(["import", "few.csv", "--max-errors", "1%"]).code);
    env.write("many.csv", every_fifth_is_bad(5_000));
    let run = env.run(["import", "many.csv", "--max-errors", "19%", "--json"]);
    assert_eq!(4, run.code, "{run}");
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_balanced(&report);
    assert!(report["rows"]["read"].as_u64().unwrap() < 1_000, "{report}");
}

#[test]
fn a_limit_that_is_none_is_refused() {
    let env = TestEnv::offline();
    let run = env.run(["import", "users.csv", "--max-errors", "some"]);
    assert_eq!(2, run.code);
    assert!(run.stderr.contains("`some` is neither a number of rows nor a percentage"), "{run}");
}

#[test]
fn an_import_ends_in_time_and_the_next_one_goes_on() {
    let env = slow(0);
    env.write("users.csv", users(300));
    let run = env.run(["import", "users.csv", "--max-duration", "3s", "--concurrency", "4"]);
    assert_snapshot!(why_and_next(&run), @"
    error: the time of --max-duration is over
    next: run `intercom-bulk import users.csv --max-duration 3s --concurrency 4` again: what is done stays done
    ");
    assert_eq!(10, run.code);
    let report = env.report("import");
    assert_balanced(&report);
    assert_eq!((json!("deadline"), json!(true)), (report["exit_name"].clone(), report["retryable"].clone()));
    assert_eq!("the time of --max-duration is over", report["reason"]);
    let created = env.contacts().len();
    assert_eq!(report["rows"]["created"], created);
    assert!(created < 300);
    assert_eq!(0, env.run(["import", "users.csv", "--concurrency", "64"]).code);
    assert_eq!(300, env.contacts().len());
}

#[test]
fn an_import_that_is_done_in_time_is_not_told_of_it() {
    let env = TestEnv::prompt();
    env.write("users.csv", users(3));
    assert_eq!(0, env.run(["import", "users.csv", "--max-duration", "1h"]).code);
}

#[test]
fn an_export_that_does_not_end_in_time_leaves_the_old_file_as_it_was() {
    let env = slow(5_000);
    env.write("users.csv", "the old file\n");
    let run = env.run(["export", "users.csv", "--max-duration", "2s"]);
    assert_snapshot!(run, @"
    exit 10
    ---- stderr
    error: the time of --max-duration is over
    users.csv was not written; a file of that name is as it was
    report: [STATE]/sandbox1/runs/[TIME]-export/report.json
    next: run `intercom-bulk export users.csv --max-duration 2s` again: within the hour it goes on from here
    ");
    assert_eq!("the old file\n", env.read("users.csv"));
}
