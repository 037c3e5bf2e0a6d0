//! A nightly file of users: some are new, some have changed, most have not; some are in it twice, tagged or in a company.

use std::collections::BTreeMap;

use intercom_bulk::sandbox::{Config, Lag};
use serde_json::{Value, json};

use super::{Job, assert_finished, assert_reports_are_whole};
use crate::support::{Run, TestEnv};

const ARGUMENTS: [&str; 5] = ["import", "users.csv", "--json", "--progress", "none"];
const IN_BULK: [&str; 7] = ["import", "users.csv", "--json", "--progress", "none", "--engine", "bulk"];

/// What befalls a write now and then; 429s would pause for seconds.
const FAULTS: [(&str, bool); 6] = [
    ("json_500", true),
    ("html_502", false),
    ("json_503", true),
    ("empty_200", true),
    ("reset", false),
    ("reset", true),
];

/// The import of them, night after night.
pub(super) struct Users {
    env: TestEnv,
    arguments: &'static [&'static str],
    n_rows: usize,
    /// The newest file that there was.
    newest: usize,
    /// The file that is there now.
    night: usize,
}

/// What the sandbox holds of a user, or the file.
#[derive(Debug, Clone, PartialEq, Eq)]
struct User {
    email: String,
    name: String,
    n_tags: usize,
    n_companies: usize,
}

impl Users {
    pub(super) fn new(n_rows: usize) -> Self {
        Self::with(TestEnv::prompt(), &ARGUMENTS, n_rows)
    }

    /// A job that writes a hundred users a request.
    pub(super) fn in_bulk(n_rows: usize) -> Self {
        let unknowns = ["bulk-speed=at-once".parse().unwrap()].into_iter().collect();
        let config = Config { quota_per_minute: 0, lag: Lag::NONE, unknowns, ..Config::default() };
        Self::with(TestEnv::with(config), &IN_BULK, n_rows)
    }

    fn with(env: TestEnv, arguments: &'static [&'static str], n_rows: usize) -> Self {
        let users = Self { env, arguments, n_rows, newest: 0, night: 0 };
        users.env.write("users.csv", users.file());
        users
    }

    /// Returns the users of the file. One in four changes each night, and three are new.
    fn users(&self) -> impl Iterator<Item = (usize, User)> {
        (1..=self.n_rows + 3 * self.night).map(|n| {
            let name = format!("User {n} of {}", (self.night + n) / 4);
            let (n_tags, n_companies) = (usize::from(n % 10 == 0), usize::from(n % 7 == 0));
            (n, User { email: format!("user{n}@example.com"), name, n_tags, n_companies })
        })
    }

    fn file(&self) -> String {
        let row = |n: usize, name: &str, user: &User| {
            let (tags, company) = (["", "vip"][user.n_tags], ["", "acme"][user.n_companies]);
            format!("u-{n},{},{name},{tags},{company}\n", user.email)
        };
        let superseded = self.users().filter(|(n, _)| n % 9 == 0);
        let superseded = superseded.map(|(n, user)| row(n, &format!("Old {}", self.night), &user));
        let rows = superseded.chain(self.users().map(|(n, user)| row(n, &user.name, &user)));
        rows.fold("external_id,email,name,tags,company_id\n".into(), |file, row| file + &row)
    }

    /// Returns whom the sandbox holds: nobody twice.
    fn held(&self) -> BTreeMap<String, User> {
        let contacts = self.env.contacts();
        let text = |contact: &Value, name: &str| contact[name].as_str().unwrap().to_owned();
        let length = |list: &Value| list["data"].as_array().unwrap().len();
        let user = |contact: &Value| User {
            email: text(contact, "email"),
            name: text(contact, "name"),
            n_tags: length(&contact["tags"]),
            n_companies: length(&contact["companies"]),
        };
        let held: BTreeMap<_, _> =
            contacts.iter().map(|contact| (text(contact, "external_id"), user(contact))).collect();
        assert_eq!(contacts.len(), held.len(), "somebody is held twice");
        held
    }
}

impl Job for Users {
    fn env(&self) -> &TestEnv {
        &self.env
    }

    fn arguments(&self) -> &[&str] {
        self.arguments
    }

    fn next_night(&mut self, chance: &mut fastrand::Rng) {
        self.newest += 1;
        self.night = self.newest;
        self.env.write("users.csv", self.file());
        if chance.u8(..8) == 0 {
            self.env.forget();
        }
        if chance.u8(..3) == 0 {
            let (fault, committed) = FAULTS[chance.usize(..FAULTS.len())];
            let method = ["POST", "PUT"][chance.usize(..2)];
            let faults = json!({"next": [{"fault": fault, "committed": committed}], "method": method});
            self.env.faults(&faults.to_string());
        }
    }

    /// Half of the dead are followed by the file of the night before: what it says was delivered once, and is no longer so.
    fn bury(&mut self, chance: &mut fastrand::Rng) {
        assert_reports_are_whole(&self.env);
        if chance.bool() {
            self.night = self.newest - 1;
            self.env.write("users.csv", self.file());
        }
    }

    fn check(&self, run: &Run) {
        assert_finished(&self.env, self.arguments(), run);
        let held = self.held();
        for (n, user) in self.users() {
            assert_eq!(Some(&user), held.get(&format!("u-{n}")), "{n} in night {}", self.night);
        }
        let most = self.n_rows + 3 * self.newest;
        assert!(held.len() <= most, "{} users are held, of {most}", held.len());
    }
}
