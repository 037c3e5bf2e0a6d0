//! How much memory do a check and an export take above the idle program, and does it grow with the input?
//!
//! `cargo bench --bench memory [-- ROWS]`. 1,000,000 rows are checked and 200,000 contacts exported, and a tenth of each.
//! At most 64 MiB are promised.
#![allow(clippy::print_stdout)]

mod support;

use support::{Bench, SandboxProcess, Usage, mebibytes, users_csv};

const ROWS: usize = 1_000_000;
const PROMISED: f64 = 64.0;

fn main() {
    let n_rows = support::argument(ROWS);
    let bench = Bench::new();
    let idle = bench.idle_peak();
    println!("idle {:.1} MiB", mebibytes(idle));
    for n_rows in [n_rows / 10, n_rows] {
        bench.write("users.csv", &users_csv(0..n_rows));
        show(&format!("check of {n_rows} rows"), bench.run(&["check", "users.csv"]), idle);
    }
    for n_users in [n_rows / 50, n_rows / 5] {
        show(&format!("export of {n_users} users"), export(&bench, n_users), idle);
    }
}

fn export(bench: &Bench, n_users: usize) -> Usage {
    let sandbox = SandboxProcess::start(&["--quota", "0", "--users", &n_users.to_string()]);
    bench.run(&["export", "export.csv", "--base-url", sandbox.url(), "--rate", "6000000/min"])
}

fn show(deed: &str, usage: Usage, idle: u64) {
    let above = mebibytes(usage.peak.saturating_sub(idle));
    println!("{deed:<24} {above:>5.1} MiB above idle  {:>6.2} s", usage.wall.as_secs_f64());
    assert!(above <= PROMISED, "at most {PROMISED} MiB are promised");
}
