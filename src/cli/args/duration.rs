//! Lengths of time as people write them: `90s`, `15m`, `1h30m`, `30d`.

use std::str::FromStr;
use std::time::Duration;

/// A length of time with its units, the largest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) struct DurationArg(pub(in crate::cli) Duration);

/// A text that is no length of time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a length of time; write it with units, as in `90s`, `15m`, `1h30m` or `30d`")]
pub(in crate::cli) struct DurationError {
    text: String,
}

/// Seconds of each unit, the largest first.
const UNITS: [(char, u64); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

impl FromStr for DurationArg {
    type Err = DurationError;

    fn from_str(text: &str) -> Result<Self, DurationError> {
        let seconds = seconds(text.trim()).ok_or_else(|| DurationError { text: text.into() })?;
        Ok(Self(Duration::from_secs(seconds)))
    }
}

/// Adds up the parts; each unit is smaller than the one before it, so that `15m1h` is a slip and not a sum.
fn seconds(text: &str) -> Option<u64> {
    let (mut rest, mut units, mut sum) = (text, UNITS.iter(), 0_u64);
    while !rest.is_empty() {
        let (number, unit) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit())?);
        let mut letters = unit.chars();
        let letter = letters.next()?;
        let (_, length) = units.find(|(known, _)| *known == letter)?;
        sum = number.parse::<u64>().ok()?.checked_mul(*length)?.checked_add(sum)?;
        rest = letters.as_str();
    }
    (!text.is_empty()).then_some(sum)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<u64>) {
        let actual = text.parse::<DurationArg>();
        assert_eq!(expected.map(|seconds| DurationArg(Duration::from_secs(seconds))), actual.ok());
    }

    #[test]
    fn lengths_of_time_have_units_and_the_largest_comes_first() {
        check("90s", Some(90));
        check("15m", Some(900));
        check("2h", Some(7_200));
        check("1h30m", Some(5_400));
        check("30d", Some(2_592_000));
        check("1d2h3m4s", Some(93_784));
        check(" 0s ", Some(0));
    }

    #[test]
    fn what_is_no_length_of_time_is_refused() {
        for text in ["", "15", "m", "1.5h", "-1m", "15m1h", "1h1h", "15 m", "15min", "1w"] {
            check(text, None);
        }
        check("999999999999999999d", None);
        assert_eq!(
            "`15` is not a length of time; write it with units, as in `90s`, `15m`, `1h30m` or `30d`",
            "15".parse::<DurationArg>().unwrap_err().to_string()
        );
    }

    proptest! {
        #[test]
        fn any_length_of_time_is_read_as_it_is_written(parts in prop::array::uniform4(0..1_000_000_u64)) {
            let written: String = UNITS.iter().zip(parts).map(|((unit, _), n)| format!("{n}{unit}")).collect();
            check(&written, Some(UNITS.iter().zip(parts).map(|((_, length), n)| n * length).sum()));
        }

        #[test]
        fn no_text_is_too_odd_to_be_looked_at(text in "\\PC{0,12}|[0-9dhms]{0,24}") {
            let _ = text.parse::<DurationArg>();
        }
    }
}
