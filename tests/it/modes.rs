//! Who a row means, and what may happen to them: keys, modes, conflicts.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{Run, TestEnv};

/// Imports `users.csv` with some flags into a workspace that has Ann: external id 1, ann@example.com.
fn import<const N: usize>(env: &TestEnv, file: &str, flags: [&str; N]) -> Run {
    env.write("users.csv", file);
    let arguments = ["import", "users.csv"].iter().chain(&flags).copied().collect::<Vec<_>>();
    env.run_all(&arguments)
}

fn with_ann() -> TestEnv {
    let env = TestEnv::prompt();
    env.create(r#"{"role":"user","external_id":"1","email":"ann@example.com","name":"Ann"}"#);
    env
}

/// Returns external id, email and name of every contact.
fn people(env: &TestEnv) -> Vec<[Value; 3]> {
    let contacts = env.contacts();
    contacts.iter().map(|ann| ["external_id", "email", "name"].map(|key| ann[key].clone())).collect()
}

fn names(env: &TestEnv) -> Vec<Value> {
    people(env).into_iter().map(|[_, _, name]| name).collect()
}

#[test]
fn a_user_that_exists_is_updated_with_what_differs() {
    let env = with_ann();
    let file = "external_id,email,name,plan\n1,ann@example.com,Ann Lee,pro\n";
    assert_snapshot!(import(&env, file, []), @"
    exit 0
    ---- stderr
    users.csv: 1 row in [TIME]: 0 created, 1 updated, 0 unchanged
    5 requests, 0 throttled, 0 retried
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: nothing is left to do
    ");
    assert_eq!([[json!("1"), json!("ann@example.com"), json!("Ann Lee")]], *people(&env));
    assert_eq!("pro", env.contacts()[0]["custom_attributes"]["plan"]);
}

#[test]
fn a_user_that_is_so_already_is_not_written() {
    let env = with_ann();
    assert_snapshot!(import(&env, "external_id,email,name\n1,ANN@example.com,Ann\n", []), @"
    exit 0
    ---- stderr
    users.csv: 1 row in [TIME]: 0 created, 0 updated, 1 unchanged
    4 requests, 0 throttled, 0 retried
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: nothing is left to do
    ");
    assert_eq!(0, env.count("PUT", "/contacts"));
}

#[test]
fn a_user_is_found_by_email_where_the_row_has_no_external_id() {
    let env = with_ann();
    import(&env, "email,name\nann@example.com,Ann Lee\n", []);
    assert_eq!([[json!("1"), json!("ann@example.com"), json!("Ann Lee")]], *people(&env));
}

#[test]
fn a_user_changes_the_email_by_external_id() {
    let env = with_ann();
    import(&env, "external_id,email\n1,lee@example.com\n", []);
    assert_eq!([[json!("1"), json!("lee@example.com"), json!("Ann")]], *people(&env));
}

#[test]
fn an_email_that_belongs_to_another_user_names_both_and_writes_nothing() {
    let env = with_ann();
    let before = env.contacts();
    assert_snapshot!(import(&env, "external_id,email,name\n2,ann@example.com,Bo\n", ["--key", "email"]), @"
    exit 3
    ---- stderr
    users.csv: 1 row in [TIME]: 0 created, 0 updated, 0 unchanged, 1 rejected
    4 requests, 0 throttled, 0 retried
    rejects: [STATE]/sandbox1/runs/[TIME]-import/rejects.csv
      identity_mismatch: 1 row, first at line 2: the row is external_id `2` with email `ann@example.com`, but Intercom's contact [ID] with the same details is external_id `1` with email `ann@example.com`: nothing was written (request [ID])
        hint: correct the external_id or the email of one of the two
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: fix and run `intercom-bulk import [STATE]/sandbox1/runs/[TIME]-import/retry.csv --key email`; a re-run of users.csv will not help
    ");
    assert_eq!(before, env.contacts());
    assert_eq!(0, env.count("PUT", "/contacts"));
}

#[test]
fn a_new_external_id_does_not_take_over_somebody_elses_email() {
    let env = with_ann();
    assert_snapshot!(import(&env, "external_id,email,name\n2,ann@example.com,Bo\n", []), @"
    exit 3
    ---- stderr
    users.csv: 1 row in [TIME]: 0 created, 0 updated, 0 unchanged, 1 rejected
    5 requests, 0 throttled, 0 retried
    rejects: [STATE]/sandbox1/runs/[TIME]-import/rejects.csv
      identity_mismatch: 1 row, first at line 2: the row is external_id `2` with email `ann@example.com`, but Intercom's contact [ID] with the same details is external_id `1` with email `ann@example.com`: nothing was written (request [ID])
        hint: correct the external_id or the email of one of the two
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: fix and run `intercom-bulk import [STATE]/sandbox1/runs/[TIME]-import/retry.csv`; a re-run of users.csv will not help
    ");
    assert_eq!(json!("Ann"), people(&env)[0][2]);
}

#[test]
fn an_archived_user_is_not_brought_back() {
    let env = with_ann();
    let id = env.contacts()[0]["id"].as_str().unwrap().to_owned();
    env.ask("POST", &format!("/contacts/{id}/archive"), "{}");
    assert_snapshot!(import(&env, "external_id,name\n1,Ann Lee\n", []), @"
    exit 3
    ---- stderr
    users.csv: 1 row in [TIME]: 0 created, 0 updated, 0 unchanged, 1 rejected
    3 requests, 0 throttled, 0 retried
    rejects: [STATE]/sandbox1/runs/[TIME]-import/rejects.csv
      archived: 1 row, first at line 2: An archived contact matching those details already exists with id=[ID] (request [ID])
        hint: bring contact [ID] back with --archived unarchive, or leave it with --archived skip
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: fix and run `intercom-bulk import [STATE]/sandbox1/runs/[TIME]-import/retry.csv`; a re-run of users.csv will not help
    ");
    assert_eq!(json!("Ann"), people(&env)[0][2]);
}

#[test]
fn rows_can_be_matched_by_intercoms_own_id() {
    let env = with_ann();
    let id = env.contacts()[0]["id"].as_str().unwrap().to_owned();
    let file = format!("id,name\n{id},Ann Lee\n000000000000000000000000,Nobody\n");
    assert_snapshot!(import(&env, &file, ["--key", "id"]), @"
    exit 3
    ---- stderr
    users.csv: 2 rows in [TIME]: 0 created, 1 updated, 0 unchanged, 1 rejected
    5 requests, 0 throttled, 0 retried
    rejects: [STATE]/sandbox1/runs/[TIME]-import/rejects.csv
      not_found: 1 row, first at line 3: there is no user with id `[ID]` (request [ID])
        hint: remove the row, or match by external_id or email: --key auto; an archived contact is found with --archived unarchive
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: fix and run `intercom-bulk import [STATE]/sandbox1/runs/[TIME]-import/retry.csv --key id`; a re-run of users.csv will not help
    ");
    assert_eq!([[json!("1"), json!("ann@example.com"), json!("Ann Lee")]], *people(&env));
}

#[test]
fn a_row_without_the_key_that_was_asked_for_is_rejected() {
    let env = with_ann();
    assert_snapshot!(import(&env, "external_id,email\n,ann@example.com\n", ["--key", "external_id"]), @"
    exit 3
    ---- stderr
    users.csv: 1 row in [TIME]: 0 created, 0 updated, 0 unchanged, 1 invalid
    2 requests, 0 throttled, 0 retried
    rejects: [STATE]/sandbox1/runs/[TIME]-import/rejects.csv
      no_key: 1 row, first at line 2: no `external_id`, so there is nothing to match on
        hint: match by email where there is none: --key auto
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: fix and run `intercom-bulk import [STATE]/sandbox1/runs/[TIME]-import/retry.csv --key external_id`; a re-run of users.csv will not help
    ");
}

#[test]
fn create_leaves_existing_users_alone() {
    let env = with_ann();
    let file = "external_id,name\n1,Ann Lee\n2,Bo\n";
    assert_snapshot!(import(&env, file, ["--mode", "create"]), @"
    exit 3
    ---- stderr
    users.csv: 2 rows in [TIME]: 1 created, 0 updated, 0 unchanged, 1 rejected
    5 requests, 0 throttled, 0 retried
    rejects: [STATE]/sandbox1/runs/[TIME]-import/rejects.csv
      exists: 1 row, first at line 2: A contact matching those details already exists with id=[ID] (request [ID])
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: fix and run `intercom-bulk import [STATE]/sandbox1/runs/[TIME]-import/retry.csv --mode create`; a re-run of users.csv will not help
    ");
    assert_eq!([json!("Ann"), json!("Bo")], *names(&env));
}

#[test]
fn update_makes_no_new_users() {
    let env = with_ann();
    let file = "external_id,name\n1,Ann Lee\n2,Bo\n";
    assert_snapshot!(import(&env, file, ["--mode", "update"]), @"
    exit 3
    ---- stderr
    users.csv: 2 rows in [TIME]: 0 created, 1 updated, 0 unchanged, 1 rejected
    5 requests, 0 throttled, 0 retried
    rejects: [STATE]/sandbox1/runs/[TIME]-import/rejects.csv
      not_found: 1 row, first at line 3: there is no user with external_id `2` (request [ID])
        hint: import it with --mode upsert
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: fix and run `intercom-bulk import [STATE]/sandbox1/runs/[TIME]-import/retry.csv --mode update`; a re-run of users.csv will not help
    ");
    assert_eq!([json!("Ann Lee")], *names(&env));
}

#[test]
fn update_by_email_finds_the_user_by_searching() {
    let env = with_ann();
    let file = "email,name\nann@example.com,Ann Lee\n";
    assert_snapshot!(import(&env, file, ["--mode", "update", "--key", "email"]), @"
    exit 0
    ---- stderr
    users.csv: 1 row in [TIME]: 0 created, 1 updated, 0 unchanged
    5 requests, 0 throttled, 0 retried
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: nothing is left to do
    ");
    assert_eq!([json!("Ann Lee")], *names(&env));
    assert_eq!(1, env.count("POST", "/contacts/search"));
}

#[test]
fn an_email_that_two_users_have_does_not_say_which_is_meant() {
    let env = with_ann();
    let other = env.create(r#"{"role":"user","external_id":"2","email":"bo@example.com"}"#);
    // Intercom lets an update take an email that is somebody else's.
    env.ask("PUT", &format!("/contacts/{}", other["id"].as_str().unwrap()), r#"{"email":"ann@example.com"}"#);
    let file = "email,name\nann@example.com,Ann Lee\n";
    assert_snapshot!(import(&env, file, ["--mode", "update", "--key", "email"]), @"
    exit 3
    ---- stderr
    users.csv: 1 row in [TIME]: 0 created, 0 updated, 0 unchanged, 1 rejected
    3 requests, 0 throttled, 0 retried
    rejects: [STATE]/sandbox1/runs/[TIME]-import/rejects.csv
      ambiguous: 1 row, first at line 2: 2 contacts have the email `ann@example.com`: the row does not say which is meant (request [ID])
        hint: give the row an external_id
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: fix and run `intercom-bulk import [STATE]/sandbox1/runs/[TIME]-import/retry.csv --mode update --key email`; a re-run of users.csv will not help
    ");
    assert_eq!([json!("Ann"), json!(null)], *names(&env));
}
