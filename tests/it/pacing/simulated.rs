//! The promises of the pacer in virtual time, in short; `benches/pacing.rs` holds it to them for ten minutes and five seeds.

use super::simulation::{Outcome, Situation};

/// Long enough for twenty whole windows.
const SECONDS: u64 = 210;

/// What an outcome must be at least, and at most.
struct Promise {
    used: f64,
    throttled: f64,
    lost: f64,
    fairness: f64,
}

#[track_caller]
fn check(situation: Situation, promise: &Promise) {
    let outcome = situation.simulate();
    let told = format!("{situation:#?}\n{outcome:?}");
    assert!(outcome.use_of_quota() >= promise.used, "{:.4} used: {told}", outcome.use_of_quota());
    assert!(outcome.throttled() <= promise.throttled, "{:.5} refused: {told}", outcome.throttled());
    assert!(outcome.lost() <= promise.lost, "{:.5} of the neighbour's lost: {told}", outcome.lost());
    assert!(outcome.fairness() >= promise.fairness, "{:.4} fair: {told}", outcome.fairness());
}

const ALONE: Promise = Promise { used: 0.97, throttled: 0.0, lost: 0.0, fairness: 1.0 };
const WITH_A_NEIGHBOUR: Promise = Promise { used: 0.97, throttled: 0.0005, lost: 0.005, fairness: 1.0 };
const EIGHT: Promise = Promise { used: 0.95, throttled: 0.0005, lost: 0.0, fairness: 0.95 };

fn alone(limit: u32) -> Situation {
    Situation::alone(limit, SECONDS, 1)
}

#[test]
fn who_is_alone_uses_all_but_a_sliver_and_is_never_refused() {
    for limit in [10, 83, 167, 1_667] {
        check(alone(limit), &ALONE);
    }
}

#[test]
fn a_neighbour_gets_what_it_needs_and_nothing_is_left_over() {
    for limit in [167, 1_667] {
        check(Situation { neighbour: 0.3, ..alone(limit) }, &WITH_A_NEIGHBOUR);
    }
}

#[test]
fn eight_processes_share_a_quota_fairly_through_the_headers_alone() {
    for limit in [167, 1_667] {
        check(Situation { clients: 8, ..alone(limit) }, &EIGHT);
    }
}

#[test]
fn a_clock_that_is_wrong_by_half_a_minute_costs_nothing() {
    let used = |skew_seconds| Situation { skew_seconds, ..alone(167) }.simulate().use_of_quota();
    let right = used(0);
    for skew in [-30, 30] {
        assert!((used(skew) - right).abs() < 0.01, "{skew} s: {} in place of {right}", used(skew));
    }
}

#[test]
fn a_reset_that_is_exact_is_not_taken_to_lie_behind_the_end() {
    check(Situation { reset_after_end: 0, ..alone(167) }, &ALONE);
    check(Situation { reset_after_end: 0, neighbour: 0.3, ..alone(167) }, &WITH_A_NEIGHBOUR);
}

#[test]
fn half_of_the_quota_is_used_by_who_was_given_half() {
    let Outcome { used, granted, .. } = Situation { share: 0.5, ..alone(167) }.simulate();
    let part = used as f64 / granted as f64;
    assert!((0.48..=0.5).contains(&part), "{part}");
}
