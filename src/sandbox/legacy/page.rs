//! Pages of users and leads: numbered, 50 each unless asked otherwise, and 10,000 people deep [D 1.4 List Users].
//!
//! `pages.next` is an address or null [D]. The list is of the index, so that it trails what was written [R for 2.x].

use std::cmp::Reverse;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::json;

use super::person_json::noun;
use super::person_json::person;
use crate::sandbox::contact::Contact;
use crate::sandbox::contact::Role;
use crate::sandbox::errors::Refusal;
use crate::sandbox::reply::Answer;
use crate::sandbox::routes::Ask;
use crate::sandbox::store::Store;
use crate::sandbox::unknowns::PerPageAboveMaximum;

const DEFAULT_PER_PAGE: usize = 50;
const MAX_PER_PAGE: usize = 60;
/// How many people pages can show; more only scroll [D].
const MAX_DEPTH: usize = 10_000;
const SECONDS_PER_DAY: i64 = 24 * 60 * 60;

/// What the query says about pages.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PageQuery {
    page: Option<String>,
    per_page: Option<String>,
    order: Option<String>,
    sort: Option<String>,
    created_since: Option<String>,
}

/// The same, read.
pub(super) struct Paging {
    page: usize,
    per_page: usize,
    newest_first: bool,
    sort: Sort,
    created_since_days: Option<i64>,
}

/// What a list is sorted by [D].
#[derive(Debug, Clone, Copy)]
enum Sort {
    Created,
    LastRequest,
    SignedUp,
    Updated,
}

impl Paging {
    /// Reads the query; what is not a number or not one of the words is refused, with texts that are [X].
    pub(super) fn read(ask: &Ask<'_>) -> Result<Paging, Refusal> {
        let query: PageQuery = ask.query();
        let asked = number(query.per_page.as_deref(), "per_page")?.unwrap_or(DEFAULT_PER_PAGE);
        let clamps = ask.world.unknowns().per_page_above_maximum == PerPageAboveMaximum::Clamped;
        let per_page = if clamps { asked.min(MAX_PER_PAGE) } else { asked };
        if !(1..=MAX_PER_PAGE).contains(&per_page) {
            return Err(Refusal::parameter_invalid("per_page must be between 1 and 60"));
        }
        let page: usize = number(query.page.as_deref(), "page")?.unwrap_or(1);
        if page == 0 || MAX_DEPTH <= (page - 1).saturating_mul(per_page) {
            // The text of 2018 [I python-intercom#186]; in 2016 it was "'page' not found on model" [I java#111].
            return Err(Refusal::parameter_invalid("page limit reached, please use scroll API"));
        }
        Ok(Paging {
            page,
            per_page,
            newest_first: newest_first(query.order.as_deref())?,
            sort: Sort::read(query.sort.as_deref())?,
            created_since_days: number(query.created_since.as_deref(), "created_since")?,
        })
    }

    /// Answers with the page of `people` that is asked for.
    pub(super) fn answer(
        &self,
        ask: &Ask<'_>,
        role: Role,
        mut people: Vec<Arc<Contact>>,
        store: &Store,
    ) -> Answer {
        if let Some(days) = self.created_since_days {
            let since = ask.now.seconds() - days * SECONDS_PER_DAY;
            people.retain(|contact| since <= contact.created_at);
        }
        let key = |contact: &Arc<Contact>| (self.sort.time(contact), contact.id);
        match self.newest_first {
            true => people.sort_unstable_by_key(|contact| Reverse(key(contact))),
            false => people.sort_unstable_by_key(key),
        }
        let shown = people.iter().skip((self.page - 1) * self.per_page).take(self.per_page);
        let pages = self.pages(ask, people.len());
        let end = format!(r#","total_count":{},"limited":false,"pages":{pages}}}"#, people.len());
        Answer::ok(list(role, shown, store, &end))
    }

    fn pages(&self, ask: &Ask<'_>, n_people: usize) -> serde_json::Value {
        let total_pages = n_people.div_ceil(self.per_page);
        let next = (self.page < total_pages).then(|| self.next_url(ask));
        json!({
            "type": "pages",
            "next": next,
            "page": self.page,
            "per_page": self.per_page,
            "total_pages": total_pages,
        })
    }

    /// Returns the address of the next page: that of this one, with another number.
    fn next_url(&self, ask: &Ask<'_>) -> String {
        let query = ask.uri.query().unwrap_or_default();
        let kept = query.split('&').filter(|pair| {
            let name = pair.split('=').next().unwrap_or_default();
            !pair.is_empty() && name != "page" && name != "per_page"
        });
        let mut url =
            ask.url(&format!("{}?per_page={}&page={}", ask.uri.path(), self.per_page, self.page + 1));
        kept.for_each(|pair| url.extend(["&", pair]));
        url
    }
}

/// Returns a list, ending as told.
pub(super) fn list<'a>(
    role: Role,
    people: impl Iterator<Item = &'a Arc<Contact>>,
    store: &Store,
    end: &str,
) -> Vec<u8> {
    let noun = noun(role);
    let people: Vec<_> = people.map(|contact| person(contact, store)).collect();
    let mut body = format!(r#"{{"type":"{noun}.list","{noun}s":"#).into_bytes();
    serde_json::to_writer(&mut body, &people).expect("memory takes every byte, and every key is text");
    body.extend_from_slice(end.as_bytes());
    body
}

impl Sort {
    fn read(text: Option<&str>) -> Result<Sort, Refusal> {
        match text {
            None | Some("" | "created_at") => Ok(Sort::Created),
            Some("last_request_at") => Ok(Sort::LastRequest),
            Some("signed_up_at") => Ok(Sort::SignedUp),
            Some("updated_at") => Ok(Sort::Updated),
            Some(_) => Err(Refusal::parameter_invalid("sort is not a field that can be sorted by")),
        }
    }

    fn time(self, contact: &Contact) -> Option<i64> {
        match self {
            Sort::Created => Some(contact.created_at),
            Sort::LastRequest => contact.last_seen_at,
            Sort::SignedUp => contact.signed_up_at,
            Sort::Updated => Some(contact.updated_at),
        }
    }
}

fn newest_first(order: Option<&str>) -> Result<bool, Refusal> {
    match order {
        None | Some("" | "desc") => Ok(true),
        Some("asc") => Ok(false),
        Some(_) => Err(Refusal::parameter_invalid("order must be asc or desc")),
    }
}

fn number<T: std::str::FromStr>(text: Option<&str>, name: &str) -> Result<Option<T>, Refusal> {
    let read = text.filter(|text| !text.is_empty()).map(str::parse).transpose();
    read.map_err(|_| Refusal::bad_parameter(name))
}
