//! New users in bulk, and those who are there already.

use insta::assert_snapshot;
use intercom_bulk::sandbox::Config;

use super::{all, at_once, import, n_single_writes, pass_a_minute};
use crate::support::{TestEnv, users};

#[test]
fn new_users_cost_a_request_each_and_one_for_a_hundred() {
    let env = at_once();
    let run = import(&env, &users(250), &[]);
    assert_snapshot!(run, @"
    exit 0
    ---- stderr
    users.csv: 250 rows in [TIME]: 250 created, 0 updated, 0 unchanged
    255 requests, 0 throttled, 0 retried
    bulk: 250 contacts in 3 requests; what one spent of the quota is not to be told
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: nothing is left to do
    ");
    assert_eq!(250, env.contacts().len());
    assert_eq!((3, 250), (env.count("POST", "/contacts/bulk"), env.count("GET", "/contacts/find_by")));
    let again = import(&env, &users(250), &[]);
    assert!(again.stderr.contains("0 created, 0 updated, 250 unchanged"), "{again}");
}

#[test]
fn new_users_with_an_email_only_are_found_in_the_index_together() {
    let env = at_once();
    let rows: String = (1..=120).map(|n| format!("User{n}@example.com,User {n}\n")).collect();
    let file = format!("email,name\n{rows}");
    let run = import(&env, &file, &[]);
    assert!(run.stderr.contains("120 created, 0 updated, 0 unchanged\n6 requests"), "{run}");
    assert_eq!(2, env.count("POST", "/contacts/search"));
    let again = import(&env, &file, &[]);
    assert!(again.stderr.contains("0 created, 0 updated, 120 unchanged\n2 requests"), "{again}");
}

#[test]
fn users_who_are_there_already_are_updated_where_they_differ() {
    let env = at_once();
    for n in 1..=30 {
        env.create(&format!(r#"{{"external_id":"u-{n}","email":"user{n}@example.com","name":"User {n}"}}"#));
    }
    for n in 31..=50 {
        env.create(&format!(r#"{{"external_id":"u-{n}","email":"user{n}@example.com","name":"Old {n}"}}"#));
    }
    pass_a_minute(&env);
    let run = import(&env, &users(150), &[]);
    assert!(run.stderr.contains("100 created, 20 updated, 30 unchanged"), "{run}");
    assert!(all(&env, "name").iter().all(|name| name.starts_with("User ")));
    assert_eq!(0, n_single_writes(&env));
    assert_eq!(2, env.count("POST", "/contacts/bulk"));
    assert!((1..=2).contains(&env.count("PUT", "/contacts/bulk")));
}

#[test]
fn users_without_an_external_id_who_are_there_already_are_updated_too() {
    let env = at_once();
    env.create(r#"{"email":"ann@example.com","name":"Ann"}"#);
    env.create(r#"{"email":"bo@example.com","name":"Bo"}"#);
    pass_a_minute(&env);
    let file = "email,name\nann@example.com,Ann\nBO@example.com,Bo Li\ncy@example.com,Cy\n";
    let run = import(&env, file, &[]);
    assert!(run.stderr.contains("1 created, 1 updated, 1 unchanged"), "{run}");
    assert_eq!(["Ann", "Bo Li", "Cy"], *all(&env, "name"));
    assert_eq!(0, n_single_writes(&env));
}

#[test]
fn companies_and_tags_go_along() {
    let env = at_once();
    env.ask("POST", "/tags", r#"{"name":"vip"}"#);
    let run = import(&env, "external_id,companies,tags\n1,acme,VIP\n2,acme;globex,vip;new\n3,,\n", &[]);
    assert_snapshot!(run, @"
    exit 0
    ---- stderr
    users.csv: 3 rows in [TIME]: 3 created, 0 updated, 0 unchanged
    8 requests, 0 throttled, 0 retried
    bulk: 3 contacts in 1 request; what one spent of the quota is not to be told
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: nothing is left to do
    ");
    // `vip` goes along; `new` is made first, and put on afterwards.
    assert_eq!((0, 1), (env.count("POST", "/companies"), env.count("POST", "/tags") - 1));
    let lists: Vec<(u64, u64)> = env
        .contacts()
        .iter()
        .map(|user| {
            let count = |list: &str| user[list]["total_count"].as_u64().unwrap();
            (count("companies"), count("tags"))
        })
        .collect();
    assert_eq!([(1, 1), (2, 2), (0, 0)], *lists);
}

#[test]
fn creating_only_and_updating_only_are_kept_to() {
    let env = at_once();
    env.create(r#"{"external_id":"1","name":"Ann"}"#);
    pass_a_minute(&env);
    let create = import(&env, "external_id,name\n1,Ann Lee\n2,Bo\n", &["--mode", "create"]);
    assert!(create.stderr.contains("1 created, 0 updated, 0 unchanged, 1 rejected"), "{create}");
    assert!(create.stderr.contains("exists: 1 row, first at line 2"), "{create}");
    env.forget();
    let update = import(&env, "external_id,name\n1,Ann Lee\n2,Bo\n3,Cy\n", &["--mode", "update"]);
    assert!(update.stderr.contains("0 created, 1 updated, 1 unchanged, 1 rejected"), "{update}");
    assert!(update.stderr.contains("not_found: 1 row, first at line 4"), "{update}");
    assert_eq!(["Ann Lee", "Bo"], *all(&env, "name"));
}

#[test]
fn what_a_request_spends_is_told_by_the_headers() {
    for (cost, told) in [
        ("per-item", "bulk: 100 contacts in 1 request; one spent about 100 of the quota (one a contact)"),
        ("per-request", "bulk: 100 contacts in 1 request; one spent about 1 of the quota"),
    ] {
        let unknowns = [format!("bulk-cost={cost}"), "bulk-speed=at-once".into()];
        let unknowns = unknowns.iter().map(|setting| setting.parse().unwrap()).collect();
        let env = TestEnv::with(Config { unknowns, ..Config::default() });
        let run = import(&env, &users(100), &[]);
        assert!(run.stderr.contains(told), "{run}");
    }
}
