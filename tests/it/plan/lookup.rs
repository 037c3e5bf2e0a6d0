//! `--lookup find` and `--lookup list`: who exists is asked for many at a time, and nobody is written blindly.

use super::{Counts, NOBODY, file, import, workspace};
use crate::support::TestEnv;

#[test]
fn users_who_exist_are_found_fifteen_a_request_and_cost_nothing_more_if_they_are_as_their_rows() {
    let env = workspace(40);
    env.write("users.csv", file(11, 50, 10));
    let (run, counts) = import(&env, &["--lookup", "find"]);
    assert!(run.stderr.contains("10 created, 3 updated, 27 unchanged"), "{run}");
    assert_eq!(Counts { searches: 3, creates: 10, updates: 3, ..Counts::default() }, counts);
    assert!(run.stderr.contains("lookup: find (15 a request)\n"), "{run}");
    let report = env.report("import");
    let expected = serde_json::json!({
        "policy": "find", "used": ["find"], "why": ["--lookup find"], "searches": 3, "batch": 15, "searched": 40,
        "found": 30, "pages": 0, "listed": 0, "contacts": null, "trouble": null,
    });
    assert_eq!(expected, report["lookup"]);
    let (run, counts) = import(&env, &[]);
    assert!(run.stderr.contains("0 created, 0 updated, 40 unchanged"), "{run}");
    assert_eq!(0, counts.all());
}

#[test]
fn users_are_found_by_email_in_any_case() {
    let env = workspace(20);
    let rows: String = (1..=20).map(|n| format!("USER{n}@Example.com,user\n")).collect();
    env.write("users.csv", format!("email,role\n{rows}"));
    let (run, counts) = import(&env, &["--lookup", "find"]);
    assert!(run.stderr.contains("20 unchanged"), "{run}");
    assert_eq!(Counts { searches: 2, ..Counts::default() }, counts);
}

#[test]
fn a_listing_makes_every_user_known() {
    let env = workspace(310);
    env.write("users.csv", file(281, 330, 10));
    let (run, counts) = import(&env, &["--lookup", "list"]);
    assert!(run.stderr.contains("20 created, 3 updated, 27 unchanged"), "{run}");
    assert_eq!(Counts { pages: 3, creates: 20, updates: 3, ..Counts::default() }, counts);
    assert!(run.stderr.contains("lookup: list (3 pages)\n"), "{run}");
    // The ids of the others are known from now on.
    env.write("users.csv", file(1, 20, 5));
    let (run, counts) = import(&env, &[]);
    assert!(run.stderr.contains("0 created, 4 updated, 16 unchanged"), "{run}");
    assert_eq!(Counts { updates: 20, ..Counts::default() }, counts);
}

#[test]
fn a_user_whom_the_index_does_not_show_yet_is_no_second_user() {
    let env = TestEnv::new();
    for n in 1..=30 {
        env.create(&format!(r#"{{"external_id":"user-{n}","email":"user{n}@example.com"}}"#));
    }
    env.write("users.csv", file(1, 30, NOBODY));
    let (run, counts) = import(&env, &["--lookup", "find"]);
    assert!(run.stderr.contains("0 created, 0 updated, 30 unchanged"), "{run}");
    assert_eq!((30, 30), (env.contacts().len(), counts.reads));
}

#[test]
fn a_hit_that_is_somebody_else_is_not_written_to() {
    let env = workspace(2);
    env.write(
        "users.csv",
        "external_id,email,name\nother,user1@example.com,Eve\nuser-2,user2@example.com,\n",
    );
    let before = env.contacts();
    let (run, _) = import(&env, &["--lookup", "find", "--key", "email"]);
    assert!(run.stderr.contains("1 unchanged, 1 rejected"), "{run}");
    assert_eq!((3, before), (run.code, env.contacts()));
}

#[test]
fn several_contacts_with_one_email_say_nothing() {
    let env = workspace(1);
    let second = env.create(r#"{"external_id":"u-2","email":"second@example.com","role":"user"}"#);
    let path = format!("/contacts/{}", second["id"].as_str().unwrap());
    env.ask("PUT", &path, r#"{"email":"user1@example.com"}"#);
    env.write("users.csv", "email,name\nuser1@example.com,User One\n");
    let (run, counts) = import(&env, &["--lookup", "find"]);
    assert_eq!((1, 1), (counts.searches, counts.creates), "{run}");
}

#[test]
fn two_rows_of_one_contact_under_two_keys_are_written_one_after_the_other() {
    let env = TestEnv::new();
    env.create(r#"{"external_id":"u-1","email":"user1@example.com","name":"Ann"}"#);
    env.settle();
    // The index shows the name of the second row for minutes after the first one was written.
    env.write("users.csv", "external_id,email,name\nu-1,,Bo\n,user1@example.com,Ann\n");
    let (run, _) = import(&env, &["--lookup", "find", "--concurrency", "1"]);
    assert_eq!((0, "Ann"), (run.code, env.contacts()[0]["name"].as_str().unwrap()), "{run}");
}

#[test]
fn companies_and_tags_of_users_who_are_found_are_attached() {
    let env = TestEnv::prompt();
    env.write("users.csv", "external_id,companies,tags\n1,a,vip\n2,b,\n");
    assert_eq!(0, env.run(["import", "users.csv"]).code);
    env.forget();
    env.write("users.csv", "external_id,companies,tags\n1,a;c,vip\n2,b,new\n");
    let (run, counts) = import(&env, &["--lookup", "find"]);
    assert!(run.stderr.contains("0 created, 2 updated, 0 unchanged"), "{run}");
    assert_eq!(Counts { searches: 1, ..Counts::default() }, counts);
    let contacts = env.contacts();
    let lists =
        |n: usize| ["companies", "tags"].map(|list| contacts[n][list]["total_count"].as_u64().unwrap());
    assert_eq!([[2, 1], [1, 1]], [lists(0), lists(1)]);
}

#[test]
fn an_update_of_users_by_email_costs_a_search_for_fifteen() {
    let env = workspace(20);
    let rows: String = (1..=21).map(|n| format!("user{n}@example.com,Somebody\n")).collect();
    env.write("users.csv", format!("email,name\n{rows}"));
    let (run, counts) = import(&env, &["--lookup", "find", "--mode", "update"]);
    assert!(run.stderr.contains("20 updated, 0 unchanged"), "{run}");
    // Nobody has the last email, which one more search makes sure of.
    assert_eq!((3, Counts { searches: 3, updates: 20, ..Counts::default() }), (run.code, counts));
}

#[test]
fn who_is_never_looked_up_costs_no_search() {
    let env = workspace(3);
    env.write("users.csv", file(1, 3, NOBODY));
    let (_, counts) = import(&env, &["--lookup", "find", "--mode", "create"]);
    assert_eq!(0, counts.searches);
    let (_, counts) = import(&env, &["--lookup", "list", "--role", "lead"]);
    assert_eq!(0, counts.pages);
    let (_, counts) =
        import(&env, &["--lookup", "list", "--engine", "users", "--ignore-column", "external_id"]);
    assert_eq!(0, counts.searches + counts.pages);
}

#[test]
fn an_engine_that_looks_nobody_up_says_so() {
    let env = workspace(3);
    env.write("users.csv", file(1, 3, NOBODY));
    for engine in ["users", "bulk"] {
        let run = env.run(["import", "users.csv", "--engine", engine, "--lookup", "find"]);
        assert_eq!(2, run.code, "{run}");
        let told = format!("error: --lookup: the engine `{engine}` looks nobody up before it writes");
        assert!(run.stderr.starts_with(&told), "{run}");
    }
}
