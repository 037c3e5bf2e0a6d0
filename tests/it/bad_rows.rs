//! Rows that cannot be imported: each is told with its line, and every other row is applied.

use std::time::Duration;

use insta::assert_snapshot;
use intercom_bulk::sandbox::Config;

use crate::support::{Run, TestEnv};

/// Imports `users.csv`.
fn import(env: &TestEnv, content: impl AsRef<[u8]>) -> Run {
    env.write("users.csv", content);
    env.run(["import", "users.csv"])
}

/// Returns the emails that the sandbox holds.
fn emails(env: &TestEnv) -> Vec<String> {
    env.contacts().iter().map(|contact| contact["email"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn an_unterminated_quote_costs_the_last_row_only() {
    let env = TestEnv::prompt();
    let file = "email,name\na@example.com,Ann\nb@example.com,\"Bo\nc@example.com,Cy\n";
    assert_snapshot!(import(&env, file), @r#"
    exit 3
    ---- stderr
    users.csv: 2 rows in [TIME]: 1 created, 0 updated, 0 unchanged, 1 invalid
    3 requests, 0 throttled, 0 retried
    rejects: [STATE]/sandbox1/runs/[TIME]-import/rejects.csv
      unterminated_quote: 1 row, first at line 3: a quote is opened and never closed
        hint: look for a single `"` at the start of a cell of this row
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: fix and run `intercom-bulk import [STATE]/sandbox1/runs/[TIME]-import/retry.csv`; a re-run of users.csv will not help
    "#);
    assert_eq!(["a@example.com"], *emails(&env));
    assert_eq!("email,name\nb@example.com,\"Bo\nc@example.com,Cy\n", env.run_file("import", "retry.csv"));
}

#[test]
fn a_ragged_row_is_rejected_and_no_cell_is_shifted() {
    let env = TestEnv::prompt();
    let file = "email,name,plan\na@example.com,Weiss, Dana,pro\nb@example.com,Bo,free\nc@example.com,Cy\n";
    assert_snapshot!(import(&env, file), @"
    exit 3
    ---- stderr
    users.csv: 3 rows in [TIME]: 1 created, 0 updated, 0 unchanged, 2 invalid
    3 requests, 0 throttled, 0 retried
    rejects: [STATE]/sandbox1/runs/[TIME]-import/rejects.csv
      ragged: 2 rows, first at line 2: the row has 4 cells where the header has 3
        hint: put quotes around cells that hold the delimiter
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: fix and run `intercom-bulk import [STATE]/sandbox1/runs/[TIME]-import/retry.csv`; a re-run of users.csv will not help
    ");
    assert_eq!(["b@example.com"], *emails(&env));
}

#[test]
fn a_row_with_a_nul_byte_is_rejected_and_the_next_applied() {
    let env = TestEnv::prompt();
    assert_snapshot!(import(&env, "email,name\na@example.com,An\0n\nb@example.com,Bo\n"), @"
    exit 3
    ---- stderr
    users.csv: 2 rows in [TIME]: 1 created, 0 updated, 0 unchanged, 1 invalid
    3 requests, 0 throttled, 0 retried
    rejects: [STATE]/sandbox1/runs/[TIME]-import/rejects.csv
      not_text name: 1 row, first at line 2: column `name`: the cell holds a NUL byte at offset 2
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: fix and run `intercom-bulk import [STATE]/sandbox1/runs/[TIME]-import/retry.csv`; a re-run of users.csv will not help
    ");
    assert_eq!(["b@example.com"], *emails(&env));
}

#[test]
fn a_cell_of_a_megabyte_is_rejected_and_the_next_row_applied() {
    let env = TestEnv::prompt();
    let file = format!("email,name\na@example.com,{}\nb@example.com,Bo\n", "x".repeat(1 << 20));
    assert_snapshot!(import(&env, file), @"
    exit 3
    ---- stderr
    users.csv: 2 rows in [TIME]: 1 created, 0 updated, 0 unchanged, 1 invalid
    3 requests, 0 throttled, 0 retried
    rejects: [STATE]/sandbox1/runs/[TIME]-import/rejects.csv
      too_long name: 1 row, first at line 2: column `name`: `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…` has 1048576 characters, and Intercom keeps 255
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: fix and run `intercom-bulk import [STATE]/sandbox1/runs/[TIME]-import/retry.csv`; a re-run of users.csv will not help
    ");
    assert_eq!(["b@example.com"], *emails(&env));
    assert!(env.run_file("import", "retry.csv").len() > 1 << 20);
}

#[test]
fn a_row_that_is_not_utf_8_is_rejected_with_a_hint_to_the_encoding() {
    let env = TestEnv::prompt();
    assert_snapshot!(import(&env, b"email,name\na@example.com,Ann\nz@example.com,Zo\xeb\n"), @"
    exit 3
    ---- stderr
    users.csv: 2 rows in [TIME]: 1 created, 0 updated, 0 unchanged, 1 invalid
    3 requests, 0 throttled, 0 retried
    rejects: [STATE]/sandbox1/runs/[TIME]-import/rejects.csv
      not_text name: 1 row, first at line 3: column `name`: byte 0xeb at offset 2 of the cell is not UTF-8
        hint: say which encoding the file has: --encoding windows-1252
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: fix and run `intercom-bulk import [STATE]/sandbox1/runs/[TIME]-import/retry.csv`; a re-run of users.csv will not help
    ");
    assert_eq!(["a@example.com"], *emails(&env));
}

#[test]
fn the_hinted_encoding_reads_the_file() {
    let env = TestEnv::prompt();
    env.write("users.csv", b"email,name\nz@example.com,Zo\xeb\n");
    assert_snapshot!(env.run(["import", "users.csv", "--encoding", "windows-1252"]), @"
    exit 0
    ---- stderr
    users.csv: 1 row in [TIME]: 1 created, 0 updated, 0 unchanged
    3 requests, 0 throttled, 0 retried
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: nothing is left to do
    ");
    assert_eq!("Zoë", env.contacts()[0]["name"]);
}

#[test]
fn an_ndjson_file_that_was_cut_costs_its_last_row_only() {
    let env = TestEnv::prompt();
    env.write("users.ndjson", "{\"email\":\"a@example.com\"}\n{\"email\":\"b@exam");
    assert_snapshot!(env.run(["import", "users.ndjson"]), @"
    exit 3
    ---- stderr
    users.ndjson: 2 rows in [TIME]: 1 created, 0 updated, 0 unchanged, 1 invalid
    3 requests, 0 throttled, 0 retried
    rejects: [STATE]/sandbox1/runs/[TIME]-import/rejects.csv
      torn_line: 1 row, first at line 2: the file ends in the middle of this row
        hint: write the file again; this row was not complete
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: fix and run `intercom-bulk import [STATE]/sandbox1/runs/[TIME]-import/retry.ndjson`; a re-run of users.ndjson will not help
    ");
    assert_eq!(["a@example.com"], *emails(&env));
    assert_eq!("{\"email\":\"b@exam", env.run_file("import", "retry.ndjson"));
}

#[test]
fn a_row_without_identity_is_rejected_before_any_request() {
    let env = TestEnv::prompt();
    assert_snapshot!(import(&env, "external_id,email,name\n,,Nobody\n1,,Ann\n"), @"
    exit 3
    ---- stderr
    users.csv: 2 rows in [TIME]: 1 created, 0 updated, 0 unchanged, 1 invalid
    3 requests, 0 throttled, 0 retried
    rejects: [STATE]/sandbox1/runs/[TIME]-import/rejects.csv
      no_key: 1 row, first at line 2: no `external_id` and no `email`, so there is nothing to match on
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: fix and run `intercom-bulk import [STATE]/sandbox1/runs/[TIME]-import/retry.csv`; a re-run of users.csv will not help
    ");
    assert_eq!(1, env.writes().len());
}

#[test]
fn an_email_that_is_none_is_rejected() {
    let env = TestEnv::prompt();
    assert_snapshot!(import(&env, "email,name\nann(at)example.com,Ann\nb@example.com,Bo\n"), @"
    exit 3
    ---- stderr
    users.csv: 2 rows in [TIME]: 1 created, 0 updated, 0 unchanged, 1 invalid
    3 requests, 0 throttled, 0 retried
    rejects: [STATE]/sandbox1/runs/[TIME]-import/rejects.csv
      not_an_email email: 1 row, first at line 2: column `email`: `ann(at)example.com` is not an email address
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: fix and run `intercom-bulk import [STATE]/sandbox1/runs/[TIME]-import/retry.csv`; a re-run of users.csv will not help
    ");
    assert_eq!(["b@example.com"], *emails(&env));
}

#[test]
fn a_date_that_is_none_is_rejected_with_the_flag_that_reads_it() {
    let env = TestEnv::prompt();
    assert_snapshot!(import(&env, "email,Signed up\na@example.com,31/02/2024\nb@example.com,2024-02-28\n"), @"
    exit 3
    ---- stderr
    users.csv: 2 rows in [TIME]: 1 created, 0 updated, 0 unchanged, 1 invalid
    3 requests, 0 throttled, 0 retried
    rejects: [STATE]/sandbox1/runs/[TIME]-import/rejects.csv
      not_a_date signed_up_at: 1 row, first at line 2: column `Signed up`: `31/02/2024` is not a date
        hint: dates are read as YYYY-MM-DD; say otherwise with --map 'Signed up=signed_up_at:date(%d/%m/%Y)'
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: fix and run `intercom-bulk import [STATE]/sandbox1/runs/[TIME]-import/retry.csv`; a re-run of users.csv will not help
    ");
    assert_eq!(["b@example.com"], *emails(&env));
}

#[test]
fn milliseconds_are_not_taken_for_seconds() {
    let env = TestEnv::prompt();
    assert_snapshot!(import(&env, "email,Signed up\na@example.com,1700000000000\n"), @"
    exit 3
    ---- stderr
    users.csv: 1 row in [TIME]: 0 created, 0 updated, 0 unchanged, 1 invalid
    2 requests, 0 throttled, 0 retried
    rejects: [STATE]/sandbox1/runs/[TIME]-import/rejects.csv
      milliseconds signed_up_at: 1 row, first at line 2: column `Signed up`: `1700000000000` is milliseconds, where seconds are expected
        hint: divide by 1000, or say that it is milliseconds with --map 'Signed up=signed_up_at:date(ms)'
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: fix and run `intercom-bulk import [STATE]/sandbox1/runs/[TIME]-import/retry.csv`; a re-run of users.csv will not help
    ");
    assert!(env.writes().is_empty());
}

#[test]
fn every_fault_of_a_row_is_told_at_once() {
    let env = TestEnv::prompt();
    assert_snapshot!(import(&env, "email,company_size,is_beta\na@example.com,forty,perhaps\n"), @"
    exit 3
    ---- stderr
    users.csv: 1 row in [TIME]: 0 created, 0 updated, 0 unchanged, 1 invalid
    2 requests, 0 throttled, 0 retried
    rejects: [STATE]/sandbox1/runs/[TIME]-import/rejects.csv
      not_an_integer custom.company_size: 1 row, first at line 2: column `company_size`: `forty` is not a whole number; column `is_beta`: `perhaps` is neither yes nor no
        hint: write true, yes, y, on, 1 or false, no, n, off, 0
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: fix and run `intercom-bulk import [STATE]/sandbox1/runs/[TIME]-import/retry.csv`; a re-run of users.csv will not help
    ");
}

#[test]
fn the_rows_of_one_user_are_applied_in_the_order_of_the_file() {
    let env = TestEnv::with(Config {
        quota_per_minute: 0,
        latency: Duration::from_millis(20),
        jitter: Duration::from_millis(20),
        ..Config::default()
    });
    // Two keys for each of thirty users, so that both of its rows count.
    let of_user = |n| format!("u-{n},user{n}@example.com,First\n,user{n}@example.com,Second\n");
    let rows = (1..=30).map(of_user).collect::<String>();
    env.write("users.csv", format!("external_id,email,name\n{rows}"));
    let run = env.run(["import", "users.csv", "--concurrency", "16"]);
    assert!(run.stderr.contains(" 30 created, 30 updated, 0 unchanged\n"), "{run}");
    assert!(env.contacts().iter().all(|contact| contact["name"] == "Second"));
}
