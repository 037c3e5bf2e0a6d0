//! How many requests a second does an import make when the server does not hold it back, and what does a row cost?
//!
//! `cargo bench --bench import_throughput [-- ROWS]`. The sandbox has neither quota nor latency and runs in a process of
//! its own; on a machine with few cores the two share them, so the CPU time of each is told as well. The first import
//! creates every user, with one request a row; the second reads and changes nothing, with two.
#![allow(clippy::print_stdout)]

mod support;

use support::{Bench, SandboxProcess, mebibytes, users_csv};

const ROWS: usize = 20_000;

fn main() {
    let n_rows = support::argument(ROWS);
    let bench = Bench::new();
    bench.write("users.csv", &users_csv(0..n_rows));
    let sandbox = SandboxProcess::start(&["--quota", "0"]);
    println!("{n_rows} rows");
    for deed in ["create", "nothing changes"] {
        println!("{deed:<16} {}", import(&bench, &sandbox, n_rows));
    }
}

/// Imports the file, and returns what it took.
fn import(bench: &Bench, sandbox: &SandboxProcess, n_rows: usize) -> String {
    let (requests_before, cpu_before) = (requests(sandbox), sandbox.cpu());
    let usage = bench.run(&[
        "import",
        "users.csv",
        "--base-url",
        sandbox.url(),
        "--create-attributes",
        // More than any machine sends.
        "--rate",
        "6000000/min",
        "--concurrency",
        "16",
    ]);
    let n_requests = requests(sandbox) - requests_before;
    let thousands = n_rows as f64 / 1_000.0;
    format!(
        "{:>6.0} requests/s  {:.3} CPU s per 1,000 rows (sandbox {:.3})  peak {:.1} MiB",
        n_requests as f64 / usage.wall.as_secs_f64(),
        usage.cpu.as_secs_f64() / thousands,
        (sandbox.cpu() - cpu_before).as_secs_f64() / thousands,
        mebibytes(usage.peak),
    )
}

fn requests(sandbox: &SandboxProcess) -> u64 {
    sandbox.stats()["requests"].as_u64().expect("the sandbox counts its requests")
}
