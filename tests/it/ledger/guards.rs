//! Inputs that look broken beside the last one of their job.

use insta::assert_snapshot;

use super::{AS_IT_WAS, import};
use crate::support::TestEnv;

#[test]
fn an_input_that_has_lost_half_of_its_rows_is_refused_before_anything_is_sent() {
    let env = TestEnv::new();
    import(&env, 1_000, AS_IT_WAS, &[]);
    let writes = env.writes().len();
    assert_snapshot!(import(&env, 499, ("User 7\n", "Somebody\n"), &[]), @"
    exit 6
    ---- stderr
    error: users.csv: there are 499 rows, and the last run of this job had 1,000
      hint: if that is right, say so: --allow-shrunken
    users.csv: 0 rows in [TIME]: 0 created, 0 updated, 0 unchanged
    2 requests, 0 throttled, 0 retried
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: fix that, then run `intercom-bulk import users.csv` again
    ");
    assert_eq!(writes, env.writes().len());
    let run = import(&env, 499, ("User 7\n", "Somebody\n"), &["--allow-shrunken"]);
    assert!(run.stderr.contains("499 rows in") && run.stderr.contains("1 updated"), "{run}");
}

#[test]
fn an_extract_that_would_rewrite_everybody_is_refused_before_anything_is_sent() {
    let env = TestEnv::new();
    let flags = ["--max-change", "10%"];
    import(&env, 30, AS_IT_WAS, &flags);
    let writes = env.writes().len();
    assert_snapshot!(import(&env, 30, ("User ", "Nobody "), &flags), @"
    exit 4
    ---- stderr
    error: users.csv: 30 rows would be written, of 30 in the last run of this job, which is more than --max-change
      hint: look at the file; if it is right, allow more: --max-change 100%
    users.csv: 0 rows in [TIME]: 0 created, 0 updated, 0 unchanged
    2 requests, 0 throttled, 0 retried
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: fix that, then run `intercom-bulk import users.csv --max-change 10%` again
    ");
    // Names that nobody knows are a change, too: it would create everybody once more.
    assert_eq!(4, import(&env, 30, ("u-", "v-"), &flags).code);
    assert_eq!(writes, env.writes().len());
    let few = import(&env, 30, ("User 1\n", "Nobody\n"), &flags);
    assert!(few.stderr.contains("1 updated, 29 unchanged"), "{few}");
    let all = import(&env, 30, ("User ", "Nobody "), &["--max-change", "100%"]);
    assert_eq!(0, all.code, "{all}");
}

#[test]
fn files_that_are_named_by_their_date_are_one_job() {
    let env = TestEnv::new();
    env.write("users-2026-11-21.csv", crate::support::users(30));
    env.run(["import", "users-2026-11-21.csv"]);
    env.write("users-2026-11-22.csv", crate::support::users(30).replace("User ", "Nobody "));
    assert_eq!(4, env.run(["import", "users-2026-11-22.csv", "--max-change", "10%"]).code);
    env.write("others.csv", crate::support::users(30).replace("User ", "Nobody "));
    assert_eq!(0, env.run(["import", "others.csv", "--max-change", "10%"]).code, "another job");
}
