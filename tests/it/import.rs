//! Importing: the main job, end to end.

use std::fs;

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{TestEnv, users};

const USERS: &str = "\
External ID,Email,Full name,plan,company_size
1,Ann@Example.com,Ann,pro,40
2,bo@example.com,Bo,,3
";

/// Imports a file with some flags and returns the only contact that the sandbox then holds.
#[track_caller]
fn imported<const N: usize>(file: &str, flags: [&str; N]) -> Value {
    let env = TestEnv::prompt();
    env.write("users.csv", file);
    let run = env.run_all(&[["import", "users.csv"].as_slice(), &flags].concat());
    assert_eq!(0, run.code, "{run}");
    let mut contacts = env.contacts();
    assert_eq!(1, contacts.len());
    contacts.remove(0)
}

#[test]
fn a_file_is_imported_without_a_flag() {
    let env = TestEnv::new();
    env.write("users.csv", USERS);
    assert_snapshot!(env.run(["import", "users.csv"]), @"
    exit 0
    ---- stderr
    users.csv: 2 rows in [TIME]: 2 created, 0 updated, 0 unchanged
    4 requests, 0 throttled, 0 retried
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: nothing is left to do
    ");
    let contacts = env.contacts();
    assert_eq!(2, contacts.len());
    assert_eq!("ann@example.com", contacts[0]["email"]);
    assert_eq!(json!({"plan": "pro", "company_size": 40}), contacts[0]["custom_attributes"]);
}

#[test]
fn the_sample_is_imported_into_the_embedded_sandbox_and_kept() {
    let env = TestEnv::offline();
    fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/samples/users.csv"), env.path("users.csv")).unwrap();
    assert_snapshot!(env.run(["import", "users.csv", "--sandbox"]), @"
    exit 0
    ---- stderr
    sandbox: http://[HOST], no index lag, no quota; its users are kept in [STATE]/sandbox1/users.ndjson
    users.csv: 12 rows in [TIME]: 12 created, 0 updated, 0 unchanged
    14 requests, 0 throttled, 0 retried
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: nothing is left to do
    ");
    assert_snapshot!(env.run(["import", "users.csv", "--sandbox"]), @"
    exit 0
    ---- stderr
    sandbox: http://[HOST], no index lag, no quota; its users are kept in [STATE]/sandbox1/users.ndjson
    users.csv: 12 rows in [TIME]: 0 created, 0 updated, 12 unchanged
    2 requests, 0 throttled, 0 retried
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: nothing is left to do
    ");
}

#[test]
fn a_sandbox_whose_users_were_deleted_begins_anew() {
    let env = TestEnv::offline();
    env.write("users.csv", users(3));
    assert_eq!(0, env.run(["import", "users.csv", "--sandbox"]).code);
    fs::remove_file(env.path(".local/state/intercom-bulk/sandbox1/users.ndjson")).unwrap();
    let run = env.run(["import", "users.csv", "--sandbox"]);
    assert!(run.stderr.contains("3 created, 0 updated, 0 unchanged"), "{run}");
}

#[test]
fn every_cell_is_written_as_the_type_of_its_attribute() {
    let file = "email,account_number,company_size,mrr,is_beta,trial_ends_at\n\
                a@example.com,00123,42,9.5,yes,2026-01-31\n";
    let expected = json!({
        "account_number": "00123", "company_size": 42, "mrr": 9.5, "is_beta": true, "trial_ends_at": 1_769_817_600,
    });
    assert_eq!(expected, imported(file, [])["custom_attributes"]);
}

#[test]
fn every_standard_field_is_written() {
    let file = "user_id,Email,Name,Phone,Signed up,Last seen,Unsubscribed,Avatar\n\
                7, ANN@Example.com ,Ann,+14155550101,2025-11-03T09:30:00Z,1762162200,y,https://example.com/a.png\n";
    let ann = imported(file, []);
    let keys =
        ["external_id", "email", "name", "phone", "signed_up_at", "last_seen_at", "unsubscribed_from_emails"];
    let values = keys.map(|key| ann[key].clone());
    let expected = json!(["7", "ann@example.com", "Ann", "+14155550101", 1_762_162_200, 1_762_162_200, true]);
    assert_eq!(expected, json!(values));
    assert_eq!("https://example.com/a.png", ann["avatar"]["image_url"]);
}

#[test]
fn a_column_is_mapped_by_a_flag() {
    let flags =
        ["--map", "Mail=email", "--map", "Tier=custom.plan", "--map", "Joined=signed_up_at:date(%d/%m/%Y)"];
    let ann = imported("Mail,Tier,Joined\na@example.com,pro,03/11/2025\n", flags);
    assert_eq!(json!("pro"), ann["custom_attributes"]["plan"]);
    assert_eq!(json!(1_762_128_000), ann["signed_up_at"]);
}

#[test]
fn a_column_is_mapped_by_a_file_and_the_flag_wins() {
    let env = TestEnv::prompt();
    env.write("users.csv", "Mail,Tier,Notes\na@example.com,pro,private\n");
    env.write("mapping.toml", "ignore = [\"Notes\"]\n[columns]\nMail = \"email\"\nTier = \"name\"\n");
    let run = env.run(["import", "users.csv", "--mapping", "mapping.toml", "--map", "Tier=custom.plan"]);
    assert_snapshot!(run, @"
    exit 0
    ---- stderr
    users.csv: 1 row in [TIME]: 1 created, 0 updated, 0 unchanged
    3 requests, 0 throttled, 0 retried
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: nothing is left to do
    ");
    let contacts = env.contacts();
    assert_eq!(
        (&Value::Null, &json!("pro")),
        (&contacts[0]["name"], &contacts[0]["custom_attributes"]["plan"])
    );
}

#[test]
fn a_column_can_be_left_out() {
    let ann = imported("email,shoe size\na@example.com,44\n", ["--ignore-column", "shoe size"]);
    assert_eq!(json!({}), ann["custom_attributes"]);
}

#[test]
fn new_attributes_are_created_of_the_type_of_their_cells() {
    let env = TestEnv::prompt();
    env.write(
        "users.csv",
        "email,seats,ratio,code,vip\na@example.com,3,0.5,007,yes\nb@example.com,,1,12,no\n",
    );
    assert_snapshot!(env.run(["import", "users.csv", "--create-attributes"]), @"
    exit 0
    ---- stderr
    users.csv: creating, for good, 4 custom attributes
      `seats` from column `seats`: integer (1 integer, 1 empty cell)
      `ratio` from column `ratio`: float (1 integer, 1 float)
      `code` from column `code`: string (1 integer, 1 text)
      `vip` from column `vip`: boolean (2 booleans)
    users.csv: 2 rows in [TIME]: 2 created, 0 updated, 0 unchanged
    11 requests, 0 throttled, 0 retried
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: nothing is left to do
    ");
    let expected = json!({"seats": 3, "ratio": 0.5, "code": "007", "vip": true});
    assert_eq!(expected, env.contacts()[0]["custom_attributes"]);
}

#[test]
fn a_column_that_looks_like_a_slip_makes_no_new_attribute() {
    let env = TestEnv::prompt();
    env.write("users.csv", "external_id,emial\n1,a@example.com\n");
    assert_snapshot!(env.run(["import", "users.csv", "--create-attributes"]), @"
    exit 2
    ---- stderr
    error: users.csv: 1 column has no field in Intercom: `emial` (did you mean `email`?)
      hint: map with --map 'emial=email', or leave out with --ignore-column 'emial'
    ");
    assert!(env.writes().is_empty());
}

/// A user with a name, a phone and a plan; then a file that says something about the name and the plan.
#[track_caller]
fn check_clearing(cells: &str, flags: &[&str], expected: &Value) {
    let env = TestEnv::prompt();
    env.create(r#"{"role":"user","external_id":"1","name":"Ann","phone":"+14155550101","custom_attributes":{"plan":"pro"}}"#);
    env.write("users.csv", format!("external_id,name,plan\n1,{cells}\n"));
    let run = env.run_all(&[["import", "users.csv"].as_slice(), flags].concat());
    assert_eq!(0, run.code, "{run}");
    let contact = &env.contacts()[0];
    let plan = contact["custom_attributes"].get("plan").unwrap_or(&Value::Null);
    assert_eq!(*expected, json!([contact["name"], contact["phone"], plan]));
}

#[test]
fn an_empty_cell_leaves_the_field_alone() {
    check_clearing(",", &[], &json!(["Ann", "+14155550101", "pro"]));
    check_clearing(",free", &[], &json!(["Ann", "+14155550101", "free"]));
}

#[test]
fn an_empty_cell_clears_the_field_if_that_was_asked_for() {
    check_clearing(",", &["--empty", "clear"], &json!([null, "+14155550101", null]));
}

#[test]
fn the_cell_backslash_n_clears_its_field() {
    check_clearing(r"\N,", &[], &json!([null, "+14155550101", "pro"]));
    check_clearing(r"Ann,\N", &[], &json!(["Ann", "+14155550101", null]));
}

#[test]
fn a_date_is_cleared_too() {
    let env = TestEnv::prompt();
    env.create(r#"{"role":"user","external_id":"1","signed_up_at":1700000000}"#);
    env.write("users.csv", "external_id,Signed up\n1,\\N\n");
    assert_eq!(0, env.run(["import", "users.csv"]).code);
    assert_eq!(Value::Null, env.contacts()[0]["signed_up_at"]);
}

#[test]
fn rows_come_from_stdin() {
    let env = TestEnv::prompt();
    assert_snapshot!(env.run_with_stdin(["import", "-"], USERS.as_bytes()), @"
    exit 0
    ---- stderr
    stdin: 2 rows in [TIME]: 2 created, 0 updated, 0 unchanged
    4 requests, 0 throttled, 0 retried
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: nothing is left to do
    ");
    assert_eq!(2, env.contacts().len());
}

#[test]
fn ndjson_is_imported_with_its_types() {
    let env = TestEnv::prompt();
    env.write(
        "users.ndjson",
        "{\"email\":\"a@example.com\",\"custom_attributes\":{\"plan\":\"pro\",\"company_size\":40,\"is_beta\":false}}\n",
    );
    assert_snapshot!(env.run(["import", "users.ndjson"]), @"
    exit 0
    ---- stderr
    users.ndjson: 1 row in [TIME]: 1 created, 0 updated, 0 unchanged
    3 requests, 0 throttled, 0 retried
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: nothing is left to do
    ");
    let expected = json!({"plan": "pro", "company_size": 40, "is_beta": false});
    assert_eq!(expected, env.contacts()[0]["custom_attributes"]);
}

#[test]
fn semicolons_quoted_newlines_and_a_byte_order_mark_are_read() {
    let ann = imported("\u{feff}email;name\r\na@example.com;\"Ann\nLee; MD\"\r\n", []);
    assert_eq!("Ann\nLee; MD", ann["name"]);
}

#[test]
fn importing_a_file_again_writes_nothing_even_if_nobody_remembers() {
    let env = TestEnv::new();
    env.write("users.csv", users(50));
    env.run(["import", "users.csv"]);
    let before = env.contacts();
    env.forget();
    assert_snapshot!(env.run(["import", "users.csv"]), @"
    exit 0
    ---- stderr
    users.csv: 50 rows in [TIME]: 0 created, 0 updated, 50 unchanged
    102 requests, 0 throttled, 0 retried
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: nothing is left to do
    ");
    assert_eq!(0, env.count("PUT", "/contacts"));
    assert_eq!(before, env.contacts());
}

#[test]
fn a_changed_row_is_the_only_one_that_is_written_even_if_nobody_remembers() {
    let env = TestEnv::new();
    env.write("users.csv", users(50));
    env.run(["import", "users.csv"]);
    env.write("users.csv", users(50).replace("User 17\n", "User Seventeen\n"));
    env.forget();
    assert_snapshot!(env.run(["import", "users.csv"]), @"
    exit 0
    ---- stderr
    users.csv: 50 rows in [TIME]: 0 created, 1 updated, 49 unchanged
    103 requests, 0 throttled, 0 retried
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: nothing is left to do
    ");
    assert_eq!(1, env.count("PUT", "/contacts"));
}

#[test]
fn a_server_that_refuses_one_row_takes_the_others() {
    let env = TestEnv::prompt();
    env.write("users.csv", "external_id,Owner\n1,999999\n2,\n");
    assert_snapshot!(env.run(["import", "users.csv"]), @"
    exit 3
    ---- stderr
    users.csv: 2 rows in [TIME]: 1 created, 0 updated, 0 unchanged, 1 rejected
    4 requests, 0 throttled, 0 retried
    rejects: [STATE]/sandbox1/runs/[TIME]-import/rejects.csv
      parameter_invalid: 1 row, first at line 2: The owner specified is not a member of the workspace (request [ID])
        hint: give the id of an admin of this workspace, as in the address of the admin's page in Intercom
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: fix and run `intercom-bulk import [STATE]/sandbox1/runs/[TIME]-import/retry.csv`; a re-run of users.csv will not help
    ");
}

#[test]
fn a_check_sends_nothing_and_tells_all_faults() {
    let env = TestEnv::offline();
    env.write("users.csv", "email,Signed up\na@example.com,2026-01-31\nnone,yesterday\n");
    assert_snapshot!(env.run(["check", "users.csv"]), @"
    exit 3
    ---- stderr
    users.csv: 2 rows in [TIME]: 1 valid, 1 invalid; nothing was sent
    rejects: [STATE]/offline/runs/[TIME]-check/rejects.csv
      not_an_email email: 1 row, first at line 3: column `email`: `none` is not an email address; column `Signed up`: `yesterday` is not a date
        hint: dates are read as YYYY-MM-DD; say otherwise with --map 'Signed up=signed_up_at:date(%d/%m/%Y)'
    report: [STATE]/offline/runs/[TIME]-check/report.json
    next: fix the rows, then run `intercom-bulk check users.csv` again
    ");
}
