//! The quota of a sandbox, through the built program.

use std::process::Child;
use std::time::Duration;

use intercom_bulk::sandbox::{Config, Lag, SandboxClock};
use serde_json::Value;

use crate::support::{Run, TestEnv, users, wait_until};

/// At this moment of a window its end is a second away, and the reset three.
const NEAR_THE_END: u64 = 1_800_000_009;

/// A workspace whose time stands still near the end of a window, and the clock to move it.
fn near_the_end(quota_per_minute: u32) -> (TestEnv, SandboxClock) {
    let clock = SandboxClock::fixed(NEAR_THE_END);
    (
        TestEnv::with(Config { quota_per_minute, clock: clock.clone(), lag: Lag::NONE, ..Config::default() }),
        clock,
    )
}

/// Returns the requests that were let in, window by window.
fn windows(env: &TestEnv) -> Vec<u64> {
    let stats: Value = serde_json::from_str(&env.ask("GET", "/__sandbox/stats", "")).unwrap();
    let used = |window: &Value| window["used"].as_object().unwrap().values().filter_map(Value::as_u64).sum();
    stats["windows"].as_array().unwrap().iter().map(used).collect()
}

fn report(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn a_quota_of_ten_requests_a_window_is_used_to_the_last_and_not_overdrawn() {
    let (env, clock) = near_the_end(60);
    env.write("users.csv", users(12));
    let child = env.start(["import", "users.csv", "--json", "--progress", "none"]);
    wait_until(|| env.requests().len() >= 10);
    clock.advance(Duration::from_secs(3));
    let run = env.finish(child);
    assert_eq!(0, run.code, "{run}");
    let report = report(&run);
    assert_eq!(
        (12, 0),
        (report["rows"]["created"].as_u64().unwrap(), report["http"]["throttled_429"].as_u64().unwrap())
    );
    assert_eq!(vec![10, 4], windows(&env));
}

#[test]
fn whoever_was_given_half_of_the_quota_waits_when_that_is_used() {
    let (env, _clock) = near_the_end(120);
    env.write("users.csv", users(12));
    let run = env.run(["import", "users.csv", "--quota-share", "0.5", "--json", "--progress", "none"]);
    assert_eq!(0, run.code, "{run}");
    // All 14 requests would fit into the window's 20; 10 of them are ours.
    assert!(report(&run)["quota"]["waited_seconds"].as_f64().unwrap() > 2.5, "{run}");
}

#[test]
fn a_share_of_nothing_or_of_more_than_all_is_refused() {
    let env = TestEnv::offline();
    env.write("users.csv", users(1));
    for share in ["0", "0.09", "1.1", "half", "NaN"] {
        let run = env.run(["import", "users.csv", "--quota-share", share]);
        assert_eq!(2, run.code, "{run}");
        assert!(run.stderr.contains("write a part from 0.1 to 1, as in 0.5"), "{run}");
    }
}

#[test]
fn three_runs_on_one_workspace_share_its_quota_and_are_not_refused() {
    let (env, clock) = near_the_end(300);
    // A run locks its workspace in its state folder; on three machines there are three.
    let start = |n: usize| -> Child {
        env.write(
            &format!("users{n}.csv"),
            users(45).replace("u-", &format!("u{n}-")).replace("user", &format!("user{n}.")),
        );
        let (file, state) = (format!("users{n}.csv"), format!("state{n}"));
        env.start(["import", &file, "--state-dir", &state, "--json", "--progress", "none"])
    };
    let children = [1, 2, 3].map(start);
    let mut turned = 0;
    // Three windows of 50 for 141 requests: each is turned when most of it is used.
    wait_until(|| {
        let n_requests = env.requests().len();
        if turned < 3 && n_requests >= 35 * (turned + 1) {
            turned += 1;
            clock.advance(Duration::from_secs(10));
        }
        turned == 3
    });
    for run in children.map(|child| env.finish(child)) {
        assert_eq!(0, run.code, "{run}");
        let report = report(&run);
        assert_eq!(45, report["rows"]["created"].as_u64().unwrap(), "{run}");
        assert!(report["http"]["throttled_429"].as_u64().unwrap() <= 2, "{run}");
    }
}
