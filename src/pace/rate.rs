//! How many requests may be spent, as people and the server count them.

use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::Duration;

/// The length of Intercom's quota window (rate-limiting page).
pub(super) const WINDOW: Duration = Duration::from_secs(10);

/// A quota of requests: `N` a minute, granted in fixed windows of ten seconds, as Intercom does ("evenly split in
/// 10-second slices", Intercom's rate-limiting page).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rate {
    per_window: NonZeroU32,
}

/// A text that is not a rate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a rate; write requests a minute, at least 6, as in `10000/min`")]
pub struct RateError {
    text: String,
}

impl Rate {
    /// What a workspace grants one private app: 10,000 requests a minute.
    pub const DEFAULT: Self = Self::per_minute_or_panic(10_000);

    /// Returns the rate of `n` requests a minute; a minute has six windows, so less than 6 is none.
    #[must_use]
    pub fn per_minute(n: u32) -> Option<Self> {
        NonZeroU32::new(n / 6).map(|per_window| Self { per_window })
    }

    const fn per_minute_or_panic(n: u32) -> Self {
        Self { per_window: NonZeroU32::new(n / 6).expect("the constant is at least 6") }
    }

    /// Returns the requests of one ten-second window.
    #[must_use]
    pub fn per_window(self) -> u32 {
        self.per_window.get()
    }

    /// Returns the rate that grants so many requests a window, at least one.
    #[must_use]
    pub fn of_window(n: u32) -> Self {
        Self { per_window: NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN) }
    }
}

impl FromStr for Rate {
    type Err = RateError;

    fn from_str(text: &str) -> Result<Self, RateError> {
        let number = text.trim().strip_suffix("/min").unwrap_or(text.trim());
        let number = number.replace(['_', ','], "");
        number.parse().ok().and_then(Self::per_minute).ok_or_else(|| RateError { text: text.into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let actual = match text.parse::<Rate>() {
            Ok(rate) => rate.per_window().to_string(),
            Err(error) => format!("error: {error}"),
        };
        assert_eq!(expected, actual);
    }

    #[test]
    fn a_rate_is_read_in_requests_a_minute() {
        check("10000/min", "1666");
        check("1000", "166");
        check("10,000/min", "1666");
        check(" 6/min ", "1");
    }

    #[test]
    fn what_is_no_rate_says_how_one_is_written() {
        check(
            "0/min",
            "error: `0/min` is not a rate; write requests a minute, at least 6, as in `10000/min`",
        );
        check(
            "5/min",
            "error: `5/min` is not a rate; write requests a minute, at least 6, as in `10000/min`",
        );
        check("fast", "error: `fast` is not a rate; write requests a minute, at least 6, as in `10000/min`");
    }
}
