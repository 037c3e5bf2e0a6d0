//! A calendar day in the workspace's time zone: what a time is searched by before Preview [S 2.16 #625]. Pure.

use jiff::Timestamp;
use jiff::Zoned;
use jiff::tz::TimeZone;

/// The day that an instant falls into, as seconds since the epoch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Day {
    /// The day's first second.
    pub(super) start: f64,
    /// The next day's first second.
    pub(super) end: f64,
}

impl Day {
    /// Finds the day; `None` for an instant that no calendar has.
    pub(super) fn of(seconds: f64, zone: &TimeZone) -> Option<Day> {
        let instant = Timestamp::from_second(seconds.floor() as i64).ok()?.to_zoned(zone.clone());
        let start = instant.start_of_day().ok()?;
        let end = instant.tomorrow().and_then(|next| next.start_of_day()).ok()?;
        Some(Day { start: seconds_of(&start), end: seconds_of(&end) })
    }
}

fn seconds_of(instant: &Zoned) -> f64 {
    instant.timestamp().as_second() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(zone: &str, seconds: f64, start: f64, end: f64) {
        let zone = TimeZone::get(zone).expect("a zone");
        assert_eq!(Some(Day { start, end }), Day::of(seconds, &zone));
    }

    #[test]
    fn a_day_begins_at_the_midnight_of_its_zone() {
        // The documentation's own example: 2020-01-01 09:00 UTC.
        check("UTC", 1_577_869_200.0, 1_577_836_800.0, 1_577_923_200.0);
        check("America/New_York", 1_577_869_200.0, 1_577_854_800.0, 1_577_941_200.0);
        check("Asia/Tokyo", 1_577_836_799.0, 1_577_804_400.0, 1_577_890_800.0);
    }

    #[test]
    fn a_day_on_which_clocks_change_has_23_or_25_hours() {
        check("Europe/Berlin", 1_679_832_000.0, 1_679_785_200.0, 1_679_785_200.0 + 23.0 * 3_600.0);
        check("Europe/Berlin", 1_698_580_800.0, 1_698_530_400.0, 1_698_530_400.0 + 25.0 * 3_600.0);
    }

    #[test]
    fn no_calendar_has_a_day_in_the_far_future() {
        assert_eq!(None, Day::of(1e18, &TimeZone::UTC));
    }
}
