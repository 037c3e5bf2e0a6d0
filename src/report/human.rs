//! Numbers, durations and commands as people read them. Pure.

use std::time::Duration;

/// Writes a count with thousands separators: `41,230`.
#[must_use]
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Writes a count with its noun: `1 row`, `6 rows`.
#[must_use]
pub fn plural(n: u64, noun: &str) -> String {
    let s = if n == 1 { "" } else { "s" };
    format!("{} {noun}{s}", count(n))
}

/// Writes a duration in the two units that matter: `0.42s`, `8.1s`, `12m04s`, `3h07m`.
#[must_use]
pub(super) fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0 => format!("{:.2}s", duration.as_secs_f64()),
        1..10 => format!("{:.1}s", duration.as_secs_f64()),
        10..60 => format!("{seconds}s"),
        60..3_600 => format!("{}m{:02}s", seconds / 60, seconds % 60),
        _ => format!("{}h{:02}m", seconds / 3_600, seconds / 60 % 60),
    }
}

/// Writes seconds since 1970 as `2026-11-22T02:15:00Z`; those outside the calendar stay the number that they are.
#[must_use]
pub(super) fn moment(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map_or_else(|_| seconds.to_string(), |moment| moment.to_string())
}

/// Writes a part of a whole as a percentage, rounded down, so that 100% means all.
pub(super) fn percent(part: u64, whole: u64) -> String {
    format!("{}%", u128::from(part) * 100 / u128::from(whole.max(1)))
}

/// Quotes a word so that a shell reads it back as it is.
#[must_use]
pub(super) fn shell_word(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./:=@%+,".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.into();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_thousands_separators() {
        assert_eq!(
            ["0", "999", "1,000", "1,234,567"],
            [count(0), count(999), count(1_000), count(1_234_567)].each_ref().map(String::as_str)
        );
        assert_eq!(("1 row".into(), "0 rows".into()), (plural(1, "row"), plural(0, "row")));
    }

    #[track_caller]
    fn check_duration(milliseconds: u64, expected: &str) {
        assert_eq!(expected, duration(Duration::from_millis(milliseconds)));
    }

    #[test]
    fn durations_have_two_units_at_most() {
        check_duration(420, "0.42s");
        check_duration(8_140, "8.1s");
        check_duration(59_900, "59s");
        check_duration(724_000, "12m04s");
        check_duration(11_220_000, "3h07m");
    }

    #[test]
    fn all_is_said_only_of_all() {
        assert_eq!("99%", percent(999, 1_000));
        assert_eq!("100%", percent(1_000, 1_000));
        assert_eq!("0%", percent(0, 0));
    }

    #[test]
    fn a_shell_reads_a_quoted_word_back() {
        assert_eq!("users.csv", shell_word("users.csv"));
        assert_eq!("'Signed up=signed_up_at'", shell_word("Signed up=signed_up_at"));
        assert_eq!(r"'it'\''s'", shell_word("it's"));
        assert_eq!("''", shell_word(""));
    }
}
