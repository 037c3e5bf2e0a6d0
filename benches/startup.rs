//! How long does the program take to say how it is used, and how large is it?
//!
//! `cargo bench --bench startup [-- REPEATS]`. Under 20 ms and under 20 MiB are promised.
#![allow(clippy::print_stdout)]

mod support;

use std::fs;

use support::{Bench, PROGRAM, mebibytes};

const REPEATS: usize = 51;

fn main() {
    let repeats = support::argument(REPEATS);
    let bench = Bench::new();
    let mut times: Vec<_> = (0..repeats).map(|_| bench.run(&["--help"]).wall).collect();
    times.sort();
    let (median, slowest) = (times[repeats / 2], times[repeats - 1]);
    println!("--help: {median:.1?} in the median, {slowest:.1?} at worst");
    let size = fs::metadata(PROGRAM).expect("the program was built").len() / 1024;
    println!("binary: {:.1} MiB", mebibytes(size));
    assert!(median.as_millis() < 20 && mebibytes(size) < 20.0, "under 20 ms and 20 MiB are promised");
}
