//! Known users in bulk.

use insta::assert_snapshot;

use super::{all, at_once, import, n_single_writes, pass_a_minute};
use crate::support::users;

#[test]
fn known_users_that_have_changed_cost_a_request_for_a_hundred() {
    let env = at_once();
    import(&env, &users(250), &[]);
    pass_a_minute(&env);
    let run = import(&env, &users(250).replace(",User ", ",Changed "), &[]);
    assert_snapshot!(run, @"
    exit 0
    ---- stderr
    users.csv: 250 rows in [TIME]: 0 created, 250 updated, 0 unchanged
    5 requests, 0 throttled, 0 retried
    bulk: 250 contacts in 3 requests; what one spent of the quota is not to be told
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: nothing is left to do
    ");
    assert_eq!(3, env.count("PUT", "/contacts/bulk"));
    assert!(all(&env, "name").iter().all(|name| name.starts_with("Changed ")));
    assert_eq!(0, n_single_writes(&env));
}

#[test]
fn a_row_by_intercoms_id_is_an_update_too() {
    let env = at_once();
    let ann = env.create(r#"{"external_id":"1","name":"Ann"}"#);
    let file = format!("id,name\n{},Ann Lee\n", ann["id"].as_str().unwrap());
    let run = import(&env, &file, &["--key", "id"]);
    assert!(run.stderr.contains("0 created, 1 updated, 0 unchanged"), "{run}");
    assert_eq!((["Ann Lee".to_owned()], 0), (all(&env, "name").try_into().unwrap(), n_single_writes(&env)));
}

#[test]
fn new_changed_and_unchanged_rows_go_their_ways() {
    let env = at_once();
    import(&env, &users(200), &[]);
    pass_a_minute(&env);
    let file = users(300).replace("User 1", "Changed 1");
    let run = import(&env, &file, &[]);
    // 1, 10-19, 100-199 have changed.
    assert!(run.stderr.contains("100 created, 111 updated, 89 unchanged"), "{run}");
    assert_eq!(300, env.contacts().len());
    assert_eq!((2 + 1, 2), (env.count("POST", "/contacts/bulk"), env.count("PUT", "/contacts/bulk")));
}

#[test]
fn a_known_email_that_is_another_contacts_by_now_is_not_taken_for_written() {
    let env = at_once();
    import(&env, "email,name\nann@example.com,Ann\nbo@example.com,Bo\n", &[]);
    let id = env.contacts()[0]["id"].as_str().unwrap().to_owned();
    env.ask("PUT", &format!("/contacts/{id}"), r#"{"email":"ann@other.example"}"#);
    pass_a_minute(&env);
    let run = import(&env, "email,name\nann@example.com,Ann Lee\nbo@example.com,Bo Li\n", &[]);
    assert!(run.stderr.contains("1 created, 1 updated, 0 unchanged"), "{run}");
    assert_eq!(["ann@example.com", "ann@other.example", "bo@example.com"], *all(&env, "email"));
}

#[test]
fn what_an_update_in_bulk_does_not_take_is_written_one_by_one() {
    let env = at_once();
    let file = "external_id,name,signed_up_at\n1,Ann,2024-03-01\n2,Bo,2024-03-02\n";
    let run = import(&env, file, &[]);
    assert!(run.stderr.contains("2 created"), "{run}");
    assert_eq!((1, 0), (env.count("POST", "/contacts/bulk"), n_single_writes(&env)));
    pass_a_minute(&env);
    let run = import(&env, &file.replace("2024", "2025"), &[]);
    assert!(run.stderr.contains("0 created, 2 updated, 0 unchanged"), "{run}");
    assert_eq!((0, 2), (env.count("PUT", "/contacts/bulk"), n_single_writes(&env)));
    let cleared = import(&env, "external_id,name\n1,\\N\n2,Bo\n", &[]);
    assert!(cleared.stderr.contains("2 updated"), "{cleared}");
    assert_eq!(["", "Bo"], *all(&env, "name"));
}
