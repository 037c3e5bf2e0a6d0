//! Points in time: ISO 8601, seconds since 1970, or a format that the user gives; always to seconds since 1970.
//!
//! A time without a zone is UTC. Nothing here asks what time it is.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::civil::DateTime;
use jiff::civil::Time;
use jiff::fmt::strtime::BrokenDownTime;
use jiff::fmt::temporal::Pieces;
use jiff::tz::Offset;

use super::FaultKind;
use super::MappingError;

/// The shape of a column's dates, where it is neither ISO 8601 nor seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DateFormat {
    /// A format of `strptime`: `%d/%m/%Y`.
    Strptime(String),
    /// Milliseconds since 1970, written `ms`.
    Milliseconds,
}

impl FromStr for DateFormat {
    type Err = MappingError;

    fn from_str(format: &str) -> Result<Self, MappingError> {
        if format == "ms" {
            return Ok(Self::Milliseconds);
        }
        match reads_itself(format) {
            Some(true) => Ok(Self::Strptime(format.to_owned())),
            Some(false) => Err(bad_format(format, "it does not give year, month and day")),
            None => Err(bad_format(format, "it is not a format of strptime")),
        }
    }
}

impl fmt::Display for DateFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Strptime(format) => format,
            Self::Milliseconds => "ms",
        })
    }
}

fn bad_format(format: &str, why: &str) -> MappingError {
    MappingError::BadRule { rule: format!("date({format})"), why: why.to_owned() }
}

/// Returns whether a date that is written in a format is the same date when read back, or `None` if it cannot be
/// written at all. This finds unknown directives and missing years before the first row.
fn reads_itself(format: &str) -> Option<bool> {
    let probe = DateTime::constant(2031, 12, 25, 13, 14, 15, 0);
    let written =
        BrokenDownTime::from(&Offset::UTC.to_timestamp(probe).ok()?.to_zoned(jiff::tz::TimeZone::UTC))
            .to_string(format)
            .ok()?;
    let read = BrokenDownTime::parse(format, &written).ok()?;
    let seconds = seconds_of(&read);
    Some(seconds.is_some_and(|seconds| {
        seconds_at(probe.date(), Time::midnight(), Offset::UTC)
            .is_some_and(|midnight| (midnight..midnight + 86_400).contains(&seconds))
    }))
}

/// Reads a date in a format, or in the usual shapes if there is none.
pub(super) fn parse(text: &str, format: Option<&DateFormat>) -> Result<i64, FaultKind> {
    match format {
        None => usual(text),
        Some(DateFormat::Milliseconds) => {
            text.parse::<i64>().map(|ms| ms.div_euclid(1000)).map_err(|_| not_a_date(format))
        }
        Some(DateFormat::Strptime(strptime)) => BrokenDownTime::parse(strptime, text)
            .ok()
            .and_then(|time| seconds_of(&time))
            .ok_or_else(|| not_a_date(format)),
    }
}

fn not_a_date(format: Option<&DateFormat>) -> FaultKind {
    FaultKind::NotADate { format: format.cloned() }
}

/// Returns whether a text is a date by its shape, and not merely a number.
pub(super) fn is_iso(text: &str) -> bool {
    // The basic form `20240131` is a date to a parser, and a number to anyone else.
    text.contains('-') && (plain(text.as_bytes()).is_some() || iso(text).is_some())
}

fn usual(text: &str) -> Result<i64, FaultKind> {
    if let Some(seconds) = plain(text.as_bytes()) {
        return Ok(seconds);
    }
    if let Ok(number) = text.parse::<i64>() {
        return seconds_since_1970(number);
    }
    iso(text).or_else(|| as_ruby_prints_it(text)).ok_or(FaultKind::NotADate { format: None })
}

/// Takes a number for seconds since 1970, if it cannot well be anything else.
pub(super) fn seconds_since_1970(number: i64) -> Result<i64, FaultKind> {
    // 1e11 seconds are the year 5138, 1e11 milliseconds are 1973; 1e14 milliseconds are 5138 again.
    const MILLISECONDS: std::ops::Range<u64> = 100_000_000_000..100_000_000_000_000;
    let size = number.unsigned_abs();
    if MILLISECONDS.contains(&size) {
        return Err(FaultKind::Milliseconds);
    }
    if size >= MILLISECONDS.end {
        return Err(FaultKind::NotADate { format: None });
    }
    if looks_like_year_month_day(number) {
        return Err(FaultKind::AmbiguousDate);
    }
    Ok(number)
}

