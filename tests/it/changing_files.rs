//! An input that is written to, cut or replaced while it is read.

use std::fs;
use std::path::PathBuf;

use insta::assert_snapshot;
use serde_json::json;

use crate::support::{FakeServer, Run, TestEnv};

/// Two good rows; between them is more than what is read ahead of the first: rows that it supersedes, and a long one.
fn file() -> String {
    let superseded = "1,-\n".repeat(2_000);
    format!("external_id,notes\n1,-\n{superseded}2,{}\n3,-\n", "x".repeat(1_000_000))
}

/// Imports the file, one row after the other; when the first user is created, something happens to the file.
fn import_while(env: &TestEnv, happens: impl FnOnce(PathBuf) + Send + 'static) -> Run {
    env.write("users.csv", file());
    let (path, mut happens) = (env.path("users.csv"), Some(happens));
    let server = FakeServer::before(env.url(), move |what| {
        if what == "POST /contacts"
            && let Some(happens) = happens.take()
        {
            happens(path.clone());
        }
    });
    let flags = ["--ignore-column", "notes", "--duplicates", "first", "--concurrency", "1"];
    env.run_all(
        &["import", "users.csv"]
            .into_iter()
            .chain(flags)
            .chain(["--base-url", server.url()])
            .collect::<Vec<_>>(),
    )
}

#[test]
fn a_file_that_is_replaced_while_it_is_read_is_read_to_its_end() {
    let env = TestEnv::prompt();
    let run = import_while(&env, |path| {
        let other = path.with_extension("new");
        fs::write(&other, "external_id,notes\n7,-\n").unwrap();
        fs::rename(other, path).unwrap();
    });
    assert!(run.code == 0 && run.stderr.contains("users.csv: 2,003 rows in "), "{run}");
    assert_eq!(3, env.contacts().len());
}

#[test]
fn a_file_that_is_removed_while_it_is_read_is_read_to_its_end() {
    let env = TestEnv::prompt();
    let run = import_while(&env, |path| fs::remove_file(path).unwrap());
    assert!(run.code == 0 && run.stderr.contains("users.csv: 2,003 rows in "), "{run}");
}

#[test]
fn a_file_that_grows_while_it_is_read_is_told_though_all_rows_are_fine() {
    let env = TestEnv::prompt();
    let run = import_while(&env, |path| fs::write(path, file() + "4,-\n").unwrap());
    assert_snapshot!(run, @"
    exit 3
    ---- stderr
    error: users.csv changed while it was read: rows may be missing, or not be whole
      hint: replace a file by renaming the new one, never by writing into it
    users.csv: 2,003 rows in [TIME]: 3 created, 0 updated, 2,000 unchanged
    5 requests, 0 throttled, 0 retried
    superseded by another row of the same user: 2,000 rows
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: run `intercom-bulk import users.csv --ignore-column notes --duplicates first --concurrency 1 --base-url http://[HOST]` again: what is done stays done
    ");
    let report = env.report("import");
    assert_eq!(
        json!("users.csv changed while it was read: rows may be missing, or not be whole"),
        report["reason"]
    );
    assert_eq!((3, json!(3)), (env.contacts().len(), report["rows"]["created"].clone()));
}

#[test]
fn a_file_that_is_written_over_while_it_is_read_is_told() {
    let env = TestEnv::prompt();
    let run = import_while(&env, |path| fs::write(path, file().replace("3,-", "4,-")).unwrap());
    assert_eq!(3, run.code, "{run}");
    assert!(run.stderr.starts_with("error: users.csv changed while it was read"), "{run}");
}

#[test]
fn a_file_that_is_cut_while_it_is_read_is_an_error() {
    let env = TestEnv::prompt();
    let run = import_while(&env, |path| {
        fs::OpenOptions::new().write(true).open(path).unwrap().set_len(300_000).unwrap();
    });
    assert_snapshot!(run, @"
    exit 6
    ---- stderr
    error: users.csv: reading stopped at line 2003: the file was cut short while it was read
    users.csv: 2,001 rows of 2,003 in [TIME]: 1 created, 0 updated, 2,000 unchanged
    3 requests, 0 throttled, 0 retried
    superseded by another row of the same user: 2,000 rows
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: fix that, then run `intercom-bulk import users.csv --ignore-column notes --duplicates first --concurrency 1 --base-url http://[HOST]` again
    ");
    assert_eq!(1, env.contacts().len(), "half a row is no row");
}

#[test]
fn a_run_reads_one_file() {
    let env = TestEnv::offline();
    env.write("a.csv", "email\n");
    assert_snapshot!(env.run(["import", "a.csv", "b c.csv"]), @r#"
    exit 2
    ---- stderr
    error: `a.csv` and `b c.csv` are two files, and one run reads one
      hint: run the command once for each: `for file in a.csv 'b c.csv'; do intercom-bulk import "$file"; done`
    "#);
    let twice = env.run(["check", "a.csv", "a.csv"]);
    assert!(
        twice.stderr.starts_with("error: `a.csv` is there twice, and one run reads one file\n"),
        "{twice}"
    );
}
