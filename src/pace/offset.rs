//! When the server's windows begin, on our clock. Pure.
//!
//! `X-RateLimit-Reset` names a window by its end, or by a moment after it: two seconds in all recordings. How much that is
//! here is learned, not assumed. Every answer bounds it from both sides: the window of its reset had begun when it came,
//! and was not over when its request started. The bounds of many answers meet within the fastest answer's time.

use std::time::Duration;

use super::headers::Reading;
use super::rate::WINDOW;

/// Two clocks drift apart by so much at most; quartz does by a twentieth of it. Bounds loosen with it.
const DRIFT: f64 = 100e-6;

/// So far apart may the clocks of the server's own machines be.
const TOLERANCE: i64 = 1_000_000;
/// By so much a bound that was too early by less than that is put behind what proved it wrong.
const STEP: i64 = 250_000;

/// Where a window begins, relative to its reset, in microseconds of our clock.
#[derive(Debug, Default)]
pub(super) struct Offset {
    bounds: Option<Bounds>,
}

#[derive(Debug, Clone, Copy)]
struct Bounds {
    earliest: i64,
    latest: i64,
    heard: Duration,
}

impl Offset {
    /// Hears an answer to a request that started at `started`.
    pub(super) fn hear(&mut self, reading: &Reading, started: Duration, now: Duration) {
        let new = Bounds::of_answer(reading, started, now);
        self.bounds = match self.bounds.map(|old| old.loosened(now)) {
            Some(old) => Some(old.and(new)),
            None => Some(new),
        };
    }

    /// Returns when the window of a reset begins; rather too late than too early.
    pub(super) fn begin(&self, reset: u64) -> Duration {
        let latest = self.bounds.map_or(0, |bounds| bounds.latest);
        u64::try_from(seconds(reset).saturating_add(latest)).map_or(Duration::ZERO, Duration::from_micros)
    }

    /// Returns when the window of a reset is over; rather too late than too early.
    pub(super) fn end(&self, reset: u64) -> Duration {
        let latest = self.bounds.map_or(0, |bounds| bounds.latest);
        let end = seconds(reset).saturating_add(latest).saturating_add(micros(WINDOW));
        u64::try_from(end).map_or(Duration::ZERO, Duration::from_micros)
    }
}

impl Bounds {
    fn of_answer(reading: &Reading, started: Duration, now: Duration) -> Self {
        let reset = seconds(reading.reset);
        let begun = micros(now).saturating_sub(reset);
        // Wherever the end lies, it is not after the reset by the server's own clock, which is at its date or later.
        let latest = reading.date.map_or(begun, |date| {
            begun.min(micros(now).saturating_sub(seconds(date)).saturating_sub(micros(WINDOW)))
        });
        let earliest = micros(started).saturating_sub(reset).saturating_sub(micros(WINDOW));
        Self { earliest: earliest.min(latest), latest, heard: now }
    }

    /// Returns what both say. If they contradict each other, the newer one is right.
    fn and(self, new: Self) -> Self {
        let is_apart = new.latest < self.earliest || self.latest < new.earliest;
        if !is_apart {
            let (earliest, latest) = (self.earliest.max(new.earliest), self.latest.min(new.latest));
            return Self { earliest, latest, ..new };
        }
        if (0..TOLERANCE).contains(&(new.earliest - self.latest)) {
            return Self { latest: new.latest.min(new.earliest + STEP), ..new };
        }
        // A clock was set.
        new
    }

    fn loosened(self, now: Duration) -> Self {
        let by = (micros(now.saturating_sub(self.heard)) as f64 * DRIFT) as i64;
        Self { earliest: self.earliest - by, latest: self.latest + by, heard: now }
    }
}

fn seconds(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX).saturating_mul(1_000_000)
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    /// Hears answers, each of a reset, a date, and when its request started and was answered, in milliseconds of our
    /// clock; returns when the window of the reset 1,012 ends.
    #[track_caller]
    fn check(answers: &[(u64, u64, u64, u64)], expected: u64) {
        let mut offset = Offset::default();
        for (reset, date, started, now) in answers {
            let reading = Reading { limit: 10, remaining: 5, reset: *reset, date: Some(*date) };
            offset.hear(&reading, ms(*started), ms(*now));
        }
        let end = offset.end(1_012).as_secs_f64() * 1_000.0;
        assert!((end - expected as f64).abs() < 3.0, "{end} is not {expected}");
    }

    #[test]
    fn until_it_is_known_better_a_window_ends_at_its_reset_by_the_servers_clock() {
        check(&[(1_012, 1_005, 4_900, 5_000)], 12_000);
        // The second answer is dated 1,006 after half a second: the server's clock shows more than 1,005.5.
        check(&[(1_012, 1_005, 4_900, 5_000), (1_012, 1_006, 5_400, 5_500)], 11_500);
    }

    #[test]
    fn a_window_that_begins_before_the_reset_of_the_one_before_tells_where_the_end_is() {
        check(&[(1_012, 1_005, 4_900, 5_000), (1_022, 1_010, 9_900, 10_100)], 10_100);
        check(
            &[(1_012, 1_005, 4_900, 5_000), (1_022, 1_010, 9_900, 10_100), (1_032, 1_020, 19_900, 20_020)],
            10_020,
        );
    }

    #[test]
    fn a_reset_that_is_exact_is_not_taken_to_come_too_late() {
        check(&[(1_010, 1_005, 4_900, 5_000), (1_020, 1_010, 9_900, 10_100)], 12_000);
    }

    #[test]
    fn a_clock_that_was_set_is_believed() {
        check(&[(1_012, 1_005, 4_900, 5_000), (1_112, 1_105, 6_900, 7_000)], 0);
        check(&[(1_112, 1_105, 4_900, 5_000), (1_012, 1_005, 6_900, 7_000)], 14_000);
    }

    #[test]
    fn a_bound_that_a_request_proves_too_early_gives_way() {
        check(&[(1_012, 1_010, 9_900, 10_000), (1_012, 1_010, 12_100, 12_200)], 12_350);
    }
}
