//! `GET /contacts`: the index, by (created_at, id), walked with a cursor [R].
//!
//! `page` is ignored: one cannot jump [I OpenAPI#98].

use serde::Deserialize;

use super::cursor::Cursor;
use super::cursor::bad_cursor;
use super::page::Page;
use super::page::bad_per_page;
use super::page::per_page;
use crate::sandbox::errors::Refusal;
use crate::sandbox::index::Place;
use crate::sandbox::reply::Answer;
use crate::sandbox::routes::Ask;
use crate::sandbox::unknowns::Unknowns;

/// The default size of a page [S 2.16 example].
const DEFAULT_PER_PAGE: usize = 10;

/// The query of a list.
#[derive(Debug, Default, Deserialize)]
pub(super) struct ListQuery {
    per_page: Option<String>,
    starting_after: Option<String>,
}

impl ListQuery {
    /// Returns the size of a page.
    pub(super) fn per_page(&self, default: usize, unknowns: &Unknowns) -> Result<usize, Refusal> {
        match &self.per_page {
            Some(text) => per_page(text.parse().map_err(|_| bad_per_page())?, unknowns),
            None => Ok(default),
        }
    }

    /// Returns where the page starts; `None` for the first one.
    pub(super) fn cursor(&self) -> Result<Option<Cursor>, Refusal> {
        self.starting_after.as_deref().map(Cursor::parse).transpose()
    }
}

/// Lists a page of contacts.
pub(super) fn list(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let query: ListQuery = ask.query();
    let per_page = query.per_page(DEFAULT_PER_PAGE, ask.world.unknowns())?;
    let cursor = query.cursor()?;
    let place = cursor.as_ref().map(place).transpose()?;
    let number = cursor.map_or(1, |cursor| cursor.page);
    let (mut contacts, total_count) = {
        let mut store = ask.world.store();
        store.index.catch_up(ask.now);
        (store.index.after(place, per_page + 1), store.index.len())
    };
    let more = per_page < contacts.len();
    contacts.truncate(per_page);
    let last = contacts.last().filter(|_| more);
    let next = last.map(|last| Cursor { value: last.created_at.into(), id: last.id, page: number + 1 });
    Ok(Page { contacts, total_count, number, per_page, next }.answer(ask))
}

fn place(cursor: &Cursor) -> Result<Place, Refusal> {
    let created_at = cursor.value.as_i64().ok_or_else(bad_cursor)?;
    Ok((created_at, cursor.id))
}
