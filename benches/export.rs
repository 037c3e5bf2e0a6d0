//! How much sooner is an export with many cursors done than one with one cursor, and is the file the same? And does it
//! miss anybody while the workspace is written to?
//!
//! `cargo bench --bench export [-- CONTACTS]`. A sandbox in its own process answers in 300 ms with the default quota. One
//! cursor takes 7 minutes for 200,000 contacts. Then the workspace is exported again while contacts are created, updated
//! and archived: everybody who was there throughout must be in the file.
#![allow(clippy::print_stdout)]

mod support;

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use serde_json::Value;
use support::{Bench, SandboxProcess, Usage};

const CONTACTS: usize = 200_000;
const LATENCY: &str = "300ms";

fn main() {
    let n_contacts = support::argument(CONTACTS);
    let sandbox = SandboxProcess::start(&["--users", &n_contacts.to_string(), "--latency", LATENCY]);
    let bench = Bench::new();
    println!("{n_contacts} contacts, {LATENCY} an answer, 10,000 requests a minute");
    let many = measure(&bench, &sandbox, "many.csv", &["--cursors", "auto"]);
    let one = measure(&bench, &sandbox, "one.csv", &["--cursors", "1"]);
    let is_same = bench.read("one.csv") == bench.read("many.csv");
    println!(
        "one cursor takes {:.1} times as long; the files are {}",
        one.wall.as_secs_f64() / many.wall.as_secs_f64(),
        if is_same { "the same" } else { "NOT the same" }
    );
    while_it_changes(&bench, &sandbox, n_contacts);
}

fn measure(bench: &Bench, sandbox: &SandboxProcess, file: &str, more: &[&str]) -> Usage {
    let requests = || sandbox.stats()["requests"].as_u64().expect("a count");
    let (before, served) = (requests(), sandbox.cpu());
    let export = ["export", file, "--base-url", sandbox.url(), "--progress", "none"];
    let usage = bench.run(&[&export[..], more].concat());
    println!(
        "{file:<12} {:>7.1} s  {:>6} requests  {:>5.1} s of CPU, the sandbox {:>5.1} s  {:>6.1} MiB",
        usage.wall.as_secs_f64(),
        requests() - before,
        usage.cpu.as_secs_f64(),
        (sandbox.cpu() - served).as_secs_f64(),
        support::mebibytes(usage.peak),
    );
    usage
}

/// Exports while somebody creates, updates and archives.
fn while_it_changes(bench: &Bench, sandbox: &SandboxProcess, n_contacts: usize) {
    let (is_over, before) = (AtomicBool::new(false), bench.read("many.csv"));
    let ids: Vec<&str> = before.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
    let archived = thread::scope(|scope| {
        let meddler = scope.spawn(|| meddle(sandbox, &ids, &is_over));
        measure(bench, sandbox, "moving.csv", &["--cursors", "auto"]);
        is_over.store(true, Ordering::Relaxed);
        meddler.join().expect("who meddles does not panic")
    });
    let after = bench.read("moving.csv");
    let shown: HashSet<&str> = after.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
    let missing = ids.iter().filter(|id| !shown.contains(**id) && !archived.contains(**id)).count();
    println!(
        "{} were archived meanwhile; of those who were there throughout {missing} are missing",
        archived.len()
    );
    println!("{} rows, {n_contacts} before", shown.len());
}

/// Writes to the workspace until the export is over. Returns who was archived.
fn meddle<'a>(sandbox: &SandboxProcess, ids: &[&'a str], is_over: &AtomicBool) -> HashSet<&'a str> {
    let mut archived = HashSet::new();
    for n in 0.. {
        if is_over.load(Ordering::Relaxed) {
            break;
        }
        // Steps through all of them, a few hundred apart.
        let id = ids[n * 379 % ids.len()];
        let answer = match n % 3 {
            0 => sandbox.ask("POST", "/contacts", &format!(r#"{{"external_id":"moving-{n}"}}"#)),
            1 => sandbox.ask("PUT", &format!("/contacts/{id}"), &format!(r#"{{"name":"Moved {n}"}}"#)),
            _ => {
                archived.insert(id);
                sandbox.ask("POST", &format!("/contacts/{id}/archive"), "{}")
            }
        };
        let _: Value = serde_json::from_str(&answer).expect("an answer is JSON");
    }
    archived
}
