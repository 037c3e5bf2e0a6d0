//! What the requests of a run cost: counts and latencies.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hdrhistogram::Histogram;

use super::bulk::BulkUse;
use crate::pace::QuotaUse;

/// The longest answer that is told apart from a longer one; no request may take this long.
const LONGEST: Duration = Duration::from_secs(600);

/// How long answers took, from the start of an attempt to its last byte.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Latency {
    /// Half of the answers were faster.
    pub p50: Duration,
    /// Nine of ten were faster.
    pub p90: Duration,
    /// Ninety-nine of a hundred were faster.
    pub p99: Duration,
    /// The slowest.
    pub max: Duration,
}

/// The requests of a run so far.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Traffic {
    /// Attempts sent, retries included.
    pub requests: u64,
    /// Answers by HTTP status.
    pub by_status: BTreeMap<u16, u64>,
    /// Attempts that repeated a failed one; a 429 is none.
    pub retries: u64,
    /// Attempts that were answered with 429.
    pub throttled: u64,
    /// Requests whose answer is awaited now.
    pub in_flight: u32,
    /// Requests in flight at most, whatever the server does.
    pub concurrency: u32,
    /// How long answers took.
    pub latency: Latency,
    /// How long no answer has come, while everybody waits for the server to come back.
    pub paused: Option<Duration>,
    /// How long the turnstile was waited at.
    pub waited: Duration,
    /// What the headers told of the quota.
    pub quota: QuotaUse,
    /// How bulk requests were used.
    pub bulk: BulkUse,
}

/// Counts requests as they happen.
pub(super) struct Meter(Mutex<Counts>);

struct Counts {
    traffic: Traffic,
    microseconds: Histogram<u64>,
}

impl Meter {
    pub(super) fn new() -> Self {
        let longest = u64::try_from(LONGEST.as_micros()).expect("minutes are few microseconds");
        // Two significant digits: a latency is told to the percent, in 24 KiB.
        let microseconds = Histogram::new_with_max(longest, 2).expect("two significant digits are allowed");
        Self(Mutex::new(Counts { traffic: Traffic::default(), microseconds }))
    }

    pub(super) fn started(&self) {
        let mut counts = self.lock();
        counts.traffic.requests += 1;
        counts.traffic.in_flight += 1;
    }

    pub(super) fn ended(&self, status: Option<u16>, elapsed: Duration) {
        let mut counts = self.lock();
        counts.traffic.in_flight -= 1;
        let microseconds = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX);
        counts.microseconds.saturating_record(microseconds);
        if let Some(status) = status {
            *counts.traffic.by_status.entry(status).or_default() += 1;
            counts.traffic.throttled += u64::from(status == 429);
        }
    }

    pub(super) fn retried(&self) {
        self.lock().traffic.retries += 1;
    }

    /// Returns the requests so far if none is in flight.
    pub(super) fn alone(&self) -> Option<u64> {
        let counts = self.lock();
        (counts.traffic.in_flight == 0).then_some(counts.traffic.requests)
    }

    pub(super) fn traffic(&self, quota: QuotaUse, waited: Duration) -> Traffic {
        let counts = self.lock();
        let at = |quantile| Duration::from_micros(counts.microseconds.value_at_quantile(quantile));
        let latency = Latency {
            p50: at(0.5),
            p90: at(0.9),
            p99: at(0.99),
            max: Duration::from_micros(counts.microseconds.max()),
        };
        Traffic { latency, quota, waited, ..counts.traffic.clone() }
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latencies_are_told_to_the_percent() {
        let meter = Meter::new();
        for milliseconds in 1..=1_000 {
            meter.started();
            meter.ended(Some(200), Duration::from_millis(milliseconds));
        }
        let latency = meter.traffic(QuotaUse::default(), Duration::ZERO).latency;
        let expected = [(500, latency.p50), (900, latency.p90), (990, latency.p99), (1_000, latency.max)];
        for (milliseconds, actual) in expected {
            let error = actual.abs_diff(Duration::from_millis(milliseconds));
            assert!(
                error <= Duration::from_millis(milliseconds) / 100,
                "{actual:?} is not {milliseconds} ms"
            );
        }
    }
}
