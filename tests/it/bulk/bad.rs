//! Rows and servers that do not do as they should.

use insta::assert_snapshot;
use serde_json::Value;

use super::{all, arguments, at_once, import, n_single_writes, pass_a_minute};
use crate::support::{CANARY_ID, FakeServer, assert_accounted, users};

#[test]
fn a_bad_row_among_good_ones_gets_intercoms_own_reason() {
    let env = at_once();
    for n in [100, 200] {
        env.create(&format!(r#"{{"external_id":"other-{n}","email":"other{n}@example.com"}}"#));
    }
    pass_a_minute(&env);
    let rows: String = (1..=300)
        .map(|n| match n {
            50 | 150 => format!("u-{n},user{n}@example.com,User {n},4711\n"),
            100 | 200 => format!("u-{n},other{n}@example.com,User {n},814860\n"),
            n => format!("u-{n},user{n}@example.com,User {n},814860\n"),
        })
        .collect();
    let file = format!("external_id,email,name,owner_id\n{rows}");
    assert_snapshot!(import(&env, &file, &[]), @"
    exit 3
    ---- stderr
    users.csv: 300 rows in [TIME]: 296 created, 0 updated, 0 unchanged, 4 rejected
    313 requests, 0 throttled, 0 retried
    bulk: 300 contacts in 3 requests; what one spent of the quota is not to be told
    rejects: [STATE]/sandbox1/runs/[TIME]-import/rejects.csv
      parameter_invalid: 2 rows, first at line 51: The owner specified is not a member of the workspace (request [ID])
        hint: give the id of an admin of this workspace, as in the address of the admin's page in Intercom
      identity_mismatch: 2 rows, first at line 101: the row is external_id `u-100` with email `other100@example.com`, but Intercom's contact [ID] with the same details is external_id `other-100` with email `other100@example.com`: nothing was written (request [ID])
        hint: correct the external_id or the email of one of the two
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: fix and run `intercom-bulk import [STATE]/sandbox1/runs/[TIME]-import/retry.csv --engine bulk --progress none`; a re-run of users.csv will not help
    ");
    assert_eq!(298, env.contacts().len());
    env.forget();
    // Whoever was created in the second in which a run begins looks like its own.
    pass_a_minute(&env);
    let again = import(&env, &file, &[]);
    assert!(again.stderr.contains("0 created, 0 updated, 296 unchanged, 4 rejected"), "{again}");
}

#[test]
fn a_bad_update_among_good_ones_gets_intercoms_own_reason() {
    let env = at_once();
    let file = |name: &str, owner: &str| {
        let owner = |n| if n % 100 == 50 { owner } else { "814860" };
        let rows: String = (1..=300).map(|n| format!("u-{n},{name} {n},{}\n", owner(n))).collect();
        format!("external_id,name,owner_id\n{rows}")
    };
    import(&env, &file("User", "814860"), &[]);
    pass_a_minute(&env);
    let before = env.requests().len();
    let run = import(&env, &file("Changed", "4711"), &[]);
    assert!(run.stderr.contains("0 created, 297 updated, 0 unchanged, 3 rejected"), "{run}");
    assert!(run.stderr.contains("parameter_invalid: 3 rows, first at line 51"), "{run}");
    let names = all(&env, "name");
    assert_eq!(3, names.iter().filter(|name| name.starts_with("User ")).count());
    // Two to begin with, a request and a search for a hundred, a look and a write for a bad one.
    let requests = env.requests().split_off(before);
    let is_ours = |request: &&Value| request["token_id"] == CANARY_ID;
    assert_eq!(2 + 3 + 3 + 2 * 3, requests.iter().filter(is_ours).count());
}

#[test]
fn leads_are_refused_before_anything_is_sent() {
    let env = at_once();
    assert_snapshot!(import(&env, "email\na@example.com\n", &["--role", "lead"]), @"
    exit 2
    ---- stderr
    error: users.csv: the engine `bulk` writes no leads: a job does not say which it has made, and none is found in time
      hint: write leads through the contacts of 2.x: --engine contacts
    ");
    assert_snapshot!(import(&env, "email\na@example.com\n", &["--detach-missing"]), @"
    exit 2
    ---- stderr
    error: the engine `bulk` has no --detach-missing
      hint: leave it out, or use --engine contacts: a job does not say whom it took out of what
    ");
    assert_eq!(0, env.writes().len());
}

#[test]
fn a_row_that_is_a_lead_is_left_out_with_a_hint() {
    let env = at_once();
    let file = "email,role,name\nann@example.com,user,Ann\nlou@example.com,lead,Lou\n";
    assert_snapshot!(import(&env, file, &[]), @"
    exit 3
    ---- stderr
    users.csv: 2 rows in [TIME]: 1 created, 0 updated, 0 unchanged, 1 invalid
    4 requests, 0 throttled, 0 retried
    bulk: 1 contact in 1 request; what one spent of the quota is not to be told
    rejects: [STATE]/sandbox1/runs/[TIME]-import/rejects.csv
      lead_in_bulk role: 1 row, first at line 3: the engine `bulk` writes no leads
        hint: import the leads with --engine contacts
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: fix and run `intercom-bulk import [STATE]/sandbox1/runs/[TIME]-import/retry.csv --engine bulk --progress none`; a re-run of users.csv will not help
    ");
    assert_eq!(["Ann"], *all(&env, "name"));
}

#[test]
fn a_server_without_bulk_requests_gets_the_rows_one_by_one() {
    let env = at_once();
    let server = FakeServer::without(env.url(), "/contacts/bulk");
    env.write("users.csv", users(90));
    let run = env.run_all(&arguments(&["--base-url", server.url()]));
    assert_snapshot!(run, @"
    exit 0
    ---- stderr
    the server knows no bulk requests: every row goes by itself, through the engine contacts
    users.csv: 90 rows in [TIME]: 90 created, 0 updated, 0 unchanged
    93 requests, 0 throttled, 0 retried
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: nothing is left to do
    ");
    assert_eq!((90, 90), (env.contacts().len(), n_single_writes(&env)));
}

#[test]
fn an_answer_that_was_lost_on_the_way_makes_nobody_twice() {
    let env = at_once();
    for times in [1, 6] {
        env.faults(&format!(
            r#"{{"rules":[{{"method":"POST","path":"/contacts/bulk","from":1,"times":{times},"fault":"reset","committed":true}}]}}"#
        ));
        let file =
            users(130).replace("u-", &format!("lost{times}-")).replace("user", &format!("lost{times}."));
        let run = import(&env, &file, &[]);
        assert!(run.stderr.contains("130 created, 0 updated, 0 unchanged"), "{run}");
        assert_eq!(0, run.code);
    }
    assert_eq!(260, env.contacts().len());
}

#[test]
fn a_request_that_was_lost_before_it_arrived_is_sent_again() {
    let env = at_once();
    env.faults(
        r#"{"rules":[{"method":"POST","path":"/contacts/bulk","from":1,"times":6,"fault":"html_502"}]}"#,
    );
    let run = import(&env, &users(40), &[]);
    assert!(run.stderr.contains("40 created, 0 updated, 0 unchanged"), "{run}");
    assert_accounted(&env, &users(40));
}
