//! Which parts a workspace is walked in: one listing, or days side by side.

use serde_json::{Value as Json, json};

use super::calendar::{Calendar, all_of};
use super::crew::Crew;
use super::fetch::BY_CREATION;
use super::part::{Part, Source};
use super::partition::{Days, Span, partition};
use crate::intercom::ApiError;
use crate::intercom::Client;
use crate::intercom::Contact;
use crate::intercom::Order;
use crate::intercom::Page;
use crate::intercom::Sort;
use crate::intercom::Trace;
use crate::transfer::ExportNotice;

/// A workspace with no more contacts than this is listed as quickly as it is split.
pub(super) const SMALL: u64 = 1_000;
/// What a part holds at most, and at least if there is so much: a part costs a question and half a page.
const PART: std::ops::RangeInclusive<u64> = 1_500..=5_000;
/// A day is split by ids if it holds more parts than this.
const PARTS_OF_A_DAY: u64 = 2;
/// What ids end with.
const DIGITS: &[u8; 16] = b"0123456789abcdef";
/// Contacts of a hundred that may lack a day of creation while the listing and the search lag each in its own way.
const TOLERATED: u64 = 1;

/// What is to be walked.
pub(super) struct Ground<'a> {
    pub(super) client: &'a Client,
    pub(super) calendar: Calendar,
    /// The workspace's time zone, as it names it.
    pub(super) zone: Option<&'a str>,
    /// What must hold of everybody.
    pub(super) base: Option<Json>,
    /// Somebody has said how many cursors there are to be.
    pub(super) is_forced: bool,
}

/// How a workspace is to be walked.
pub(super) struct Plan {
    pub(super) parts: Vec<Part>,
    /// What people should know of it.
    pub(super) notice: Option<ExportNotice>,
}

impl Ground<'_> {
    /// Returns what shows everybody who is asked for, with one cursor.
    pub(super) fn whole(&self) -> Source {
        self.base.clone().map_or(Source::List, Source::Search)
    }
}

/// Asks how many there are of whom.
struct Asker<'a> {
    crew: &'a Crew<'a>,
    ground: &'a Ground<'a>,
}

/// Splits a workspace of `total` contacts into parts.
pub(super) fn split(ground: &Ground<'_>, crew: &Crew<'_>, total: u64) -> Result<Plan, ApiError> {
    let asker = Asker { crew, ground };
    let all = asker.all()?.filter(|all| all.count + all.count * TOLERATED / 100 >= total);
    let Some(all) = all else {
        let parts = vec![Part::new(ground.whole())];
        return Ok(Plan { parts, notice: Some(ExportNotice::NotCreated) });
    };
    let limit = limit(total, crew.cursors, ground.is_forced);
    let spans = partition(all, limit, |days| asker.count_days(days, all.days))?;
    let mut parts = Vec::new();
    for span in &spans {
        let queries = asker.parts_of(*span, all.days, limit)?;
        parts.extend(queries.into_iter().map(|query| Part::new(Source::Search(query))));
    }
    let is_certain = ground.calendar.is_certain();
    let notice = (!is_certain).then(|| ExportNotice::UnknownZone(ground.zone.map(str::to_owned)));
    Ok(Plan { parts, notice })
}

/// Returns how many contacts a part holds at most: enough parts to go round, and no more questions than it needs. Who
/// names a number of cursors gets as many parts, however few contacts there are.
fn limit(total: u64, cursors: usize, is_forced: bool) -> u64 {
    let (least, most) = (if is_forced { 1 } else { *PART.start() }, *PART.end());
    let n_parts = if is_forced { 2 * cursors as u64 } else { 16 };
    total.div_ceil(n_parts).clamp(least, most)
}

