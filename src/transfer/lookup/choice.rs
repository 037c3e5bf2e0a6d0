//! Which way the next row of an unknown user goes, by what is known so far. Pure.
//!
//! Both ways of sending a row tell whether its user exists, so that the share of those who do is always known of the last
//! rows, and the way may change with it. Only the listing is for good.

use std::collections::VecDeque;

use crate::transfer::plan::{Prices, Strategy, Workload, pages};

/// So many are searched for before anything is concluded: four searches.
const PROBE: u64 = 60;
/// Fewer are not asked about, but sent.
pub(in crate::transfer) const TOO_FEW: u64 = PROBE;
/// What is concluded from fewer rows is chance.
const FEWEST: u64 = 15;
/// How many rows back the estimate looks.
const WINDOW: usize = 150;
/// A listing for this part of what is left is worth it, whoever exists.
const CHEAP_PART: u64 = 25;
/// How often in a row a search may fail before it is left alone.
const MOST_FAILURES: u32 = 3;

/// What the user asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LookupPolicy {
    /// Whatever costs least.
    #[default]
    Auto,
    /// This one.
    Always(Strategy),
}

impl LookupPolicy {
    /// Returns the word of the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Always(strategy) => strategy.name(),
        }
    }
}

/// What to do about the next row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Send it without a look.
    Send,
    /// Search for it, with others.
    Search,
    /// Read the first page of the listing, which says how many there are.
    Count,
    /// List the whole workspace, and look again.
    List,
    /// Wait for the answers to the searches that are out.
    Wait,
}

/// How far the listing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Listing {
    Unread,
    Whole,
    Failed,
}

/// What is known so far.
#[derive(Debug)]
pub(super) struct Choice {
    policy: LookupPolicy,
    prices: Prices,
    /// Rows of unknown users that are expected in all, and those that have come.
    expected: u64,
    come: u64,
    recent: Recent,
    /// How many values a search takes; 0 if it takes none.
    batch: u64,
    failures: u32,
    searched: u64,
    searches_out: u32,
    contacts: Option<u64>,
    pages_read: u64,
    listing: Listing,
}

/// Whether the users of the last rows existed.
#[derive(Debug, Default)]
struct Recent {
    rows: VecDeque<bool>,
    existing: u64,
}

impl Recent {
    fn push(&mut self, exists: bool) {
        if self.rows.len() == WINDOW && self.rows.pop_front() == Some(true) {
            self.existing -= 1;
        }
        self.rows.push_back(exists);
        self.existing += u64::from(exists);
    }

    fn len(&self) -> u64 {
        self.rows.len() as u64
    }

    /// Half a row of each kind is added, so that a few rows prove nothing.
    fn share(&self) -> f64 {
        (self.existing as f64 + 0.5) / (self.rows.len() as f64 + 1.0)
    }
}

impl Choice {
    /// Begins without knowing anything but how many rows of unknown users are expected, and how many a search takes.
    pub(super) fn new(policy: LookupPolicy, prices: Prices, expected: u64, batch: u64) -> Self {
        Self {
            policy,
            prices,
            expected,
            come: 0,
            recent: Recent::default(),
            batch,
            failures: 0,
            searched: 0,
            searches_out: 0,
            contacts: None,
            pages_read: 0,
            listing: Listing::Unread,
        }
    }

    /// Decides about the next row.
    pub(super) fn step(&self) -> Step {
        match self.policy {
            LookupPolicy::Always(Strategy::Create) => Step::Send,
            LookupPolicy::Always(Strategy::Find) => self.search(),
            LookupPolicy::Always(Strategy::List) if self.listing == Listing::Unread => Step::List,
            LookupPolicy::Always(Strategy::List) => Step::Send,
            LookupPolicy::Auto => self.cheapest_step(),
        }
    }

    fn cheapest_step(&self) -> Step {
        if self.listing == Listing::Whole {
            return Step::Send;
        }
        if self.expected < TOO_FEW {
            return if self.recent.len() < FEWEST { Step::Send } else { self.by_estimate() };
        }
        let Some(contacts) = self.contacts else {
            return if self.listing == Listing::Unread { Step::Count } else { self.after_probe() };
        };
        if contacts == 0 && self.recent.len() < FEWEST {
            return Step::Send;
        }
        if self.listing == Listing::Unread && self.pages_left() * CHEAP_PART <= self.left() {
            return Step::List;
        }
        self.after_probe()
    }

