//! The turnstile: one thread at a time waits for its turn, the others queue behind it.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::allowance::Allowance;
use super::bucket::Bucket;
use super::budget::{Again, Budget, Spent};
use super::concurrency::Concurrency;
use super::headers::QuotaHeaders;
use super::pacer::Pacer;
use super::quota_use::QuotaUse;
use super::rate::WINDOW;
use super::{Clock, Halt, Halted, Outages};

/// How long the waiting thread sleeps before it looks again whether the run was stopped.
const SLICE: Duration = Duration::from_millis(50);

/// Whether a request begins something that can still be given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Nothing of this row was sent: a stopped run does not begin it.
    Opening,
    /// The row is under way: a stopped run lets it finish.
    Following,
}

/// The permission to send one request; handed back with its answer's headers.
#[derive(Debug)]
#[must_use = "a ticket is one request of the quota, and a place among those in flight"]
pub struct Ticket {
    number: u64,
    started: Duration,
}

/// What became of a request, as far as pacing goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// The server answered.
    Answer,
    /// It answered 429.
    Throttled,
    /// It answered that it is in trouble.
    Trouble,
}

/// Decides when a request may start.
///
/// Two locks: the turnstile, held while waiting (without it every waiting thread wakes for every token: 58 wakes a
/// request at 64 threads, against 1), and the state, held for an instant and always last. An answer wakes who waits.
pub struct Limiter {
    turnstile: Mutex<Option<Bucket>>,
    state: Mutex<State>,
    heard: Condvar,
    allowance: Allowance,
    clock: Clock,
    halt: Halt,
}

struct State {
    pacer: Pacer,
    concurrency: Concurrency,
    budget: Budget,
    in_flight: usize,
    waited: Duration,
}

/// What somebody waits for at the turnstile.
enum Wait {
    /// The quota; for so long.
    Quota(Duration),
    /// The end of another request.
    Room,
}

impl Limiter {
    /// Returns a limiter for a run.
    #[must_use]
    pub fn new(allowance: Allowance, clock: Clock, halt: Halt) -> Self {
        let state = State {
            pacer: Pacer::new(allowance.share),
            concurrency: Concurrency::new(allowance.concurrency),
            budget: Budget::default(),
            in_flight: 0,
            waited: Duration::ZERO,
        };
        Self {
            turnstile: Mutex::new(None),
            state: Mutex::new(state),
            heard: Condvar::new(),
            allowance,
            clock,
            halt,
        }
    }

    /// Blocks until the next request may start.
    ///
    /// # Errors
    /// [`Halted`] when the run was stopped and the turn is an opening one.
    pub fn acquire(&self, turn: Turn) -> Result<Ticket, Halted> {
        let mut bucket = lock(&self.turnstile);
        let mut state = lock(&self.state);
        loop {
            if turn == Turn::Opening && self.halt.is_raised() {
                return Err(Halted);
            }
            let now = self.clock.now();
            let (longest, is_quota) = match self.start(&mut bucket, &mut state, now) {
                Ok(ticket) => return Ok(ticket),
                Err(Wait::Quota(wait)) => (wait.min(SLICE), true),
                Err(Wait::Room) => (SLICE, false),
            };
            state = self.clock.wait(&self.heard, state, longest);
            if is_quota {
                state.waited += self.clock.now() - now;
            }
        }
    }

    /// Hears of an answer and what its headers said. A 429 pauses everybody; `chance` in `0.0..1.0` spreads the return
    /// over a second.
    pub fn answered(&self, ticket: Ticket, heard: Heard, headers: &QuotaHeaders, chance: f64) {
        let (Ticket { number, started }, mut state, now) = (ticket, lock(&self.state), self.clock.now());
        state.in_flight -= 1;
        match heard {
            Heard::Throttled => state.pacer.throttled(number, headers, now, chance),
            Heard::Answer | Heard::Trouble => state.pacer.answered(number, headers, now),
        }
        match heard {
            Heard::Answer => state.concurrency.answered(now - started),
            Heard::Trouble => self.in_trouble(&mut state, now),
            Heard::Throttled => {}
        }
        drop(state);
        self.heard.notify_one();
    }

    /// Hears that the request answered just now has spent so much more of the quota than one.
    pub fn spent_more(&self, more: u32) {
        lock(&self.state).pacer.spent_more(more);
    }

    /// Hears that an answer will never come.
    pub fn lost(&self, ticket: Ticket) {
        let (Ticket { number, .. }, mut state, now) = (ticket, lock(&self.state), self.clock.now());
        state.in_flight -= 1;
        state.pacer.lost(number);
        self.in_trouble(&mut state, now);
        drop(state);
        self.heard.notify_one();
    }

    /// Waits before a repeated attempt; a stopped run waits no longer.
    pub fn back_off(&self, delay: Duration) {
        let until = self.clock.now() + delay;
        while let Some(left) = until.checked_sub(self.clock.now()).filter(|left| !left.is_zero()) {
            if self.halt.is_raised() {
                return;
            }
            self.clock.sleep(left.min(SLICE));
        }
    }

    /// Takes what one more attempt costs from the run's budget. Returns whether it was there.
    pub fn may_try_again(&self, again: Again, spent: &mut Spent) -> bool {
        lock(&self.state).budget.take(again, spent)
    }

