//! New users, in bulk.

use insta::assert_snapshot;

use super::{at_once, import};
use crate::support::users;

#[test]
fn new_users_cost_a_request_each_and_one_for_a_hundred() {
    let env = at_once();
    let run = import(&env, &users(250), &[]);
    assert_snapshot!(run, @"
    exit 0
    ---- stderr
    users.csv: 250 rows in [TIME]: 250 created, 0 updated, 0 unchanged
    255 requests, 0 throttled, 0 retried
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: nothing is left to do
    ");
    assert_eq!(250, env.contacts().len());
    assert_eq!((3, 250), (env.count("POST", "/contacts/bulk"), env.count("GET", "/contacts/find_by")));
    let again = import(&env, &users(250), &[]);
    assert!(again.stderr.contains("0 created, 0 updated, 250 unchanged"), "{again}");
}
