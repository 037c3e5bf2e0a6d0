//! What does a row cost in bulk, is every row's outcome the right one, and what does a lagging index cost?
//!
//! `cargo bench --bench bulk [-- ROWS]`. The sandbox has no quota, and its jobs take the six seconds that they take. Files of
//! new users and of users who have changed, clean ones and ones in which every hundredth row is bad in one of two ways
//! (an owner whom the workspace does not have, the email of another user), are imported with `--engine bulk`; then new
//! users without an external id, and bad updates, under an index that lags by 3 to 120 seconds. At most 1.05 requests a
//! new row and 0.05 a clean update are promised, and an outcome for each row that is what the row deserves.
#![allow(clippy::print_stdout)]

mod support;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;
use support::{Bench, SandboxProcess, Usage, mebibytes};

const ROWS: usize = 100_000;

/// Every so many rows, one is bad: in the second half of the file by its email.
const BAD_EVERY: usize = 100;

/// An admin of every fresh sandbox, and nobody.
const OWNER: &str = "814860";
const STRANGER: &str = "4711";

/// How a file is made.
#[derive(Debug, Clone, Copy)]
struct File {
    prefix: &'static str,
    name: &'static str,
    has_bad_rows: bool,
    has_external_ids: bool,
}

/// What an import came to.
struct Told {
    report: Value,
    rejected: BTreeSet<String>,
}

fn main() {
    let n_rows = support::argument(ROWS);
    let clean = |prefix, name| File { prefix, name, has_bad_rows: false, has_external_ids: true };
    let (bench, sandbox) = (Bench::new(), SandboxProcess::start(&["--quota", "0"]));
    import(&bench, &sandbox, &others(n_rows));
    let create = measure("new", &bench, &sandbox, clean("a", "User"), n_rows);
    assert!(create <= 1.05, "at most 1.05 requests a new row are promised");
    let update = measure("changed", &bench, &sandbox, clean("a", "Changed"), n_rows);
    assert!(update <= 0.05, "at most 0.05 requests a clean update are promised");
    let bad = |prefix, name| File { has_bad_rows: true, ..clean(prefix, name) };
    measure("new, 1 % bad", &bench, &sandbox, bad("b", "User"), n_rows);
    measure("changed, 1 % bad", &bench, &sandbox, File { prefix: "a", ..bad("a", "Again") }, n_rows);
    lagging(n_rows / 10);
}

/// What it costs that the index shows a write only later.
fn lagging(n_rows: usize) {
    let (bench, sandbox) = (Bench::new(), SandboxProcess::lagging("3s..120s", &["--quota", "0"]));
    import(&bench, &sandbox, &others(n_rows));
    let file = File { prefix: "c", name: "User", has_bad_rows: false, has_external_ids: true };
    measure("new, index lags", &bench, &sandbox, file, n_rows);
    let bad = File { name: "Changed", has_bad_rows: true, ..file };
    measure("changed, 1 % bad, index lags", &bench, &sandbox, bad, n_rows);
    let emails = File { prefix: "d", has_external_ids: false, ..file };
    measure("new by email, index lags", &bench, &sandbox, emails, n_rows);
}

/// Imports a file, checks what became of each row, and returns the requests a row.
fn measure(what: &str, bench: &Bench, sandbox: &SandboxProcess, file: File, n_rows: usize) -> f64 {
    let (usage, told) = import(bench, sandbox, &file.csv(n_rows));
    let bad: BTreeSet<String> =
        (0..n_rows).filter(|n| file.is_bad(*n)).map(|n| format!("external_id {}-{n}", file.prefix)).collect();
    assert_eq!(bad, told.rejected, "{what}: the rows that Intercom refuses");
    let count = |class: &str| told.report["rows"][class].as_u64().expect("a count") as usize;
    let good = if file.name == "User" { "created" } else { "updated" };
    assert_eq!((n_rows - bad.len(), bad.len()), (count(good), count("rejected")), "{what}: {good}");
    let requests = told.report["http"]["requests"].as_u64().expect("a count") as f64;
    println!(
        "{what:<30} {n_rows} rows  {:.4} requests a row  {:>6.1} s  {:>5.1} s CPU  {:>4.0} MB",
        requests / n_rows as f64,
        usage.wall.as_secs_f64(),
        usage.cpu.as_secs_f64(),
        mebibytes(usage.peak),
    );
    requests / n_rows as f64
}

fn import(bench: &Bench, sandbox: &SandboxProcess, csv: &str) -> (Usage, Told) {
    let path = bench.write("users.csv", csv);
    let runs = path.with_file_name(".local/state/intercom-bulk/sandbox1/runs");
    let _ = fs::remove_dir_all(&runs);
    let arguments =
        ["import", "users.csv", "--engine", "bulk", "--rate", "1000000/min", "--concurrency", "64"];
    let arguments = [&arguments[..], &["--base-url", sandbox.url()]].concat();
    let usage = bench.run_to(&arguments, &[0, 3]);
    let mut runs = fs::read_dir(runs).expect("a run leaves a folder");
    let run = runs.next().expect("there was a run").expect("a folder can be listed");
    (usage, Told::read(&run.path()))
}

/// Users whose emails are taken.
fn others(n_rows: usize) -> String {
    let csv = "external_id,email,name,owner_id\n".to_owned();
    (0..n_rows).step_by(BAD_EVERY).fold(csv, |mut csv, n| {
        writeln!(csv, "other-{n},other{n}@x.test,Other,{OWNER}").expect("a string takes every letter");
        csv
    })
}

impl File {
    fn is_bad(&self, n: usize) -> bool {
        self.has_bad_rows && n % BAD_EVERY == BAD_EVERY / 2
    }

    fn csv(&self, n_rows: usize) -> String {
        let keys = if self.has_external_ids { "external_id," } else { "" };
        let mut csv = format!("{keys}email,name,owner_id\n");
        for n in 0..n_rows {
            // A known user may take anybody's email: Intercom compares emails when it creates.
            let is_other = self.is_bad(n) && n >= n_rows / 2 && self.name == "User";
            let email = match is_other {
                true => format!("other{}@x.test", n - n % BAD_EVERY),
                false => format!("{}{n}@x.test", self.prefix),
            };
            let owner = if self.is_bad(n) && !is_other { STRANGER } else { OWNER };
            let key = if self.has_external_ids { format!("{}-{n},", self.prefix) } else { String::new() };
            writeln!(csv, "{key}{email},{} {n},{owner}", self.name).expect("a string takes every letter");
        }
        csv
    }
}

impl Told {
    fn read(run: &Path) -> Self {
        let text = fs::read_to_string(run.join("report.json")).expect("a run leaves a report");
        let report: Value = serde_json::from_str(&text).expect("a report is JSON");
        let rejects = fs::read(run.join("rejects.csv")).unwrap_or_default();
        let mut reader = csv::Reader::from_reader(&rejects[..]);
        let key = reader.headers().expect("rejects have a header").iter().position(|name| name == "key");
        let rows = reader.records().map(|row| row.expect("rejects are CSV"));
        let rejected = rows.map(|row| row[key.expect("rejects have keys")].to_owned()).collect();
        Self { report, rejected }
    }
}
