//! Cursor pagination: a page, and where the next one begins.

use serde::{Deserialize, Serialize};

/// Where the next page of a listing begins; opaque.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize, Serialize)]
pub struct Cursor(String);

impl Cursor {
    /// Takes a cursor that somebody kept.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the text that the API takes back as `starting_after`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One page of a listing.
#[derive(Debug, Clone, Deserialize)]
#[serde(from = "Envelope<T>")]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// Where the next one begins; `None` on the last.
    pub next: Option<Cursor>,
    /// How many there are on all pages, as the server's index counts now.
    pub total_count: u64,
}

#[derive(Deserialize)]
#[serde(bound = "T: Deserialize<'de>")]
struct Envelope<T> {
    data: Vec<T>,
    #[serde(default)]
    total_count: u64,
    pages: Option<Pages>,
}

#[derive(Deserialize)]
struct Pages {
    next: Option<Next>,
}

#[derive(Deserialize)]
struct Next {
    starting_after: Option<Cursor>,
}

impl<T> From<Envelope<T>> for Page<T> {
    fn from(envelope: Envelope<T>) -> Self {
        let next = envelope.pages.and_then(|pages| pages.next).and_then(|next| next.starting_after);
        Self { items: envelope.data, next, total_count: envelope.total_count }
    }
}
