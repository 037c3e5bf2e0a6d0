//! What a bulk request spends of the quota: one request, or one a contact. Nobody says, so the headers are watched.
//!
//! Only a request that nothing else of ours was beside tells anything; what others spend meanwhile is evened out by the
//! median over many.

use std::sync::{Mutex, PoisonError};

use crate::pace::QuotaHeaders;

/// How many requests are remembered; the newest replace the oldest.
const MOST_SAMPLES: usize = 101;

/// Watches what bulk requests spend.
#[derive(Debug, Default)]
pub(in crate::intercom) struct Toll(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    newest: Option<Seen>,
    bulk: BulkUse,
    samples: Vec<f64>,
    next: usize,
}

/// What the newest answer said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Seen {
    reset: u64,
    remaining: u32,
    /// Requests that had been started by then.
    n_started: u64,
}

/// The moment before a bulk request, if nothing else was in flight.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark(Option<Seen>);

/// How bulk requests were used.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct BulkUse {
    /// Bulk requests that were taken.
    pub requests: u64,
    /// The contacts in them.
    pub contacts: u64,
    /// What one contact spends of the quota beyond the request, from 0 to 1; `None` if the headers do not tell.
    pub contact_cost: Option<f64>,
}

impl BulkUse {
    /// Returns whether a bulk request is known to spend about a request a contact.
    #[must_use]
    pub fn costs_a_contact(&self) -> bool {
        self.contact_cost.is_some_and(|cost| cost >= 0.5)
    }

    /// Returns whether a bulk request is known to spend about as much as any other.
    #[must_use]
    pub fn costs_a_request(&self) -> bool {
        self.contact_cost.is_some_and(|cost| cost < 0.5)
    }
}

impl Toll {
    /// Hears the headers of an answer. `n_started` counts the requests so far, this one included, and is `None` while
    /// others are in flight.
    pub(in crate::intercom) fn note(&self, headers: &QuotaHeaders, n_started: Option<u64>) {
        let seen = |((reset, remaining), n_started)| Seen { reset, remaining, n_started };
        self.lock().newest = headers.reset.zip(headers.remaining).zip(n_started).map(seen);
    }

    /// Returns the moment before a bulk request; `n_started` counts the requests so far.
    pub(super) fn mark(&self, n_started: u64) -> Mark {
        Mark(self.lock().newest.filter(|newest| newest.n_started == n_started))
    }

    /// Learns from a bulk request that was taken.
    pub(super) fn learn(&self, before: Mark, n_started: u64, n_contacts: usize) {
        let mut state = self.lock();
        state.bulk.requests += 1;
        state.bulk.contacts += n_contacts as u64;
        let Some((before, after)) = before.0.zip(state.newest) else { return };
        let is_alone = after.n_started == n_started && n_started == before.n_started + 1;
        if is_alone && before.reset == after.reset && n_contacts > 1 {
            let spent = before.remaining.saturating_sub(after.remaining);
            state.add((f64::from(spent) - 1.0) / n_contacts as f64);
        }
    }

    pub(in crate::intercom) fn bulk_use(&self) -> BulkUse {
        let state = self.lock();
        BulkUse { contact_cost: state.median(), ..state.bulk }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn add(&mut self, sample: f64) {
        let sample = sample.clamp(0.0, 1.0);
        match self.samples.get_mut(self.next) {
            Some(oldest) => *oldest = sample,
            None => self.samples.push(sample),
        }
        self.next = (self.next + 1) % MOST_SAMPLES;
    }

    fn median(&self) -> Option<f64> {
        let mut sorted = self.samples.clone();
        sorted.sort_by(f64::total_cmp);
        sorted.get(sorted.len() / 2).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(remaining: u32, reset: u64) -> QuotaHeaders {
        QuotaHeaders { remaining: Some(remaining), reset: Some(reset), ..QuotaHeaders::default() }
    }

    /// Sends a hundred contacts as the second request.
    #[track_caller]
    fn check(before: (u32, u64), after: (u32, u64), alone: bool, expected: Option<f64>) {
        let toll = Toll::default();
        toll.note(&headers(before.0, before.1), Some(1));
        let mark = toll.mark(1);
        toll.note(&headers(after.0, after.1), alone.then_some(2));
        toll.learn(mark, 2, 100);
        assert_eq!(expected, toll.bulk_use().contact_cost);
        assert_eq!((1, 100), (toll.bulk_use().requests, toll.bulk_use().contacts));
    }

    #[test]
    fn what_remains_before_and_after_tells_the_cost() {
        check((900, 12), (899, 12), true, Some(0.0));
        check((900, 12), (799, 12), true, Some(1.0));
        check((900, 12), (500, 12), true, Some(1.0));
    }

    #[test]
    fn another_window_or_company_tells_nothing() {
        check((900, 12), (1_600, 22), true, None);
        check((900, 12), (799, 12), false, None);
    }

    #[test]
    fn a_neighbour_now_and_then_does_not_change_the_picture() {
        let toll = Toll::default();
        for spent in [1, 1, 60, 1, 90, 1, 1] {
            toll.note(&headers(900, 12), Some(1));
            let mark = toll.mark(1);
            toll.note(&headers(900 - spent, 12), Some(2));
            toll.learn(mark, 2, 100);
        }
        assert!(toll.bulk_use().costs_a_request());
    }
}
