//! A walk over everybody in a workspace of 2.x for those who keep nothing: side by side where that helps.

use super::calendar::Calendar;
use super::crew::{Crew, Errand, Heard};
use super::fetch::{Cut, PageSize, Shown, Stride, Wanted, fetch};
use super::part::{Part, Source};
use super::plan::{Ground, split};
use super::{Cursors, ExportError, RoleFilter, WALKS};
use crate::intercom::ApiError;
use crate::intercom::Client;
use crate::intercom::Contact;
use crate::pace::Halt;

/// What to walk, and how.
pub struct WalkAll<'a> {
    /// Where.
    pub client: &'a Client,
    /// How many cursors.
    pub cursors: Cursors,
    /// The workspace's time zone, as it names it.
    pub zone: Option<&'a str>,
    /// Raised to stop after the pages that are being fetched.
    pub halt: &'a Halt,
}

/// Shows every contact, users and leads, a page at a time and on this thread, in no order; one may come more than once.
///
/// # Errors
/// As [`ExportError`]: [`ExportError::Incomplete`] if fewer were shown than there are.
pub fn walk_all(walk: &WalkAll<'_>, mut take: impl FnMut(Vec<Contact>)) -> Result<(), ExportError> {
    let size = PageSize::default();
    let crew = Crew {
        client: walk.client,
        halt: walk.halt,
        role: RoleFilter::Any,
        size: &size,
        cursors: walk.cursors.most(),
    };
    let mut parts = vec![Part::new(Source::List)];
    if let Some(first) = first_page(walk, &size)?.filter(|page| walk.cursors.are_many(page.total_count)) {
        let ground = Ground {
            client: walk.client,
            calendar: Calendar::new(walk.zone, walk.client.dialect().version()),
            zone: walk.zone,
            base: None,
            is_forced: walk.cursors.is_forced(),
        };
        parts = split(&ground, &crew, first.total_count).map_err(server_error)?.parts;
    }
    let is_split = parts.len() > 1;
    if walk_parts(&crew, &mut parts, &mut take)? {
        return Ok(());
    }
    if is_split {
        parts = vec![Part::new(Source::List)];
        if walk_parts(&crew, &mut parts, &mut take)? {
            return Ok(());
        }
    }
    let (seen, total) = parts.iter().fold((0, 0), |sum, part| (sum.0 + part.seen, sum.1 + part.total));
    Err(ExportError::Incomplete { seen, total })
}

/// Walks parts until each has shown what it counts. Returns whether all have in the end.
fn walk_parts(
    crew: &Crew<'_>,
    parts: &mut [Part],
    take: &mut impl FnMut(Vec<Contact>),
) -> Result<bool, ExportError> {
    for _ in 0..WALKS {
        let todo = parts.iter_mut().enumerate().filter(|(_, part)| !part.is_complete());
        let errands: Vec<Errand> = todo.map(|(number, part)| Errand::begin(number, part)).collect();
        if errands.is_empty() {
            break;
        }
        crew.walk(&errands, &|_, contacts| Ok(contacts), |heard| hear(heard, parts, take))?;
        if crew.halt.is_raised() {
            return Err(ExportError::Interrupted);
        }
    }
    Ok(parts.iter().all(Part::is_complete))
}

fn hear(
    heard: Heard<Vec<Contact>>,
    parts: &mut [Part],
    take: &mut impl FnMut(Vec<Contact>),
) -> Result<Wanted, ExportError> {
    match heard {
        Heard::Page(page) => {
            let part = &mut parts[page.part];
            part.seen += page.value.len() as u64;
            (part.ahead, part.total) = (Some(page.ahead), page.total_count);
            take(page.value);
        }
        Heard::Cut { cut: Cut::Server(error), .. } => return Err(server_error(error)),
        Heard::Cut { cut: Cut::Endless, .. } => return Err(ExportError::Endless { page: 1 }),
        Heard::Waits(_) | Heard::Nothing => {}
    }
    Ok(Wanted::Yes)
}

fn first_page(walk: &WalkAll<'_>, size: &PageSize) -> Result<Option<Shown>, ExportError> {
    let mut first = None;
    let mut take = |stride| {
        if let Stride::Page(page) = stride {
            first = Some(page);
        }
        Ok(Wanted::No)
    };
    match fetch(walk.client, RoleFilter::Any, size, &Source::List, None, &mut take) {
        Err(Cut::Server(error)) => Err(server_error(error)),
        Ok(()) | Err(Cut::Endless) => Ok(first),
    }
}

fn server_error(error: ApiError) -> ExportError {
    match error {
        ApiError::Halted(_) => ExportError::Interrupted,
        error => ExportError::Server { page: 1, error },
    }
}
