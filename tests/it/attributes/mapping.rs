//! What the workspace's attributes say of the columns and cells of an import.

use insta::assert_snapshot;

use super::with_tiers;
use crate::support::TestEnv;

#[test]
fn a_value_that_a_list_does_not_offer_costs_its_row_before_it_is_sent() {
    let env = with_tiers();
    env.write("users.csv", "email,tier\na@example.com,gold\nb@example.com, Gold \nc@example.com,\n");
    assert_snapshot!(env.run(["import", "users.csv"]), @"
    exit 3
    ---- stderr
    users.csv: 3 rows in [TIME]: 2 created, 0 updated, 0 unchanged, 1 invalid
    4 requests, 0 throttled, 0 retried
    rejects: [STATE]/sandbox1/runs/[TIME]-import/rejects.csv
      not_an_option custom.tier: 1 row, first at line 2: column `tier`: `gold` is not an option of this list
        hint: did you mean `Gold`? the options are `Basic`, `Gold`
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: fix and run `intercom-bulk import [STATE]/sandbox1/runs/[TIME]-import/retry.csv`; a re-run of users.csv will not help
    ");
    let tiers: Vec<_> =
        env.contacts().iter().map(|contact| contact["custom_attributes"].to_string()).collect();
    assert_eq!([r#"{"tier":"Gold"}"#, "{}"], *tiers);
}

#[test]
fn a_name_in_another_case_is_told_with_the_flag_that_maps_it() {
    let env = TestEnv::prompt();
    env.write("users.csv", "email,Plan\na@example.com,pro\n");
    assert_snapshot!(env.run(["import", "users.csv"]), @"
    exit 2
    ---- stderr
    error: users.csv: 1 column has no field in Intercom: `Plan` (the workspace has `plan`, the column is `Plan`)
      hint: map with --map 'Plan=custom.plan', or leave out with --ignore-column 'Plan'
    ");
    assert!(env.writes().is_empty());
    let mapped = env.run(["import", "users.csv", "--map", "Plan=custom.plan"]);
    assert_eq!(0, mapped.code, "{mapped}");
    assert_eq!("pro", env.contacts()[0]["custom_attributes"]["plan"]);
}

#[test]
fn a_typo_in_a_column_to_be_left_out_stops_the_run() {
    let env = TestEnv::prompt();
    env.write("users.csv", "email,phone\na@example.com,+14155550101\n");
    assert_snapshot!(env.run(["import", "users.csv", "--ignore-column", "phnoe"]), @"
    exit 2
    ---- stderr
    error: users.csv: the file has no column `phnoe`, which is to be left out
      hint: did you mean --ignore-column 'phone'?
    ");
    assert!(env.writes().is_empty());
    assert_snapshot!(env.run(["import", "users.csv", "--ignore-column", "notes"]), @"
    exit 0
    ---- stderr
    users.csv: to be left out, but not in the file: notes
    users.csv: 1 row in [TIME]: 1 created, 0 updated, 0 unchanged
    3 requests, 0 throttled, 0 retried
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: nothing is left to do
    ");
}

#[test]
fn a_key_that_does_not_exist_is_told_with_those_that_do() {
    let env = TestEnv::offline();
    assert_snapshot!(env.run(["import", "users.csv", "--key", "mail"]), @"
    exit 2
    ---- stderr
    error: invalid value 'mail' for '--key <KEY>': `mail` is not a key
      hint: did you mean `email`? it is one of auto, external_id, email, id

    For more information, try '--help'.
    ");
    assert_snapshot!(env.run(["import", "users.csv", "--empty", "keep"]), @"
    exit 2
    ---- stderr
    error: invalid value 'keep' for '--empty <HOW>': `keep` is not an answer to empty cells
      hint: it is one of leave, clear

    For more information, try '--help'.
    ");
}
