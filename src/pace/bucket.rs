//! The ceiling: governor's token bucket, sized so that no ten-second window can be overdrawn, or hardly.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::Reference;
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};

use super::rate::WINDOW;
use super::{Clock, Rate};

/// What a bucket lets through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    /// This rate at most, whatever ten seconds one looks at.
    Even(Rate),
    /// This rate on average. Who paces by the server's window is ahead of it at the window's beginning, and is kept from
    /// running away.
    Uneven(Rate),
}

/// A token bucket for one flow.
pub(super) struct Bucket {
    flow: Flow,
    limiter: RateLimiter<NotKeyed, InMemoryState, Clock, NoOpMiddleware<Duration>>,
    clock: Clock,
}

impl Bucket {
    pub(super) fn new(flow: Flow, clock: &Clock) -> Self {
        let quota = match flow {
            Flow::Even(rate) => even(rate),
            Flow::Uneven(rate) => uneven(rate),
        };
        Self { flow, limiter: RateLimiter::direct_with_clock(quota, clock.clone()), clock: clock.clone() }
    }

    pub(super) fn flow(&self) -> Flow {
        self.flow
    }

    /// Takes a token, or says how long until there is one.
    pub(super) fn take(&self) -> Result<(), Duration> {
        self.limiter.check().map_err(|not_until| {
            let earliest = not_until.earliest_possible();
            earliest.duration_since(self.clock.now()).into()
        })
    }
}

/// Sizes the bucket: in any ten seconds a bucket of burst `b` that refills every `p` lets at most `b - 1 + 10 s / p`
/// requests start. That sum is kept below the window's grant by half a percent, because a request that starts in one
/// window can arrive in the next.
fn even(rate: Rate) -> Quota {
    let granted = rate.per_window();
    let burst = (granted / 50).max(1);
    let slack = granted / 200;
    let refilled = granted - slack - (burst - 1);
    // Rounded up: a nanosecond too little would fit one more request into ten seconds.
    let period = WINDOW / refilled + Duration::from_nanos(1);
    Quota::with_period(period)
        .expect("ten seconds divided by a u32 are at least two nanoseconds")
        .allow_burst(NonZeroU32::new(burst).expect("a burst is at least one"))
}

/// Lets a quarter of a window through at once, and fills up as fast as windows do.
fn uneven(rate: Rate) -> Quota {
    let granted = rate.per_window();
    Quota::with_period(WINDOW / granted)
        .expect("ten seconds divided by a u32 are at least two nanoseconds")
        .allow_burst(
            NonZeroU32::new(granted.div_ceil(4)).expect("a part of something, rounded up, is something"),
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts the requests that start in each of six windows when somebody always wants one.
    fn starts_by_window(rate: Rate) -> Vec<u32> {
        let clock = Clock::fake(Duration::ZERO);
        let bucket = Bucket::new(Flow::Even(rate), &clock);
        let mut windows = vec![0; 6];
        while let Some(window) = windows.get_mut((clock.now().as_secs() / 10) as usize) {
            match bucket.take() {
                Ok(()) => *window += 1,
                Err(wait) => clock.sleep(wait),
            }
        }
        windows
    }

    #[test]
    fn no_window_is_overdrawn_and_little_of_it_is_left() {
        for per_minute in [6, 60, 600, 1_000, 10_000, 25_000] {
            let rate = Rate::per_minute(per_minute).unwrap();
            let windows = starts_by_window(rate);
            assert!(windows.iter().all(|&n| n <= rate.per_window()), "{per_minute}/min: {windows:?}");
            let used: u32 = windows.iter().sum();
            let granted = rate.per_window() * 6;
            assert!(f64::from(used) >= 0.95 * f64::from(granted), "{per_minute}/min: {used} of {granted}");
        }
    }
}
