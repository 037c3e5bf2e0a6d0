//! How many requests a second does an import make when the server does not hold it back, and what does a row cost?
//!
//! `cargo bench --bench import_throughput [-- ROWS]`. The sandbox has neither quota nor latency and runs in a process of
//! its own; on a machine with few cores the two share them, so the CPU time of each is told as well. Beside it stands
//! the ceiling: a bare loop of blocking reqwest, with as many threads, that sends the same bodies and reads the answers.
//! The two take turns, each on a fresh sandbox; the medians are told.
#![allow(clippy::disallowed_methods, clippy::print_stdout)]

mod support;

use std::env;
use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::sync::Mutex;
use std::thread;

use intercom_bulk::mapping::{Key, Mapping, MappingSpec};
use intercom_bulk::rows::{Read, ReadOptions, Rows};
use support::{Bench, SandboxProcess, Usage, mebibytes, users_csv};

const ROWS: usize = 20_000;
const REPEATS: usize = 5;
const IN_FLIGHT: usize = 16;

/// Who sends the users.
#[derive(Debug, Clone, Copy)]
enum Sender {
    /// This program, whose first run with its ledger creates every user with a request a row.
    Import,
    /// Nothing but the HTTP client.
    Bare,
}

/// What one run took.
struct Run {
    requests_per_second: f64,
    cpu: f64,
    sandbox_cpu: f64,
    peak: u64,
}

fn main() {
    if let Some([_, url, bodies]) = env::args().position(|it| it == "bare").map(|at| {
        let words: Vec<String> = env::args().skip(at).take(3).collect();
        <[String; 3]>::try_from(words).expect("the bench calls itself with a URL and a file")
    }) {
        return send_bare(&url, Path::new(&bodies));
    }
    let n_rows = support::argument(ROWS);
    let csv = users_csv(0..n_rows);
    let mut runs = [Sender::Import, Sender::Bare].map(|sender| (sender, Vec::new()));
    for _ in 0..REPEATS {
        for (sender, runs) in &mut runs {
            runs.push(measure(*sender, &csv, n_rows));
        }
    }
    println!("{n_rows} new users, {IN_FLIGHT} in flight, {REPEATS} runs of each in turn");
    for (sender, runs) in &runs {
        let median = |of: fn(&Run) -> f64| support::median(runs.iter().map(of));
        println!(
            "{:<8}{:>8.0} requests/s  {:.3} CPU s per 1,000 (sandbox {:.3})  peak {:.1} MiB",
            format!("{sender:?}"),
            median(|run| run.requests_per_second),
            median(|run| run.cpu),
            median(|run| run.sandbox_cpu),
            median(|run| mebibytes(run.peak)),
        );
    }
}

/// Creates the users in a fresh sandbox.
fn measure(sender: Sender, csv: &str, n_rows: usize) -> Run {
    let (bench, sandbox) = (Bench::new(), SandboxProcess::start(&["--quota", "0"]));
    bench.write("users.csv", csv);
    bench.write("bodies.ndjson", &bodies(csv));
    // A file without rows creates no user, and the attributes that the sandbox lacks.
    bench.write("head.csv", csv.split_inclusive('\n').take(2).collect::<String>().as_str());
    bench.run(&["attributes", "create", "head.csv", "--base-url", sandbox.url()]);
    let cpu_before = sandbox.cpu();
    let usage = send(sender, &bench, sandbox.url());
    let sandbox_cpu = sandbox.cpu() - cpu_before;
    let thousands = n_rows as f64 / 1_000.0;
    Run {
        requests_per_second: n_rows as f64 / usage.wall.as_secs_f64(),
        cpu: usage.cpu.as_secs_f64() / thousands,
        sandbox_cpu: sandbox_cpu.as_secs_f64() / thousands,
        peak: usage.peak,
    }
}

fn send(sender: Sender, bench: &Bench, url: &str) -> Usage {
    match sender {
        Sender::Import => bench.run(&[
            "import",
            "users.csv",
            "--base-url",
            url,
            // More than any machine sends.
            "--rate",
            "6000000/min",
            "--concurrency",
            &IN_FLIGHT.to_string(),
        ]),
        Sender::Bare => {
            let program = env::current_exe().expect("a process knows its program");
            bench.run_other(&program, &["bare", url, "bodies.ndjson"])
        }
    }
}

/// Returns what the import sends for each row, one a line.
fn bodies(csv: &str) -> String {
    let reader = Box::new(Cursor::new(csv.as_bytes().to_vec()));
    let rows = Rows::from_reader("memory", reader, &ReadOptions::default()).expect("the CSV is well formed");
    let mapping =
        Mapping::compile(rows.columns(), &MappingSpec::default(), &support::attributes(), Key::Auto)
            .expect("each column is a field or an attribute");
    let body = |read| match read {
        Ok(Read::Row(row)) => {
            let fields = mapping.apply(&row).expect("every cell fits its field");
            serde_json::to_string(&fields).expect("memory takes every byte") + "\n"
        }
        _ => panic!("every row is whole"),
    };
    rows.map(body).collect()
}

/// Sends the bodies with nothing around the HTTP client.
fn send_bare(url: &str, bodies: &Path) {
    let text = fs::read_to_string(bodies).expect("the bench wrote it");
    let lines = Mutex::new(text.lines());
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::blocking::Client::builder().http1_only().tcp_nodelay(true).no_proxy().build();
    let client = client.expect("a client needs nothing");
    let contacts = format!("{url}/contacts");
    thread::scope(|scope| {
        for _ in 0..IN_FLIGHT {
            scope.spawn(|| {
                loop {
                    let Some(line) = lines.lock().expect("no thread panics").next() else { break };
                    let request = client
                        .post(&contacts)
                        .header("Authorization", "Bearer bench")
                        .header("Accept", "application/json")
                        .header("Content-Type", "application/json")
                        .header("Intercom-Version", "2.16")
                        .body(line.to_owned());
                    let answer = request.send().and_then(|answer| answer.error_for_status()?.bytes());
                    assert!(!answer.expect("the sandbox answers").is_empty());
                }
            });
        }
    });
}
