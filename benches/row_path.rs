//! How many rows a second does one core take from the bytes of a CSV to JSON bodies, and which part takes how long?
//!
//! `cargo bench --bench row_path [-- REPEATS]`. Everything is in memory and in one thread. The parts are measured
//! in turn, so that a busy machine slows all of them alike; time is the thread's own on the CPU.
#![allow(clippy::disallowed_methods, clippy::print_stdout)]

mod support;

use std::io::Cursor;
use std::sync::Arc;

use serde::Serializer;

use intercom_bulk::intercom::UserFields;
use intercom_bulk::mapping::{Key, Mapping, MappingSpec};
use intercom_bulk::rows::{Read, ReadOptions, Row, Rows};

/// Enough for a tenth of a second each, little enough to stay in memory.
const ROWS: usize = 100_000;
const REPEATS: usize = 15;

/// How much of the way is gone.
#[derive(Debug, Clone, Copy)]
enum Part {
    Read,
    /// The first reading, which only wants to know whose the rows are.
    Key,
    Map,
    Body,
    /// The bare crates, which check nothing: what the whole way is measured against.
    Bare,
}

fn main() {
    let repeats = support::argument(REPEATS);
    let csv: Arc<[u8]> = support::users_csv(0..ROWS).into_bytes().into();
    println!("{ROWS} rows of {} bytes, {repeats} repeats", csv.len() / ROWS);
    let parts = [Part::Read, Part::Key, Part::Map, Part::Body, Part::Bare];
    let mut seconds = parts.map(|_| Vec::new());
    for _ in 0..repeats {
        for (part, seconds) in parts.iter().zip(&mut seconds) {
            seconds.push(match part {
                Part::Bare => measure_bare(&csv),
                part => measure(*part, Arc::clone(&csv)),
            });
        }
    }
    for (name, mut seconds) in
        ["read", "read, key", "read, map", "read, map, body", "csv + serde_json"].into_iter().zip(seconds)
    {
        seconds.sort_by(f64::total_cmp);
        let rate = |seconds: f64| ROWS as f64 / seconds;
        let (median, best) = (rate(seconds[repeats / 2]), rate(seconds[0]));
        println!("{name:<16} {median:>9.0} rows/s in the median, {best:>9.0} at best");
    }
}

/// Takes every row that far, and returns the seconds that it took.
fn measure(part: Part, csv: Arc<[u8]>) -> f64 {
    let begun = support::thread_cpu();
    let rows = Rows::from_reader("memory", Box::new(Cursor::new(csv)), &ReadOptions::default())
        .expect("the CSV is well formed");
    let mapping =
        Mapping::compile(rows.columns(), &MappingSpec::default(), &support::attributes(), Key::Auto)
            .expect("each column is a field or an attribute");
    let mut body = Vec::new();
    let (mut n_rows, mut n_bytes) = (0, 0);
    for read in rows {
        let row = whole(read.expect("memory can be read"));
        n_rows += 1;
        n_bytes += match part {
            Part::Read => row.raw().len(),
            Part::Key => mapping.key_of(&row).map_or(0, |key| key.identity.value().len()),
            Part::Map => map(&mapping, &row).iter().count(),
            Part::Body | Part::Bare => write_body(&map(&mapping, &row), &mut body),
        };
    }
    let seconds = (support::thread_cpu() - begun).as_secs_f64();
    assert!(n_rows == ROWS && n_rows < n_bytes, "every row went all the way");
    seconds
}

/// Takes every row from CSV to a JSON object of texts with the bare crates and reused buffers, and returns the seconds.
fn measure_bare(csv: &[u8]) -> f64 {
    let begun = support::thread_cpu();
    let mut reader = csv::Reader::from_reader(csv);
    let header = reader.headers().expect("the CSV has a header").clone();
    let (mut record, mut body, mut n_bytes) = (csv::ByteRecord::new(), Vec::new(), 0);
    while reader.read_byte_record(&mut record).expect("the CSV is well formed") {
        body.clear();
        let cells = record.iter().map(|cell| std::str::from_utf8(cell).expect("the CSV is text"));
        let mut serializer = serde_json::Serializer::new(&mut body);
        serializer.collect_map(header.iter().zip(cells)).expect("memory takes every byte");
        n_bytes += body.len();
    }
    assert!(n_bytes > ROWS, "every row went all the way");
    (support::thread_cpu() - begun).as_secs_f64()
}

fn whole(read: Read) -> Row {
    match read {
        Read::Row(row) => row,
        Read::Bad(row) => panic!("{}", row.fault),
    }
}

fn map(mapping: &Mapping, row: &Row) -> UserFields {
    mapping.apply(row).expect("every cell fits its field")
}

fn write_body(fields: &UserFields, body: &mut Vec<u8>) -> usize {
    body.clear();
    serde_json::to_writer(&mut *body, fields).expect("memory takes every byte");
    body.len()
}
