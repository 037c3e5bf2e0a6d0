//! Tags by name, many users at a time.

use insta::assert_snapshot;

use super::{id_of, import, tags_of};
use crate::support::TestEnv;

#[test]
fn a_tag_is_applied_to_many_users_with_one_request() {
    let env = TestEnv::new();
    let rows: String = (1..=250).map(|n| format!("u{n},vip;Beta\n")).collect();
    let run = import(&env, &format!("external_id,tags\n{rows}"), &["--concurrency", "8"]);
    assert!(run.stderr.contains("250 created, 0 updated, 0 unchanged"), "{run}");
    assert_eq!(6, env.count("POST", "/tags"), "250 users, a hundred a request, two tags");
    for user in ["u1", "u100", "u250"] {
        assert_eq!(["Beta", "vip"], *tags_of(&env, &id_of(&env, "external_id", user)));
    }
}

#[test]
fn a_user_that_has_its_tags_already_is_unchanged_whatever_their_case() {
    let env = TestEnv::new();
    import(&env, "external_id,tags\n1,vip\n2,vip\n", &[]);
    env.forget();
    let requests = env.requests().len();
    assert_snapshot!(import(&env, "external_id,tags\n1,VIP\n2,vip;new\n", &[]), @"
    exit 0
    ---- stderr
    users.csv: 2 rows in [TIME]: 0 created, 1 updated, 1 unchanged
    8 requests, 0 throttled, 0 retried
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: nothing is left to do
    ");
    assert_eq!(1, env.count("GET", "/tags"), "the workspace's tags are looked up once a run");
    assert_eq!(["new", "vip"], *tags_of(&env, &id_of(&env, "external_id", "2")));
    assert!(env.requests().len() > requests);
}

#[test]
fn a_tag_with_a_comma_is_asked_about_and_the_other_rows_go_on() {
    let env = TestEnv::new();
    assert_snapshot!(import(&env, "external_id,tags\n1,\"vip, beta\"\n2,vip\n", &[]), @r#"
    exit 3
    ---- stderr
    users.csv: 2 rows in [TIME]: 1 created, 0 updated, 0 unchanged, 1 invalid
    4 requests, 0 throttled, 0 retried
    rejects: [STATE]/sandbox1/runs/[TIME]-import/rejects.csv
      comma_in_list tags: 1 row, first at line 2: column `tags`: `vip, beta` may be one name or several
        hint: several names: --map 'tags=tags:list(,)'; one name: write it as `["vip, beta"]`
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: fix and run `intercom-bulk import [STATE]/sandbox1/runs/[TIME]-import/retry.csv`; a re-run of users.csv will not help
    "#);
    let split = import(&env, "external_id,tags\n1,\"vip, beta\"\n", &["--map", "tags=tags:list(,)"]);
    assert_eq!(0, split.code, "{split}");
    assert_eq!(["beta", "vip"], *tags_of(&env, &id_of(&env, "external_id", "1")));
}

#[test]
fn a_tag_that_cannot_be_applied_leaves_the_user_and_says_so() {
    let env = TestEnv::new();
    env.faults(r#"{"rules":[{"method":"POST","path":"/tags","from":1,"times":6,"fault":"json_500"}]}"#);
    let run = import(&env, "external_id,tags\n1,vip\n", &[]);
    assert_eq!(3, run.code, "{run}");
    assert!(run.stderr.contains("the contact was created; not done: tag `vip`"), "{run}");
    assert_eq!(1, env.contacts().len());
    let again = import(&env, "external_id,tags\n1,vip\n", &[]);
    assert!(again.stderr.contains("0 created, 1 updated, 0 unchanged"), "{again}");
    assert_eq!(["vip"], *tags_of(&env, &id_of(&env, "external_id", "1")));
}
