//! What is walked with one cursor, and how far it is.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::intercom::Cursor;

/// Something that is listed page by page, to its end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Source {
    /// `GET /contacts`: everybody.
    List,
    /// The scrolls of 1.x, one role after the other.
    Scrolls,
    /// A search, in the order of creation.
    Search(Json),
    /// A search for whoever was updated since an instant, the newest first: it ends there, although it finds others of
    /// the days before.
    Updated {
        /// The search.
        query: Json,
        /// The instant, in seconds since 1970.
        since: i64,
    },
}

/// What comes after a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Ahead {
    /// The page at this cursor.
    Page(Cursor),
    /// A page of the same scroll, or of another; a scroll cannot be gone on with by another run.
    More,
    /// Nothing.
    End,
}

/// A part of an export.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Part {
    pub(super) source: Source,
    /// `None` if the next page is the first of a walk.
    pub(super) ahead: Option<Ahead>,
    /// The walk, from 1; 0 before the first.
    pub(super) walk: u32,
    /// Contacts that the walk has shown, each once.
    pub(super) seen: u64,
    /// How many there are, as of the newest page.
    pub(super) total: u64,
    /// How often this run has begun to walk, or gone on.
    #[serde(skip)]
    pub(super) tries: u32,
}

impl Part {
    pub(super) fn new(source: Source) -> Self {
        Self { source, ahead: None, walk: 0, seen: 0, total: 0, tries: 0 }
    }

    /// Returns whether it was walked to its end, and has shown as many contacts as there are.
    pub(super) fn is_complete(&self) -> bool {
        let is_whole = self.seen >= self.total || matches!(self.source, Source::Updated { .. });
        self.is_walked() && is_whole
    }

    pub(super) fn is_walked(&self) -> bool {
        self.ahead == Some(Ahead::End)
    }

    /// Returns the cursor to walk on from; a walk that has none begins anew.
    pub(super) fn begin_walk(&mut self) -> Option<Cursor> {
        self.tries += 1;
        if let Some(Ahead::Page(cursor)) = &self.ahead {
            return Some(cursor.clone());
        }
        self.walk += 1;
        self.seen = 0;
        self.ahead = None;
        None
    }
}
