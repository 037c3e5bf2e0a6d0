//! How many requests a row costs: the currency of an import.

use super::import;
use crate::support::TestEnv;

/// Imports a file, and counts the requests of its rows: all but those that every run begins with.
#[track_caller]
fn check(env: &TestEnv, file: &str, flags: &[&str], expected: usize) {
    let before = env.requests().len();
    let run = import(env, file, flags);
    assert_eq!(0, run.code, "{run}");
    let requests = env.requests().split_off(before);
    let of_rows = requests.iter().filter(|request| {
        let path = request["path"].as_str().unwrap();
        !path.starts_with("/__") && path != "/me" && !path.starts_with("/data_attributes")
    });
    assert_eq!(expected, of_rows.count(), "{requests:#?}");
}

#[test]
fn each_kind_of_row_costs_what_it_has_to() {
    let env = TestEnv::prompt();
    // A new user: one. The same again: refused, read. With a change: refused, read, written.
    check(&env, "external_id,name\n1,Ann\n", &[], 1);
    env.forget();
    check(&env, "external_id,name\n1,Ann\n", &[], 2);
    env.forget();
    check(&env, "external_id,name\n1,Ann Lee\n", &[], 3);
    // One that an earlier run has delivered: nothing. With a change: written.
    check(&env, "external_id,name\n1,Ann Lee\n", &[], 0);
    check(&env, "external_id,name\n1,Ann\n", &[], 1);
    // A known id: written, whether anything differs or not.
    let id = env.contacts()[0]["id"].as_str().unwrap().to_owned();
    check(&env, &format!("id,name\n{id},Ann\n"), &["--key", "id"], 1);
    env.forget();
    check(&env, &format!("id,name\n{id},Ann\n"), &["--key", "id"], 1);
    // Three companies that nobody knows: made, and attached. Those that this or an earlier run knows are attached.
    check(&env, "external_id,companies\n2,a;b;c\n", &[], 1 + 3 + 3);
    check(&env, "external_id,companies\n3,a;b;c\n4,a;b;c\n", &[], 2 * 4);
    env.forget();
    check(&env, "external_id,companies\n9,a;b;c\n10,a;b;c\n", &[], 3 + 2 * 4);
    // Tags: one request for all users that lack it.
    check(&env, "external_id,tags\n5,vip\n6,vip\n7,vip\n", &[], 3 + 1);
    // 1.x: all of it in one request.
    check(&env, "user_id,companies\n8,a;b;c\n", &["--engine", "users"], 1);
    env.forget();
    check(&env, "user_id,companies\n8,a;b;c\n", &["--engine", "users"], 1);
    check(&env, "user_id,companies\n8,a;b;c\n", &["--engine", "users"], 0);
}
