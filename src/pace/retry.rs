//! Whether a failed request may start again, and when. Pure: time and chance are arguments.

use std::time::Duration;

/// What is worth telling apart about a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The connection could not be made: nothing was sent.
    NotSent,
    /// The request may have been carried out: a lost or unreadable answer, a 408 or a 5xx.
    Uncertain,
    /// The server understood and said no.
    Refused,
}

/// How often and how patiently an attempt is repeated.
#[derive(Debug, Clone, Copy)]
pub struct RetryPolicy {
    /// The attempts that one request may take, the first included; a 429 is none.
    pub max_attempts: u32,
    /// The longest wait after the first failure; doubles with each.
    pub base: Duration,
    /// The longest wait of all.
    pub cap: Duration,
    /// What may have been carried out already.
    pub uncertain: Uncertain,
}

/// The longest pause that a server is granted with `Retry-After`; one that asks for more is away.
const LONGEST_TOLD: Duration = Duration::from_secs(600);

/// What to do with a request that may have been carried out although its answer was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uncertain {
    /// Send it again: a second time changes nothing, or is noticed.
    Repeat,
    /// Give up: a second time would do it twice.
    GiveUp,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        // Six attempts within about 15 s outlast a restarting server; at 5 % faults one request in 60 million fails.
        Self {
            max_attempts: 6,
            base: Duration::from_millis(500),
            cap: Duration::from_secs(8),
            uncertain: Uncertain::Repeat,
        }
    }
}

impl RetryPolicy {
    /// The policy of a run's first request: somebody may be waiting to hear that the address is wrong.
    pub const BRIEF: Self = Self {
        max_attempts: 3,
        base: Duration::from_millis(500),
        cap: Duration::from_secs(1),
        uncertain: Uncertain::Repeat,
    };

    /// The policy of a request that must not be carried out twice.
    pub const NEVER_TWICE: Self = Self {
        max_attempts: 6,
        base: Duration::from_millis(500),
        cap: Duration::from_secs(8),
        uncertain: Uncertain::GiveUp,
    };

    /// Returns the delay before the next attempt, or `None` to give up.
    ///
    /// `attempt` counts from 1. `told` is what the server asked for; the delay is no shorter, and one that is too long is
    /// none. `chance` is in `0.0..1.0`: full jitter, so that many clients do not come back at once.
    #[must_use]
    pub fn delay_after(
        &self,
        attempt: u32,
        failure: Failure,
        told: Option<Duration>,
        chance: f64,
    ) -> Option<Duration> {
        let is_final = match failure {
            Failure::Refused => true,
            Failure::Uncertain => self.uncertain == Uncertain::GiveUp,
            Failure::NotSent => false,
        };
        let told = told.unwrap_or_default();
        if is_final || attempt >= self.max_attempts || told > LONGEST_TOLD {
            return None;
        }
        let longest = self.base.saturating_mul(1 << attempt.saturating_sub(1).min(16)).min(self.cap);
        Some(longest.mul_f64(chance).max(told))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(attempt: u32, failure: Failure, chance: f64, expected_ms: Option<u64>) {
        let delay = RetryPolicy::default().delay_after(attempt, failure, None, chance);
        assert_eq!(expected_ms.map(Duration::from_millis), delay);
    }

    #[test]
    fn a_transient_failure_is_repeated_with_growing_jittered_delays() {
        check(1, Failure::Uncertain, 1.0, Some(500));
        check(1, Failure::Uncertain, 0.5, Some(250));
        check(2, Failure::NotSent, 1.0, Some(1_000));
        check(5, Failure::Uncertain, 1.0, Some(8_000));
        check(5, Failure::Uncertain, 0.0, Some(0));
    }

    #[test]
    fn a_server_that_says_how_long_is_not_asked_sooner() {
        let after = |told| {
            let told = Some(Duration::from_secs(told));
            RetryPolicy::default().delay_after(2, Failure::Uncertain, told, 0.5)
        };
        assert_eq!(Some(Duration::from_millis(500)), after(0));
        assert_eq!(
            [Some(Duration::from_secs(2)), Some(LONGEST_TOLD), None],
            [after(2), after(600), after(601)]
        );
    }

    #[test]
    fn the_last_attempt_and_a_refusal_are_final() {
        check(6, Failure::Uncertain, 0.5, None);
        check(1, Failure::Refused, 0.5, None);
    }
}
