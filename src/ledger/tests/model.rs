//! What a ledger must remember, and what is true: a model in memory.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest_state_machine::ReferenceStateMachine;

use super::{began_at, contact_id, fingerprint};
use crate::ledger::Delivery;

/// The users that there are: of each kind of key, with a short text and with one that is hashed.
pub(super) const USERS: u8 = 8;
/// What a user has after a write of which only a part was carried out.
const A_MIXTURE: u8 = u8::MAX;

#[derive(Debug, Clone)]
pub(super) enum Step {
    Write {
        user: u8,
        values: u8,
        id: u8,
        fate: Fate,
    },
    See {
        user: u8,
        id: u8,
    },
    Wait {
        millis: u64,
    },
    Commit,
    /// All that was begun has its answer, and the disk has it.
    Settle,
    EndRun,
    Die {
        while_noting_a_doubt: bool,
        again_while_opening: bool,
    },
}

/// What becomes of a write.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Fate {
    Delivered,
    Partly,
    /// The answer was lost.
    Lost {
        is_carried_out: bool,
    },
    Gone,
    /// No answer comes before the run dies.
    Endless {
        is_carried_out: bool,
    },
}

#[derive(Debug, Clone, PartialEq)]
struct Known {
    id: u8,
    values: Option<u8>,
    run: u64,
}

/// What must be remembered, and what is true.
#[derive(Debug, Clone)]
pub(super) struct Model {
    on_disk: BTreeMap<u8, Known>,
    noted: BTreeMap<u8, Known>,
    doubted: BTreeSet<u8>,
    waiting_since: Option<u64>,
    pub(super) now: u64,
    /// This run, from 1.
    pub(super) run: u64,
    /// Whom this run has written to; nobody is written to twice, because duplicates are out before.
    written: BTreeSet<u8>,
    has_endless: bool,
    /// The values that the server has of our writes.
    server: BTreeMap<u8, u8>,
}

impl Model {
    fn begun() -> Self {
        Self {
            on_disk: BTreeMap::new(),
            noted: BTreeMap::new(),
            doubted: BTreeSet::new(),
            waiting_since: None,
            now: 0,
            run: 1,
            written: BTreeSet::new(),
            has_endless: false,
            server: BTreeMap::new(),
        }
    }

    fn write(&mut self, user: u8, values: u8, id: u8, fate: Fate) {
        let is_known = self.on_disk.contains_key(&user);
        if is_known {
            self.doubted.insert(user);
        }
        self.written.insert(user);
        self.serve(user, values, fate);
        match fate {
            Fate::Delivered => self.remember(user, Known { id, values: Some(values), run: self.run }),
            Fate::Partly => self.remember(user, Known { id, values: None, run: self.run }),
            Fate::Lost { .. } if is_known => {
                self.begin_to_wait();
                self.noted.get_mut(&user).expect("it is on the disk").values = None;
            }
            Fate::Gone if is_known => {
                self.begin_to_wait();
                self.noted.remove(&user);
            }
            Fate::Endless { .. } => self.has_endless = true,
            Fate::Lost { .. } | Fate::Gone => {}
        }
    }

    fn serve(&mut self, user: u8, values: u8, fate: Fate) {
        match fate {
            Fate::Delivered
            | Fate::Lost { is_carried_out: true }
            | Fate::Endless { is_carried_out: true } => self.server.insert(user, values),
            Fate::Partly => self.server.insert(user, A_MIXTURE),
            Fate::Gone => self.server.remove(&user),
            Fate::Lost { .. } | Fate::Endless { .. } => None,
        };
    }

    /// A user with another id is another contact. What others did to it is not the ledger's to know, so the server's
    /// values here are only those that runs have written.
    fn see(&mut self, user: u8, id: u8) {
        self.begin_to_wait();
        if self.noted.get(&user).is_none_or(|known| known.id != id) {
            self.remember(user, Known { id, values: None, run: self.run });
        }
    }

    fn remember(&mut self, user: u8, known: Known) {
        self.begin_to_wait();
        self.noted.insert(user, known);
    }

