//! How much of the server's quota do imports use: alone, beside a neighbour, eight at once?
//!
//! `cargo bench --bench quota [-- SECONDS]`. The sandbox grants 1,000 and 10,000 requests a minute (side by side, for both
//! mostly wait) and answers after 250 ms. Its own windows are counted, whole ones only: those between the first and the
//! last. Of them 97 % must be used, and 95 % by eight processes. How fairly those shared is shown only: who starts first has
//! the first window for itself. `pacing` measures that.
#![allow(clippy::print_stdout)]

mod support;

use std::collections::BTreeMap;
use std::thread;

use serde_json::Value;
use support::{Bench, SandboxProcess, users_csv};

const SECONDS: usize = 60;

/// The exit code of an import whose time was up.
const DEADLINE: i32 = 10;

/// Who uses a quota.
#[derive(Clone, Copy)]
struct Situation {
    name: &'static str,
    processes: usize,
    /// What a neighbour uses, in percent of the quota.
    neighbour: usize,
    /// What must be used, in percent.
    promised: f64,
}

const SITUATIONS: [Situation; 3] = [
    Situation { name: "alone", processes: 1, neighbour: 0, promised: 97.0 },
    Situation { name: "neighbour at 30 %", processes: 1, neighbour: 30, promised: 97.0 },
    Situation { name: "eight processes", processes: 8, neighbour: 0, promised: 95.0 },
];

/// What was made of a quota.
struct Use {
    windows: u64,
    granted: u64,
    /// By our processes.
    used: u64,
    throttled: u64,
    /// What the process that got least got of what the one that got most got, in percent.
    fairness: f64,
}

fn main() {
    let seconds = support::argument(SECONDS);
    assert!(30 <= seconds, "in less than 30 seconds there may be no whole window");
    println!("situation            quota/min   used     windows  429s  fairness");
    for situation in SITUATIONS {
        thread::scope(|scope| {
            let runs = [1_000, 10_000]
                .map(|quota| (quota, scope.spawn(move || import_in(situation, quota, seconds))));
            for (quota, run) in runs {
                show(situation, quota, &run.join().expect("the imports end well"));
            }
        });
    }
}

/// Imports for so long.
fn import_in(situation: Situation, per_minute: usize, seconds: usize) -> Use {
    let sandbox = SandboxProcess::start(&["--quota", &per_minute.to_string(), "--latency", "250ms"]);
    let neighbour = per_minute * situation.neighbour / 100;
    create_attributes(&sandbox);
    sandbox.ask("POST", "/__sandbox/neighbour", &format!(r#"{{"per_minute":{neighbour}}}"#));
    let import = |n: usize| {
        // Everybody's own rows, and too many of them.
        let (bench, rows) = (Bench::new(), per_minute * (seconds + 10) / 60);
        bench.write("users.csv", &users_csv((n + 1) * rows..(n + 2) * rows));
        let time = format!("{seconds}s");
        let limits = ["--max-duration", &time, "--run-dir", "run"];
        let flags = [&["import", "users.csv", "--base-url", sandbox.url()][..], &limits].concat();
        bench.run_to(&flags, &[DEADLINE]);
        serde_json::from_str(&bench.read("run/report.json")).expect("a report is JSON")
    };
    let reports: Vec<Value> = thread::scope(|scope| {
        let import = &import;
        let runs: Vec<_> = (0..situation.processes).map(|n| scope.spawn(move || import(n))).collect();
        runs.into_iter().map(|run| run.join().expect("an import ends well")).collect()
    });
    let quota = quota_use(&sandbox.stats(), neighbour as u64);
    Use { fairness: fairness(&reports), ..quota }
}

/// Creates the attributes of the rows, which eight processes would all want to do.
fn create_attributes(sandbox: &SandboxProcess) {
    let bench = Bench::new();
    bench.write("users.csv", &users_csv(0..1));
    bench.run(&["import", "users.csv", "--base-url", sandbox.url(), "--create-attributes"]);
}

fn fairness(reports: &[Value]) -> f64 {
    let requests = reports.iter().filter_map(|report| report["http"]["requests"].as_u64());
    let requests: Vec<u64> = requests.collect();
    let (least, most) = (requests.iter().min(), requests.iter().max());
    100.0 * *least.expect("somebody ran") as f64 / *most.expect("somebody ran") as f64
}

fn quota_use(stats: &Value, neighbours_a_minute: u64) -> Use {
    let windows = stats["windows"].as_array().expect("the sandbox shows its windows");
    let [first, whole @ .., last] = &windows[..] else { panic!("there is no whole window") };
    let limit = first["limit"].as_u64().expect("the sandbox has a limit");
    let start = |window: &Value| window["start"].as_u64().expect("a window has a start");
    // By the clock, because a window in which nobody asked is not shown.
    let n_windows = (start(last) - start(first)) / 10 - 1;
    let used = |window: &Value| -> u64 {
        let by_token: BTreeMap<String, u64> =
            serde_json::from_value(window["used"].clone()).expect("a window shows its use");
        by_token.values().sum()
    };
    Use {
        windows: n_windows,
        granted: n_windows * limit,
        used: whole.iter().map(used).sum::<u64>() + n_windows * neighbours_a_minute / 6,
        throttled: stats["throttled"].as_u64().expect("the sandbox counts its 429s"),
        fairness: 100.0,
    }
}

fn show(situation: Situation, per_minute: usize, quota: &Use) {
    let share = 100.0 * quota.used as f64 / quota.granted as f64;
    println!(
        "{:<19}  {per_minute:>9}  {share:>5.1} %  {:>7}  {:>4}  {:>6.1} %",
        situation.name, quota.windows, quota.throttled, quota.fairness
    );
    assert!(situation.promised <= share, "{} % are promised", situation.promised);
}