/// Returns whether a number reads as `YYYYMMDD`. As seconds, these are some days of August 1970, which nobody means.
fn looks_like_year_month_day(number: i64) -> bool {
    let (year, month, day) = (number / 10_000, number / 100 % 100, number % 100);
    (1900..2100).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day)
}

/// Reads `YYYY-MM-DD` and `YYYY-MM-DDTHH:MM:SSZ`, the shapes that most files have, without a parser's overhead.
fn plain(text: &[u8]) -> Option<i64> {
    let (date, time) = match text.len() {
        10 => (text, None),
        20 if matches!(text[10], b'T' | b' ') && text[19] == b'Z' => (&text[..10], Some(&text[11..19])),
        19 if matches!(text[10], b'T' | b' ') => (&text[..10], Some(&text[11..19])),
        _ => return None,
    };
    if date[4] != b'-' || date[7] != b'-' {
        return None;
    }
    let century = two_digits(&date[..2])?;
    let year = i16::from(century) * 100 + i16::from(two_digits(&date[2..4])?);
    let date = Date::new(year, two_digits(&date[5..7])?, two_digits(&date[8..10])?).ok()?;
    let time = match time {
        None => Time::midnight(),
        Some(time) if time[2] == b':' && time[5] == b':' => {
            Time::new(two_digits(&time[..2])?, two_digits(&time[3..5])?, two_digits(&time[6..])?, 0).ok()?
        }
        Some(_) => return None,
    };
    seconds_at(date, time, Offset::UTC)
}

fn two_digits(text: &[u8]) -> Option<i8> {
    match text {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => i8::try_from((tens - b'0') * 10 + (ones - b'0')).ok(),
        _ => None,
    }
}

/// Reads every other shape of ISO 8601 and RFC 3339.
fn iso(text: &str) -> Option<i64> {
    let pieces = Pieces::parse(text).ok()?;
    // `[Europe/Berlin]` without an offset would need a database of time zones.
    if pieces.time_zone_annotation().is_some() && pieces.to_numeric_offset().is_none() {
        return None;
    }
    let offset = pieces.to_numeric_offset().unwrap_or(Offset::UTC);
    seconds_at(pieces.date(), pieces.time().unwrap_or(Time::midnight()), offset)
}

/// Reads `2024-01-31 10:00:00 UTC` and `2024-01-31 10:00:00 +0200`, which is how Rails applications write dates.
fn as_ruby_prints_it(text: &str) -> Option<i64> {
    match text.strip_suffix(" UTC") {
        Some(text) => iso(text),
        None => seconds_of(&BrokenDownTime::parse("%Y-%m-%d %H:%M:%S %z", text).ok()?),
    }
}

fn seconds_of(time: &BrokenDownTime) -> Option<i64> {
    if let Some(timestamp) = time.timestamp() {
        return Some(timestamp.as_second());
    }
    let datetime = time.to_datetime().ok()?;
    seconds_at(datetime.date(), datetime.time(), time.offset().unwrap_or(Offset::UTC))
}

fn seconds_at(date: Date, time: Time, offset: Offset) -> Option<i64> {
    offset.to_timestamp(DateTime::from_parts(date, time)).ok().map(Timestamp::as_second)
}

