//! `attributes create FILE`, and `import --create-attributes`.

use std::process::Stdio;

use insta::assert_snapshot;

use super::{custom, leave_room_for};
use crate::support::{FakeServer, Run, TestEnv};

const FILE: &str =
    "email,seats,ratio,code,vip,since\na@example.com,3,0.5,007,yes,2026-01-31\nb@example.com,,1,12,no,\n";

#[test]
fn what_is_missing_is_created_with_its_evidence_and_nothing_else_is_written() {
    let env = TestEnv::prompt();
    env.write("users.csv", FILE);
    assert_snapshot!(env.run(["attributes", "create", "users.csv"]), @"
    exit 0
    ---- stderr
    users.csv: creating, for good, 5 custom attributes
      `seats` from column `seats`: integer (1 integer, 1 empty cell)
      `ratio` from column `ratio`: float (1 integer, 1 float)
      `code` from column `code`: string (1 integer, 1 text)
      `vip` from column `vip`: boolean (2 booleans)
      `since` from column `since`: date (1 date, 1 empty cell)
    users.csv: 5 created, 0 there already
    next: `intercom-bulk import users.csv`
    ");
    let created = ["seats integer", "ratio float", "code string", "vip boolean", "since date"];
    assert_eq!(created, custom(&env)[6..]);
    assert!(env.contacts().is_empty());
    assert_snapshot!(env.run(["attributes", "create", "users.csv"]), @"
    exit 0
    ---- stderr
    users.csv: nothing is missing
    next: `intercom-bulk import users.csv`
    ");
}

#[test]
fn a_dry_run_shows_it_and_creates_nothing() {
    let env = TestEnv::prompt();
    env.write("users.csv", "email,seats,Bought\na@example.com,3,31/01/2026\n");
    let flags = ["--map", "Bought=custom.bought:date(%d/%m/%Y)", "--dry-run", "--json"];
    let run = env.run_all(&[["attributes", "create", "users.csv"].as_slice(), &flags].concat());
    assert_snapshot!(run, @r#"
    exit 0
    ---- stdout
    {
      "schema": 1,
      "file": "users.csv",
      "dry_run": true,
      "attributes": [
        {
          "name": "seats",
          "data_type": "integer",
          "column": "seats",
          "evidence": "integer (1 integer)",
          "outcome": "planned"
        },
        {
          "name": "bought",
          "data_type": "date",
          "column": "Bought",
          "evidence": "date, as it is mapped",
          "outcome": "planned"
        }
      ],
      "next_command": "intercom-bulk attributes create users.csv --map 'Bought=custom.bought:date(%d/%m/%Y)'"
    }
    ---- stderr
    users.csv: would create 2 custom attributes
      `seats` from column `seats`: integer (1 integer)
      `bought` from column `Bought`: date, as it is mapped
    users.csv: nothing was created
    next: `intercom-bulk attributes create users.csv --map 'Bought=custom.bought:date(%d/%m/%Y)'`
    "#);
    assert!(env.writes().is_empty());
}

#[test]
fn rows_from_stdin_are_enough_to_create_attributes() {
    let env = TestEnv::prompt();
    let run = env.run_with_stdin(["attributes", "create", "-"], b"email,seats\na@example.com,3\n");
    assert_eq!(0, run.code, "{run}");
    assert_eq!("seats integer", custom(&env)[6]);
}

#[test]
fn nothing_is_created_where_not_all_could_be() {
    let env = TestEnv::prompt();
    leave_room_for(&env, 1);
    env.write("users.csv", "email,seats,vip\na@example.com,3,yes\n");
    let before = custom(&env);
    assert_snapshot!(env.run(["attributes", "create", "users.csv"]), @"
    exit 2
    ---- stderr
    error: 2 new custom attributes would be too many: the workspace uses 249 of 250
      hint: archive attributes in Intercom that nobody needs, or leave columns out with --ignore-column
    ");
    assert_snapshot!(env.run(["import", "users.csv", "--create-attributes"]), @"
    exit 2
    ---- stderr
    error: 2 new custom attributes would be too many: the workspace uses 249 of 250
      hint: archive attributes in Intercom that nobody needs, or leave columns out with --ignore-column
    ");
    assert_eq!(before, custom(&env));
    let run = env.run(["attributes", "create", "users.csv", "--ignore-column", "vip"]);
    assert_eq!(0, run.code, "{run}");
}

#[test]
fn names_that_no_attribute_can_have_are_told_before_the_first_is_created() {
    let env = TestEnv::prompt();
    env.write("users.csv", "email,seats,Size (cm),a/b\na@example.com,3,170,x\n");
    assert_snapshot!(env.run(["attributes", "create", "users.csv"]), @"
    exit 2
    ---- stderr
    error: no attribute can be named `Size (cm)`, `a/b`: a name may hold letters, digits, spaces, underscores, hyphens and currency symbols
      hint: give another name: --map 'Size (cm)=custom.Size cm' --map 'a/b=custom.a b'
    ");
    env.write("own.csv", "external_id,Mail\n1,a@example.com\n");
    assert_snapshot!(env.run(["attributes", "create", "own.csv", "--map", "Mail=custom.email"]), @"
    exit 2
    ---- stderr
    error: no attribute can be named `email`: Intercom has one of its own by that name
      hint: give another name: --map 'Mail=custom.NAME'
    ");
    assert!(env.writes().is_empty());
}

#[test]
fn a_token_that_may_not_write_creates_nothing() {
    let refusal = "403 Forbidden\n{\"type\":\"error.list\",\"errors\":[{\"code\":\"api_plan_restricted\",\
                   \"message\":\"no\"}]}";
    assert_snapshot!(create_in(&FakeServer::listing_later(refusal, 1)), @"
    exit 5
    ---- stderr
    users.csv: creating, for good, 1 custom attribute
      `seats` from column `seats`: integer (1 integer)
    error: attribute `seats` was not created: Intercom does not let this token in: no (api_plan_restricted, HTTP 403)
      hint: the workspace's plan does not include this part of the API, or its subscription has ended
    ");
}

#[test]
fn a_name_that_companies_have_is_refused_and_by_the_server_if_theirs_is_archived() {
    let env = TestEnv::prompt();
    env.ask("POST", "/data_attributes", r#"{"name":"seats","model":"company","data_type":"integer"}"#);
    env.write("users.csv", "email,vip,seats\na@example.com,yes,3\n");
    assert_snapshot!(env.run(["attributes", "create", "users.csv"]), @"
    exit 2
    ---- stderr
    error: no attribute can be named `seats`: companies have one by that name
      hint: give another name: --map 'seats=custom.NAME'
    ");
    env.ask("PUT", "/data_attributes/7", r#"{"archived":true}"#);
    assert_snapshot!(env.run(["attributes", "create", "users.csv"]), @"
    exit 1
    ---- stderr
    users.csv: creating, for good, 2 custom attributes
      `vip` from column `vip`: boolean (1 boolean)
      `seats` from column `seats`: integer (1 integer)
    error: attribute `seats` was not created, after `vip`: Intercom refused: You already have 'seats' in your company data. To save this as new people data, use a different name. (parameter_invalid, HTTP 400, request [ID])
      hint: leave its column out: --ignore-column 'seats'
    ");
}

#[test]
fn an_answer_that_was_lost_after_the_commit_is_no_failure() {
    let env = TestEnv::prompt();
    env.faults(r#"{"next":[{"fault":"empty_200","committed":true}],"method":"POST"}"#);
    env.write("users.csv", "email,seats\na@example.com,3\n");
    assert_snapshot!(env.run(["attributes", "create", "users.csv"]), @"
    exit 0
    ---- stderr
    users.csv: creating, for good, 1 custom attribute
      `seats` from column `seats`: integer (1 integer)
    users.csv: 1 created, 0 there already
    next: `intercom-bulk import users.csv`
    ");
    assert_eq!(2, env.count("POST", "/data_attributes"));
    assert_eq!("seats integer", custom(&env)[6]);
}

#[test]
fn a_file_without_a_valid_row_creates_nothing() {
    let env = TestEnv::prompt();
    env.write("users.csv", "email,seats\nnobody,3\nno one,4\n");
    assert_snapshot!(env.run(["attributes", "create", "users.csv"]), @"
    exit 3
    ---- stderr
    error: users.csv: none of 2 rows is valid, so nothing was created
      hint: look why: `intercom-bulk attributes check users.csv`
    ");
    assert_snapshot!(env.run(["import", "users.csv", "--create-attributes"]), @"
    exit 3
    ---- stderr
    users.csv: no attribute is created, for no row is valid
    users.csv: 2 rows in [TIME]: 0 created, 0 updated, 0 unchanged, 2 invalid
    2 requests, 0 throttled, 0 retried
    rejects: [STATE]/sandbox1/runs/[TIME]-import/rejects.csv
      not_an_email email: 2 rows, first at line 2: column `email`: `nobody` is not an email address
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: fix and run `intercom-bulk import [STATE]/sandbox1/runs/[TIME]-import/retry.csv --create-attributes`; a re-run of users.csv will not help
    ");
    env.write("empty.csv", "email,seats\n");
    assert_eq!(6, env.run(["attributes", "create", "empty.csv"]).code);
    assert_eq!(6, env.run(["import", "empty.csv", "--create-attributes"]).code);
    assert!(env.writes().is_empty());
}

#[test]
fn a_file_that_breaks_off_creates_nothing() {
    let env = TestEnv::prompt();
    let mut file = b"email,seats\na@example.com,3\n".to_vec();
    file.resize((17 << 20) + file.len(), b'x');
    env.write("users.csv", file);
    let run = env.run(["import", "users.csv", "--create-attributes"]);
    assert_eq!(6, run.code, "{run}");
    assert!(env.writes().is_empty());
}

#[test]
fn without_the_flag_an_import_creates_nothing() {
    let env = TestEnv::prompt();
    env.write("users.csv", "email,seats\na@example.com,3\n");
    assert_eq!(2, env.run(["import", "users.csv"]).code);
    assert!(env.writes().is_empty());
}

fn create_in(server: &FakeServer) -> Run {
    let env = TestEnv::offline();
    env.write("users.csv", "email,seats\na@example.com,3\n");
    let mut command = env.command(&["attributes", "create", "users.csv", "--base-url", server.url()]);
    env.finish(command.stdin(Stdio::null()).spawn().unwrap())
}

#[test]
fn an_attribute_is_waited_for_until_it_is_listed() {
    let server = FakeServer::listing_later("200 OK\n{\"type\":\"data_attribute\"}", 2);
    assert_snapshot!(create_in(&server), @"
    exit 0
    ---- stderr
    users.csv: creating, for good, 1 custom attribute
      `seats` from column `seats`: integer (1 integer)
    users.csv: 1 created, 0 there already
    next: `intercom-bulk import users.csv --base-url http://[HOST]`
    ");
    // Who are you, what is there, what is there now, what have companies, create; a listing without it, one with it.
    assert_eq!(7, server.requests());
}

#[test]
fn an_attribute_that_came_in_the_meantime_is_as_good_as_a_new_one() {
    let refusal = "400 Bad Request\n{\"type\":\"error.list\",\"errors\":[{\"code\":\"parameter_invalid\",\"message\":\
                   \"You already have 'seats' in your people data. To save this as new people data, use a different name.\"}]}";
    assert_snapshot!(create_in(&FakeServer::listing_later(refusal, 1)), @"
    exit 0
    ---- stderr
    users.csv: creating, for good, 1 custom attribute
      `seats` from column `seats`: integer (1 integer)
    attribute `seats` was there by then, as string
    users.csv: 0 created, 1 there already
    next: `intercom-bulk import users.csv --base-url http://[HOST]`
    ");
}
