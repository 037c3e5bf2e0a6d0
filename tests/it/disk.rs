//! Full disks, read-only folders, lost outputs: said with the file's name and exit 12, nothing old is touched, and a later
//! run that has space finishes the work.

use std::fs::{self, File};
use std::process::Stdio;

use insta::assert_snapshot;
use serde_json::Value;

use crate::support::{Room, Run, TestEnv, skipped, users};

/// So many rows without a date, which are rejects of about a hundred bytes each.
fn bad_rows(n_rows: usize) -> String {
    let row = |n| format!("u-{n},soon\n");
    (1..=n_rows).map(row).fold("external_id,Signed up\n".into(), |file, row| file + &row)
}

/// Imports `users.csv` with its state on a disk with this room.
fn import_on_disk(env: &TestEnv, room: Room) -> Option<Run> {
    let arguments = ["import", "users.csv", "--state-dir", "state", "--json", "--progress", "none"];
    env.run_on_disk("state", room, &arguments)
}

/// The error says which file of `state` it was, and what to do.
#[track_caller]
fn assert_names_the_file(run: &Run) {
    let mut lines = run.stderr.lines().skip_while(|line| !line.starts_with("error: "));
    let error = lines.next().unwrap_or_else(|| panic!("{run}"));
    // The second is SQLite's word where its index of the log cannot grow.
    let is_told = ["disk is full", "disk I/O error"].iter().any(|why| error.ends_with(why));
    assert!(error.contains("`state/sandbox1/") && is_told, "{run}");
    assert!(lines.next().unwrap().starts_with("  hint: "), "{run}");
}

