//! What does a night cost on which nearly nothing has changed, and how large is the ledger?
//!
//! `cargo bench --bench ledger [-- ROWS]`. The ledger is filled as an import fills it, but without a server; then the same
//! file is imported, with nothing changed and with one row in a thousand changed, in the order of the file and in none. The
//! sandbox has no quota and runs in a process of its own; its users are not there, so that a changed one is found to be
//! gone and is created: two requests where a real night has one.
#![allow(clippy::print_stdout)]

mod support;

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use intercom_bulk::intercom::{Engine, Policy};
use intercom_bulk::ledger::{ContactId, KeyKind, Ledger, Note, RunEnd, RunStart, UserKey};
use intercom_bulk::mapping::{Key, Mapping, MappingSpec};
use intercom_bulk::rows::{Read, ReadOptions, Rows};
use intercom_bulk::transfer::Fingerprinter;

use support::{Bench, SandboxProcess, Usage, mebibytes, users_csv};

const ROWS: usize = 1_000_000;
/// Rows that are made at a time.
const CHUNK: usize = 100_000;

fn main() {
    let n_rows = support::argument(ROWS);
    let (bench, sandbox) = (Bench::new(), SandboxProcess::start(&["--quota", "0"]));
    bench.write("few.csv", &users_csv(0..10));
    import(&bench, &sandbox, &["few.csv", "--create-attributes"]);
    for order in [Order::Sorted, Order::Shuffled] {
        let path = bench.write("users.csv", "");
        write_users(&path, n_rows, order, 0);
        let folder = path.with_file_name(".local/state/intercom-bulk/sandbox1");
        if order == Order::Sorted {
            fill(&folder, &path);
            let size = fs::metadata(folder.join(Ledger::FILE)).expect("there is a ledger").len();
            println!("{n_rows} rows, {} bytes a key", size / n_rows as u64);
        }
        for _ in 0..3 {
            show("nothing changed", order, n_rows, import(&bench, &sandbox, &["users.csv"]));
        }
        write_users(&path, n_rows, order, 1_000);
        show("0.1 % changed", order, n_rows, import(&bench, &sandbox, &["users.csv"]));
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Sorted,
    Shuffled,
}

/// Writes a file of users, of whom one in `changed_every` is not as the ledger knows it; 0 for none.
fn write_users(path: &Path, n_rows: usize, order: Order, changed_every: usize) {
    let mut file = BufWriter::new(File::create(path).expect("the folder takes a file"));
    for begin in (0..n_rows).step_by(CHUNK) {
        // Of a number that has no factor with the number of rows, the multiples are all rows in no order.
        let place = |n: usize| if order == Order::Sorted { n } else { n * 982_451_653 % n_rows };
        for n in begin..n_rows.min(begin + CHUNK) {
            let csv = users_csv(place(n)..place(n) + 1);
            let (header, row) = csv.split_once('\n').expect("a header and a row");
            if n == 0 {
                writeln!(file, "{header}").expect("the disk has room");
            }
            let is_changed = changed_every > 0 && n % changed_every == 0;
            let row = if is_changed { row.replacen("Example", "Changed", 1) } else { row.into() };
            file.write_all(row.as_bytes()).expect("the disk has room");
        }
    }
    file.flush().expect("the disk has room");
}

/// Notes every user of a file as delivered.
fn fill(folder: &Path, path: &PathBuf) {
    let mut ledger = Ledger::open(folder, "sandbox1").expect("an import has made it").ledger;
    let file = File::open(path).expect("it was written");
    let rows = Rows::from_reader("users.csv", Box::new(file), &ReadOptions::default()).expect("a CSV");
    let spec = MappingSpec::default();
    let mapping =
        Mapping::compile(rows.columns(), &spec, &support::attributes(), Key::Auto).expect("known columns");
    let mut fingerprinter = Fingerprinter::new(Engine::Contacts, &Policy::default());
    let run = RunStart { name: "bench", job: "bench", folder, started_at: 0 };
    ledger.writer.begin_run(&run).expect("a run begins");
    for (n, read) in rows.enumerate() {
        let Ok(Read::Row(row)) = read else { panic!("every row is whole") };
        let fields = mapping.apply(&row).expect("every cell fits its field");
        let key = UserKey::new(KeyKind::ExternalId, mapping.identity(&fields).value());
        let (id, fingerprint) = (ContactId::new(&format!("{n:024x}")), fingerprinter.of(&fields));
        let now = Duration::from_millis(n as u64 / 100);
        ledger.writer.note(&Note::Delivered { key, id, fingerprint }, now).expect("the disk has room");
        ledger.writer.commit_if_due(now).expect("the disk has room");
    }
    let end = RunEnd { ended_at: 0, exit_code: 0, rows: None };
    ledger.writer.end_run(&end).expect("the disk has room");
}

fn import(bench: &Bench, sandbox: &SandboxProcess, arguments: &[&str]) -> Usage {
    let flags = ["--base-url", sandbox.url(), "--rate", "6000000/min", "--concurrency", "16"];
    bench.run(&[&["import"], arguments, &flags].concat())
}

fn show(deed: &str, order: Order, n_rows: usize, usage: Usage) {
    println!(
        "{deed:<16} {order:?}: {:>7.0} rows a second of one core, {:>6.1} s, peak {:.0} MiB",
        n_rows as f64 / usage.cpu.as_secs_f64(),
        usage.wall.as_secs_f64(),
        mebibytes(usage.peak),
    );
}
