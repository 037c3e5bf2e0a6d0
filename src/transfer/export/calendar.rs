//! Days as a search means them: whole ones in the workspace's time zone, or, in Preview, exact seconds. Pure.
//!
//! Up to 2.16 `>` begins the day after its operand's, `<` ends before it, and `=` is the day itself. So operands are
//! noons: a change of the clocks takes nobody's noon to another day.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use serde_json::{Value as Json, json};

use super::partition::Days;

/// The version of the API in which times are compared by the second.
const EXACT_VERSION: &str = "Preview";

/// How a workspace counts days.
#[derive(Debug, Clone)]
pub(super) struct Calendar {
    zone: TimeZone,
    /// Days on either side that are searched, too, because nobody knows when a day begins.
    margin: i64,
    is_exact: bool,
}

impl Calendar {
    /// Returns the calendar of a zone as `GET /me` names it; one that nobody knows is met with parts that overlap.
    pub(super) fn new(zone: Option<&str>, version: &str) -> Self {
        let known = zone.and_then(|name| TimeZoneDatabase::bundled().get(name).ok());
        let is_exact = version == EXACT_VERSION;
        let margin = i64::from(known.is_none() && !is_exact);
        Self { zone: known.unwrap_or(TimeZone::UTC), margin, is_exact }
    }

    /// Returns whether it is known when a day begins.
    pub(super) fn is_certain(&self) -> bool {
        self.margin == 0
    }

    /// Returns the day of an instant.
    pub(super) fn day_of(&self, seconds: i64) -> Option<i64> {
        let date = Timestamp::from_second(seconds).ok()?.to_zoned(self.zone.clone()).date();
        Some(i64::from((date - epoch()).get_days()))
    }

    /// Returns the query for contacts that were created on some days; beyond an open end, on any day.
    pub(super) fn created(&self, days: Days, is_open: (bool, bool)) -> Vec<Json> {
        let compare = |operator: &str, seconds| filter("created_at", operator, seconds);
        if days.is_one() && is_open == (false, false) && self.is_certain() && !self.is_exact {
            return vec![compare("=", self.noon(days.first))];
        }
        let (after, before) = if self.is_exact {
            (self.midnight(days.first) - 1, self.midnight(days.last + 1))
        } else {
            (self.noon(days.first - 1 - self.margin), self.noon(days.last + 1 + self.margin))
        };
        let after = (!is_open.0).then(|| compare(">", after));
        let before = (!is_open.1).then(|| compare("<", before));
        let filters: Vec<Json> = after.into_iter().chain(before).collect();
        if filters.is_empty() { vec![self.ever_created()] } else { filters }
    }

    /// Returns the query for whoever has a day of creation.
    pub(super) fn ever_created(&self) -> Json {
        filter("created_at", ">", 0)
    }

    /// Returns the query for whoever was updated since an instant, and perhaps for others: whole days have no hours.
    pub(super) fn updated_since(&self, seconds: i64) -> Json {
        let operand = match self.day_of(seconds) {
            Some(day) if !self.is_exact => self.noon(day - 2),
            _ => seconds - 1,
        };
        filter("updated_at", ">", operand.max(0))
    }

    fn noon(&self, day: i64) -> i64 {
        self.instant(day, 12)
    }

    fn midnight(&self, day: i64) -> i64 {
        self.instant(day, 0)
    }

    /// Returns the instant of an hour; where the clocks left it out, the next one that there was.
    fn instant(&self, day: i64, hour: i8) -> i64 {
        let date = epoch().saturating_add(jiff::Span::new().days(day));
        let zoned = date.at(hour, 0, 0, 0).to_zoned(self.zone.clone());
        zoned.map_or(day * 86_400 + i64::from(hour) * 3_600, |zoned| zoned.timestamp().as_second())
    }
}

fn epoch() -> Date {
    Date::constant(1970, 1, 1)
}

fn filter(field: &str, operator: &str, seconds: i64) -> Json {
    json!({"field": field, "operator": operator, "value": seconds})
}

/// Returns one query of several that must all hold.
pub(super) fn all_of(mut filters: Vec<Json>) -> Json {
    match filters.len() {
        1 => filters.remove(0),
        _ => json!({"operator": "AND", "value": filters}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2020-01-01 is day 18,262.
    const DAY: i64 = 18_262;

    #[track_caller]
    fn check(zone: &str, version: &str, last: i64, expected: &[(&str, &str)]) {
        let calendar = Calendar::new(Some(zone), version);
        let shown = |filter: &Json| {
            let seconds = Timestamp::from_second(filter["value"].as_i64().unwrap()).unwrap();
            (filter["operator"].as_str().unwrap().to_owned(), seconds.to_string())
        };
        let filters = calendar.created(Days { first: DAY, last }, (false, false));
        let actual: Vec<_> = filters.iter().map(shown).collect();
        let expected: Vec<_> = expected.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        assert_eq!(expected, actual);
    }

    #[test]
    fn one_day_equals_its_noon() {
        check("UTC", "2.16", DAY, &[("=", "2020-01-01T12:00:00Z")]);
        check("America/New_York", "2.16", DAY, &[("=", "2020-01-01T17:00:00Z")]);
    }

    #[test]
    fn several_days_lie_between_the_noons_around_them() {
        check("UTC", "2.16", DAY + 1, &[(">", "2019-12-31T12:00:00Z"), ("<", "2020-01-03T12:00:00Z")]);
        check("Asia/Tokyo", "2.16", DAY + 1, &[(">", "2019-12-31T03:00:00Z"), ("<", "2020-01-03T03:00:00Z")]);
    }

    #[test]
    fn in_preview_days_begin_with_a_second() {
        check("UTC", "Preview", DAY, &[(">", "2019-12-31T23:59:59Z"), ("<", "2020-01-02T00:00:00Z")]);
    }

    #[test]
    fn in_a_zone_that_nobody_knows_days_overlap() {
        assert!(!Calendar::new(Some("Mars/Olympus"), "2.16").is_certain());
        assert!(!Calendar::new(None, "2.16").is_certain());
        check("Mars/Olympus", "2.16", DAY, &[(">", "2019-12-30T12:00:00Z"), ("<", "2020-01-03T12:00:00Z")]);
        // A second is a second in any zone.
        assert!(Calendar::new(None, "Preview").is_certain());
    }

    #[test]
    fn the_day_of_an_instant_is_the_workspaces() {
        let day = |zone, seconds| Calendar::new(Some(zone), "2.16").day_of(seconds);
        assert_eq!(Some(DAY), day("UTC", 1_577_836_800));
        assert_eq!(Some(DAY - 1), day("America/New_York", 1_577_836_800));
        assert_eq!(None, day("UTC", i64::MAX));
    }

    #[test]
    fn open_ends_leave_nobody_out() {
        let calendar = Calendar::new(Some("UTC"), "2.16");
        let days = Days { first: DAY, last: DAY + 1 };
        let operators = |is_open| -> Vec<String> {
            calendar.created(days, is_open).iter().map(|filter| filter["operator"].to_string()).collect()
        };
        assert_eq!(["\"<\""], *operators((true, false)));
        assert_eq!(["\">\""], *operators((false, true)));
        assert_eq!(calendar.ever_created(), all_of(calendar.created(days, (true, true))));
    }

    #[test]
    fn what_was_updated_since_is_searched_from_days_before() {
        let calendar = Calendar::new(Some("UTC"), "2.16");
        let filter = calendar.updated_since(DAY * 86_400 + 5);
        assert_eq!(json!((DAY - 2) * 86_400 + 43_200), filter["value"]);
    }
}
