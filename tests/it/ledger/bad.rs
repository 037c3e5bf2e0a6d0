//! Ledgers that cannot be used as they are.

use std::fs;

use insta::assert_snapshot;

use super::{AS_IT_WAS, import};
use crate::support::{TestEnv, users};

const LEDGER: &str = ".local/state/intercom-bulk/sandbox1/ledger.db";

#[test]
fn a_ledger_of_another_workspace_is_refused_before_anything_is_written() {
    let env = TestEnv::new();
    import(&env, 3, AS_IT_WAS, &[]);
    env.change_ledger("UPDATE workspace SET id = 'another'");
    let writes = env.writes().len();
    assert_snapshot!(import(&env, 3, ("User 2\n", "User Two\n"), &[]), @"
    exit 2
    ---- stderr
    error: the ledger `[STATE]/sandbox1/ledger.db` is that of workspace another, not of sandbox1
      hint: give each workspace a folder of its own: --state-dir DIR
    ");
    assert_eq!(writes, env.writes().len());
}

#[test]
fn a_ledger_of_a_later_version_is_refused() {
    let env = TestEnv::new();
    import(&env, 3, AS_IT_WAS, &[]);
    env.change_ledger("PRAGMA user_version = 99");
    assert_snapshot!(import(&env, 3, AS_IT_WAS, &[]), @"
    exit 2
    ---- stderr
    error: the ledger `[STATE]/sandbox1/ledger.db` has schema 99, and this version of the program knows 1
      hint: use the newer version of the program, or begin a new ledger, which costs requests and loses nothing: `mv [STATE]/sandbox1/ledger.db [STATE]/sandbox1/ledger.db.old`
    ");
}

#[test]
fn a_damaged_ledger_is_set_aside_and_the_run_goes_on() {
    let env = TestEnv::new();
    import(&env, 3, AS_IT_WAS, &[]);
    fs::write(env.path(LEDGER), "no database at all, ".repeat(500)).unwrap();
    assert_snapshot!(import(&env, 3, AS_IT_WAS, &[]), @"
    exit 0
    ---- stderr
    the ledger `[STATE]/sandbox1/ledger.db` is damaged: file is not a database; it was set aside as `[STATE]/sandbox1/ledger.db.damaged-1`, and a new one begun: rows that were delivered are sent once more
    users.csv: 3 rows in [TIME]: 0 created, 0 updated, 3 unchanged
    8 requests, 0 throttled, 0 retried
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: nothing is left to do
    ");
    assert!(env.read(&format!("{LEDGER}.damaged-1")).starts_with("no database"));
    let run = import(&env, 3, AS_IT_WAS, &[]);
    assert!(run.stderr.contains("3 unchanged\n2 requests"), "{run}");
}

#[test]
fn a_page_that_is_damaged_ends_the_run_and_the_next_one_sets_the_ledger_aside() {
    let env = TestEnv::new();
    env.write("users.csv", users(2_000));
    assert_eq!(0, env.run(["import", "users.csv"]).code);
    let mut bytes = fs::read(env.path(LEDGER)).unwrap();
    let length = bytes.len();
    bytes[length / 2..].fill(0x5a);
    fs::write(env.path(LEDGER), bytes).unwrap();
    let run = env.run(["import", "users.csv"]);
    assert_eq!(12, run.code, "{run}");
    assert!(run.stderr.contains("is damaged"), "{run}");
    let run = env.run(["import", "users.csv"]);
    assert_eq!(0, run.code, "{run}");
    assert_eq!(2_000, env.contacts().len());
}

#[test]
fn stdin_is_known_from_run_to_run() {
    let env = TestEnv::new();
    let first = env.run_with_stdin(["import", "-"], users(3).as_bytes());
    assert!(first.stderr.contains("3 created"), "{first}");
    let again = env.run_with_stdin(["import", "-"], users(4).as_bytes());
    assert!(again.stderr.contains("1 created, 0 updated, 3 unchanged\n3 requests"), "{again}");
}
