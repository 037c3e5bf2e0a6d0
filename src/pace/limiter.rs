//! The turnstile: one thread at a time waits for the bucket and the server's window, the others queue behind it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::bucket::Bucket;
use super::window::{QuotaHeaders, QuotaUse, Window};
use super::{Clock, Halt, Halted, Outages, Rate};

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
#[must_use = "a ticket is one request of the quota"]
pub struct Ticket {
    number: u64,
}

/// Decides when a request may start.
///
/// Two locks: the turnstile, held while waiting (without it every waiting thread wakes for every token: 58 wakes a
/// request at 64 threads, against 1), and the window, held for an instant and always last.
pub struct Limiter {
    turnstile: Mutex<Turnstile>,
    window: Mutex<Window>,
    waited_micros: AtomicU64,
    clock: Clock,
    halt: Halt,
}

struct Turnstile {
    ceiling: Option<Rate>,
    bucket: Option<Bucket>,
}

impl Limiter {
    /// Returns a limiter under a ceiling; `None` leaves only what the server's headers say.
    #[must_use]
    pub fn new(ceiling: Option<Rate>, clock: Clock, halt: Halt) -> Self {
        let bucket = ceiling.map(|rate| Bucket::new(rate, &clock));
        Self {
            turnstile: Mutex::new(Turnstile { ceiling, bucket }),
            window: Mutex::default(),
            waited_micros: AtomicU64::new(0),
            clock,
            halt,
        }
    }

    /// Blocks until the next request may start.
    ///
    /// # Errors
    /// [`Halted`] when the run was stopped and the turn is an opening one.
    pub fn acquire(&self, turn: Turn) -> Result<Ticket, Halted> {
        let mut turnstile = lock(&self.turnstile);
        loop {
            if turn == Turn::Opening && self.halt.is_raised() {
                return Err(Halted);
            }
            match self.start(&mut turnstile) {
                Ok(ticket) => return Ok(ticket),
                Err(wait) => {
                    let slice = wait.min(SLICE);
                    self.clock.sleep(slice);
                    let micros = u64::try_from(slice.as_micros()).unwrap_or(u64::MAX);
                    self.waited_micros.fetch_add(micros, Ordering::Relaxed);
                }
            }
        }
    }

    /// Hears an answer that was no 429, and what its headers said.
    pub fn answered(&self, ticket: &Ticket, headers: &QuotaHeaders) {
        let mut window = lock(&self.window);
        window.let_in();
        window.answered(ticket.number, headers, self.clock.now());
    }

    /// Hears a 429 and pauses everybody; `chance` in `0.0..1.0` spreads the return over a second.
    pub fn throttled(&self, ticket: &Ticket, headers: &QuotaHeaders, chance: f64) {
        let (mut window, now) = (lock(&self.window), self.clock.now());
        window.answered(ticket.number, headers, now);
        window.throttled(headers, now, chance);
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

    /// Returns a gate before this limiter, with its clock and its halt.
    #[must_use]
    pub fn outages(&self, longest: Duration) -> Outages {
        Outages::new(longest, self.clock.clone(), self.halt.clone())
    }

    /// Returns how the quota is being used.
    #[must_use]
    pub fn quota_use(&self) -> QuotaUse {
        lock(&self.window).quota_use()
    }

    /// Returns how long the turnstile was waited at.
    #[must_use]
    pub fn waited(&self) -> Duration {
        Duration::from_micros(self.waited_micros.load(Ordering::Relaxed))
    }

    /// Returns the time on the limiter's clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    fn start(&self, turnstile: &mut Turnstile) -> Result<Ticket, Duration> {
        let mut window = lock(&self.window);
        if let Some(wait) = window.wait(self.clock.now()) {
            return Err(wait);
        }
        turnstile.obey(window.limit(), &self.clock);
        if let Some(bucket) = &turnstile.bucket {
            bucket.take()?;
        }
        Ok(Ticket { number: window.start() })
    }
}

impl Turnstile {
    /// Makes the bucket no larger than what the server says that it grants.
    fn obey(&mut self, limit: Option<u32>, clock: &Clock) {
        let Some(granted) = limit.map(Rate::of_window) else { return };
        let wanted = self.ceiling.map_or(granted, |ceiling| ceiling.min(granted));
        if self.bucket.as_ref().map(Bucket::rate) != Some(wanted) {
            self.bucket = Some(Bucket::new(wanted, clock));
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter(per_minute: u32) -> (Limiter, Clock, Halt) {
        let (clock, halt) = (Clock::fake(Duration::ZERO), Halt::default());
        (Limiter::new(Rate::per_minute(per_minute), clock.clone(), halt.clone()), clock, halt)
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
        let (limiter, _, halt) = limiter(60);
        halt.raise();
        assert_eq!(Err(Halted), limiter.acquire(Turn::Opening).map(|_| ()));
        assert!(limiter.acquire(Turn::Following).is_ok());
    }

    #[test]
    fn the_servers_limit_lowers_the_ceiling() {
        let (limiter, clock, _) = limiter(10_000);
        let ticket = limiter.acquire(Turn::Opening).unwrap();
        limiter.answered(&ticket, &headers(10, 9));
        let before = clock.now();
        for _ in 0..9 {
            let _ = limiter.acquire(Turn::Opening).unwrap();
        }
        assert!(
            clock.now() - before >= Duration::from_secs(7),
            "nine requests took {:?}",
            clock.now() - before
        );
    }

    #[test]
    fn a_429_makes_everybody_wait() {
        let (limiter, clock, _) = limiter(10_000);
        let ticket = limiter.acquire(Turn::Opening).unwrap();
        limiter.throttled(&ticket, &headers(166, 0), 0.25);
        let _ = limiter.acquire(Turn::Following).unwrap();
        assert_eq!(Duration::from_millis(12_250), clock.now());
    }
}
