//! What a run remembers of those before it: what is sent again, and what is not.

mod bad;
mod death;
mod export;
mod freshness;
mod guards;
mod known;

use crate::support::{Run, TestEnv};

/// Imports a file with so many users, after `change` had a look at it.
fn import(env: &TestEnv, n_rows: usize, change: (&str, &str), flags: &[&str]) -> Run {
    env.write("users.csv", crate::support::users(n_rows).replace(change.0, change.1));
    env.run_all(&[&["import", "users.csv"], flags].concat())
}

/// What changes nothing.
const AS_IT_WAS: (&str, &str) = ("\n", "\n");
