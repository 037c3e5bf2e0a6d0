//! Importing: the main job, end to end.

use insta::assert_snapshot;

use crate::support::TestEnv;

const USERS: &str = "\
External ID,Email,Full name,plan,company_size
1,Ann@Example.com,Ann,pro,40
2,bo@example.com,Bo,,3
";

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
    assert_eq!(serde_json::json!({"plan": "pro", "company_size": 40}), contacts[0]["custom_attributes"]);
}
