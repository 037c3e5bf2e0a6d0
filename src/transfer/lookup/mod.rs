//! Who exists already: asked of the index for many rows at a time, or of a listing of the whole workspace, where that
//! costs fewer requests than finding out by sending each row.
//!
//! What the index shows is a hint. It is compared with the row before anything is written, and nobody is taken for new
//! because the index does not show them. Rows are looked up whose user the ledger does not know, and no others: of a user
//! that this program has written, the index may show what was there before.

mod choice;
mod listing;
mod met;
mod parcel;
mod sample;

use std::collections::HashMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

pub use choice::LookupPolicy;
pub(super) use choice::TOO_FEW;
pub(super) use listing::Listing;
pub(super) use met::Met;
pub(super) use parcel::{Parcel, Parcels};
pub(super) use sample::Sample;

use choice::{Choice, Step};

use super::feed::Job;
use super::order::Admitted;
use super::plan::{Prices, Strategy, pages};
use super::stop::Stop;
use crate::intercom::ApiError;
use crate::intercom::Client;
use crate::intercom::Contact;
use crate::intercom::Engine;
use crate::intercom::Field;
use crate::intercom::Mode;
use crate::intercom::Policy;
use crate::intercom::Raw;
use crate::intercom::SEARCH_BATCH;
use crate::intercom::Trace;

/// How often a change of the way is told at most: it may swing.
const MOST_TURNS: usize = 10;

/// What a run has asked about the users of its rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LookupUse {
    /// What was asked for: `auto`, or a strategy.
    pub policy: &'static str,
    /// The strategies that rows of unknown users went by, one after the other.
    pub used: Vec<Strategy>,
    /// Why, each time.
    pub why: Vec<String>,
    /// Searches that were answered.
    pub searches: u64,
    /// How many users a search asks for.
    pub batch: u64,
    /// Rows that were searched for, and those whose user was shown.
    pub searched: u64,
    /// Of these.
    pub found: u64,
    /// Pages of the listing.
    pub pages: u64,
    /// Rows whose user the listing had.
    pub listed: u64,
    /// The contacts of the workspace, where that was asked.
    pub contacts: Option<u64>,
    /// What went wrong; the rows were sent without a look.
    pub trouble: Option<String>,
}

/// What all threads know of who exists.
pub(super) struct Lookup<'a> {
    client: &'a Client,
    stop: &'a Stop,
    is_possible: bool,
    state: Mutex<State>,
    answered: Condvar,
}

struct State {
    choice: Choice,
    told: LookupUse,
    met: Met,
}

/// How a row goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// At once.
    Alone,
    /// With others that are searched for.
    Together,
    /// After the rows that were waiting for others, if any are; then it is asked again.
    Later,
}

impl<'a> Lookup<'a> {
    /// Begins to learn; `expected` is the number of rows whose user the ledger does not know.
    pub(super) fn new(
        client: &'a Client,
        stop: &'a Stop,
        policy: &Policy,
        wanted: LookupPolicy,
        key: &Field,
        expected: u64,
        met: Met,
    ) -> Self {
        let batch = SEARCH_BATCH as u64;
        let choice = Choice::new(wanted, Prices::of(policy.mode, key), expected, batch);
        let told = LookupUse { policy: wanted.name(), batch, ..LookupUse::default() };
        // 1.x needs one request a row in any case; and who wants new users only is told by the server of others.
        let is_possible = client.engine() == Engine::Contacts && policy.mode != Mode::Create;
        let state = Mutex::new(State { choice, told, met });
        Self { client, stop, is_possible, state, answered: Condvar::new() }
    }

    /// Returns what was asked so far; `None` if no row was in question.
    pub(super) fn told(&self) -> Option<LookupUse> {
        let state = self.lock();
        (!state.told.used.is_empty()).then(|| {
            let (batch, contacts) = (state.choice.batch(), state.choice.contacts());
            LookupUse { batch, contacts, ..state.told.clone() }
        })
    }

    /// Decides how a row goes on whose user nobody knows; lists the workspace first, where that is to be done.
    pub(super) fn way(&self, job: &mut Job, listing: &mut Listing<'_>, has_waiting: bool) -> Way {
        if !self.is_possible || !job.is_in_question() {
            return Way::Alone;
        }
        loop {
            let step = self.lock().choice.step();
            match step {
                Step::Count => listing.read_one(self),
                Step::List => listing.read_all(self),
                Step::Wait if has_waiting => return Way::Later,
                Step::Wait => self.wait(),
                Step::Send | Step::Search => return self.go(step, job, listing),
            }
        }
    }

    /// Reads as much of the listing as a reading of so many rows is cheaper with than without it.
    pub(super) fn prepare_to_read(&self, listing: &mut Listing<'_>, n_rows: u64) {
        let policy = self.lock().choice.policy();
        if policy != LookupPolicy::Always(Strategy::Find) {
            listing.read_one(self);
        }
        let pages_left = self.contacts().map_or(u64::MAX, |contacts| pages(contacts).saturating_sub(1));
        let is_cheaper = pages_left < n_rows.div_ceil(SEARCH_BATCH as u64);
        if policy == LookupPolicy::Always(Strategy::List) || (policy == LookupPolicy::Auto && is_cheaper) {
            listing.read_all(self);
        }
    }

    /// Returns the contacts of the workspace, where that was asked.
    pub(super) fn contacts(&self) -> Option<u64> {
        self.lock().choice.contacts()
    }

