//! `POST /contacts/search`: the index, filtered and sorted [S]. Pagination is read from the body only [I OpenAPI#98].

use std::cmp::Ordering;
use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::Value;

use super::cursor::Cursor;
use super::cursor::bad_cursor;
use super::filter::Filter;
use super::filter::Grammar;
use super::filter::invalid_field;
use super::page::MAX_PER_PAGE;
use super::page::Page;
use super::page::bad_per_page;
use super::page::per_page;
use super::values::Found;
use super::values::SearchField;
use crate::sandbox::clock::Moment;
use crate::sandbox::contact::Contact;
use crate::sandbox::contact::ContactId;
use crate::sandbox::errors::Refusal;
use crate::sandbox::index::Seconds;
use crate::sandbox::reply::Answer;
use crate::sandbox::routes::Ask;
use crate::sandbox::unknowns::LargeSearchPage;
use crate::sandbox::world::World;

/// The default size of a page [S][R].
const DEFAULT_PER_PAGE: usize = 50;
/// How many contacts are taken from the store at once; about 0.1 ms.
const SCANNED_AT_ONCE: usize = 2_000;

/// A search, read.
struct Search {
    filter: Filter,
    sort: Sort,
    per_page: usize,
    cursor: Option<Cursor>,
}

/// What the hits are sorted by.
struct Sort {
    field: SearchField,
    direction: Direction,
}

/// Which end comes first. With a sort field the default is descending [S]; without one, ascending by creation is [X].
#[derive(Clone, Copy)]
enum Direction {
    Ascending,
    Descending,
}

/// Searches contacts.
pub(super) fn search(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let Ask { world, version, now, .. } = *ask;
    let body: Value = serde_json::from_slice(ask.body).map_err(|_| Refusal::malformed_json())?;
    let search = {
        let store = world.store();
        let (zone, unknowns) = (world.time_zone(), world.unknowns());
        let (attributes, tags) = (&store.attributes, &store.tags);
        Search::read(&body, Grammar { attributes, version, zone, unknowns, tags, now })?
    };
    if search.per_page == MAX_PER_PAGE && world.unknowns().large_search_page == LargeSearchPage::TimesOut {
        return Err(Refusal::new(StatusCode::GATEWAY_TIMEOUT, "server_timeout", "Server Timeout"));
    }
    let contacts = match search.filter.keys() {
        Some(keys) => {
            let mut store = world.store();
            store.index.catch_up(now);
            let found = store.listed_with(&keys);
            found.into_iter().filter(|contact| search.filter.matches(contact)).collect()
        }
        // Other requests go on meanwhile, on another thread.
        None => tokio::task::block_in_place(|| scan(world, &search.filter, now)),
    };
    Ok(search.page(contacts)?.answer(ask))
}

/// Looks at every contact of the index that may be meant, in its order: those of the days of creation or, where any day
/// is meant, of the days of change. The store is let go again and again, so that a search of a large workspace holds up
/// nobody.
fn scan(world: &World, filter: &Filter, now: Moment) -> Vec<Arc<Contact>> {
    world.store().index.catch_up(now);
    let (created, updated) = (filter.seconds("created_at"), filter.seconds("updated_at"));
    if created == Seconds::ALL && updated.first != Seconds::ALL.first {
        let changed = world.store().index.changed_in(updated);
        return changed.into_iter().filter(|contact| filter.matches(contact)).collect();
    }
    let mut hits = Vec::new();
    let mut place = None;
    loop {
        let chunk = world.store().index.of(created, place, SCANNED_AT_ONCE);
        let Some(last) = chunk.last() else { return hits };
        place = Some((last.created_at, last.id));
        hits.extend(chunk.into_iter().filter(|contact| filter.matches(contact)));
    }
}

impl Search {
    fn read(body: &Value, grammar: Grammar<'_>) -> Result<Search, Refusal> {
        let query = body.get("query").filter(|query| query.is_object());
        let query = query.ok_or_else(|| Refusal::parameter_invalid("query must be an object"))?;
        let pagination = body.get("pagination").unwrap_or(&Value::Null);
        Ok(Search {
            filter: Filter::read(query, grammar)?,
            sort: Sort::read(body.get("sort"), grammar)?,
            per_page: match pagination.get("per_page") {
                None | Some(Value::Null) => DEFAULT_PER_PAGE,
                Some(asked) => per_page(asked.as_u64().ok_or_else(bad_per_page)?, grammar.unknowns)?,
            },
            cursor: match pagination.get("starting_after") {
                None | Some(Value::Null) => None,
                Some(text) => Some(Cursor::parse(text.as_str().ok_or_else(bad_cursor)?)?),
            },
        })
    }

