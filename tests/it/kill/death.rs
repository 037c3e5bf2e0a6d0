//! How a run dies: by its own hand at a call to the operating system, or from outside while it talks to the sandbox.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::{Run, TestEnv, wait_until};

/// How often a run made each kind of call, by the names in `death.c`.
pub(super) type Calls = BTreeMap<String, u64>;

/// Where in a call to die.
const PLACES: [(&str, &[&str]); 7] = [
    ("sync", &["before", "after"]),
    ("rename", &["before", "after"]),
    ("truncate", &["before", "after"]),
    ("unlink", &["before", "after"]),
    ("write", &["before", "half", "after"]),
    ("send", &["before", "half", "after"]),
    ("receive", &["after"]),
];

/// One death.
#[derive(Debug, Clone, Copy)]
pub(super) enum Death {
    /// In the nth call of a kind.
    InCall { kind: &'static str, n: u64, place: &'static str },
    /// From outside, when the sandbox has answered so many requests.
    Outside { n_requests: u64 },
}

impl Death {
    /// Draws a death of a kind that goes round with `turn`, at any of the calls that a run makes.
    pub(super) fn draw(turn: usize, calls: &Calls, chance: &mut fastrand::Rng) -> Self {
        match PLACES.get(turn % (PLACES.len() + 1)) {
            Some((kind, places)) => {
                let n = chance.u64(1..=calls[*kind].max(1));
                Self::InCall { kind, n, place: places[chance.usize(..places.len())] }
            }
            None => Self::Outside { n_requests: chance.u64(0..calls["send"]) },
        }
    }
}

impl fmt::Display for Death {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InCall { kind, n, place } => write!(f, "{kind}:{n}:{place}"),
            Self::Outside { n_requests } => write!(f, "after {n_requests} requests"),
        }
    }
}

/// Counts deaths by kind and place.
pub(super) fn summary(deaths: &[Death]) -> String {
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for death in deaths {
        let kind = match death {
            Death::InCall { kind, place, .. } => format!("{place} {kind}"),
            Death::Outside { .. } => "from outside".into(),
        };
        *kinds.entry(kind).or_default() += 1;
    }
    let kinds: Vec<String> = kinds.into_iter().map(|(kind, n)| format!("{n} {kind}")).collect();
    format!("{} deaths: {}", deaths.len(), kinds.join(", "))
}

/// `death.c`, to be loaded into the program.
pub(super) struct Library {
    path: PathBuf,
}

impl Library {
    /// Compiles it. Says why it cannot be done here.
    pub(super) fn build(env: &TestEnv) -> Result<Self, String> {
        if !cfg!(target_os = "linux") {
            return Err("calls are met on Linux only".into());
        }
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/kill/death.c");
        let path = env.path("death.so");
        let mut compiler = Command::new("cc");
        compiler.args(["-shared", "-fPIC", source, "-ldl", "-o"]).arg(&path);
        let output = compiler.output().map_err(|error| format!("there is no C compiler: {error}"))?;
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Ok(Self { path })
    }

    /// Runs the program to its end, and counts its calls.
    pub(super) fn count(&self, env: &TestEnv, arguments: &[&str]) -> (Run, Calls) {
        let mut command = self.command(env, arguments);
        let run = env.finish(command.env("DEATH_COUNTS", env.path("counts")).spawn().unwrap());
        let counts = env.read("counts");
        let calls = counts.lines().map(|line| line.split_once(' ').unwrap());
        (run, calls.map(|(kind, n)| (kind.to_owned(), n.parse().unwrap())).collect())
    }

    /// Runs the program until it dies. Returns whether it did.
    pub(super) fn kill(&self, env: &TestEnv, arguments: &[&str], death: Death) -> bool {
        let mut command = self.command(env, arguments);
        let run = match death {
            Death::InCall { .. } => env.finish(command.env("DEATH", death.to_string()).spawn().unwrap()),
            Death::Outside { n_requests } => {
                let last = answered(env) + n_requests;
                let mut child = command.spawn().unwrap();
                wait_until(|| answered(env) >= last || child.try_wait().unwrap().is_some());
                child.kill().unwrap();
                env.finish(child)
            }
        };
        run.code == -1
    }

    fn command(&self, env: &TestEnv, arguments: &[&str]) -> Command {
        let mut command = env.command(arguments);
        command.env("LD_PRELOAD", &self.path).stdin(Stdio::null());
        command
    }
}

fn answered(env: &TestEnv) -> u64 {
    let stats: Value = serde_json::from_str(&env.ask("GET", "/__sandbox/stats", "")).unwrap();
    stats["requests"].as_u64().unwrap()
}
