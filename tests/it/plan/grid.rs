//! The strategy that is chosen, beside all of them: requests counted by the sandbox.

use super::{NOBODY, file, import, workspace};

/// Imports some users into a workspace of so many, of whom the file has so many, and compares what `--lookup auto` costs
/// with the cheapest of all.
#[track_caller]
fn check(rows: u64, contacts: u64, existing: u64) {
    let strategies = ["auto", "create", "find", "list"];
    let [auto, others @ ..] = strategies.map(|lookup| {
        let env = workspace(contacts);
        // Thousands of contacts on pages: what a page looks like is compared with the description elsewhere.
        env.ask("POST", "/__sandbox/exchanges", r#"{"keep":0}"#);
        let from = contacts - existing + 1;
        env.write("users.csv", file(from, from + rows - 1, NOBODY));
        let (run, counts) = import(&env, &["--lookup", lookup, "--concurrency", "16"]);
        assert_eq!(0, run.code, "{lookup}: {run}");
        assert_eq!((contacts + rows - existing) as usize, env.contacts().len());
        counts.all()
    });
    let cheapest = *others.iter().min().unwrap();
    let most = cheapest + (cheapest / 20).max(1);
    assert!(auto <= most, "{existing} of {rows} in {contacts}: {auto} requests, and {others:?}");
}

#[test]
fn in_an_empty_workspace_the_chosen_strategy_is_the_cheapest() {
    check(300, 0, 0);
}

#[test]
fn in_a_small_workspace_the_chosen_strategy_is_within_five_percent_of_the_cheapest() {
    check(300, 300, 0);
    check(300, 300, 150);
    check(300, 300, 300);
}

#[test]
fn in_a_large_workspace_the_chosen_strategy_is_within_five_percent_of_the_cheapest() {
    check(150, 1_500, 0);
    check(150, 1_500, 75);
    check(150, 1_500, 150);
}