    /// Cuts a page out of all hits, which are in the order of the index.
    fn page(&self, mut contacts: Vec<Arc<Contact>>) -> Result<Page, Refusal> {
        let total_count = contacts.len();
        if let Some(cursor) = &self.cursor {
            let last = self.sort.key_at(cursor)?;
            contacts.retain(|contact| last < self.sort.key(contact));
        }
        let is_last = contacts.len() <= self.per_page;
        self.sort.keep_first(self.per_page, &mut contacts);
        let number = self.cursor.as_ref().map_or(1, |cursor| cursor.page);
        let last = contacts.last().filter(|_| !is_last);
        let next = last.map(|last| Cursor {
            value: self.sort.field.value(last).to_json(),
            id: last.id,
            page: number + 1,
        });
        Ok(Page { contacts, total_count, number, per_page: self.per_page, next })
    }
}

impl Sort {
    fn read(sort: Option<&Value>, grammar: Grammar<'_>) -> Result<Sort, Refusal> {
        let Some(sort) = sort.filter(|sort| !sort.is_null()) else {
            return Ok(Sort { field: SearchField::created_at(), direction: Direction::Ascending });
        };
        let direction = match sort.get("order").unwrap_or(&Value::Null) {
            Value::Null => Direction::Descending,
            Value::String(order) if order == "descending" => Direction::Descending,
            Value::String(order) if order == "ascending" => Direction::Ascending,
            other => return Err(invalid_order(other)),
        };
        let field = match sort.get("field").and_then(Value::as_str) {
            Some(name) => SearchField::find(name, grammar.attributes, grammar.version)
                .ok_or_else(|| invalid_field(name))?,
            None => SearchField::created_at(),
        };
        Ok(Sort { field, direction })
    }

    /// Sorts the first `count` contacts, and drops the others without sorting them.
    fn keep_first(&self, count: usize, contacts: &mut Vec<Arc<Contact>>) {
        let in_order = self.field.orders_the_index() && matches!(self.direction, Direction::Ascending);
        if in_order {
            return contacts.truncate(count);
        }
        let order = |one: &Arc<Contact>, other: &Arc<Contact>| self.key(one).cmp(&self.key(other));
        if count < contacts.len() {
            contacts.select_nth_unstable_by(count, order);
            contacts.truncate(count);
        }
        contacts.sort_unstable_by(order);
    }

    fn key<'a>(&self, contact: &'a Contact) -> SortKey<'a> {
        SortKey { value: self.field.value(contact), id: contact.id, direction: self.direction }
    }

    fn key_at(&self, cursor: &Cursor) -> Result<SortKey<'static>, Refusal> {
        let value = Found::of_json(&cursor.value).ok_or_else(bad_cursor)?;
        Ok(SortKey { value, id: cursor.id, direction: self.direction })
    }
}

/// 400 since June 2026 [S#567].
fn invalid_order(order: &Value) -> Refusal {
    let order = order.as_str().map_or_else(|| order.to_string(), str::to_owned);
    let message = format!("Invalid sort order '{order}'. Must be one of: ascending, descending");
    Refusal::new(StatusCode::BAD_REQUEST, "invalid_sort_order", message)
}

/// A contact's place among the hits.
struct SortKey<'a> {
    value: Found<'a>,
    id: ContactId,
    direction: Direction,
}

impl Ord for SortKey<'_> {
    fn cmp(&self, other: &SortKey<'_>) -> Ordering {
        let ascending = self.value.order(&other.value).then(self.id.cmp(&other.id));
        match self.direction {
            Direction::Ascending => ascending,
            Direction::Descending => ascending.reverse(),
        }
    }
}

impl PartialOrd for SortKey<'_> {
    fn partial_cmp(&self, other: &SortKey<'_>) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for SortKey<'_> {
    fn eq(&self, other: &SortKey<'_>) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for SortKey<'_> {}