    fn after_probe(&self) -> Step {
        let is_probed = self.recent.len() >= PROBE || self.batch == 0;
        if !is_probed && self.searched < PROBE {
            return Step::Search;
        }
        if !is_probed && self.searches_out > 0 { Step::Wait } else { self.by_estimate() }
    }

    fn by_estimate(&self) -> Step {
        let workload = self.workload();
        let requests = |strategy| workload.cost(strategy).map_or(f64::INFINITY, |cost| cost.requests());
        let create = requests(Strategy::Create);
        let find = if self.batch > 0 { requests(Strategy::Find) } else { f64::INFINITY };
        let looks = workload.cost(Strategy::List).map_or(0.0, |cost| cost.looks);
        // The listing is for good, and what it saves is an estimate: a tenth is for the doubt.
        let list = requests(Strategy::List) - looks + 1.1 * self.pages_left() as f64;
        let can_list = self.listing == Listing::Unread && self.contacts.is_some();
        if can_list && list < create.min(find) {
            return Step::List;
        }
        if find < create { Step::Search } else { Step::Send }
    }

    fn search(&self) -> Step {
        if self.batch > 0 { Step::Search } else { Step::Send }
    }

    fn workload(&self) -> Workload {
        Workload {
            known: 0,
            unknown: self.left(),
            existing: self.recent.share(),
            changed: 0.0,
            batch: self.batch,
            contacts: self.contacts,
            prices: self.prices,
        }
    }

    /// Returns the rows of unknown users that are still to come: this one, if there are more than expected.
    fn left(&self) -> u64 {
        self.expected.saturating_sub(self.come).max(1)
    }

    fn pages_left(&self) -> u64 {
        self.contacts.map_or(u64::from(u32::MAX), |contacts| pages(contacts).saturating_sub(self.pages_read))
    }

    /// Returns what the user asks for.
    pub(super) fn policy(&self) -> LookupPolicy {
        self.policy
    }

    /// Returns how many values a search takes, 0 if it takes none.
    pub(super) fn batch(&self) -> u64 {
        self.batch
    }

    /// Returns the contacts of the workspace, where that was asked.
    pub(super) fn contacts(&self) -> Option<u64> {
        self.contacts
    }

    /// A row of an unknown user goes its way.
    pub(super) fn note_row(&mut self) {
        self.come += 1;
    }

    /// A search for so many is about to begin.
    pub(super) fn note_search(&mut self, values: u64) {
        self.searched += values;
        self.searches_out += 1;
    }

    /// A search has ended, whatever came of it.
    pub(super) fn note_search_end(&mut self) {
        self.searches_out = self.searches_out.saturating_sub(1);
    }

    /// A search was answered.
    pub(super) fn note_answer(&mut self) {
        self.failures = 0;
    }

    /// A search for so many was refused: half of them may be taken.
    pub(super) fn note_refusal(&mut self, values: u64) {
        self.batch = self.batch.min(values / 2);
    }

    /// A search was not answered; after some, none is sent any more.
    pub(super) fn note_failure(&mut self) {
        self.failures += 1;
        if self.failures >= MOST_FAILURES {
            self.batch = 0;
        }
    }

    /// It turned out whether a row's user exists.
    pub(super) fn note_user(&mut self, exists: bool) {
        self.recent.push(exists);
    }

    /// A page of the listing was read, which counts so many contacts.
    pub(super) fn note_page(&mut self, contacts: u64) {
        self.contacts = Some(contacts);
        self.pages_read += 1;
    }

    /// The listing has come to its end.
    pub(super) fn note_listed(&mut self) {
        self.listing = Listing::Whole;
    }

    /// The listing cannot be read to its end.
    pub(super) fn note_listing_failed(&mut self) {
        self.listing = Listing::Failed;
    }

    /// Says why the next row goes its way.
    pub(super) fn why(&self) -> String {
        if let LookupPolicy::Always(strategy) = self.policy {
            return format!("--lookup {strategy}");
        }
        let Recent { rows, existing } = &self.recent;
        let mut parts = Vec::new();
        if !rows.is_empty() {
            parts.push(format!("{existing} of the last {} users exist", rows.len()));
        }
        parts.push(format!("about {} of unknown users to come", self.left()));
        parts.extend(self.contacts.map(|contacts| format!("{contacts} contacts in the workspace")));
        parts.join(", ")
    }
}

#[cfg(test)]
mod tests;
