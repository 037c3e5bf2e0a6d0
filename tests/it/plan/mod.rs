//! How many requests an import needs to learn which users exist, and what `plan` says about it before.

mod bad;
mod grid;
mod lookup;
mod preview;

use intercom_bulk::sandbox::{Config, Lag};
use serde_json::Value;

use crate::support::{Run, TestEnv};

/// A workspace of so many users, `user-1` and on, of which the ledger knows nobody.
fn workspace(n_users: u64) -> TestEnv {
    TestEnv::with(Config { users: n_users, quota_per_minute: 0, lag: Lag::NONE, ..Config::default() })
}

/// Imports `users.csv`, and returns the run with the requests of its rows by kind: all but those that every run begins
/// with.
fn import(env: &TestEnv, flags: &[&str]) -> (Run, Counts) {
    let before = env.requests().len();
    let run = env.run_all(&[&["import", "users.csv"], flags].concat());
    (run, Counts::of(&env.requests().split_off(before)))
}

/// Requests by what they do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Counts {
    searches: usize,
    pages: usize,
    creates: usize,
    reads: usize,
    updates: usize,
}

impl Counts {
    fn of(requests: &[Value]) -> Self {
        let mut counts = Self::default();
        for request in requests {
            let path = request["path"].as_str().unwrap().split('?').next().unwrap();
            match (request["method"].as_str().unwrap(), path) {
                ("POST", "/contacts/search") => counts.searches += 1,
                ("GET", "/contacts") => counts.pages += 1,
                ("POST", "/contacts") => counts.creates += 1,
                ("GET", path) if path.starts_with("/contacts/") => counts.reads += 1,
                ("PUT", path) if path.starts_with("/contacts/") => counts.updates += 1,
                _ => {}
            }
        }
        counts
    }

    fn all(&self) -> usize {
        self.searches + self.pages + self.creates + self.reads + self.updates
    }
}

/// Returns a file of users from one number to another, of whom every `nth` has another name than the workspace knows.
fn file(from: u64, to: u64, nth: u64) -> String {
    let name = |n: u64| if n.is_multiple_of(nth) { "Somebody" } else { "" };
    let row = |n| format!("user-{n},user{n}@example.com,{}\n", name(n));
    (from..=to).map(row).fold("external_id,email,name\n".into(), |file, row| file + &row)
}

/// Nobody has another name.
const NOBODY: u64 = u64::MAX;
