//! The ledger against a model of it in memory, with deaths at any step, and against a server that says whether it lies.
//!
//! The steps are what a run does with its ledger: a user that is known is doubted before it is written, the answer is
//! noted, notes wait for a commit, and at the end the doubts are cleared. A death is a copy of the files as they are,
//! which the next run opens.

mod model;

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use proptest::prelude::ProptestConfig;
use proptest_state_machine::{StateMachineTest, prop_state_machine};
use tempfile::TempDir;

use super::{ContactId, Fingerprint, KeyKind, Ledger, Note, RunEnd, RunStart, UserKey};
use model::{Fate, Model, Step, USERS};

/// Users of each kind of key, half of them with a text that is too long to be kept.
fn key(user: u8) -> UserKey {
    let kind = [KeyKind::ExternalId, KeyKind::Email, KeyKind::Id, KeyKind::Lead][usize::from(user % 4)];
    UserKey::new(kind, if user < USERS / 2 { "ann@x.test" } else { "somebody.with.a.long.name@x.test" })
}

/// Ids as Intercom writes them, and one of another form.
fn contact_id(id: u8) -> ContactId {
    ContactId::new(&if id == 0 { "another".into() } else { format!("{id:024x}") })
}

fn fingerprint(values: u8) -> Fingerprint {
    Fingerprint::of(&[values])
}

fn began_at(run: u64) -> u64 {
    1_000 + run
}

/// A run with its ledger.
struct Run {
    folder: TempDir,
    ledger: Ledger,
}

impl Run {
    fn begin(folder: TempDir, run: u64) -> Self {
        let mut ledger = open(folder.path());
        let start = RunStart { name: "r", job: "j", folder: Path::new("runs/r"), started_at: began_at(run) };
        ledger.writer.begin_run(&start).unwrap();
        Self { folder, ledger }
    }

    fn write(&mut self, user: u8, values: u8, id: u8, fate: Fate, now: u64) {
        let (key, id) = (key(user), contact_id(id));
        let is_known = self.ledger.reader.look_up(&[key]).unwrap()[0].is_some();
        if is_known {
            self.ledger.doubts.add(&key).unwrap();
        }
        match fate {
            Fate::Delivered => {
                self.note(&Note::Delivered { key, id, fingerprint: fingerprint(values) }, now);
            }
            Fate::Partly => self.note(&Note::Known { key, id }, now),
            Fate::Lost { .. } if is_known => self.note(&Note::InDoubt { key }, now),
            Fate::Gone if is_known => self.note(&Note::Gone { key }, now),
            Fate::Lost { .. } | Fate::Gone | Fate::Endless { .. } => {}
        }
    }

    fn note(&mut self, note: &Note, now: u64) {
        self.ledger.writer.note(note, Duration::from_millis(now)).unwrap();
    }

    fn settle(&mut self) {
        self.ledger.writer.commit().unwrap();
        self.ledger.doubts.clear().unwrap();
    }

    fn end(mut self, next: u64) -> Self {
        self.settle();
        self.ledger.writer.end_run(&RunEnd { ended_at: began_at(next), exit_code: 0, rows: None }).unwrap();
        let Self { folder, ledger } = self;
        drop(ledger);
        Self::begin(folder, next)
    }

    fn die(self, while_noting_a_doubt: bool, again_while_opening: bool, next: u64) -> Self {
        let mut folder = files_as_they_are(self.folder.path());
        if while_noting_a_doubt {
            let file = OpenOptions::new().append(true).open(folder.path().join("in-flight"));
            file.unwrap().write_all(b"\x0bxann@x").unwrap();
        }
        if again_while_opening {
            let ledger = open(folder.path());
            folder = files_as_they_are(folder.path());
            drop(ledger);
        }
        Self::begin(folder, next)
    }

    /// Asks for all users in no order, and for one twice.
    fn check_against(&mut self, model: &Model) {
        let users = [5, 0, 7, 2, 3, 1, 0, 6, 4];
        let keys = users.map(key);
        let expected: Vec<_> = users.iter().map(|user| model.delivery(*user)).collect();
        assert_eq!(expected, self.ledger.reader.look_up(&keys).unwrap());
    }
}

fn open(folder: &Path) -> Ledger {
    let opened = Ledger::open(folder, "w1").unwrap();
    assert!(opened.set_aside.is_none(), "{:?}", opened.set_aside);
    opened.ledger
}

/// Returns an empty folder; in memory where that can be had, because a disk is synced thousands of times otherwise.
fn empty_folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

/// Returns what a kill would leave.
fn files_as_they_are(folder: &Path) -> TempDir {
    let copy = empty_folder();
    for file in fs::read_dir(folder).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), copy.path().join(file.file_name())).unwrap();
    }
    copy
}

impl StateMachineTest for Run {
    type SystemUnderTest = Self;
    type Reference = Model;

    fn init_test(model: &Model) -> Self {
        Self::begin(empty_folder(), model.run)
    }

    fn apply(mut run: Self, model: &Model, step: Step) -> Self {
        match step {
            Step::Write { user, values, id, fate } => run.write(user, values, id, fate, model.now),
            Step::See { user, id } => {
                run.note(&Note::Seen { key: key(user), id: contact_id(id) }, model.now);
            }
            Step::Wait { .. } => {
                run.ledger.writer.commit_if_due(Duration::from_millis(model.now)).unwrap();
            }
            Step::Commit => run.ledger.writer.commit().unwrap(),
            Step::Settle => run.settle(),
            Step::EndRun => run = run.end(model.run),
            Step::Die { while_noting_a_doubt, again_while_opening } => {
                run = run.die(while_noting_a_doubt, again_while_opening, model.run);
            }
        }
        run.check_against(model);
        assert!(model.lies().is_empty(), "taken for delivered, but not so: {:?}", model.lies());
        run
    }
}

prop_state_machine! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_ledger_that_dies_at_any_step_remembers_what_it_must_and_never_lies(sequential 1..60 => Run);
}
