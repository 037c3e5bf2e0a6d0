//! Runs that end before their input does.

use std::time::Duration;

use intercom_bulk::sandbox::Config;
use serde_json::Value;

use super::{arguments, import, pass_a_minute, with};
use crate::support::{TestEnv, assert_accounted, signal, users, wait_until};

fn slow(unknown: &str) -> TestEnv {
    with(Config { latency: Duration::from_millis(100), ..Config::default() }, &[unknown])
}

fn count(report: &Value, class: &str) -> u64 {
    report["rows"][class].as_u64().unwrap()
}

#[test]
fn ctrl_c_settles_what_was_sent_and_sends_nothing_new() {
    let env = slow("bulk-speed=seconds");
    let file = users(5_000);
    env.write("users.csv", &file);
    let child = env.command(&arguments(&["--concurrency", "2"])).spawn().unwrap();
    wait_until(|| env.count("POST", "/contacts/bulk") > 1);
    signal(&child, "INT");
    let sent_by = env.count("POST", "/contacts/bulk");
    pass_a_minute(&env);
    let run = env.finish(child);
    assert_eq!(130, run.code, "{run}");
    assert_accounted(&env, &file);
    let report = env.report("import");
    assert!((100..5_000).contains(&count(&report, "created")), "{run}");
    assert!(env.count("POST", "/contacts/bulk") <= sent_by + 6, "{run}");
    let again =
        import(&env, &file, &["--concurrency", "32", "--rate", "1000000/min", "--max-duration", "1s"]);
    assert_eq!(10, again.code, "{again}");
}

#[test]
fn too_many_errors_stop_the_run() {
    let env = slow("bulk-speed=at-once");
    let rows: String = (1..=3_000).map(|n| format!("u-{n},4711\n")).collect();
    let file = format!("external_id,owner_id\n{rows}");
    let run = import(&env, &file, &["--max-errors", "20", "--concurrency", "4"]);
    assert_eq!(4, run.code, "{run}");
    let report = env.report("import");
    assert!(count(&report, "rejected") > 20 && count(&report, "rejected") < 200, "{run}");
    assert_eq!(0, env.contacts().len());
}
