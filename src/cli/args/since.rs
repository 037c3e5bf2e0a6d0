//! `--since`: a day, a moment, or how long ago.

use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::DurationArg;

/// A point in time, as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct SinceArg {
    text: String,
    point: Point,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Point {
    /// Seconds since 1970.
    At(i64),
    /// Seconds before the export begins.
    Ago(i64),
}

impl SinceArg {
    /// Returns the seconds since 1970 that are meant by an export that begins at `now`.
    pub(in crate::cli) fn seconds(&self, now: i64) -> i64 {
        match self.point {
            Point::At(seconds) => seconds,
            Point::Ago(seconds) => now - seconds,
        }
    }

    /// Returns the text.
    pub(in crate::cli) fn text(&self) -> &str {
        &self.text
    }
}

impl FromStr for SinceArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let ago = text.parse::<DurationArg>().ok().and_then(|DurationArg(ago)| ago.as_secs().try_into().ok());
        let at = || text.parse::<Timestamp>().ok().or_else(|| utc(text)).map(Timestamp::as_second);
        let point = ago.map(Point::Ago).or_else(|| at().map(Point::At)).ok_or_else(|| {
            format!("`{text}` is no time; write it as in `2026-11-21`, `2026-11-21T02:15:00Z` or `1d`")
        })?;
        Ok(Self { text: text.into(), point })
    }
}

/// Reads a day or a time without a zone, which is UTC here as everywhere in the program.
fn utc(text: &str) -> Option<Timestamp> {
    let time: DateTime = text.parse().ok()?;
    time.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_000_000;

    #[track_caller]
    fn check(text: &str, expected: Option<i64>) {
        assert_eq!(expected, text.parse::<SinceArg>().ok().map(|since| since.seconds(NOW)));
    }

    #[test]
    fn a_time_is_a_day_a_moment_or_how_long_ago() {
        check("2020-01-01", Some(1_577_836_800));
        check("2020-01-01T09:00:00", Some(1_577_869_200));
        check("2020-01-01T09:00:00Z", Some(1_577_869_200));
        check("2020-01-01T09:00:00+02:00", Some(1_577_862_000));
        check("1d", Some(NOW - 86_400));
        check("1h30m", Some(NOW - 5_400));
        for text in ["", "yesterday", "2020-13-01", "1577836800", "09:00"] {
            check(text, None);
        }
    }
}
