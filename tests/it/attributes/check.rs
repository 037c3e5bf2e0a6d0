//! `attributes check FILE`.

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::{archive, leave_room_for, with_tiers};
use crate::support::{Run, TestEnv};

fn check(env: &TestEnv, file: &str, flags: &[&str]) -> Run {
    env.write("users.csv", file);
    let before = env.writes().len();
    let run = env.run_all(&[["attributes", "check", "users.csv"].as_slice(), flags].concat());
    assert_eq!(before, env.writes().len(), "a check only reads");
    run
}

#[test]
fn a_file_that_agrees_with_the_workspace_is_imported_next() {
    let env = with_tiers();
    let file = "email,plan,tier,company_size,created_at\na@example.com,pro,Gold,4,2026-01-01\n";
    assert_snapshot!(check(&env, file, &["--key", "email"]), @"
    exit 0
    ---- stderr
    users.csv: ignored, read-only in Intercom: created_at
    users.csv: 1 row and the attributes of sandbox1 agree
    next: `intercom-bulk import users.csv --key email`
    ");
}

/// One of everything that a workspace does not take.
const EVERYTHING: &str = "\
email,Plan,mrr,tier,company_size,seats,compny_size,utm_source,account_number,Size (cm)
a@example.com,pro,1.5,gold,many,3,40,x,ok,1
b@example.com,free,soon,Gold,7,,41,x,ok,1
nobody,free,2,Silver,few,4,42,x,LONG,1
a@example.com,pro
";

#[test]
fn everything_that_would_be_rejected_is_told_at_once_with_its_lines() {
    let env = with_tiers();
    archive(&env, "mrr");
    leave_room_for(&env, 0);
    let file = EVERYTHING.replace("LONG", &"x".repeat(256));
    assert_snapshot!(check(&env, &file, &[]), @"
    exit 3
    ---- stderr
    users.csv: 4 rows, 4 invalid; sandbox1 does not take 13 things
      other_case `Plan`: the workspace has `plan`, the column is `Plan`
        hint: --map 'Plan=custom.plan'
      archived `mrr`: the custom attribute `mrr` is archived
        hint: unarchive it in Intercom, or leave the column out with --ignore-column 'mrr'
      missing `seats`: there is no custom attribute `seats`; it would be integer (2 integers, 1 empty cell)
        hint: make it with `attributes create`, say what it is with --map 'seats=FIELD', or leave it out with --ignore-column 'seats'
      unknown `compny_size`: no field has this name; did you mean `custom.company_size`, `companies`?
        hint: --map 'compny_size=custom.company_size', or --ignore-column 'compny_size'
      not_writable `utm_source`: Intercom's contacts take no campaign fields
        hint: --map 'utm_source=custom.utm_source', or --ignore-column 'utm_source'
      bad_name `Size (cm)`: there is no custom attribute `Size (cm)`, and there can be none: a name may hold letters, digits, spaces, underscores, hyphens and currency symbols
        hint: give it another name: --map 'Size (cm)=custom.Size cm'
      limit: 2 new custom attributes would be too many: the workspace uses 250 of 250
        hint: archive attributes in Intercom that nobody needs, or leave columns out with --ignore-column
      not_an_option `tier`: 2 rows, lines 2, 4: `gold` is not an option of this list
        hint: did you mean `Gold`? the options are `Basic`, `Gold`
      not_an_integer `company_size`: 2 rows, lines 2, 4: `many` is not a whole number
      not_a_number `mrr`: 1 row, line 3: `soon` is not a number
      not_an_email `email`: 1 row, line 4: `nobody` is not an email address
      too_long `account_number`: 1 row, line 4: `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…` has 256 characters, and Intercom keeps 255
      ragged: 1 row, line 5: the row has 2 cells where the header has 10
        hint: put quotes around cells that hold the delimiter
    next: `intercom-bulk attributes check users.csv --map Plan=custom.plan`
    ");
}

#[test]
fn the_same_answer_is_json_for_programs() {
    let env = with_tiers();
    let run = check(&env, "email,tier,seats\na@example.com,gold,3\n", &["--json"]);
    assert_eq!(3, run.code);
    let answer: Value = serde_json::from_str(&run.stdout).unwrap();
    let expected = json!({
        "schema": 1,
        "file": "users.csv",
        "workspace": "sandbox1",
        "rows": 1,
        "valid_rows": 0,
        "attributes": {"in_use": 7, "missing": 1},
        "notices": [],
        "findings": [
            {
                "code": "missing", "column": "seats", "field": "custom.seats", "rows": null, "lines": [],
                "message": "there is no custom attribute `seats`; it would be integer (1 integer)",
                "hint": "make it with `attributes create`, say what it is with --map 'seats=FIELD', or leave it out \
                         with --ignore-column 'seats'",
            },
            {
                "code": "not_an_option", "column": "tier", "field": "custom.tier", "rows": 1, "lines": [2],
                "message": "`gold` is not an option of this list",
                "hint": "did you mean `Gold`? the options are `Basic`, `Gold`",
            },
        ],
        "next_command": "intercom-bulk attributes check users.csv",
    });
    assert_eq!(expected, answer);
}

#[test]
fn the_next_commands_lead_from_a_file_to_its_import() {
    let env = TestEnv::prompt();
    env.write("users.csv", "email,Plan,seats\na@example.com,pro,3\n");
    let mut command = "intercom-bulk attributes check users.csv".to_owned();
    let mut path = Vec::new();
    loop {
        let words: Vec<&str> = command.split(' ').skip(1).collect();
        let run = env.run_all(&words);
        path.push(format!("{} {command}", run.code));
        let Some((_, next)) = run.stderr.split_once("next: `") else { break };
        command = next.split('`').next().unwrap().to_owned();
    }
    assert_snapshot!(path.join("\n"), @"
    3 intercom-bulk attributes check users.csv
    3 intercom-bulk attributes check users.csv --map Plan=custom.plan
    0 intercom-bulk attributes create users.csv --map Plan=custom.plan
    0 intercom-bulk import users.csv --map Plan=custom.plan
    ");
    assert_eq!(json!({"plan": "pro", "seats": 3}), env.contacts()[0]["custom_attributes"]);
}

#[test]
fn a_mapping_that_cannot_work_is_no_finding() {
    let env = TestEnv::prompt();
    assert_snapshot!(check(&env, "emial,plan\na@example.com,pro\n", &[]), @"
    exit 2
    ---- stderr
    error: users.csv: no column is `external_id` or `email`, so there is nothing to match on; the columns are `emial`, `plan`
      hint: say which column it is: --map 'emial=email'
    ");
    assert_snapshot!(check(&env, "email\na@example.com\n", &["--map", "Plan=custom.plan"]), @"
    exit 2
    ---- stderr
    error: users.csv: the file has no column `Plan`, which is mapped to `custom.plan`
      hint: the columns are `email`
    ");
    let run = check(&env, "emial,plan\na@example.com,pro\n", &["--json"]);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((&json!(2), &json!("attributes check")), (&report["exit_code"], &report["command"]));
    assert_snapshot!(check(&env, "email,Mail\na@example.com,b@example.com\n", &[]), @"
    exit 2
    ---- stderr
    error: users.csv: columns `email` and `Mail` are both `email`
      hint: keep one of them: --ignore-column 'Mail' or --ignore-column 'email'
    ");
}

#[test]
fn a_rule_that_reads_another_type_than_the_workspace_has_is_a_finding() {
    let env = TestEnv::prompt();
    let file = "email,plan\na@example.com,3\n";
    assert_snapshot!(check(&env, file, &["--map", "plan=custom.plan:integer"]), @"
    exit 3
    ---- stderr
    users.csv: 1 row, 0 invalid; sandbox1 does not take 1 thing
      other_type `plan`: column `plan` is read as integer, and the custom attribute `plan` is string
        hint: leave the type out of the rule
    next: fix that, then run `intercom-bulk attributes check users.csv --map plan=custom.plan:integer` again
    ");
}

#[test]
fn a_file_without_rows_is_told_by_its_columns() {
    let env = TestEnv::prompt();
    assert_snapshot!(check(&env, "email,seats\n", &[]), @"
    exit 6
    ---- stderr
    users.csv: 0 rows, 0 invalid; sandbox1 does not take 1 thing
      missing `seats`: there is no custom attribute `seats`; it would be string (no cells)
        hint: make it with `attributes create`, say what it is with --map 'seats=FIELD', or leave it out with --ignore-column 'seats'
    next: fix that, then run `intercom-bulk attributes check users.csv` again
    error: users.csv: there are no rows, only a header
      hint: if that is right, say so: --allow-empty
    ");
    assert_eq!(0, check(&env, "email,plan\n", &["--allow-empty"]).code);
}

#[test]
fn rows_can_come_from_stdin() {
    let env = TestEnv::prompt();
    let run = env.run_with_stdin(["attributes", "check", "-"], b"email,plan\na@example.com,pro\n");
    assert_snapshot!(run, @"
    exit 0
    ---- stderr
    stdin: 1 row and the attributes of sandbox1 agree
    next: `intercom-bulk import -`
    ");
}
