//! How many requests may be in flight: as many as the rate needs at the present latency, by Little's law. Pure.

use std::collections::VecDeque;
use std::time::Duration;

/// By how much more than the rate needs, for latencies differ.
const SLACK: f64 = 1.5;
/// With fewer, one slow answer stops everything.
const LEAST: usize = 2;
/// To what part the number is cut when the server is in trouble.
const CUT: f64 = 0.7;
/// More than so many of a hundred answers are trouble; fewer are a proxy's bad moment, and cost only themselves.
const TROUBLED_PERCENT: usize = 10;
/// The newest latencies of which the middle one is taken.
const SAMPLE: usize = 64;
/// After so many answers it is taken anew.
const STRIDE: usize = 16;

/// Says how many requests may be in flight.
#[derive(Debug)]
pub(super) struct Concurrency {
    most: usize,
    latencies: VecDeque<Duration>,
    median: Option<Duration>,
    unsorted: usize,
    /// What the server in trouble is left with; grows back.
    lowered: Option<usize>,
    /// The answers since the number was last changed, and how many of them were trouble.
    answers: usize,
    troubles: usize,
    changed: Duration,
}

impl Concurrency {
    pub(super) fn new(most: usize) -> Self {
        Self {
            most: most.max(1),
            latencies: VecDeque::with_capacity(SAMPLE),
            median: None,
            unsorted: 0,
            lowered: None,
            answers: 0,
            troubles: 0,
            changed: Duration::ZERO,
        }
    }

    /// Returns how many requests may be in flight at this rate, in requests a second.
    pub(super) fn allowed(&self, per_second: Option<f64>) -> usize {
        let needed = per_second.zip(self.median).map_or(self.most, |(rate, median)| {
            ((rate * median.as_secs_f64() * SLACK).ceil() as usize).max(LEAST)
        });
        needed.min(self.lowered.unwrap_or(self.most)).min(self.most)
    }

    /// Hears that an answer came, after so long.
    pub(super) fn answered(&mut self, latency: Duration) {
        if self.latencies.len() == SAMPLE {
            self.latencies.pop_front();
        }
        self.latencies.push_back(latency);
        self.unsorted += 1;
        if self.unsorted >= STRIDE {
            self.unsorted = 0;
            let mut sorted: Vec<Duration> = self.latencies.iter().copied().collect();
            sorted.sort_unstable();
            self.median = Some(sorted[sorted.len() / 2]);
        }
        self.answers += 1;
        self.grow_back();
    }

    /// Hears of an answer that never came, or of one that says that the server is in trouble. At most once in the time of
    /// an answer, this lowers the number.
    pub(super) fn troubled(&mut self, now: Duration, per_second: Option<f64>) {
        (self.answers, self.troubles) = (self.answers + 1, self.troubles + 1);
        let allowed = self.allowed(per_second);
        let is_due = now >= self.changed + self.median.unwrap_or_default();
        let is_worse = |of: usize| self.troubles * 100 > of * TROUBLED_PERCENT;
        if is_due && self.troubles > 1 && is_worse(self.answers.max(allowed.min(SAMPLE))) {
            self.lowered = Some(((allowed as f64 * CUT) as usize).max(LEAST).min(self.most));
            (self.answers, self.troubles, self.changed) = (0, 0, now);
        }
    }

    /// One more for every so many answers as may be in flight, as long as they are clean.
    fn grow_back(&mut self) {
        let Some(lowered) = self.lowered.filter(|lowered| self.answers >= *lowered) else {
            // Old trouble is forgotten.
            if self.answers >= SAMPLE.max(self.most) {
                (self.answers, self.troubles) = (0, 0);
            }
            return;
        };
        if self.troubles == 0 {
            self.lowered = Some(lowered + 1).filter(|lowered| *lowered < self.most);
        }
        (self.answers, self.troubles) = (0, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LATENCY: Duration = Duration::from_millis(250);

    fn after(answers: usize) -> Concurrency {
        let mut concurrency = Concurrency::new(128);
        (0..answers).for_each(|_| concurrency.answered(LATENCY));
        concurrency
    }

    #[track_caller]
    fn check(per_second: Option<f64>, expected: usize) {
        assert_eq!(expected, after(64).allowed(per_second), "{per_second:?}");
    }

    #[test]
    fn the_rate_times_the_latency_is_in_flight_and_half_as_much_more() {
        check(Some(166.6), 63);
        check(Some(16.6), 7);
        check(Some(1.0), 2);
        check(Some(10_000.0), 128);
        check(None, 128);
        assert_eq!(128, after(1).allowed(Some(16.6)), "one answer is no median");
        assert_eq!(1, Concurrency::new(1).allowed(Some(16.6)));
    }

    #[test]
    fn a_server_in_trouble_is_asked_less_at_most_once_in_the_time_of_an_answer() {
        let mut concurrency = after(128);
        let mut allowed_after = |milliseconds: u64, troubles: usize| {
            let now = Duration::from_secs(60) + Duration::from_millis(milliseconds);
            (0..troubles).for_each(|_| concurrency.troubled(now, Some(166.6)));
            concurrency.allowed(Some(166.6))
        };
        assert_eq!(63, allowed_after(0, 6));
        assert_eq!(44, allowed_after(0, 1));
        assert_eq!(44, allowed_after(240, 30));
        assert_eq!(30, allowed_after(250, 1));
        assert_eq!(2, (1..40).map(|n| allowed_after(250 + 250 * n, 10)).last().unwrap());
    }

    #[test]
    fn one_request_in_twenty_that_fails_is_no_trouble() {
        let mut concurrency = after(128);
        for n in 0..1_000 {
            concurrency.troubled(Duration::from_secs(n), Some(166.6));
            (0..19).for_each(|_| concurrency.answered(LATENCY));
        }
        assert_eq!(63, concurrency.allowed(Some(166.6)));
    }

    #[test]
    fn what_was_cut_grows_back_by_one_for_each_clean_round() {
        let mut concurrency = after(128);
        (0..30).for_each(|_| concurrency.troubled(Duration::from_secs(60), Some(166.6)));
        assert_eq!(44, concurrency.allowed(Some(166.6)));
        (0..44 + 45 + 46).for_each(|_| concurrency.answered(LATENCY));
        // What came after the cut was no clean round.
        assert_eq!(46, concurrency.allowed(Some(166.6)));
        (0..10_000).for_each(|_| concurrency.answered(LATENCY));
        assert_eq!(63, concurrency.allowed(Some(166.6)));
    }
}
