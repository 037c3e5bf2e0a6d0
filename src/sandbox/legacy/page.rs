//! Pages of users and leads: numbered, 50 each unless asked otherwise, and 10,000 people deep [D 1.4 List Users].
//!
//! `pages.next` is an address or null [D]. The list is of the index, so that it trails what was written [R for 2.x].

use std::cmp::Reverse;
use std::sync::Arc;

use serde::Deserialize;

use super::person_json::noun;
use super::person_json::person;
use crate::sandbox::contact::Contact;
use crate::sandbox::contact::Role;
use crate::sandbox::errors::Refusal;
use crate::sandbox::pages::Pages;
use crate::sandbox::reply::Answer;
use crate::sandbox::routes::Ask;
use crate::sandbox::store::Store;

const DEFAULT_PER_PAGE: usize = 50;
const MAX_PER_PAGE: usize = 60;
/// How many people pages can show; more only scroll [D].
const MAX_DEPTH: usize = 10_000;
const SECONDS_PER_DAY: i64 = 24 * 60 * 60;

/// What the query says about pages.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PageQuery {
    order: Option<String>,
    sort: Option<String>,
    created_since: Option<String>,
}

/// The same, read.
pub(super) struct Paging {
    pages: Pages,
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
        let pages = Pages::read(ask, DEFAULT_PER_PAGE, MAX_PER_PAGE)?;
        if MAX_DEPTH <= (pages.page - 1).saturating_mul(pages.per_page) {
            // The text of 2018 [I python-intercom#186]; in 2016 it was "'page' not found on model" [I java#111].
            return Err(Refusal::parameter_invalid("page limit reached, please use scroll API"));
        }
        Ok(Paging {
            pages,
            newest_first: newest_first(query.order.as_deref())?,
            sort: Sort::read(query.sort.as_deref())?,
            created_since_days: days(query.created_since.as_deref())?,
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
        let pages = self.pages.json(ask, people.len());
        let end = format!(r#","total_count":{},"limited":false,"pages":{pages}}}"#, people.len());
        Answer::ok(list(role, self.pages.cut(&people).iter(), store, &end))
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

fn days(text: Option<&str>) -> Result<Option<i64>, Refusal> {
    let read = text.filter(|text| !text.is_empty()).map(str::parse).transpose();
    read.map_err(|_| Refusal::bad_parameter("created_since"))
}
