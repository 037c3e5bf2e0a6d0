//! What an answer's headers said about the quota, and whether that can be true.

use std::time::Duration;

/// How far ahead of `Date` a reset can be: one window, the two seconds by which `X-RateLimit-Reset` was recorded behind
/// the true boundary, and one for the whole seconds of `Date`.
const LONGEST_AHEAD: u64 = 13;

/// How far behind `Date` it can be: an answer may be dated after the window that it was counted in.
const LONGEST_BEHIND: u64 = 2;

/// What the headers of one answer said about the quota.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QuotaHeaders {
    /// `X-RateLimit-Limit`: the requests of one window.
    pub limit: Option<u32>,
    /// `X-RateLimit-Remaining`: what is left of it, for everybody.
    pub remaining: Option<u32>,
    /// `X-RateLimit-Reset`: seconds since 1970.
    pub reset: Option<u64>,
    /// `Date`: the server's clock, seconds since 1970.
    pub date: Option<u64>,
    /// `Retry-After` in seconds; Intercom sends none, proxies do.
    pub retry_after: Option<Duration>,
}

/// Headers that are all there and do not contradict each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) limit: u32,
    pub(super) remaining: u32,
    pub(super) reset: u64,
    pub(super) date: Option<u64>,
}

impl QuotaHeaders {
    /// Returns what can be believed. A reset that lies nowhere near the answer's own date tells of no window.
    pub(super) fn reading(&self) -> Option<Reading> {
        let (limit, remaining, reset) = (self.limit?, self.remaining?, self.reset?);
        let is_near = |date: u64| date <= reset + LONGEST_BEHIND && reset <= date + LONGEST_AHEAD;
        (limit > 0 && self.date.is_none_or(is_near)).then(|| Reading {
            limit,
            remaining: remaining.min(limit),
            reset,
            date: self.date,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(limit: u32, remaining: u32, reset: u64, date: Option<u64>, expected: Option<u32>) {
        let (limit, remaining, reset) = (Some(limit), Some(remaining), Some(reset));
        let headers = QuotaHeaders { limit, remaining, reset, date, retry_after: None };
        assert_eq!(expected, headers.reading().map(|reading| reading.remaining), "{headers:?}");
    }

    #[test]
    fn what_cannot_be_true_is_not_believed() {
        check(166, 12, 1_012, Some(1_000), Some(12));
        check(166, 12, 1_012, None, Some(12));
        check(166, 900, 1_012, Some(1_000), Some(166));
        check(0, 0, 1_012, Some(1_000), None);
        // A reset in the past, a clock years off, and seconds to go in place of a moment.
        check(166, 0, 1_000, Some(1_005), None);
        check(166, 0, 2_000_000_000, Some(1_005), None);
        check(166, 0, 7, Some(1_005), None);
        assert_eq!(None, QuotaHeaders { limit: Some(166), ..QuotaHeaders::default() }.reading());
    }
}
