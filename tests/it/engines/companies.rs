//! Companies of a row: made once, attached once, and told one by one when they fail.

use insta::assert_snapshot;

use super::{companies_of, import};
use crate::support::TestEnv;

#[test]
fn companies_are_made_once_and_attached_to_every_user_that_names_them() {
    let env = TestEnv::new();
    let file = "external_id,company_id,company_2\n1,acme,globex\n2,acme,\n3,globex,acme\n4,acme,\n";
    assert_snapshot!(import(&env, file, &["--concurrency", "8"]), @"
    exit 0
    ---- stderr
    users.csv: 4 rows in [TIME]: 4 created, 0 updated, 0 unchanged
    14 requests, 0 throttled, 0 retried
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: nothing is left to do
    ");
    assert_eq!(2, env.count("POST", "/companies"), "one request a company, whatever the concurrency");
    assert_eq!(["acme", "globex"], *companies_of(&env, "1"));
    assert_eq!(["acme"], *companies_of(&env, "2"));
    assert_eq!(["acme", "globex"], *companies_of(&env, "3"));
}

#[test]
fn a_list_of_companies_is_split_at_semicolons() {
    let env = TestEnv::new();
    let run = import(&env, "external_id,companies\n1,acme; globex;acme\n2,\"[\"\"a, b\"\"]\"\n", &[]);
    assert_eq!(0, run.code, "{run}");
    assert_eq!(["acme", "globex"], *companies_of(&env, "1"));
    assert_eq!(["a, b"], *companies_of(&env, "2"));
}

#[test]
fn two_columns_with_one_company_attach_it_once() {
    let env = TestEnv::new();
    assert_eq!(0, import(&env, "external_id,company_1,company_2\n1,acme,acme\n", &[]).code);
    let writes = env.writes();
    let to_companies = |write: &&serde_json::Value| write["path"].as_str().unwrap().ends_with("/companies");
    assert_eq!(2, writes.iter().filter(to_companies).count(), "one to make it, one to attach it");
    assert_eq!(["acme"], *companies_of(&env, "1"));
}

#[test]
fn a_user_that_is_in_its_companies_already_is_unchanged() {
    let env = TestEnv::new();
    let many: Vec<String> = (10..22).map(|n| format!("c{n}")).collect();
    let file = format!("external_id,companies\n1,{}\n", many.join(";"));
    assert_eq!(0, import(&env, &file, &[]).code);
    env.write("again.csv", &file);
    let run = env.run(["import", "again.csv"]);
    assert!(run.stderr.contains("0 created, 0 updated, 1 unchanged"), "{run}");
    assert_eq!(many, companies_of(&env, "1"), "more than the ten that a contact shows");
}

#[test]
fn companies_that_a_row_does_not_name_are_left_unless_asked() {
    let env = TestEnv::new();
    import(&env, "external_id,companies\n1,acme;globex\n2,acme\n", &[]);
    import(&env, "external_id,companies\n1,initech\n2,\n", &[]);
    assert_eq!(["acme", "globex", "initech"], *companies_of(&env, "1"));
    env.forget();
    let run = import(&env, "external_id,companies\n1,initech\n2,\n", &["--detach-missing"]);
    assert!(run.stderr.contains("0 created, 1 updated, 1 unchanged"), "{run}");
    assert_eq!(["initech"], *companies_of(&env, "1"));
    assert_eq!(["acme"], *companies_of(&env, "2"), "a row that names none says nothing of them");
}

#[test]
fn a_comma_in_a_list_of_companies_is_asked_about_and_the_other_rows_go_on() {
    let env = TestEnv::new();
    assert_snapshot!(import(&env, "external_id,company_id\n1,\"acme, globex\"\n2,acme\n", &[]), @r#"
    exit 3
    ---- stderr
    users.csv: 2 rows in [TIME]: 1 created, 0 updated, 0 unchanged, 1 invalid
    5 requests, 0 throttled, 0 retried
    rejects: [STATE]/sandbox1/runs/[TIME]-import/rejects.csv
      comma_in_list companies: 1 row, first at line 2: column `company_id`: `acme, globex` may be one name or several
        hint: several names: --map 'company_id=companies:list(,)'; one name: write it as `["acme, globex"]`
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: fix and run `intercom-bulk import [STATE]/sandbox1/runs/[TIME]-import/retry.csv`; a re-run of users.csv will not help
    "#);
    assert_eq!(1, env.contacts().len());
}

#[test]
fn more_companies_than_a_contact_may_have_are_not_sent() {
    let env = TestEnv::new();
    let many: Vec<String> = (0..1_001).map(|n| format!("c{n}")).collect();
    let run = import(&env, &format!("external_id,companies\n1,{}\n2,acme\n", many.join(";")), &[]);
    assert!(
        run.stderr.contains("too_many_companies companies: 1 row, first at line 2: 1001 companies"),
        "{run}"
    );
    assert_eq!(1, env.contacts().len());
}

#[test]
fn a_company_that_is_refused_is_told_apart_from_what_was_done() {
    let env = TestEnv::prompt();
    // 1.x takes them all in one request.
    let many: Vec<String> = (0..999).map(|n| format!("c{n}")).collect();
    let file = format!("user_id,companies\n1,{}\n", many.join(";"));
    assert_eq!(0, import(&env, &file, &["--engine", "users"]).code);
    assert_snapshot!(import(&env, "external_id,name,companies\n1,Ann,more;c5;even-more\n2,Bo,c1\n", &[]), @"
    exit 3
    ---- stderr
    users.csv: 2 rows in [TIME]: 1 created, 0 updated, 0 unchanged, 1 rejected
    31 requests, 0 throttled, 0 retried
    rejects: [STATE]/sandbox1/runs/[TIME]-import/rejects.csv
      contact_company_limit_exceeded companies: 1 row, first at line 2: the contact was updated, attach company `more`: done; not done: attach company `even-more`: Contact has reached the maximum of 1000 company associations (request [ID])
        hint: a contact is in at most 1,000 companies: detach some first
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: fix and run `intercom-bulk import [STATE]/sandbox1/runs/[TIME]-import/retry.csv`; a re-run of users.csv will not help
    ");
}
