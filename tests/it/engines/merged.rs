//! Contacts that were merged into others, before a run or in the middle of a row.

use insta::assert_snapshot;

use super::import;
use crate::support::TestEnv;

/// A workspace whose lead was merged into the user Ann. Returns the ids of both.
fn with_merged() -> (TestEnv, String, String) {
    let env = TestEnv::prompt();
    let user = env.create(r#"{"role":"user","external_id":"1","email":"ann@example.com","name":"Ann"}"#);
    let lead = env.create(r#"{"role":"lead","email":"ann@example.com"}"#);
    let [user, lead] = [user, lead].map(|contact| contact["id"].as_str().unwrap().to_owned());
    env.ask("POST", "/contacts/merge", &format!(r#"{{"from":"{lead}","into":"{user}"}}"#));
    (env, lead, user)
}

#[test]
fn a_merged_contact_is_written_where_it_lives_on_and_that_is_said() {
    let (env, lead, user) = with_merged();
    assert_snapshot!(import(&env, &format!("id,name\n{lead},Ann Lee\n"), &["--key", "id"]), @"
    exit 0
    ---- stderr
    users.csv: 1 row in [TIME]: 0 created, 1 updated, 0 unchanged
    6 requests, 0 throttled, 0 retried
    merged before, written where they live on: 1 contact
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: nothing is left to do
    ");
    let ann = env.contacts().into_iter().find(|contact| contact["id"] == user.as_str()).unwrap();
    assert_eq!("Ann Lee", ann["name"]);
}

#[test]
fn versions_before_2_16_say_not_found() {
    let (env, lead, _) = with_merged();
    let run = import(&env, &format!("id,name\n{lead},Ann Lee\n"), &["--key", "id", "--api-version", "2.15"]);
    assert_eq!(3, run.code, "{run}");
    assert!(run.stderr.contains("not_found"), "{run}");
}
