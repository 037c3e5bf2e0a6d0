//! Rows that are sent although they are unchanged.

use insta::assert_snapshot;

use super::{AS_IT_WAS, import};
use crate::support::TestEnv;

#[test]
fn force_sends_every_row_with_one_request() {
    let env = TestEnv::new();
    import(&env, 3, AS_IT_WAS, &[]);
    let run = import(&env, 3, AS_IT_WAS, &["--force"]);
    assert!(run.stderr.contains("5 requests"), "{run}");
    assert_eq!(3, env.count("PUT", "/contacts"));
}

#[test]
fn what_others_changed_in_intercom_is_found_by_reading_back() {
    let env = TestEnv::prompt();
    import(&env, 3, AS_IT_WAS, &[]);
    let id = env.contacts()[1]["id"].as_str().unwrap().to_owned();
    env.ask("PUT", &format!("/contacts/{id}"), r#"{"name":"somebody else"}"#);
    let run = import(&env, 3, AS_IT_WAS, &[]);
    assert!(run.stderr.contains("3 unchanged\n2 requests"), "{run}");
    assert_snapshot!(import(&env, 3, AS_IT_WAS, &["--verify-sample", "100%"]), @"
    exit 0
    ---- stderr
    users.csv: 3 rows in [TIME]: 0 created, 1 updated, 2 unchanged
    6 requests, 0 throttled, 0 retried
    read back, and as delivered: 2 contacts
    read back, had changed in Intercom, and were written anew: 1 contact
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: nothing is left to do
    ");
    assert_eq!("User 2", env.contacts()[1]["name"]);
}

#[test]
fn old_deliveries_are_sent_again() {
    let env = TestEnv::new();
    import(&env, 3, AS_IT_WAS, &[]);
    let run = import(&env, 3, AS_IT_WAS, &["--max-age", "3000d"]);
    assert!(run.stderr.contains("3 unchanged\n2 requests"), "{run}");
    env.change_ledger("UPDATE runs SET started_at = started_at - 3000 * 86400");
    let run = import(&env, 3, AS_IT_WAS, &["--max-age", "3000d"]);
    assert!(run.stderr.contains("5 requests"), "{run}");
}

#[test]
fn a_share_that_is_none_is_refused() {
    let env = TestEnv::offline();
    let run = env.run(["import", "users.csv", "--verify-sample", "2"]);
    assert_eq!(2, run.code);
    assert!(run.stderr.contains("write a share from 0% to 100%, as in `0.1%`"), "{run}");
}