    fn begin_to_wait(&mut self) {
        self.waiting_since.get_or_insert(self.now);
    }

    fn commit(&mut self) {
        self.waiting_since = None;
        self.on_disk.clone_from(&self.noted);
    }

    fn wait(&mut self, millis: u64) {
        self.now += millis;
        if self.waiting_since.is_some_and(|since| self.now - since >= 1_000) {
            self.commit();
        }
    }

    /// What was not committed is forgotten, and so are the values of those that this run may have written.
    fn die(&mut self) {
        for user in &self.doubted {
            match self.on_disk.get_mut(user) {
                Some(known) if known.run < self.run => known.values = None,
                _ => {}
            }
        }
        self.noted.clone_from(&self.on_disk);
        self.begin_next_run();
    }

    fn settle(&mut self) {
        self.commit();
        self.doubted.clear();
    }

    fn end_run(&mut self) {
        self.settle();
        self.begin_next_run();
    }

    fn begin_next_run(&mut self) {
        self.run += 1;
        self.waiting_since = None;
        self.has_endless = false;
        self.doubted.clear();
        self.written.clear();
    }

    /// What the ledger must say of a user.
    pub(super) fn delivery(&self, user: u8) -> Option<Delivery> {
        let Known { id, values, run } = self.on_disk.get(&user)?;
        // A reader knows the runs before its own.
        let at = if *run < self.run { began_at(*run) } else { 0 };
        Some(Delivery {
            id: contact_id(*id),
            fingerprint: values.map(fingerprint),
            at,
            run: run.cast_signed(),
        })
    }

    /// Whom the ledger takes for delivered although the server has other values; those in doubt aside, of whom the next
    /// run will not say so.
    pub(super) fn lies(&self) -> Vec<u8> {
        let is_true = |user: &u8, known: &Known| {
            known.values.is_none() || known.values.as_ref() == self.server.get(user)
        };
        let lies = self.noted.iter().filter(|(user, known)| !is_true(user, known));
        lies.map(|(user, _)| *user).filter(|user| !self.doubted.contains(user)).collect()
    }
}

impl ReferenceStateMachine for Model {
    type State = Self;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Self> {
        Just(Self::begun()).boxed()
    }

    fn transitions(_: &Self) -> BoxedStrategy<Step> {
        let fate = prop_oneof![
            4 => Just(Fate::Delivered),
            1 => Just(Fate::Partly),
            1 => any::<bool>().prop_map(|is_carried_out| Fate::Lost { is_carried_out }),
            1 => Just(Fate::Gone),
            1 => any::<bool>().prop_map(|is_carried_out| Fate::Endless { is_carried_out }),
        ];
        let death = (any::<bool>(), any::<bool>()).prop_map(|(while_noting_a_doubt, again_while_opening)| {
            Step::Die { while_noting_a_doubt, again_while_opening }
        });
        prop_oneof![
            10 => (0..USERS, 0..3_u8, 0..3_u8, fate)
                .prop_map(|(user, values, id, fate)| Step::Write { user, values, id, fate }),
            2 => (0..USERS, 0..3_u8).prop_map(|(user, id)| Step::See { user, id }),
            2 => (0..1_500_u64).prop_map(|millis| Step::Wait { millis }),
            1 => Just(Step::Commit),
            1 => Just(Step::Settle),
            2 => Just(Step::EndRun),
            2 => death,
        ]
        .boxed()
    }

    fn preconditions(model: &Self, step: &Step) -> bool {
        match step {
            Step::Write { user, .. } | Step::See { user, .. } => !model.written.contains(user),
            Step::Settle | Step::EndRun => !model.has_endless,
            _ => true,
        }
    }

    fn apply(mut model: Self, step: &Step) -> Self {
        match *step {
            Step::Write { user, values, id, fate } => model.write(user, values, id, fate),
            Step::See { user, id } => model.see(user, id),
            Step::Wait { millis } => model.wait(millis),
            Step::Commit => model.commit(),
            Step::Settle => model.settle(),
            Step::EndRun => model.end_run(),
            Step::Die { .. } => model.die(),
        }
        model
    }
}