    /// Waits before a request that was told to wait is sent again, once for many: it never fails, but with the budget
    /// spent it lets a window pass.
    pub fn rest_after_429(&self, spent: &mut Spent) {
        if !self.may_try_again(Again::Throttled, spent) {
            self.back_off(WINDOW);
        }
    }

    /// Hears that a request succeeded, and what its attempts have taken from the budget.
    pub fn succeeded(&self, spent: &Spent) {
        lock(&self.state).budget.succeeded(spent);
    }

    /// Returns a gate before this limiter, with its clock and its halt.
    #[must_use]
    pub fn outages(&self, longest: Duration) -> Outages {
        Outages::new(longest, self.clock.clone(), self.halt.clone())
    }

    /// Returns how the quota is being used.
    #[must_use]
    pub fn quota_use(&self) -> QuotaUse {
        lock(&self.state).pacer.quota_use()
    }

    /// Returns how long the quota was waited for.
    #[must_use]
    pub fn waited(&self) -> Duration {
        lock(&self.state).waited
    }

    /// Returns how many requests may be in flight at most, whatever the server does.
    #[must_use]
    pub fn concurrency(&self) -> usize {
        self.allowance.concurrency
    }

    /// Returns the time on the limiter's clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    fn start(&self, bucket: &mut Option<Bucket>, state: &mut State, now: Duration) -> Result<Ticket, Wait> {
        let limit = state.pacer.limit();
        if state.in_flight >= state.concurrency.allowed(self.allowance.per_second(limit)) {
            return Err(Wait::Room);
        }
        if let Some(wait) = state.pacer.wait(now) {
            return Err(Wait::Quota(wait));
        }
        let flow = self.allowance.flow(limit, state.pacer.is_blind());
        if bucket.as_ref().map(Bucket::flow) != flow {
            *bucket = flow.map(|flow| Bucket::new(flow, &self.clock));
        }
        if let Some(bucket) = bucket {
            bucket.take().map_err(Wait::Quota)?;
        }
        state.in_flight += 1;
        Ok(Ticket { number: state.pacer.start(now), started: now })
    }

    fn in_trouble(&self, state: &mut State, now: Duration) {
        let per_second = self.allowance.per_second(state.pacer.limit());
        state.concurrency.troubled(now, per_second);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pace::Ceiling;
    use crate::pace::Rate;

    fn limiter(allowance: Allowance) -> (Limiter, Clock, Halt) {
        let (clock, halt) = (Clock::fake(Duration::ZERO), Halt::default());
        (Limiter::new(allowance, clock.clone(), halt.clone()), clock, halt)
    }

    fn headers(limit: u32, remaining: u32) -> QuotaHeaders {
        QuotaHeaders {
            limit: Some(limit),
            remaining: Some(remaining),
            reset: Some(1_012),
            date: Some(1_000),
            retry_after: None,
        }
    }

    #[test]
    fn a_stopped_run_opens_nothing_and_lets_a_row_finish() {
        let (limiter, _, halt) = limiter(Allowance::UNLIMITED);
        halt.raise();
        assert_eq!(Err(Halted), limiter.acquire(Turn::Opening).map(|_| ()));
        assert!(limiter.acquire(Turn::Following).is_ok());
    }

    #[test]
    fn a_429_makes_everybody_wait() {
        let (limiter, clock, _) = limiter(Allowance::default());
        let ticket = limiter.acquire(Turn::Opening).unwrap();
        limiter.answered(ticket, Heard::Throttled, &headers(166, 0), 0.25);
        let _ = limiter.acquire(Turn::Following).unwrap();
        assert_eq!(Duration::from_millis(10_250), clock.now(), "no window is longer than ten seconds");
    }

    /// Takes turns for so long as a fake clock shows less than ten seconds; every answer says the same.
    fn turns(allowance: Allowance, headers: QuotaHeaders) -> usize {
        let (limiter, clock, _) = limiter(allowance);
        let mut turns = 0;
        while clock.now() < Duration::from_secs(10) {
            let ticket = limiter.acquire(Turn::Opening).unwrap();
            turns += 1;
            limiter.answered(ticket, Heard::Answer, &headers, 0.0);
        }
        turns
    }

    #[test]
    fn the_ceiling_holds_whatever_the_server_says() {
        let at_most = |rate| Allowance { ceiling: Ceiling::AtMost(rate), ..Allowance::default() };
        let rate = Rate::of_window(100);
        let within = 95..=101;
        assert!(within.contains(&turns(at_most(rate), headers(10_000, 9_999))));
        let blind = turns(at_most(rate), QuotaHeaders::default());
        assert!((76..=82).contains(&blind), "{blind}");
    }

    #[test]
    fn more_requests_than_are_allowed_wait_for_one_to_end() {
        let (limiter, ..) = limiter(Allowance { concurrency: 2, ..Allowance::UNLIMITED });
        let first = limiter.acquire(Turn::Opening).unwrap();
        limiter.answered(first, Heard::Answer, &QuotaHeaders::default(), 0.0);
        let (first, _second) =
            (limiter.acquire(Turn::Opening).unwrap(), limiter.acquire(Turn::Opening).unwrap());
        let mut state = lock(&limiter.state);
        assert!(matches!(limiter.start(&mut None, &mut state, Duration::ZERO), Err(Wait::Room)));
        drop(state);
        limiter.lost(first);
        let _ = limiter.acquire(Turn::Opening).unwrap();
    }
}
