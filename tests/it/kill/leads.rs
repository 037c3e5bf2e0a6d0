//! A nightly file of leads, whom the server does not match: created twice, they are there twice.

use std::collections::BTreeMap;

use super::{Job, assert_finished, assert_reports_are_whole, balanced};
use crate::support::{Run, TestEnv};

const ARGUMENTS: [&str; 7] = ["import", "leads.csv", "--role", "lead", "--json", "--progress", "none"];

/// The import of them, night after night.
pub(super) struct Leads {
    env: TestEnv,
    n_rows: usize,
    night: usize,
}

impl Leads {
    pub(super) fn new(n_rows: usize) -> Self {
        let leads = Self { env: TestEnv::new(), n_rows, night: 0 };
        leads.env.write("leads.csv", leads.file());
        leads
    }

    /// Returns the leads of the file, names by email. One in four changes each night, and twenty are new.
    fn leads(&self) -> impl Iterator<Item = (String, String)> {
        (1..=self.n_rows + 20 * self.night)
            .map(|n| (format!("lead{n:04}@example.com"), format!("Lead {n} of {}", (self.night + n) / 4)))
    }

    fn file(&self) -> String {
        self.leads().fold("email,name\n".into(), |file, (email, name)| file + &format!("{email},{name}\n"))
    }

    /// Returns whom the sandbox holds: nobody twice.
    fn held(&self) -> BTreeMap<String, String> {
        let contacts = self.env.contacts();
        let held: BTreeMap<_, _> = contacts
            .iter()
            .map(|lead| (lead["email"].as_str().unwrap().into(), lead["name"].as_str().unwrap().into()))
            .collect();
        assert_eq!(contacts.len(), held.len(), "somebody is held twice");
        held
    }
}

impl Job for Leads {
    fn env(&self) -> &TestEnv {
        &self.env
    }

    fn arguments(&self) -> &[&str] {
        &ARGUMENTS
    }

    fn next_night(&mut self, _: &mut fastrand::Rng) {
        self.night += 1;
        self.env.write("leads.csv", self.file());
    }

    /// A run that comes at once sees no more than the dead one did, and creates nobody again: some are left unknown until
    /// the index would show them.
    fn bury(&mut self, _: &mut fastrand::Rng) {
        assert_reports_are_whole(&self.env);
        let run = self.env.run_all(&ARGUMENTS);
        assert!([0, 3].contains(&run.code), "{run}");
        balanced(&run);
        self.held();
        self.env.ask("POST", "/__sandbox/clock", r#"{"advance_seconds":601}"#);
    }

    fn check(&self, run: &Run) {
        assert_finished(&self.env, self.arguments(), run);
        assert_eq!(self.leads().collect::<BTreeMap<_, _>>(), self.held());
    }
}
