//! Leads, which the server never matches: looked for before, remembered after.

use insta::assert_snapshot;
use serde_json::json;

use super::import;
use crate::support::TestEnv;

const LEADS: &str = "email,name\nann@example.com,Ann\nbo@example.com,Bo\n";

#[test]
fn a_second_run_of_a_file_of_leads_makes_no_second_lead() {
    let env = TestEnv::new();
    assert_snapshot!(import(&env, LEADS, &["--role", "lead"]), @"
    exit 0
    ---- stderr
    users.csv: 2 rows in [TIME]: 2 created, 0 updated, 0 unchanged
    6 requests, 0 throttled, 0 retried
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: nothing is left to do
    ");
    // The index does not show them yet; the workspace's intents do.
    let again = import(&env, LEADS, &["--role", "lead"]);
    assert!(again.stderr.contains("0 created, 0 updated, 2 unchanged"), "{again}");
    let contacts = env.contacts();
    assert_eq!(2, contacts.len());
    assert!(contacts.iter().all(|contact| contact["role"] == "lead"));
}

#[test]
fn a_lead_twice_in_a_file_is_one_lead() {
    let env = TestEnv::new();
    let file = "email,name\nann@example.com,Ann\nANN@example.com,Ann Lee\n";
    let run = import(&env, file, &["--role", "lead"]);
    assert!(run.stderr.contains("1 created, 0 updated, 1 unchanged"), "{run}");
    assert_eq!("Ann Lee", env.contacts()[0]["name"]);
}

#[test]
fn a_lead_that_the_index_shows_is_updated() {
    let env = TestEnv::prompt();
    env.create(r#"{"role":"lead","email":"ann@example.com"}"#);
    let run = import(&env, LEADS, &["--role", "lead"]);
    assert!(run.stderr.contains("1 created, 1 updated, 0 unchanged"), "{run}");
    assert_eq!(2, env.contacts().len());
}

#[test]
fn a_lead_whose_answer_was_lost_is_not_created_blindly_again() {
    let env = TestEnv::new();
    env.faults(
        r#"{"rules":[{"method":"POST","path":"/contacts","request":1,"fault":"reset","committed":true}]}"#,
    );
    let file = "email,name\nann@example.com,Ann\n";
    assert_snapshot!(import(&env, file, &["--role", "lead"]), @"
    exit 3
    ---- stderr
    users.csv: 1 row in [TIME]: 0 created, 0 updated, 0 unchanged, 1 unknown
    5 requests, 0 throttled, 0 retried
    rejects: [STATE]/sandbox1/runs/[TIME]-import/rejects.csv
      answer_lost: 1 row, first at line 2: no usable answer after 1 attempt: Connection reset by peer (os error 104) (request [ID])
        hint: run the same command again: it looks before it writes
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: run `intercom-bulk import users.csv --role lead` again: it settles the unknown rows; fix the others first
    ");
    assert_eq!(1, env.contacts().len());
    assert_snapshot!(import(&env, file, &["--role", "lead"]), @"
    exit 3
    ---- stderr
    users.csv: 1 row in [TIME]: 0 created, 0 updated, 0 unchanged, 1 unknown
    3 requests, 0 throttled, 0 retried
    rejects: [STATE]/sandbox1/runs/[TIME]-import/rejects.csv
      may_exist: 1 row, first at line 2: a lead with the email `ann@example.com` may have been created; the index does not show it yet (request [ID])
        hint: run the same command again in ten minutes: it looks before it creates
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: run `intercom-bulk import users.csv --role lead` again: it settles the unknown rows; fix the others first
    ");
    assert_eq!(1, env.contacts().len(), "it looked, and did not create");
    env.settle();
    let settled = import(&env, file, &["--role", "lead"]);
    assert!(settled.stderr.contains("0 created, 0 updated, 1 unchanged"), "{settled}");
    assert_eq!(1, env.contacts().len());
}

#[test]
fn a_lead_whose_create_never_arrived_is_created_when_the_index_would_show_it() {
    let env = TestEnv::new();
    env.faults(r#"{"rules":[{"method":"POST","path":"/contacts","request":1,"fault":"reset"}]}"#);
    let file = "email,name\nann@example.com,Ann\n";
    assert_eq!(3, import(&env, file, &["--role", "lead"]).code);
    assert_eq!(0, env.contacts().len());
    env.ask("POST", "/__sandbox/clock", r#"{"advance_seconds":601}"#);
    let run = import(&env, file, &["--role", "lead"]);
    assert!(run.stderr.contains("1 created, 0 updated, 0 unchanged"), "{run}");
    assert_eq!(1, env.contacts().len());
}

#[test]
fn leads_and_users_of_one_file_are_told_apart_by_their_role() {
    let env = TestEnv::new();
    let file =
        "role,external_id,email\nuser,1,ann@example.com\nlead,2,bo@example.com\nlead,3,\n,4,cy@example.com\n";
    assert_snapshot!(import(&env, file, &[]), @"
    exit 3
    ---- stderr
    users.csv: 4 rows in [TIME]: 3 created, 0 updated, 0 unchanged, 1 invalid
    6 requests, 0 throttled, 0 retried
    leads that keep the external_id that Intercom gave them: 1 contact
    rejects: [STATE]/sandbox1/runs/[TIME]-import/rejects.csv
      no_key: 1 row, first at line 4: a lead is matched by its email, and the row has none
        hint: give it one, or match by Intercom's id: --key id
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: fix and run `intercom-bulk import [STATE]/sandbox1/runs/[TIME]-import/retry.csv`; a re-run of users.csv will not help
    ");
    let roles: Vec<_> = env.contacts().iter().map(|it| (it["email"].clone(), it["role"].clone())).collect();
    assert!(roles.contains(&(json!("bo@example.com"), json!("lead"))), "{roles:?}");
    assert!(roles.contains(&(json!("ann@example.com"), json!("user"))), "{roles:?}");
}

#[test]
fn a_lead_cannot_be_matched_by_external_id() {
    let env = TestEnv::new();
    let run =
        import(&env, "external_id,email\n1,ann@example.com\n", &["--role", "lead", "--key", "external_id"]);
    assert_snapshot!(run, @"
    exit 2
    ---- stderr
    error: users.csv: leads cannot be matched by `external_id`: Intercom gives each lead one of its own
      hint: match leads by their email or Intercom's id: --key email
    ");
    assert_eq!(0, env.writes().len());
}

#[test]
fn a_lead_becomes_a_user_by_its_role() {
    let env = TestEnv::prompt();
    let lead = env.create(r#"{"role":"lead","email":"ann@example.com"}"#);
    let id = lead["id"].as_str().unwrap();
    let file = format!("id,role,external_id\n{id},user,1\n");
    assert_snapshot!(import(&env, &file, &["--key", "id"]), @"
    exit 0
    ---- stderr
    users.csv: 1 row in [TIME]: 0 created, 1 updated, 0 unchanged
    3 requests, 0 throttled, 0 retried
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: nothing is left to do
    ");
    let contact = &env.contacts()[0];
    assert_eq!((&json!("user"), &json!("1")), (&contact["role"], &contact["external_id"]));
    env.create(r#"{"role":"lead","email":"bo@example.com"}"#);
    let by_email = import(&env, "email,role\nbo@example.com,user\n", &["--mode", "update", "--key", "email"]);
    assert!(by_email.stderr.contains("promoted from lead to user: 1 contact"), "{by_email}");
    assert!(env.contacts().iter().all(|contact| contact["role"] == "user"));
}

#[test]
fn the_role_of_a_run_is_that_of_rows_without_one() {
    let env = TestEnv::new();
    let file = "external_id,email,role\n1,ann@example.com,user\n2,bo@example.com,\n3,,user\n";
    let run = import(&env, file, &["--role", "lead"]);
    assert_eq!(0, run.code, "{run}");
    assert!(
        run.stderr.contains("leads that keep the external_id that Intercom gave them: 1 contact"),
        "{run}"
    );
    let contacts = env.contacts();
    let users: Vec<_> = contacts.iter().filter(|contact| contact["role"] == "user").collect();
    assert_eq!(
        ["1", "3"],
        *users.iter().map(|user| user["external_id"].as_str().unwrap()).collect::<Vec<_>>()
    );
}