    fn go(&self, step: Step, job: &mut Job, listing: &mut Listing<'_>) -> Way {
        let shown = listing.find(job, self);
        let mut state = self.lock();
        state.choice.note_row();
        let is_listed = listing.is_whole() && state.choice.contacts() != Some(0);
        let strategy = match (step, shown.is_some() || is_listed) {
            (_, true) => Strategy::List,
            (Step::Search, _) => Strategy::Find,
            _ => Strategy::Create,
        };
        state.turn(strategy);
        if let Some(shown) = shown {
            state.told.listed += 1;
            job.show(shown);
            return Way::Alone;
        }
        job.is_telling = strategy == Strategy::Create;
        if strategy == Strategy::Find { Way::Together } else { Way::Alone }
    }

    fn wait(&self) {
        let state = self.lock();
        if state.choice.step() == Step::Wait && !self.stop.is_asked_for() {
            drop(self.answered.wait(state).unwrap_or_else(PoisonError::into_inner));
        }
    }

    /// Returns how many rows are searched for together.
    pub(super) fn batch(&self) -> usize {
        (self.lock().choice.batch() as usize).max(1)
    }

    /// A parcel of rows is on its way that are to be searched for.
    pub(super) fn note_parcel(&self, n_rows: usize) {
        self.lock().choice.note_search(n_rows as u64);
    }

    /// Looks for the users of rows that have one kind of key, and notes in each what is shown.
    pub(super) fn search(&self, jobs: &mut [Admitted<Job>]) {
        let asked: Vec<&Job> = jobs.iter().map(|admitted| &admitted.job).collect();
        let answered = self.ask(&asked);
        let mut state = self.lock();
        state.choice.note_search_end();
        state.told.searched += answered.len() as u64;
        for (admitted, shown) in jobs.iter_mut().zip(answered) {
            state.choice.note_user(shown.is_some());
            state.told.found += u64::from(shown.is_some());
            if let Some(shown) = shown {
                admitted.job.show(shown);
            }
        }
        drop(state);
        self.answered.notify_all();
    }

    /// Returns what the index shows for each of some rows with one kind of key and one role, for as many as were answered.
    pub(super) fn ask(&self, jobs: &[&Job]) -> Vec<Option<Raw<Contact>>> {
        let mut answers = Vec::with_capacity(jobs.len());
        while let (Some(rest @ [first, ..]), n @ 1..) = (jobs.get(answers.len()..), self.free_batch()) {
            let part = &rest[..rest.len().min(n)];
            let values: Vec<&str> = part.iter().map(|job| job.identity.value()).collect();
            let field = first.identity.field();
            match self.client.contacts_with_any(first.role, &field, &values, &mut Trace::default()) {
                Ok(contacts) => {
                    self.stop.note_answer();
                    self.note_answer();
                    let mut shown = by_key(&field, contacts);
                    answers.extend(values.iter().map(|value| shown.remove(*value).flatten()));
                }
                Err(ApiError::Refused(refusal)) if refusal.status == 400 => {
                    self.with_choice(|choice| choice.note_refusal(values.len() as u64));
                    self.note_trouble(format!("a search for {} users was refused: {refusal}", values.len()));
                }
                Err(ApiError::Halted(_)) => break,
                Err(error) => {
                    self.with_choice(Choice::note_failure);
                    self.note_trouble(format!("a search was not answered: {error}"));
                    break;
                }
            }
        }
        answers
    }

    fn free_batch(&self) -> usize {
        self.lock().choice.batch() as usize
    }

    fn note_answer(&self) {
        let mut state = self.lock();
        state.choice.note_answer();
        state.told.searches += 1;
    }

    /// It turned out whether the user of a row exists that was sent without a look.
    pub(super) fn note_user(&self, exists: bool) {
        self.with_choice(|choice| choice.note_user(exists));
    }

    /// Returns whether a row before may have written to a contact under another name: then the index may show what was
    /// there before it.
    pub(super) fn may_be_written(&self, job: &Job) -> bool {
        self.lock().met.may_have(job)
    }

    /// A row is about to be sent.
    pub(super) fn note_sent(&self, job: &Job) {
        self.lock().met.note(job);
    }

    pub(super) fn note_trouble(&self, trouble: String) {
        self.lock().told.trouble.get_or_insert(trouble);
    }

    fn with_choice(&self, change: impl FnOnce(&mut Choice)) {
        change(&mut self.lock().choice);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Notes the strategy that a row goes by, if the row before went by another.
    fn turn(&mut self, strategy: Strategy) {
        if self.told.used.last() != Some(&strategy) && self.told.used.len() < MOST_TURNS {
            self.told.used.push(strategy);
            self.told.why.push(self.choice.why());
        }
    }
}

/// Returns contacts by their key; none for a key that several have.
fn by_key(field: &Field, contacts: Vec<Raw<Contact>>) -> HashMap<String, Option<Raw<Contact>>> {
    let mut shown: HashMap<String, Option<Raw<Contact>>> = HashMap::with_capacity(contacts.len());
    for contact in contacts {
        let Some(key) = key_of(field, &contact.value) else { continue };
        shown.entry(key).and_modify(|shown| *shown = None).or_insert(Some(contact));
    }
    shown
}

fn key_of(field: &Field, contact: &Contact) -> Option<String> {
    match field {
        Field::ExternalId => contact.external_id.clone(),
        Field::Id => Some(contact.id.clone()),
        _ => contact.email.as_deref().map(str::to_lowercase),
    }
}
