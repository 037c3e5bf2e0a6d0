//! Does the pacer use a quota as it is promised to: alone, beside a neighbour, eight at once, with a clock that is wrong?
//!
//! `cargo bench --bench pacing [-- SECONDS]`. Simulated in virtual time: limits of 167 and 1,667 a window, answers after
//! 250 ms in the median, 64 in flight, 600 seconds, five seeds of each. What is promised is asserted; the tests in
//! `tests/it/pacing/simulated.rs` are the short form.
#![allow(clippy::print_stdout)]

#[path = "../tests/it/pacing/simulation.rs"]
#[allow(dead_code, unreachable_pub, reason = "the tests look at more of it")]
mod simulation;
mod support;

use simulation::{Outcome, Situation};

const SECONDS: u64 = 600;
const SEEDS: u64 = 5;

/// A situation by its name, and what is promised of it.
struct Case {
    name: &'static str,
    clients: usize,
    neighbour: f64,
    used: f64,
    throttled: f64,
}

const CASES: [Case; 3] = [
    Case { name: "alone", clients: 1, neighbour: 0.0, used: 0.97, throttled: 0.0 },
    Case { name: "neighbour at 30 %", clients: 1, neighbour: 0.3, used: 0.97, throttled: 0.0005 },
    Case { name: "eight processes", clients: 8, neighbour: 0.0, used: 0.95, throttled: 1.0 },
];

fn main() {
    let seconds = support::argument(SECONDS);
    println!("situation           skew  limit   used     refused   neighbour lost  fairness");
    for case in CASES {
        for limit in [167, 1_667] {
            let right = show(&case, limit, 0, seconds);
            for skew in [-30, 30] {
                let used = show(&case, limit, skew, seconds);
                assert!((used - right).abs() <= 0.01, "a wrong clock changes nothing by more than a point");
            }
        }
    }
}

/// Simulates a case, prints the worst of its seeds, and returns the mean use of the quota.
fn show(case: &Case, limit: u32, skew_seconds: i64, seconds: u64) -> f64 {
    let simulate = |seed| {
        let alone = Situation::alone(limit, seconds, seed);
        Situation { clients: case.clients, neighbour: case.neighbour, skew_seconds, ..alone }.simulate()
    };
    let outcomes: Vec<Outcome> = (1..=SEEDS).map(simulate).collect();
    let most = |of: fn(&Outcome) -> f64| outcomes.iter().map(of).fold(0.0, f64::max);
    let least = |of: fn(&Outcome) -> f64| outcomes.iter().map(of).fold(f64::MAX, f64::min);
    let used = least(Outcome::use_of_quota);
    let (throttled, lost, fairness) =
        (most(Outcome::throttled), most(Outcome::lost), least(Outcome::fairness));
    println!(
        "{:<18}  {skew_seconds:>4}  {limit:>5}  {:>5.2} %  {:>7.4} %  {:>12.3} %  {fairness:>8.3}",
        case.name,
        100.0 * used,
        100.0 * throttled,
        100.0 * lost
    );
    assert!(used >= case.used && throttled <= case.throttled && lost <= 0.005 && fairness >= 0.95);
    outcomes.iter().map(Outcome::use_of_quota).sum::<f64>() / SEEDS as f64
}
