//! Files that cannot be imported as a whole: the message says what and what to do, and nothing is sent.

use std::fs;

use insta::assert_snapshot;

use crate::support::{Run, TestEnv};

/// Imports a file that must not lead to a single write.
#[track_caller]
fn import(content: impl AsRef<[u8]>) -> Run {
    let env = TestEnv::prompt();
    env.write("users.csv", content);
    let run = env.run(["import", "users.csv"]);
    assert_eq!(Vec::<serde_json::Value>::new(), env.writes());
    run
}

#[test]
fn a_missing_file_is_named_before_any_request() {
    let env = TestEnv::prompt();
    assert_snapshot!(env.run(["import", "users.csv"]), @"
    exit 6
    ---- stderr
    error: `users.csv` does not exist
    ");
    assert!(env.requests().is_empty());
}

#[test]
fn a_directory_is_no_file() {
    let env = TestEnv::prompt();
    fs::create_dir(env.path("users.csv")).unwrap();
    assert_snapshot!(env.run(["import", "users.csv"]), @"
    exit 6
    ---- stderr
    error: `users.csv` is a directory, not a file
      hint: give the path of one file in it
    ");
    assert!(env.requests().is_empty());
}

#[test]
fn an_empty_file_is_an_error() {
    assert_snapshot!(import(""), @"
    exit 6
    ---- stderr
    error: `users.csv` is empty
    ");
}

#[test]
fn a_header_without_rows_is_an_error() {
    assert_snapshot!(import("external_id,email\n"), @"
    exit 6
    ---- stderr
    error: users.csv: there are no rows, only a header
      hint: if that is right, say so: --allow-empty
    users.csv: 0 rows in [TIME]: 0 created, 0 updated, 0 unchanged
    2 requests, 0 throttled, 0 retried
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: fix that, then run `intercom-bulk import users.csv` again
    ");
}

#[test]
fn a_header_without_rows_is_fine_if_that_was_asked_for() {
    let env = TestEnv::prompt();
    env.write("users.csv", "external_id,email\n");
    assert_snapshot!(env.run(["import", "users.csv", "--allow-empty"]), @"
    exit 0
    ---- stderr
    users.csv: 0 rows in [TIME]: 0 created, 0 updated, 0 unchanged
    2 requests, 0 throttled, 0 retried
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: nothing is left to do
    ");
}

#[test]
fn a_file_without_a_key_column_is_refused() {
    assert_snapshot!(import("name,plan\nAnn,pro\n"), @"
    exit 2
    ---- stderr
    error: users.csv: no column is `external_id` or `email`, so there is nothing to match on; the columns are `name`, `plan`
      hint: say which column it is: --map 'COLUMN=email'
    ");
}

#[test]
fn a_header_with_one_name_twice_is_refused() {
    assert_snapshot!(import("email,name,email\na@example.com,Ann,b@example.com\n"), @"
    exit 2
    ---- stderr
    error: users.csv: column `email` is there twice: number 1 and number 3
      hint: rename or remove one of the two in the header
    ");
}

#[test]
fn two_columns_of_one_field_are_refused() {
    assert_snapshot!(import("email,E-mail address\na@example.com,b@example.com\n"), @"
    exit 2
    ---- stderr
    error: users.csv: columns `email` and `E-mail address` are both `email`
      hint: keep one of them: --ignore-column 'E-mail address' or --ignore-column 'email'
    ");
}

#[test]
fn an_unknown_column_stops_the_run_before_anything_is_sent() {
    assert_snapshot!(import("email,compny_size,shoe size\na@example.com,40,44\n"), @"
    exit 2
    ---- stderr
    error: users.csv: 2 columns have no field in Intercom: `compny_size` (did you mean `custom.company_size`, `companies`?), `shoe size`
      hint: map with --map 'compny_size=custom.company_size' --map 'shoe size=FIELD', or leave out with --ignore-column 'compny_size' --ignore-column 'shoe size', or make new custom attributes with --create-attributes
    ");
}

#[test]
fn a_spreadsheet_is_not_taken_for_text() {
    assert_snapshot!(import(b"PK\x03\x04\x14\x00\x06\x00"), @"
    exit 6
    ---- stderr
    error: `users.csv` is a spreadsheet or a ZIP archive, not text
      hint: save the sheet as `CSV UTF-8`, or unpack the archive
    ");
}

#[test]
fn a_json_array_is_unpacked_into_another_file() {
    let env = TestEnv::prompt();
    env.write("users.ndjson", "[\n{\"email\":\"a@example.com\"}\n]\n");
    assert_snapshot!(env.run(["import", "users.ndjson"]), @"
    exit 6
    ---- stderr
    error: `users.ndjson` is a JSON array; NDJSON has one object on each line and no brackets around them
      hint: unpack it: `jq -c '.[]' users.ndjson > rows.ndjson`
    ");
}

#[test]
fn an_encoding_that_does_not_exist_is_refused() {
    let env = TestEnv::prompt();
    env.write("users.csv", "email\na@example.com\n");
    assert_snapshot!(env.run(["import", "users.csv", "--encoding", "windows-1525"]), @"
    exit 2
    ---- stderr
    error: users.csv: `windows-1525` is not an encoding
      hint: did you mean `--encoding windows-1255`?
    ");
}

#[test]
fn a_wrong_flag_is_a_usage_error() {
    let env = TestEnv::prompt();
    assert_snapshot!(env.run(["import", "users.csv", "--keys", "email"]), @"
    exit 2
    ---- stderr
    error: unexpected argument '--keys' found

      tip: a similar argument exists: '--key'

    Usage: intercom-bulk import --key <KEY> <FILE>

    For more information, try '--help'.
    ");
    assert!(env.requests().is_empty());
}

#[test]
fn a_mapping_to_a_field_that_does_not_exist_is_refused() {
    let env = TestEnv::prompt();
    env.write("users.csv", "Mail\na@example.com\n");
    assert_snapshot!(env.run(["import", "users.csv", "--map", "Mail=emial"]), @"
    exit 2
    ---- stderr
    error: --map: column `Mail` is mapped to `emial`, which is not a field
      hint: did you mean --map 'Mail=email'? a custom attribute is written --map 'Mail=custom.emial'
    ");
    assert!(env.writes().is_empty());
}

#[test]
fn a_mapping_file_with_an_unknown_key_is_refused_with_its_line() {
    let env = TestEnv::prompt();
    env.write("users.csv", "Mail\na@example.com\n");
    env.write("mapping.toml", "[colums]\nMail = \"email\"\n");
    assert_snapshot!(env.run(["import", "users.csv", "--mapping", "mapping.toml"]), @"
    exit 2
    ---- stderr
    error: mapping.toml:1: `colums` is not a key of a mapping file
      hint: did you mean `columns`? it is one of columns, ignore, empty
    ");
}

#[test]
fn a_missing_mapping_file_is_a_usage_error() {
    let env = TestEnv::prompt();
    env.write("users.csv", "Mail\na@example.com\n");
    assert_snapshot!(env.run(["import", "users.csv", "--mapping", "mapping.toml"]), @"
    exit 2
    ---- stderr
    error: the mapping `mapping.toml` cannot be read: No such file or directory (os error 2)
    ");
}

#[test]
fn a_run_folder_that_cannot_be_written_stops_the_run_before_the_first_write() {
    let env = TestEnv::prompt();
    env.write("users.csv", "email\na@example.com\n");
    env.write("file", "not a folder");
    assert_snapshot!(env.run(["import", "users.csv", "--run-dir", "file/run"]), @"
    exit 12
    ---- stderr
    error: `file/run` cannot be written: Not a directory (os error 20)
      hint: choose another place: --state-dir DIR or --run-dir DIR
    ");
    assert!(env.writes().is_empty());
}

#[test]
fn nothing_on_stdin_is_an_error() {
    let env = TestEnv::prompt();
    assert_snapshot!(env.run_with_stdin(["import", "-"], b""), @"
    exit 6
    ---- stderr
    error: `stdin` is empty
    ");
}

#[test]
fn attributes_are_created_from_rows_of_stdin_as_from_those_of_a_file() {
    let env = TestEnv::prompt();
    let arguments = ["import", "-", "--create-attributes"];
    let run = env.run_with_stdin(arguments, b"email,seats\na@example.com,3\n");
    assert_eq!(0, run.code, "{run}");
    assert_eq!(3, env.contacts()[0]["custom_attributes"]["seats"]);
    let left: Vec<_> = fs::read_dir(env.path(".local/state/intercom-bulk")).unwrap().collect();
    assert_eq!(1, left.len(), "the copy of stdin is gone: {left:?}");
}
