//! What the benches share: users to move, the program to measure, and what the operating system says about it.
#![allow(dead_code, unused_imports, reason = "each bench uses its part")]
#![allow(clippy::disallowed_methods, reason = "a bench measures time, and waits for what it measures")]

mod process;
mod sandbox;

use std::fmt::Write as _;
use std::fs;
use std::ops::Range;
use std::str::FromStr;
use std::time::Duration;

use intercom_bulk::mapping::{Attribute, AttributeType};

pub(crate) use process::{Bench, PROGRAM, Usage};
pub(crate) use sandbox::SandboxProcess;

/// Returns the first argument, which follows `--` on cargo's command line, or a default.
pub(crate) fn argument<T: FromStr>(default: T) -> T {
    let given = std::env::args().skip(1).find(|argument| !argument.starts_with("--"));
    given.map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("`{text}` is not such an argument")))
}

/// Returns a CSV of users with ten fields and five custom attributes, about 190 bytes a row. Their owner is an admin of
/// every fresh sandbox.
pub(crate) fn users_csv(numbers: Range<usize>) -> String {
    let mut csv = String::from(
        "external_id,email,name,phone,avatar,role,owner_id,signed_up_at,last_seen_at,unsubscribed_from_emails,\
         plan,seats,score,vip,renewed\n",
    );
    for n in numbers {
        let (day, minute, second) = (n % 28 + 1, n % 60, n % 59);
        let (plan, is_vip) = (["free", "team", "enterprise"][n % 3], n.is_multiple_of(2));
        writeln!(
            csv,
            "u-{n:08},user{n:08}@mail.example.com,Jos\u{e9} Example {n},+4930{n:08},\
             https://cdn.example.com/{n:08}.png,user,814860,2024-03-{day:02}T09:{minute:02}:{second:02}Z,\
             1706{tail:06},no,{plan},{seats},{score}.5,{is_vip},2025-11-{day:02}",
            tail = n % 1_000_000,
            seats = n % 500,
            score = n % 97,
        )
        .expect("a string takes every letter");
    }
    csv
}

/// Returns the custom attributes of those users.
pub(crate) fn attributes() -> Vec<Attribute> {
    [
        ("plan", AttributeType::String),
        ("seats", AttributeType::Integer),
        ("score", AttributeType::Float),
        ("vip", AttributeType::Boolean),
        ("renewed", AttributeType::Date),
    ]
    .map(|(name, data_type)| Attribute { name: name.into(), data_type, archived: false, options: Vec::new() })
    .into()
}

/// Returns how long this thread has been on a CPU, in which other processes do not count.
pub(crate) fn thread_cpu() -> Duration {
    let text = fs::read_to_string("/proc/thread-self/schedstat").expect("Linux tells of each thread");
    let nanoseconds = text.split(' ').next().and_then(|field| field.parse().ok());
    Duration::from_nanos(nanoseconds.expect("the first field is a number"))
}

/// Returns mebibytes, from the kibibytes that Linux counts in.
pub(crate) fn mebibytes(kibibytes: u64) -> f64 {
    kibibytes as f64 / 1024.0
}

/// Returns the middle one of some measurements.
pub(crate) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
