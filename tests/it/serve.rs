//! `sandbox serve`: a server for other clients, through the built program.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command};

use serde_json::Value;

use crate::support::TestEnv;

/// Starts a sandbox and reads the line that says where it is.
fn serve<const N: usize>(env: &TestEnv, arguments: [&str; N]) -> (Child, Value) {
    let mut child = env.start(arguments);
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    (child, serde_json::from_str(&line).unwrap())
}

fn terminate(child: &Child) {
    let status = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(status.success());
}

#[test]
fn it_says_where_it_is_and_stops_when_told() {
    let env = TestEnv::offline();
    let (child, ready) = serve(&env, ["sandbox", "serve", "--users", "3"]);
    assert!(ready["url"].as_str().unwrap().starts_with("http://127.0.0.1:"), "{ready}");
    assert_eq!("3s..120s", ready["lag"]);
    assert_eq!(10_000, ready["quota_per_minute"]);
    assert_eq!(3, ready["contacts"]);
    terminate(&child);
    assert_eq!("exit 0\n", env.finish(child).to_string());
}

#[test]
fn what_an_import_wrote_is_still_there_after_a_restart() {
    let env = TestEnv::offline();
    env.write("users.csv", "email\na@x.test\n");
    let serving = ["sandbox", "serve", "--data", "data.ndjson", "--lag", "0"];
    let (child, ready) = serve(&env, serving);
    let run = env.run(["import", "users.csv", "--base-url", ready["url"].as_str().unwrap()]);
    assert_eq!(0, run.code, "{run}");
    terminate(&child);
    env.finish(child);
    let (child, ready) = serve(&env, serving);
    assert_eq!(1, ready["contacts"]);
    terminate(&child);
    env.finish(child);
}

#[test]
fn a_flag_that_makes_no_sense_is_a_usage_error() {
    let env = TestEnv::offline();
    let run = env.run(["sandbox", "serve", "--lag", "5s..3s"]);
    assert_eq!(2, run.code, "{run}");
    let run = env.run(["sandbox", "serve", "--api-version", "9.9"]);
    assert_eq!(2, run.code, "{run}");
    assert!(run.stderr.contains("`9.9` is not an API version"), "{run}");
    let run = env.run(["sandbox", "serve", "--time-zone", "Mars/Olympus"]);
    assert_eq!(2, run.code, "{run}");
    assert!(run.stderr.contains("`Mars/Olympus` is not a time zone"), "{run}");
}

#[test]
fn two_runs_do_not_share_one_embedded_sandbox() {
    let env = TestEnv::offline();
    env.write("users.csv", "email\na@x.test\n");
    assert_eq!(0, env.run(["import", "users.csv", "--sandbox"]).code);
    let data = ".local/state/intercom-bulk/sandbox1/users.ndjson";
    let (child, _) = serve(&env, ["sandbox", "serve", "--data", data]);
    let run = env.run(["import", "users.csv", "--sandbox"]);
    assert_eq!(8, run.code, "{run}");
    assert!(run.stderr.contains("is in use by another sandbox"), "{run}");
    terminate(&child);
    env.finish(child);
}

#[test]
fn an_unknown_is_set_by_flag_and_shown_by_explain() {
    let env = TestEnv::offline();
    let run = env.run(["sandbox", "serve", "--explain", "--unknown", "email-case=kept"]);
    assert_eq!((0, ""), (run.code, run.stderr.as_str()), "{run}");
    assert!(run.stdout.contains("email-case = lowered [kept]"), "{run}");
    assert!(run.stdout.contains("identifier-lock = [seven-days] for-ever none"), "{run}");
    let (child, ready) = serve(&env, ["sandbox", "serve", "--unknown", "email-case=kept,unknown-role=user"]);
    assert_eq!(serde_json::json!({"email-case": "kept", "unknown-role": "user"}), ready["unknowns"]);
    terminate(&child);
    env.finish(child);
}

#[test]
fn an_unknown_that_does_not_exist_is_a_usage_error_with_the_nearest_name() {
    let env = TestEnv::offline();
    let run = env.run(["sandbox", "serve", "--unknown", "emial-case=kept"]);
    assert_eq!(2, run.code, "{run}");
    assert!(run.stderr.contains("did you mean `email-case`?"), "{run}");
    let run = env.run(["sandbox", "serve", "--unknown", "email-case=keep"]);
    assert_eq!(2, run.code, "{run}");
    assert!(run.stderr.contains("did you mean `kept`?"), "{run}");
}

#[test]
fn a_scenario_is_read_from_its_file_and_a_mistake_in_it_has_a_line() {
    let env = TestEnv::offline();
    env.write("night.toml", "# A bad night.\n[[rule]]\nfault = \"html_502\"\nrequest = 1\n");
    let (child, ready) = serve(&env, ["sandbox", "serve", "--scenario", "night.toml"]);
    let url = format!("{}/me", ready["url"].as_str().unwrap());
    assert_eq!(502, reqwest::blocking::Client::new().get(url).bearer_auth("t").send().unwrap().status());
    terminate(&child);
    env.finish(child);
    env.write("night.toml", "# A bad night.\n[[rule]]\nfault = \"html_520\"\n");
    let run = env.run(["sandbox", "serve", "--scenario", "night.toml"]);
    assert_eq!(2, run.code, "{run}");
    assert!(run.stderr.starts_with("error: night.toml:3: unknown variant `html_520`"), "{run}");
    let run = env.run(["sandbox", "serve", "--scenario", "day.toml"]);
    assert_eq!(2, run.code, "{run}");
    assert!(run.stderr.contains("`day.toml` cannot be read"), "{run}");
}

#[test]
fn each_server_is_a_workspace_of_its_own_and_stays_it_with_its_data() {
    let env = TestEnv::offline();
    env.write("users.csv", "email\na@x.test\n");
    let import = |ready: &Value| {
        env.run(["import", "users.csv", "--base-url", ready["url"].as_str().unwrap(), "--progress", "none"])
    };
    let kept = ["sandbox", "serve", "--data", "data.ndjson", "--lag", "0"];
    let (first, ready) = serve(&env, kept);
    assert!(import(&ready).stderr.contains("1 created"));
    terminate(&first);
    env.finish(first);
    let (again, ready) = serve(&env, kept);
    assert!(import(&ready).stderr.contains("0 created, 0 updated, 1 unchanged"));
    // What the first one has is nothing that the second has.
    let (second, ready) = serve(&env, ["sandbox", "serve", "--lag", "0"]);
    assert!(import(&ready).stderr.contains("1 created"));
    for server in [again, second] {
        terminate(&server);
        env.finish(server);
    }
}
