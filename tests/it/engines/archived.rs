//! Contacts that are archived or deleted, and still hold their identity.

use insta::assert_snapshot;

use super::import;
use crate::support::TestEnv;

const FILE: &str = "external_id,email,name\n1,ann@example.com,Ann Lee\n2,bo@example.com,Bo\n";

/// A workspace whose Ann (external id 1) is archived, or deleted.
fn without_ann(how: &str) -> TestEnv {
    let env = TestEnv::prompt();
    let ann = env.create(r#"{"role":"user","external_id":"1","email":"ann@example.com","name":"Ann"}"#);
    let path = format!("/contacts/{}", ann["id"].as_str().unwrap());
    match how {
        "archived" => env.ask("POST", &format!("{path}/archive"), "{}"),
        _ => env.ask("DELETE", &path, ""),
    };
    env
}

#[test]
fn an_archived_contact_is_skipped_if_that_is_asked_for() {
    let env = without_ann("archived");
    assert_snapshot!(import(&env, FILE, &["--archived", "skip"]), @"
    exit 0
    ---- stderr
    users.csv: 2 rows in [TIME]: 1 created, 0 updated, 1 unchanged
    4 requests, 0 throttled, 0 retried
    left archived, as --archived skip says: 1 contact
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: nothing is left to do
    ");
    assert_eq!(1, env.report("import")["remarks"]["archived_skipped"]);
    assert_eq!(true, env.contacts()[0]["archived"]);
}

#[test]
fn an_archived_contact_is_brought_back_and_updated_if_that_is_asked_for() {
    let env = without_ann("archived");
    assert_snapshot!(import(&env, FILE, &["--archived", "unarchive"]), @"
    exit 0
    ---- stderr
    users.csv: 2 rows in [TIME]: 1 created, 1 updated, 0 unchanged
    7 requests, 0 throttled, 0 retried
    brought back from the archive: 1 contact
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: nothing is left to do
    ");
    let ann = &env.contacts()[0];
    assert_eq!(("Ann Lee", false), (ann["name"].as_str().unwrap(), ann["archived"] == true));
}

#[test]
fn an_archived_contact_that_is_somebody_else_is_archived_again() {
    let env = without_ann("archived");
    let run = import(&env, "external_id,email\n7,ann@example.com\n", &["--archived", "unarchive"]);
    assert_eq!(3, run.code, "{run}");
    assert!(run.stderr.contains("identity_mismatch"), "{run}");
    assert_eq!(true, env.contacts()[0]["archived"]);
}

#[test]
fn a_deleted_contact_is_told_apart_from_an_archived_one() {
    let env = without_ann("deleted");
    assert_snapshot!(import(&env, FILE, &["--archived", "unarchive"]), @"
    exit 3
    ---- stderr
    users.csv: 2 rows in [TIME]: 1 created, 0 updated, 0 unchanged, 1 rejected
    5 requests, 0 throttled, 0 retried
    rejects: [STATE]/sandbox1/runs/[TIME]-import/rejects.csv
      deleted: 1 row, first at line 2: contact [ID] was deleted, and keeps its email and external_id for some days: User has been marked for permanent deletion and is not restorable. (request [ID])
        hint: remove the row, or import it again when Intercom has let go of the identity, about a week after the deletion
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: fix and run `intercom-bulk import [STATE]/sandbox1/runs/[TIME]-import/retry.csv --archived unarchive`; a re-run of users.csv will not help
    ");
    assert_eq!(1, env.contacts().len());
}
