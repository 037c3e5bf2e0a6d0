//! How far an export has come, and where its pages go.

use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use super::Exported;
use crate::intercom::Cursor;
use crate::intercom::SeenIds;

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

/// One page as it is written, and how far the export is with it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Page {
    pub(super) ahead: Ahead,
    /// The walk over the listing, from 1.
    pub(super) walk: u32,
    /// The contacts that no page before has shown, whatever their role.
    pub(super) ids: Vec<String>,
    /// The rows of those that are asked for, as the file has them.
    pub(super) rows: String,
    /// All counts, this page's included.
    pub(super) exported: Exported,
}

/// Takes the pages of an export, one after the other.
pub trait PageSink {
    /// Takes the next page.
    ///
    /// # Errors
    /// When it cannot be written; the export then ends.
    fn take(&mut self, page: Page) -> io::Result<()>;
}

/// How far an export has come.
#[derive(Debug, Default)]
pub struct Progress {
    pub(super) seen: SeenIds,
    pub(super) exported: Exported,
    /// Pages taken, of all walks.
    pub(super) pages: u64,
    /// The walk over the listing, from 1; 0 before the first.
    pub(super) walk: u32,
    /// `None` if the next page is the first of a walk.
    pub(super) ahead: Option<Ahead>,
}

impl Progress {
    /// Returns the contacts that are here already.
    #[must_use]
    pub fn resumed(&self) -> u64 {
        self.exported.resumed
    }

    /// Learns of a page that an earlier run has written.
    pub(super) fn go_on_after(&mut self, page: Page) {
        for id in &page.ids {
            self.seen.insert(id);
        }
        self.pages += 1;
        self.exported = page.exported;
        self.exported.resumed = self.exported.seen;
        self.walk = page.walk;
        self.ahead = Some(page.ahead);
    }

    /// Returns whether the listing has shown as many contacts as it counts.
    pub(super) fn is_complete(&self) -> bool {
        self.ahead == Some(Ahead::End) && self.exported.seen >= self.exported.server_total
    }

    /// Returns the cursor to walk on from; a walk that has none begins anew.
    pub(super) fn begin_walk(&mut self) -> Option<Cursor> {
        if let Some(Ahead::Page(cursor)) = &self.ahead {
            return Some(cursor.clone());
        }
        self.walk += 1;
        self.ahead = None;
        None
    }
}

/// Writes pages as they come, below a header.
pub struct PageStream<W> {
    header: Vec<u8>,
    out: W,
}

impl<W: Write> PageStream<W> {
    /// Returns a stream that has written nothing yet.
    pub fn new(header: Vec<u8>, out: W) -> Self {
        Self { header, out }
    }

    /// Hands on everything that is buffered.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl<W: Write> PageSink for PageStream<W> {
    fn take(&mut self, page: Page) -> io::Result<()> {
        self.out.write_all(&std::mem::take(&mut self.header))?;
        self.out.write_all(page.rows.as_bytes())
    }
}