#[test]
fn a_disk_that_is_full_at_the_start_is_named_before_anything_is_sent() {
    let env = TestEnv::prompt();
    env.write("users.csv", users(3));
    let arguments = ["import", "users.csv", "--state-dir", "state"];
    let Some(run) = env.run_on_disk("state", Room::Free(0), &arguments) else { return };
    assert_snapshot!(run, @"
    exit 12
    ---- stderr
    error: the ledger `state/sandbox1/ledger.db` cannot be read or written: database or disk is full
      hint: make room, or choose another place: --state-dir DIR; what is not remembered is sent once more
    ");
    assert!(env.contacts().is_empty());
    assert_eq!(0, env.run(arguments).code);
    assert_eq!(3, env.contacts().len());
}

#[test]
fn rejects_that_fill_the_disk_end_the_run_and_a_later_one_has_them_all() {
    let env = TestEnv::prompt();
    env.write("users.csv", bad_rows(5_000));
    let Some(run) = import_on_disk(&env, Room::Free(256)) else { return };
    assert_eq!(12, run.code, "{run}");
    let error = run.stderr.lines().find(|line| line.starts_with("error: ")).unwrap();
    assert!(error.ends_with("cannot be written: the disk is full"), "{run}");
    assert!(error.contains("rejects.csv`") || error.contains("retry.csv`"), "{run}");
    let run = env.run(["import", "users.csv", "--run-dir", "tonight"]);
    assert_eq!(3, run.code, "{run}");
    assert_eq!(bad_rows(5_000), env.read("tonight/retry.csv"));
}

#[test]
fn a_ledger_that_fills_the_disk_ends_the_run_and_a_later_one_goes_on() {
    let env = TestEnv::prompt();
    env.write("users.csv", users(3_000));
    let Some(run) = import_on_disk(&env, Room::Free(128)) else { return };
    assert_eq!(12, run.code, "{run}");
    assert_names_the_file(&run);
    let first: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(first["rows"]["created"], env.contacts().len());
    let run = env.run(["import", "users.csv", "--state-dir", "state"]);
    assert_eq!(0, run.code, "{run}");
    assert_eq!(3_000, env.contacts().len());
    assert_eq!(0, env.count("PUT", "/contacts"));
}

#[test]
fn whatever_room_there_is_a_run_is_whole_or_ends_with_12() {
    let mut codes = Vec::new();
    for free in [4, 8, 16, 24, 32, 48, 64, 96, 128, 160, 192, 256, 900] {
        let env = TestEnv::prompt();
        env.write("users.csv", format!("{}u-4,soon\n", "external_id,Signed up\nu-1,\nu-2,\nu-3,\n"));
        let Some(run) = import_on_disk(&env, Room::Free(free)) else { return };
        codes.push(run.code);
        let report: Value =
            serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{free} KiB: {error}\n{run}"));
        assert_eq!(run.code, report["exit_code"].as_i64().unwrap() as i32, "{free} KiB: {run}");
        if run.code == 12 {
            assert_names_the_file(&run);
        }
        let again = env.run(["import", "users.csv", "--state-dir", "state"]);
        assert_eq!(3, again.code, "{free} KiB: {again}");
        assert_eq!(3, env.contacts().len(), "{free} KiB");
    }
    codes.dedup();
    assert_eq!([12, 3], *codes);
}

#[test]
fn a_lead_is_not_created_without_room_for_its_intent() {
    let env = TestEnv::prompt();
    let rows: String = (1..=2_000).map(|n| format!("lead{n}@example.com\n")).collect();
    env.write("users.csv", format!("email\n{rows}"));
    let arguments = ["import", "users.csv", "--role", "lead", "--state-dir", "state"];
    let Some(run) = env.run_on_disk("state", Room::Free(160), &arguments) else { return };
    assert_eq!(12, run.code, "{run}");
    assert_names_the_file(&run);
    assert!(env.contacts().len() < 2_000);
    assert_eq!(0, env.run(arguments).code);
    assert_eq!(2_000, env.contacts().len());
}

#[test]
fn an_export_that_fills_the_disk_leaves_the_old_file_as_it_was() {
    let env = TestEnv::prompt();
    env.write("users.csv", users(600));
    assert_eq!(0, env.run(["import", "users.csv"]).code);
    fs::create_dir(env.path("data")).unwrap();
    env.write("data/all.csv", "the old file\n");
    let Some(run) = env.run_on_disk("data", Room::Free(64), &["export", "data/all.csv"]) else { return };
    assert_eq!(12, run.code, "{run}");
    assert!(run.stderr.contains("error: `data/all.csv` cannot be written: the disk is full\n"), "{run}");
    assert_eq!("the old file\n", env.read("data/all.csv"));
    assert_eq!(1, fs::read_dir(env.path("data")).unwrap().count());
    assert_eq!(0, env.run(["export", "data/all.csv"]).code);
    assert_eq!(601, env.read("data/all.csv").lines().count());
}

#[test]
fn a_folder_that_cannot_be_written_to_is_named() {
    let env = TestEnv::prompt();
    env.write("users.csv", users(3));
    fs::create_dir(env.path("state")).unwrap();
    let arguments = ["import", "users.csv", "--state-dir", "state"];
    let Some(run) = env.run_on_disk("state", Room::ReadOnly, &arguments) else { return };
    assert_snapshot!(run, @"
    exit 12
    ---- stderr
    error: `state/sandbox1` cannot be written: Read-only file system (os error 30)
      hint: choose another place: --state-dir DIR or --run-dir DIR
    ");
    assert!(env.contacts().is_empty());
    let Some(run) = env.run_on_disk("data", Room::ReadOnly, &["export", "data/all.csv"]) else { return };
    assert_snapshot!(run, @"
    exit 12
    ---- stderr
    error: `data/all.csv.partial` cannot be written: Read-only file system (os error 30)
    ");
}

/// Runs the program with this file as its stdout.
fn run_into(env: &TestEnv, stdout: impl Into<Stdio>, arguments: &[&str]) -> Run {
    env.finish(env.command(arguments).stdin(Stdio::null()).stdout(stdout).spawn().unwrap())
}

/// Each way to write data to stdout, on a workspace with one user.
const TO_STDOUT: [&[&str]; 10] = [
    &["import", "users.csv", "--json"],
    &["check", "users.csv", "--json"],
    &["export", "all.csv", "--json"],
    &["export", "-"],
    &["find", "--external-id", "u-1"],
    &["list"],
    &["list", "--all"],
    &["attributes", "list"],
    &["attributes", "check", "users.csv", "--json"],
    &["import", "users.csv", "--json", "--disabled"],
];

#[test]
fn data_that_get_lost_on_stdout_are_no_success() {
    let Ok(full) = File::options().write(true).open("/dev/full") else {
        return skipped("there is no /dev/full here");
    };
    let env = TestEnv::prompt();
    env.write("users.csv", users(1));
    for arguments in TO_STDOUT {
        let run = run_into(&env, full.try_clone().unwrap(), arguments);
        assert_eq!(12, run.code, "{arguments:?}: {run}");
        assert!(
            run.stderr.contains("error: `stdout` cannot be written: the disk is full\n"),
            "{arguments:?}: {run}"
        );
        env.settle();
    }
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let env = TestEnv::prompt();
    env.write("users.csv", users(1));
    for arguments in TO_STDOUT {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let run = run_into(&env, writer, arguments);
        assert_eq!(0, run.code, "{arguments:?}: {run}");
        env.settle();
    }
}
