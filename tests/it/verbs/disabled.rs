//! `--disabled`: everything succeeds, nothing is asked for, and every output says so.

use serde_json::{Value, json};

use crate::support::TestEnv;

const COMMANDS: [&[&str]; 8] = [
    &["find", "--email", "ann@example.com"],
    &["upsert", "email=ann@example.com", "no_such_field=1"],
    &["update", "--by", "email", "--value", "ann@example.com", "name=Ann"],
    &["list", "--all"],
    &["import", "no-such-file.csv", "--json"],
    &["export", "users.csv", "--json"],
    &["attributes", "create", "no-such-file.csv", "--json"],
    &["upsert", "email=ann@example.com", "--sandbox"],
];

#[test]
fn a_command_that_is_switched_off_succeeds_without_a_request_and_says_so_everywhere() {
    let env = TestEnv::prompt();
    for command in COMMANDS {
        let run = env.run_all(&[command, &["--disabled"]].concat());
        assert_eq!(0, run.code, "{run}");
        assert!(run.stderr.starts_with("disabled: `") && run.stderr.lines().count() == 1, "{run}");
        let stdout: Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(json!(true), stdout["disabled"], "{run}");
    }
    assert_eq!((0, 0), (env.requests().len(), env.contacts().len()));
    assert!(!env.path("users.csv").exists() && !env.path(".local").exists());
}

#[test]
fn the_variable_switches_off_without_a_token() {
    let env = TestEnv::prompt();
    for command in COMMANDS {
        let mut child = env.command(command);
        child.env("INTERCOM_BULK_DISABLED", "1").env_remove("INTERCOM_ACCESS_TOKEN");
        let run = env.finish(child.stdin(std::process::Stdio::null()).spawn().unwrap());
        assert_eq!(0, run.code, "{run}");
        assert!(run.stderr.starts_with("disabled: `"), "{run}");
    }
    let mut child = env.command(&["upsert", "email=ann@example.com"]);
    child.env("INTERCOM_BULK_DISABLED", "0");
    assert_eq!(0, env.finish(child.stdin(std::process::Stdio::null()).spawn().unwrap()).code);
    assert_eq!(1, env.contacts().len());
}
