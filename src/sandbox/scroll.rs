//! Scrolls: walks over everything that the index shows, of which a workspace has one open at a time.
//!
//! The parameter stays the same for the whole walk [D][I ruby#452], so an answer that is lost is a page that is lost. A
//! scroll that rests for a minute is over, and so is one that has shown everything [D].

use std::time::Duration;

use axum::http::StatusCode;
use serde::Deserialize;

use super::clock::Moment;
use super::errors::Refusal;
use super::index::Place;
use super::routes::Ask;
use super::store::Store;
use super::unknowns::OpenScrolls;

/// How many objects a page has, always [D].
pub(super) const PER_PAGE: usize = 100;
/// How long a scroll may rest [D].
const EXPIRES_AFTER: Duration = Duration::from_secs(60);

/// What is walked over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Resource {
    Users,
    Leads,
    Companies,
}

/// The open scrolls.
#[derive(Debug, Default)]
pub(super) struct Scrolls {
    open: Vec<Scroll>,
}

#[derive(Debug)]
struct Scroll {
    resource: Resource,
    param: String,
    /// Where the last page ended.
    place: Option<Place>,
    used_at: Moment,
}

impl Scrolls {
    /// Opens a scroll, unless there is one [D].
    pub(super) fn open(
        &mut self,
        resource: Resource,
        param: String,
        now: Moment,
        which: OpenScrolls,
    ) -> Result<(), Refusal> {
        self.expire(now);
        let same_room = |scroll: &Scroll| which == OpenScrolls::OneForAll || scroll.resource == resource;
        if self.open.iter().any(same_room) {
            return Err(exists());
        }
        self.open.push(Scroll { resource, param, place: None, used_at: now });
        Ok(())
    }

    /// Returns where a scroll's last page ended, and lets it live for another minute.
    pub(super) fn go_on(
        &mut self,
        resource: Resource,
        param: &str,
        now: Moment,
    ) -> Result<Option<Place>, Refusal> {
        self.expire(now);
        let scroll = self.open.iter_mut().find(|scroll| scroll.resource == resource && scroll.param == param);
        let scroll = scroll.ok_or_else(not_found)?;
        scroll.used_at = now;
        Ok(scroll.place)
    }

    /// Notes where a page ended; `None` is the end of the walk.
    pub(super) fn ended_at(&mut self, resource: Resource, place: Option<Place>) {
        match self.open.iter_mut().find(|scroll| scroll.resource == resource) {
            Some(scroll) if place.is_some() => scroll.place = place,
            _ => self.open.retain(|scroll| scroll.resource != resource),
        }
    }

    /// Ends every scroll, as an internal error does.
    pub(super) fn end_all(&mut self) {
        self.open.clear();
    }

    fn expire(&mut self, now: Moment) {
        self.open.retain(|scroll| now < scroll.used_at.after(EXPIRES_AFTER));
    }
}

/// The query of a scroll.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ScrollQuery {
    scroll_param: Option<String>,
}

/// Returns the parameter that a request gives, or opens a scroll where it gives none.
pub(super) fn param(ask: &Ask<'_>, resource: Resource, store: &mut Store) -> Result<String, Refusal> {
    let query: ScrollQuery = ask.query();
    if let Some(param) = query.scroll_param.filter(|param| !param.is_empty()) {
        return Ok(param);
    }
    let (param, which) = (store.new_uuid(), store.unknowns.open_scrolls);
    store.scrolls.open(resource, param.clone(), ask.now, which)?;
    Ok(param)
}

/// 400 [I intercom-ruby#474].
fn exists() -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, "scroll_exists", "scroll already exists for this app")
}

/// 404 [D].
fn not_found() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "not_found", "scroll parameter not found")
}