/// Returns the format that a date seems to be written in, as a proposal to be checked by a person.
pub(super) fn guess_format(text: &str) -> Option<String> {
    let date = text.split([' ', 'T']).next()?;
    let separator = date.chars().find(|character| matches!(character, '/' | '.' | '-'))?;
    let parts: Vec<u16> = date.split(separator).map(str::parse).collect::<Result<_, _>>().ok()?;
    let [first, second, _] = parts[..] else { return None };
    let year = if date.split(separator).any(|part| part.len() == 4) { "%Y" } else { "%y" };
    let order = if first > 31 {
        [year, "%m", "%d"]
    } else if second > 12 && first <= 12 {
        ["%m", "%d", year]
    } else {
        ["%d", "%m", year]
    };
    let time = match text.matches(':').count() {
        1 => " %H:%M",
        2 => " %H:%M:%S",
        _ => "",
    };
    Some(format!("{}{time}", order.join(&separator.to_string())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: i64) {
        assert_eq!(parse(text, None), Ok(expected));
    }

    #[track_caller]
    fn refuse(text: &str, expected: &str) {
        assert_eq!(parse(text, None).unwrap_err().code(), expected);
    }

    #[test]
    fn iso_dates_are_read_and_a_time_without_a_zone_is_utc() {
        check("2024-01-31", 1_706_659_200);
        check("2024-01-31T10:20:30Z", 1_706_696_430);
        check("2024-01-31 10:20:30Z", 1_706_696_430);
        check("2024-01-31T10:20:30", 1_706_696_430);
        check("2024-01-31 10:20:30", 1_706_696_430);
        check("2024-01-31 10:20", 1_706_696_400);
        check("2024-01-31T10:20Z", 1_706_696_400);
        check("2024-01-31T10:20:30.987Z", 1_706_696_430);
        check("2024-01-31T12:20:30+02:00", 1_706_696_430);
        check("2024-01-31 12:20:30+0200", 1_706_696_430);
        check("2024-01-31T10:20:30+00:00[Europe/London]", 1_706_696_430);
        check("1969-12-31T23:59:59Z", -1);
        check("2024-02-29", 1_709_164_800);
    }

    #[test]
    fn what_rails_writes_is_read() {
        check("2024-01-31 10:20:30 UTC", 1_706_696_430);
        check("2024-01-31 12:20:30 +0200", 1_706_696_430);
    }

    #[test]
    fn whole_numbers_are_seconds() {
        check("1706696430", 1_706_696_430);
        check("0", 0);
        check("-86400", -86_400);
        check("99999999999", 99_999_999_999);
    }

    #[test]
    fn numbers_that_are_something_else_are_refused() {
        refuse("1706696430000", "milliseconds");
        refuse("-1706696430000", "milliseconds");
        refuse("1706696430000000", "not_a_date");
        refuse("20240131", "ambiguous_date");
        check("20241331", 20_241_331);
    }

    #[test]
    fn other_shapes_are_refused() {
        for text in [
            "31/01/2024",
            "2024-02-30",
            "2023-02-29",
            "2024-1-31",
            "soon",
            "2024-01",
            "2024-01-31T25:00:00Z",
            "10:20",
            "1706696430.5",
            "2024-01-31T10:20:30[Europe/London]",
            "２０２４-01-31",
            "Jan 31 2024",
        ] {
            refuse(text, "not_a_date");
        }
    }

    #[track_caller]
    fn check_format(format: &str, text: &str, expected: Option<i64>) {
        let format = format.parse::<DateFormat>().unwrap();
        assert_eq!(parse(text, Some(&format)).ok(), expected);
    }

    #[test]
    fn a_format_reads_any_other_shape() {
        check_format("%d/%m/%Y", "31/01/2024", Some(1_706_659_200));
        check_format("%d/%m/%Y", "31/02/2024", None);
        check_format("%d/%m/%Y", "2024-01-31", None);
        check_format("%m/%d/%y %H:%M", "1/31/24 10:20", Some(1_706_696_400));
        check_format("%d %b %Y", "31 Jan 2024", Some(1_706_659_200));
        check_format("%Y-%m-%d %H:%M:%S %z", "2024-01-31 12:20:30 +0200", Some(1_706_696_430));
        check_format("%m/%d/%Y %I:%M %p", "01/31/2024 01:20 PM", Some(1_706_707_200));
        check_format("%Y%m%d", "20240131", Some(1_706_659_200));
        check_format("%s", "20240131", Some(20_240_131));
        check_format("ms", "1706696430999", Some(1_706_696_430));
        check_format("ms", "soon", None);
    }

    #[track_caller]
    fn refuse_format(format: &str, expected: &str) {
        assert_eq!(format.parse::<DateFormat>().unwrap_err().to_string(), expected);
    }

    #[test]
    fn a_format_is_tried_before_the_first_row() {
        refuse_format("%d/%m", "`date(%d/%m)` is not a mapping: it does not give year, month and day");
        refuse_format("%H:%M", "`date(%H:%M)` is not a mapping: it does not give year, month and day");
        refuse_format(
            "DD/MM/YYYY",
            "`date(DD/MM/YYYY)` is not a mapping: it does not give year, month and day",
        );
        refuse_format("%d/%m/%!", "`date(%d/%m/%!)` is not a mapping: it is not a format of strptime");
        refuse_format("", "`date()` is not a mapping: it does not give year, month and day");
    }

    #[track_caller]
    fn check_guess(text: &str, expected: &str) {
        assert_eq!(guess_format(text).unwrap_or_default(), expected);
    }

    #[test]
    fn the_format_of_a_refused_date_is_guessed() {
        check_guess("31/02/2024", "%d/%m/%Y");
        check_guess("02/31/2024", "%m/%d/%Y");
        check_guess("31.1.24 10:20", "%d.%m.%y %H:%M");
        check_guess("2024/01/31 10:20:30", "%Y/%m/%d %H:%M:%S");
        check_guess("soon", "");
        check_guess("1/2", "");
    }
}
