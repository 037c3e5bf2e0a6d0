//! Fetches the pages of one part, one after the other: the list or a search of 2.x by cursors, or the scrolls of 1.x.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::RoleFilter;
use super::part::{Ahead, Source};
use crate::intercom::ApiError;
use crate::intercom::Client;
use crate::intercom::Contact;
use crate::intercom::Cursor;
use crate::intercom::Order;
use crate::intercom::Page;
use crate::intercom::Role;
use crate::intercom::Sort;
use crate::intercom::SortField;
use crate::intercom::Step;
use crate::intercom::Trace;

/// The oldest first: who is created meanwhile comes at the end.
pub(super) const BY_CREATION: Sort = Sort { field: SortField::CreatedAt, order: Order::Ascending };
const NEWEST_UPDATE_FIRST: Sort = Sort { field: SortField::UpdatedAt, order: Order::Descending };

/// One page of a part.
pub(super) struct Shown {
    pub(super) contacts: Vec<Contact>,
    pub(super) ahead: Ahead,
    /// How many contacts the part has.
    pub(super) total_count: u64,
}

/// What a part's fetcher has to say.
pub(super) enum Stride {
    Page(Shown),
    /// The next page comes no sooner.
    Waits(Duration),
}

/// Why a part was not walked to its end.
pub(super) enum Cut {
    Server(ApiError),
    /// The listing gave a cursor that it had given before.
    Endless,
}

impl From<ApiError> for Cut {
    fn from(error: ApiError) -> Self {
        Self::Server(error)
    }
}

/// How many contacts a page is asked to hold; less, once the server had trouble with more.
#[derive(Debug)]
pub(super) struct PageSize(AtomicU32);

impl Default for PageSize {
    fn default() -> Self {
        Self(AtomicU32::new(Client::PAGE_SIZE))
    }
}

impl PageSize {
    fn get(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }

    /// Asks for less from now on, unless somebody has said so already.
    fn halve(&self, size: u32) {
        let _ = self.0.compare_exchange(size, half(size), Ordering::Relaxed, Ordering::Relaxed);
    }

    /// Fetches a page, and a smaller one where that is refused or not answered.
    pub(super) fn fetch(
        &self,
        mut ask: impl FnMut(u32) -> Result<Page<Contact>, ApiError>,
    ) -> Result<Page<Contact>, ApiError> {
        let mut size = self.get();
        loop {
            let error = match ask(size) {
                Ok(page) => return Ok(page),
                Err(error) => error,
            };
            let trouble = Trouble::of(&error).filter(|_| size > Client::SMALL_PAGE);
            match trouble {
                None => return Err(error),
                Some(Trouble::Size) => self.halve(size),
                Some(Trouble::Other) => {}
            }
            size = half(size);
        }
    }
}

fn half(size: u32) -> u32 {
    (size / 2).max(Client::SMALL_PAGE)
}

/// What a smaller page may help against.
enum Trouble {
    /// The size is refused, or takes too long.
    Size,
    /// Nobody knows.
    Other,
}

impl Trouble {
    fn of(error: &ApiError) -> Option<Self> {
        match error {
            ApiError::AnswerLost { status: Some(502 | 504), .. } => Some(Self::Size),
            ApiError::AnswerLost { .. } => Some(Self::Other),
            ApiError::Refused(refusal) if refusal.status == 400 => {
                let is_meant =
                    refusal.field.as_deref() == Some("per_page") || refusal.message.contains("per_page");
                is_meant.then_some(Self::Size)
            }
            _ => None,
        }
    }
}

/// Fetches the pages of a source from a cursor, or from its beginning, until `take` says that nobody wants any more.
pub(super) fn fetch(
    client: &Client,
    role: RoleFilter,
    size: &PageSize,
    source: &Source,
    from: Option<Cursor>,
    take: &mut dyn FnMut(Stride) -> Result<Wanted, ApiError>,
) -> Result<(), Cut> {
    match source {
        Source::Scrolls => Ok(scrolls(client, role, take)?),
        Source::List => by_cursor(from, take, |cursor| {
            size.fetch(|size| client.list(size, cursor, &mut Trace::default()))
        }),
        Source::Search(query) => by_cursor(from, take, |cursor| {
            size.fetch(|size| client.search_sorted(query, BY_CREATION, size, cursor, &mut Trace::default()))
        }),
        Source::Updated { query, since } => by_cursor(from, take, |cursor| {
            let search =
                |size| client.search_sorted(query, NEWEST_UPDATE_FIRST, size, cursor, &mut Trace::default());
            let mut page = size.fetch(search)?;
            if is_past(&page.items, *since) {
                page.next = None;
            }
            Ok(page)
        }),
    }
}

/// Whether somebody wants the next page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    Yes,
    No,
}

fn by_cursor(
    from: Option<Cursor>,
    take: &mut dyn FnMut(Stride) -> Result<Wanted, ApiError>,
    mut ask: impl FnMut(Option<&Cursor>) -> Result<Page<Contact>, ApiError>,
) -> Result<(), Cut> {
    let mut given: HashSet<Cursor> = from.iter().cloned().collect();
    let mut next = from;
    loop {
        let Page { items, next: ahead, total_count } = ask(next.as_ref())?;
        if ahead.as_ref().is_some_and(|cursor| !given.insert(cursor.clone())) {
            return Err(Cut::Endless);
        }
        let shown =
            Shown { contacts: items, ahead: ahead.clone().map_or(Ahead::End, Ahead::Page), total_count };
        if take(Stride::Page(shown))? == Wanted::No || ahead.is_none() {
            return Ok(());
        }
        next = ahead;
    }
}

/// Returns whether a page is in the order that was asked for, and ends before an instant.
fn is_past(contacts: &[Contact], since: i64) -> bool {
    let is_in_order = contacts.is_sorted_by_key(|contact| std::cmp::Reverse(contact.updated_at));
    is_in_order && contacts.last().and_then(|last| last.updated_at).is_some_and(|last| last < since)
}

/// Users and leads of 1.x are lists of their own, and a scroll does not count: the count is asked for first.
fn scrolls(
    client: &Client,
    role: RoleFilter,
    take: &mut dyn FnMut(Stride) -> Result<Wanted, ApiError>,
) -> Result<(), ApiError> {
    let roles: &[Role] = match role {
        RoleFilter::User => &[Role::User],
        RoleFilter::Lead => &[Role::Lead],
        RoleFilter::Any => &[Role::User, Role::Lead],
    };
    let mut total_count = 0;
    for role in roles {
        let first = client.listing(Some(*role), 1, None, &mut Trace::default())?;
        total_count += first.total_count.unwrap_or(0);
    }
    for role in roles {
        for step in client.walk(Some(*role)) {
            let step = match step? {
                Step::Page(listing) => {
                    let contacts = listing.contacts.into_iter().map(|contact| contact.value).collect();
                    let is_last = listing.next.is_none() && Some(role) == roles.last();
                    let ahead = if is_last { Ahead::End } else { Ahead::More };
                    Stride::Page(Shown { contacts, ahead, total_count })
                }
                Step::Wait(duration) => Stride::Waits(duration),
                // A scroll that begins again leaves out nobody.
                Step::Restart(_) => continue,
            };
            if take(step)? == Wanted::No {
                return Ok(());
            }
        }
    }
    Ok(())
}