impl Asker<'_> {
    /// Returns the days of creation, from the first contact to the last; `None` if there are none.
    fn all(&self) -> Result<Option<Span>, ApiError> {
        let ends = [Order::Ascending, Order::Descending];
        let query = all_of(self.and_base(vec![self.ground.calendar.ever_created()]));
        let pages = self.crew.ask(&ends, |order| self.search(&query, *order))?;
        let day = |page: &Page<Contact>| {
            page.items.first().and_then(|contact| self.ground.calendar.day_of(contact.created_at?))
        };
        let count = pages.iter().map(|page| page.total_count).min().unwrap_or_default();
        let days =
            day(&pages[0]).zip(day(&pages[1])).map(|(first, last)| Days { first, last: last.max(first) });
        Ok(days.map(|days| Span { days, count }))
    }

    fn count_days(&self, days: &[Days], all: Days) -> Result<Vec<u64>, ApiError> {
        self.crew.ask(days, |days| self.count(&self.created(*days, all)))
    }

    /// Returns the queries for some days: one, or several by the ends of ids where that day holds too many. They are used
    /// only if they show as many contacts as the day has: nobody says that ids can be searched so.
    fn parts_of(&self, span: Span, all: Days, limit: u64) -> Result<Vec<Json>, ApiError> {
        let query = self.created(span.days, all);
        if span.count <= PARTS_OF_A_DAY * limit {
            return Ok(vec![query]);
        }
        let n_parts = span.count.div_ceil(limit).next_power_of_two().min(DIGITS.len() as u64) as usize;
        // The description has groups of groups and groups of filters, and none of both.
        let filters = json!({"operator": "AND", "value": self.filters(span.days, all)});
        let with_ids = |digits: &[u8]| all_of(vec![filters.clone(), ends_with_one_of(digits)]);
        let queries: Vec<Json> = DIGITS.chunks(DIGITS.len() / n_parts).map(with_ids).collect();
        let counts = match self.crew.ask(&queries, |query| self.count(query)) {
            Err(ApiError::Refused(_)) => return Ok(vec![query]),
            counts => counts?,
        };
        // The day may have grown since it was counted.
        let is_whole = counts.iter().sum::<u64>() >= self.count(&query)?;
        Ok(if is_whole { queries } else { vec![query] })
    }

    fn created(&self, days: Days, all: Days) -> Json {
        all_of(self.filters(days, all))
    }

    /// Nobody is left out at the ends, whoever comes meanwhile.
    fn filters(&self, days: Days, all: Days) -> Vec<Json> {
        let is_open = (days.first <= all.first, days.last >= all.last);
        self.and_base(self.ground.calendar.created(days, is_open))
    }

    fn and_base(&self, filters: Vec<Json>) -> Vec<Json> {
        filters.into_iter().chain(self.ground.base.iter().cloned()).collect()
    }

    fn count(&self, query: &Json) -> Result<u64, ApiError> {
        Ok(self.search(query, Order::Ascending)?.total_count)
    }

    fn search(&self, query: &Json, order: Order) -> Result<Page<Contact>, ApiError> {
        let sort = Sort { order, ..BY_CREATION };
        self.ground.client.search_sorted(query, sort, 1, None, &mut Trace::default())
    }
}

fn ends_with_one_of(digits: &[u8]) -> Json {
    let ends_with =
        |digit: &u8| json!({"field": "id", "operator": "$", "value": char::from(*digit).to_string()});
    json!({"operator": "OR", "value": digits.iter().map(ends_with).collect::<Vec<_>>()})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(total: u64, cursors: usize, is_forced: bool, expected: u64) {
        assert_eq!(expected, limit(total, cursors, is_forced));
    }

    #[test]
    fn a_part_is_neither_too_small_to_be_worth_a_question_nor_too_large_for_one_cursor() {
        check(1_001, 75, false, 1_500);
        check(40_000, 75, false, 2_500);
        check(200_000, 75, false, 5_000);
        check(10_000_000, 75, false, 5_000);
        check(600, 4, true, 75);
        check(3, 8, true, 1);
        check(200_000, 8, true, 5_000);
    }

    #[test]
    fn an_id_ends_with_one_digit_of_sixteen() {
        let shown = ends_with_one_of(b"f").to_string();
        assert_eq!(r#"{"operator":"OR","value":[{"field":"id","operator":"$","value":"f"}]}"#, shown);
    }
}
