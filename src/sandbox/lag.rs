//! How far the index (list and search) trails the store. Pure.
//!
//! Recorded traffic: lists still showed contacts 2, 3, 17 and 18 s after they were archived, and 21 of 21 searches run
//! 0-3 s after an update returned the old version; 120 s later all were fresh [R].

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// How long a change takes to reach lists and searches: each change draws its own delay from this range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lag {
    min: Duration,
    max: Duration,
}

/// A lag that is neither `0`, `5s` nor `3s..120s`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a lag: use `0`, `5s`, or a range such as `3s..120s`")]
pub struct LagError(String);

impl Lag {
    /// No lag: every change is in the index at once. Intercom never does this.
    pub const NONE: Lag = Lag { min: Duration::ZERO, max: Duration::ZERO };

    /// Returns a lag between two durations, in either order.
    #[must_use]
    pub fn between(one: Duration, other: Duration) -> Lag {
        Lag { min: one.min(other), max: one.max(other) }
    }

    /// Says whether changes are in the index at once.
    pub(super) fn is_none(self) -> bool {
        self.max.is_zero()
    }

    /// Returns the delay of one change; `chance` is in `0.0..1.0`.
    pub(super) fn delay(self, chance: f64) -> Duration {
        self.min + (self.max - self.min).mul_f64(chance)
    }
}

impl FromStr for Lag {
    type Err = LagError;

    fn from_str(text: &str) -> Result<Lag, LagError> {
        let bounds = match text.split_once("..") {
            Some((min, max)) => seconds(min).zip(seconds(max)),
            None => seconds(text).map(|both| (both, both)),
        };
        match bounds {
            Some((min, max)) if min <= max => Ok(Lag { min, max }),
            _ => Err(LagError(text.to_owned())),
        }
    }
}

/// Reads `0`, `5s` or `0.5s`; a bare number other than zero has no unit and is refused.
fn seconds(text: &str) -> Option<Duration> {
    let number = match text.trim() {
        "0" => "0",
        other => other.strip_suffix('s')?,
    };
    number.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
}

impl fmt::Display for Lag {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.min, self.max) {
            (_, Duration::ZERO) => formatter.write_str("0"),
            (min, max) if min == max => write!(formatter, "{}s", min.as_secs_f64()),
            (min, max) => write!(formatter, "{}s..{}s", min.as_secs_f64(), max.as_secs_f64()),
        }
    }
}
