//! `--retry-rejected`: what the last run of the job could not deliver is sent again with tonight's file.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{Run, TestEnv, redact};

/// Imports the file of a night, into a run folder of this name.
fn night(env: &TestEnv, file: &str, folder: &str, flags: &[&str]) -> Run {
    env.write("users.csv", file);
    env.run_all(&[&["import", "users.csv", "--run-dir", folder], flags].concat())
}

fn retry(env: &TestEnv, file: &str, folder: &str) -> Run {
    night(env, file, folder, &["--retry-rejected"])
}

fn names(env: &TestEnv) -> Vec<Value> {
    env.contacts().iter().map(|contact| contact["name"].clone()).collect()
}

/// A user whose owner is not there yet; `2` has nothing against it.
const REFUSED: &str = "external_id,name,Owner\n1,Ann,999999\n2,Bo,\n";

#[test]
fn a_row_that_was_rejected_is_sent_again_though_the_file_of_the_night_does_not_have_it() {
    let env = TestEnv::prompt();
    assert_eq!(3, night(&env, REFUSED, "first", &[]).code);
    let rejects = env.read("first/retry.csv");
    env.write("first/retry.csv", rejects.replace("999999", ""));
    assert_snapshot!(retry(&env, "external_id,name,Owner\n3,Cy,\n", "second"), @"
    exit 0
    ---- stderr
    users.csv: the rows of first/retry.csv are sent again before it
    users.csv: 2 rows in [TIME]: 2 created, 0 updated, 0 unchanged
    4 requests, 0 throttled, 0 retried
    report: second/report.json
    next: nothing is left to do
    ");
    assert_eq!([json!("Ann"), json!("Bo"), json!("Cy")], *names(&env));
    let report: Value = serde_json::from_str(&env.read("second/report.json")).unwrap();
    let inputs: Vec<String> = report["input"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| format!("{} {}", it["path"], it["rows"]))
        .collect();
    assert_snapshot!(redact(&inputs.join("\n"), &env), @r#"
    "users.csv" 1
    "first/retry.csv" 1
    "#);
    assert_eq!(json!(2), report["rows"]["read"]);
}

#[test]
fn a_user_in_both_counts_once_with_the_row_of_the_night() {
    let env = TestEnv::prompt();
    night(&env, REFUSED, "first", &[]);
    let run = retry(&env, "external_id,name,Owner\n1,Ann Lee,\n2,Bo,\n", "second");
    assert!(run.stderr.contains(": 1 created, 0 updated, 2 unchanged\n"), "{run}");
    assert!(run.stderr.contains("superseded by another row of the same user: 1 row\n"), "{run}");
    assert_eq!([json!("Ann Lee"), json!("Bo")], *names(&env));
}

#[test]
fn the_other_row_of_a_user_is_told_with_its_file() {
    let env = TestEnv::prompt();
    night(&env, REFUSED, "first", &[]);
    let file = "external_id,name,Owner\n3,Cy,\n1,Ann Lee,\n";
    let run = night(&env, file, "second", &["--retry-rejected", "--duplicates", "reject"]);
    assert!(run.stderr.contains(": 1 created, 0 updated, 0 unchanged, 2 invalid\n"), "{run}");
    let rejects = env.read("second/rejects.csv");
    assert!(rejects.contains("/first/retry.csv,2,23,") && rejects.contains("users.csv,3,29,"), "{rejects}");
    assert!(rejects.contains("is on line 3 of the input as well"), "{rejects}");
    assert!(rejects.contains("is on line 2 of the rejects of an earlier run as well"), "{rejects}");
}

#[test]
fn rows_that_still_fail_are_kept_byte_for_byte_and_do_not_become_more_every_night() {
    let env = TestEnv::prompt();
    let file = "external_id,name,Owner\n1,\"Ann \"\"A\"\"\",999999\nragged\n,Nobody,\n2,Bo,\n";
    night(&env, file, "first", &[]);
    let failing = "external_id,name,Owner\n1,\"Ann \"\"A\"\"\",999999\nragged\n,Nobody,\n";
    assert_eq!(failing.len(), env.read("first/retry.csv").len());
    // Rows end in the order of their answers, and are compared without it.
    let sorted = |text: &str| {
        let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(3, retry(&env, "external_id,name,Owner\n3,Cy,\n", "second").code);
    assert_eq!(sorted(failing), sorted(&env.read("second/retry.csv")));
    assert!(env.read("second/rejects.csv").contains("/first/retry.csv,"));
    assert_eq!(3, retry(&env, file, "third").code);
    assert_eq!(sorted(failing), sorted(&env.read("third/retry.csv")));
    assert!(!env.read("third/rejects.csv").contains("/retry.csv,"));
}

#[test]
fn rejects_with_other_columns_are_refused_before_anything_is_sent() {
    let env = TestEnv::prompt();
    night(&env, REFUSED, "first", &[]);
    let writes = env.writes().len();
    assert_snapshot!(retry(&env, "external_id,name\n3,Cy\n", "second"), @"
    exit 2
    ---- stderr
    error: first/retry.csv: the columns are not those of `users.csv`
      hint: import it on its own, and leave out --retry-rejected once: `intercom-bulk import first/retry.csv`
    ");
    assert_eq!(writes, env.writes().len());
}

#[test]
fn a_job_without_rejects_goes_on_and_says_so() {
    let env = TestEnv::prompt();
    let file = "external_id,name\n1,Ann\n";
    assert_snapshot!(retry(&env, file, "first"), @"
    exit 0
    ---- stderr
    users.csv: no rejects of an earlier run
    users.csv: 1 row in [TIME]: 1 created, 0 updated, 0 unchanged
    3 requests, 0 throttled, 0 retried
    report: first/report.json
    next: nothing is left to do
    ");
    assert!(retry(&env, file, "second").stderr.starts_with("users.csv: no rejects of an earlier run\n"));
    std::fs::remove_dir_all(env.path("second")).unwrap();
    let run = retry(&env, file, "third");
    assert!(run.stderr.contains("the folder of an earlier run is gone: ") && run.code == 0, "{run}");
}

#[test]
fn a_row_whose_user_was_delivered_since_is_not_sent_again() {
    let env = TestEnv::prompt();
    night(&env, REFUSED, "first", &[]);
    env.write("corrected.csv", "external_id,name,Owner\n1,Ann Lee,\n");
    assert_eq!(0, env.run(["import", "corrected.csv"]).code);
    let run = retry(&env, "external_id,name,Owner\n3,Cy,\n", "second");
    assert!(
        run.stderr.contains("2 rows in ") && run.stderr.contains("1 created, 0 updated, 1 unchanged"),
        "{run}"
    );
    assert_eq!([json!("Ann Lee"), json!("Bo"), json!("Cy")], *names(&env));
}

#[test]
fn rejects_are_not_lost_by_a_night_that_ended_early() {
    let env = TestEnv::prompt();
    night(&env, REFUSED, "first", &[]);
    let early =
        night(&env, "external_id,name,Owner\n3,Cy,\n", "second", &["--retry-rejected", "--max-errors", "0"]);
    assert_eq!(4, early.code, "{early}");
    let rejects = env.read("first/retry.csv");
    env.write("first/retry.csv", rejects.replace("999999", ""));
    std::fs::remove_file(env.path("second/retry.csv")).unwrap();
    assert_eq!(0, retry(&env, "external_id,name,Owner\n3,Cy,\n", "third").code);
    assert_eq!([json!("Ann"), json!("Bo"), json!("Cy")], *names(&env));
}

#[test]
fn rejects_in_the_folder_of_the_run_itself_are_not_overwritten() {
    let env = TestEnv::prompt();
    night(&env, REFUSED, "same", &[]);
    let rejects = env.read("same/retry.csv");
    let run = retry(&env, "external_id,name,Owner\n3,Cy,\n", "same");
    assert!(run.code == 2 && run.stderr.contains("/same/retry.csv` would be overwritten"), "{run}");
    assert_eq!(rejects, env.read("same/retry.csv"));
}

#[test]
fn only_the_rows_of_the_night_are_held_against_those_of_the_last_one() {
    let env = TestEnv::prompt();
    let rows = |count| (1..=count).map(|n| format!("{n},soon\n")).collect::<String>();
    let header = "external_id,Signed up\n";
    night(&env, &format!("{header}{}", rows(1_000)), "first", &[]);
    let run = retry(&env, &format!("{header}{}", rows(499)), "second");
    assert!(
        run.code == 6 && run.stderr.contains("there are 499 rows, and the last run of this job had 1,000"),
        "{run}"
    );
}

#[test]
fn objects_and_rows_of_stdin_are_sent_again_as_well() {
    let env = TestEnv::prompt();
    let first = b"{\"external_id\":\"1\",\"name\":\"Ann\",\"owner\":999999}\n";
    assert_eq!(3, env.run_with_stdin(["import", "-", "--run-dir", "first"], first).code);
    let rejects = env.read("first/retry.ndjson");
    env.write("first/retry.ndjson", rejects.replace("999999", "null"));
    let second = b"{\"name\":\"Bo\",\"external_id\":\"2\"}\n";
    let run = env.run_with_stdin(["import", "-", "--retry-rejected"], second);
    assert!(run.stderr.contains("stdin: 2 rows in ") && run.stderr.contains(": 2 created,"), "{run}");
    assert_eq!([json!("Ann"), json!("Bo")], *names(&env));
}
