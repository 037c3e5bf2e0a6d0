//! `GET /companies/{id}/contacts`: the contacts of a company, in pages with a cursor [S].
//!
//! The store is read, not the index: whether this list trails is [X].

use super::cursor::Cursor;
use super::list::ListQuery;
use super::page::Page;
use crate::sandbox::errors::Refusal;
use crate::sandbox::reply::Answer;
use crate::sandbox::routes::Ask;

/// The default size of a page [S 2.16 example].
const DEFAULT_PER_PAGE: usize = 50;

/// Lists a page of a company's contacts.
pub(super) fn of_company(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let query: ListQuery = ask.query();
    let per_page = query.per_page(DEFAULT_PER_PAGE, ask.world.unknowns())?;
    let cursor = query.cursor()?;
    let all = {
        let store = ask.world.store();
        let company = store.company(ask.id())?;
        store.contacts_of(company.id)
    };
    let start = cursor.as_ref().map_or(0, |cursor| all.partition_point(|contact| contact.id <= cursor.id));
    let end = (start + per_page).min(all.len());
    let number = cursor.map_or(1, |cursor| cursor.page);
    let contacts = all.get(start..end).unwrap_or_default().to_vec();
    let last = contacts.last().filter(|_| end < all.len());
    let next = last.map(|last| Cursor { value: last.created_at.into(), id: last.id, page: number + 1 });
    Ok(Page { contacts, total_count: all.len(), number, per_page, next }.answer(ask))
}
