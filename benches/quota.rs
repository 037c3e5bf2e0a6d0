//! How much of the server's quota does an import use, and is it ever told to slow down?
//!
//! `cargo bench --bench quota [-- SECONDS]`. The sandbox grants 1,000 and 10,000 requests a minute (side by side, for both
//! mostly wait) and answers after 200 ms. Its own windows are counted, whole ones only: those between the first and the
//! last. At least 95 % of them must be used, without a 429.
#![allow(clippy::print_stdout)]

mod support;

use std::thread;

use serde_json::Value;
use support::{Bench, SandboxProcess, users_csv};

const SECONDS: usize = 60;

/// What an import made of its quota.
struct Use {
    per_minute: usize,
    windows: u64,
    granted: u64,
    used: u64,
    throttled: u64,
}

fn main() {
    let seconds = support::argument(SECONDS);
    assert!(30 <= seconds, "in less than 30 seconds there may be no whole window");
    thread::scope(|scope| {
        let imports =
            [1_000, 10_000].map(|per_minute| scope.spawn(move || import_under(per_minute, seconds)));
        for import in imports {
            show(&import.join().expect("the import ends well"));
        }
    });
}

/// Imports as many rows as the quota allows in that time.
fn import_under(per_minute: usize, seconds: usize) -> Use {
    let bench = Bench::new();
    bench.write("users.csv", &users_csv(0..per_minute * seconds / 60));
    let sandbox = SandboxProcess::start(&["--quota", &per_minute.to_string(), "--latency", "200ms"]);
    bench.run(&["import", "users.csv", "--base-url", sandbox.url(), "--create-attributes"]);
    quota_use(per_minute, &sandbox.stats())
}

fn quota_use(per_minute: usize, stats: &Value) -> Use {
    let windows = stats["windows"].as_array().expect("the sandbox shows its windows");
    let [first, whole @ .., last] = &windows[..] else { panic!("there is no whole window") };
    let limit = first["limit"].as_u64().expect("the sandbox has a limit");
    let start = |window: &Value| window["start"].as_u64().expect("a window has a start");
    // By the clock, because a window in which nobody asked is not shown.
    let n_windows = (start(last) - start(first)) / 10 - 1;
    let used = |window: &Value| -> u64 {
        let by_token = window["used"].as_object().expect("a window shows its use");
        by_token.values().filter_map(Value::as_u64).sum()
    };
    Use {
        per_minute,
        windows: n_windows,
        granted: n_windows * limit,
        used: whole.iter().map(used).sum(),
        throttled: stats["throttled"].as_u64().expect("the sandbox counts its 429s"),
    }
}

fn show(quota: &Use) {
    let share = 100.0 * quota.used as f64 / quota.granted as f64;
    println!(
        "{:>6}/min  {share:.1} % of {} windows used ({} of {})  {} times 429",
        quota.per_minute, quota.windows, quota.used, quota.granted, quota.throttled
    );
    assert!(95.0 <= share && quota.throttled == 0, "at least 95 % and no 429 are promised");
}
