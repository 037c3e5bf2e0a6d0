//! A nightly export over the file of the night before.

use intercom_bulk::sandbox::{Config, Lag};

use super::{Job, assert_reports_are_whole};
use crate::support::{Run, TestEnv};

/// The export of a workspace, night after night.
pub(super) struct Export {
    env: TestEnv,
    /// What an undisturbed export makes of the workspace.
    whole: String,
    /// What was there before.
    old: String,
    night: usize,
}

impl Export {
    pub(super) fn new(n_users: u64) -> Self {
        let config = Config { users: n_users, quota_per_minute: 0, lag: Lag::NONE, ..Config::default() };
        let env = TestEnv::with(config);
        assert_eq!(0, env.run(["export", "whole.csv"]).code);
        let whole = env.read("whole.csv");
        Self { env, whole, old: String::new(), night: 0 }
    }
}

impl Job for Export {
    fn env(&self) -> &TestEnv {
        &self.env
    }

    fn arguments(&self) -> &[&str] {
        &["export", "users.csv"]
    }

    fn next_night(&mut self, _: &mut fastrand::Rng) {
        self.night += 1;
        self.old = format!("the file of the night before {}\n", self.night);
        self.env.write("users.csv", &self.old);
    }

    fn bury(&mut self, _: &mut fastrand::Rng) {
        assert_reports_are_whole(&self.env);
        let file = self.env.read("users.csv");
        assert!(file == self.old || file == self.whole, "{file}");
    }

    fn check(&self, run: &Run) {
        assert_eq!(0, run.code, "{run}");
        assert!(self.whole == self.env.read("users.csv"), "the files differ: {run}");
        let is_left = |name: &str| self.env.files().any(|path| path.ends_with(name));
        assert!(!is_left("users.csv.partial") && !is_left("pages.db"), "{run}");
    }
}
