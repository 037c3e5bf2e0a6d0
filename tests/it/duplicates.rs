//! Several rows of one user in a file: one of them counts, and the others are told.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{Run, TestEnv};

/// Ann is there three times, Bo once.
const FILE: &str = "external_id,name\n1,Ann\n2,Bo\n1,Anna\n1,Ann Lee\n";

fn import<const N: usize>(env: &TestEnv, file: &str, flags: [&str; N]) -> Run {
    env.write("users.csv", file);
    env.run_all(&["import", "users.csv"].into_iter().chain(flags).collect::<Vec<_>>())
}

fn names(env: &TestEnv) -> Vec<Value> {
    env.contacts().iter().map(|contact| contact["name"].clone()).collect()
}

#[test]
fn the_last_row_of_a_user_counts_and_is_the_only_one_that_is_written() {
    let env = TestEnv::prompt();
    assert_snapshot!(import(&env, FILE, []), @"
    exit 0
    ---- stderr
    users.csv: 4 rows in [TIME]: 2 created, 0 updated, 2 unchanged
    4 requests, 0 throttled, 0 retried
    superseded by another row of the same user: 2 rows
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: nothing is left to do
    ");
    assert_eq!([json!("Ann Lee"), json!("Bo")], *names(&env));
    assert_eq!(2, env.writes().len());
    assert_eq!(json!(2), env.report("import")["remarks"]["superseded"]);
}

#[test]
fn a_second_import_of_a_file_with_duplicates_is_all_unchanged() {
    let env = TestEnv::prompt();
    import(&env, FILE, []);
    let run = import(&env, FILE, []);
    assert!(
        run.stderr.contains("4 rows in ") && run.stderr.contains(" 0 created, 0 updated, 4 unchanged"),
        "{run}"
    );
    assert!(run.stderr.contains("superseded by another row of the same user: 2 rows"), "{run}");
    assert_eq!((2, 0), (env.contacts().len(), env.count("PUT", "/contacts")));
}

#[test]
fn the_first_row_of_a_user_counts_for_those_who_say_so() {
    let env = TestEnv::prompt();
    let run = import(&env, FILE, ["--duplicates", "first"]);
    assert!(run.stderr.contains(": 2 created, 0 updated, 2 unchanged\n"), "{run}");
    assert_eq!([json!("Ann"), json!("Bo")], *names(&env));
    assert_eq!(2, env.writes().len());
}

#[test]
fn all_rows_of_a_user_are_invalid_for_those_who_say_so() {
    let env = TestEnv::prompt();
    assert_snapshot!(import(&env, FILE, ["--duplicates", "reject"]), @"
    exit 3
    ---- stderr
    users.csv: 4 rows in [TIME]: 1 created, 0 updated, 0 unchanged, 3 invalid
    3 requests, 0 throttled, 0 retried
    rejects: [STATE]/sandbox1/runs/[TIME]-import/rejects.csv
      duplicate external_id: 3 rows, first at line 2: `external_id 1` is on line 5 as well
        hint: keep one of the rows, or let the last one count: --duplicates last
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: fix and run `intercom-bulk import [STATE]/sandbox1/runs/[TIME]-import/retry.csv --duplicates reject`; a re-run of users.csv will not help
    ");
    assert_eq!([json!("Bo")], *names(&env));
    let rejects = env.run_file("import", "rejects.csv");
    let messages: Vec<&str> = rejects.lines().skip(1).map(|line| line.split(',').nth(9).unwrap()).collect();
    let first = "`external_id 1` is on line 2 as well";
    assert_eq!(["`external_id 1` is on line 5 as well", first, first], *messages);
    assert_eq!("external_id,name\n1,Ann\n1,Anna\n1,Ann Lee\n", env.run_file("import", "retry.csv"));
}

#[test]
fn the_last_row_counts_even_if_it_is_invalid_otherwise() {
    let env = TestEnv::prompt();
    let file = "external_id,signed_up_at\n1,2026-01-31\n1,soon\n";
    let run = import(&env, file, []);
    assert!(run.stderr.contains(": 0 created, 0 updated, 1 unchanged, 1 invalid\n"), "{run}");
    assert!(env.contacts().is_empty());
}

#[test]
fn a_superseded_row_is_not_looked_at_any_further() {
    let env = TestEnv::prompt();
    let run = import(&env, "external_id,signed_up_at\n1,soon\n1,2026-01-31\n", []);
    assert_eq!((0, 1), (run.code, env.contacts().len()), "{run}");
}

#[test]
fn keys_are_the_same_as_they_are_matched() {
    let env = TestEnv::prompt();
    let file = "email,name\n ANN@example.com,Ann\nann@example.com,Ann Lee\n,nobody\n,nobody\n";
    let run = import(&env, file, []);
    assert!(run.stderr.contains(": 1 created, 0 updated, 1 unchanged, 2 invalid\n"), "{run}");
    assert_eq!([json!("Ann Lee")], *names(&env));
}

#[test]
fn a_user_and_a_lead_of_one_email_are_no_duplicates() {
    let env = TestEnv::prompt();
    let file = "email,role\nann@example.com,user\nann@example.com,lead\n";
    let run = import(&env, file, ["--duplicates", "reject"]);
    assert!(run.stderr.contains(": 2 created, 0 updated, 0 unchanged\n"), "{run}");
}

#[test]
fn objects_and_rows_of_stdin_are_compared_as_well() {
    let env = TestEnv::prompt();
    let file = b"{\"external_id\":\"1\",\"name\":\"Ann\"}\n{\"name\":\"Ann Lee\",\"external_id\":\"1\"}\n";
    let run = env.run_with_stdin(["import", "-"], file);
    assert!(
        run.stderr.contains("stdin: 2 rows in ")
            && run.stderr.contains(": 1 created, 0 updated, 1 unchanged\n"),
        "{run}"
    );
    env.write("users.ndjson", file);
    let run = env.run(["import", "users.ndjson", "--duplicates", "first"]);
    assert!(run.stderr.contains(": 0 created, 1 updated, 1 unchanged\n"), "{run}");
    assert_eq!([json!("Ann")], *names(&env));
}

#[test]
fn a_check_tells_the_duplicates() {
    let env = TestEnv::offline();
    env.write("users.csv", FILE);
    assert_snapshot!(env.run(["check", "users.csv"]), @"
    exit 0
    ---- stderr
    users.csv: 4 rows in [TIME]: 2 valid, 0 invalid; nothing was sent
    superseded by another row of the same user: 2 rows
    report: [STATE]/offline/runs/[TIME]-check/report.json
    next: nothing is left to do
    ");
    let run = env.run(["check", "users.csv", "--duplicates", "reject"]);
    assert_eq!(3, run.code);
    assert!(
        run.stderr.contains("1 valid, 3 invalid")
            && run.stderr.contains("duplicate external_id: 3 rows, first at line 2"),
        "{run}"
    );
}

#[test]
fn duplicates_are_found_among_thousands_of_rows() {
    let env = TestEnv::offline();
    let rows: String = (0..30_000).map(|n| format!("u-{},User {n}\n", n % 20_000)).collect();
    env.write("users.csv", format!("external_id,name\n{rows}"));
    let run = env.run(["check", "users.csv"]);
    assert!(run.stderr.contains("20,000 valid, 0 invalid"), "{run}");
    assert!(run.stderr.contains("superseded by another row of the same user: 10,000 rows"), "{run}");
}
