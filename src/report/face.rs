//! The ways in which progress can be shown.

use std::io::{self, Write};

use super::bar::Bar;
use super::json_face::JsonFace;
use super::plain::Plain;
use super::status::{self, Status};
use crate::transfer::Event;

/// Which face shows progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaceKind {
    /// A bar that is drawn over and over, on a terminal.
    Bar,
    /// A line every few seconds.
    Plain,
    /// An object every second, one a line.
    Json,
    /// Nothing.
    None,
}

/// What a progress line is about.
#[derive(Debug, Clone)]
pub struct Subject {
    /// `import`, `export` or `check`.
    pub command: &'static str,
    /// The file, as the user named it.
    pub file: String,
}

/// Shows progress on stderr.
pub enum Face {
    /// See [`FaceKind::Bar`].
    Bar(Bar),
    /// See [`FaceKind::Plain`].
    Plain(Plain),
    /// See [`FaceKind::Json`].
    Json(JsonFace),
    /// See [`FaceKind::None`].
    None,
}

impl Face {
    /// Returns a face that has not shown anything yet.
    #[must_use]
    pub fn new(kind: FaceKind, subject: Subject) -> Self {
        match kind {
            FaceKind::Bar => Self::Bar(Bar::new(subject)),
            FaceKind::Plain => Self::Plain(Plain::new(subject)),
            FaceKind::Json => Self::Json(JsonFace::new(subject)),
            FaceKind::None => Self::None,
        }
    }

    /// Shows an event that is about progress.
    pub fn on(&mut self, event: &Event) {
        let (status, elapsed): (Status, _) = match event {
            Event::Row(_) | Event::Unchanged(_) | Event::Seen(_) | Event::Planned(_) => return,
            Event::Notice(text) => return self.tell(text),
            Event::Progress(snapshot) => (status::of_import(snapshot), snapshot.elapsed),
            Event::Exported(exported) => (status::of_export(exported), exported.elapsed),
        };
        match self {
            Self::Bar(bar) => bar.show(&status, elapsed),
            Self::Plain(plain) => plain.show(&status, elapsed),
            Self::Json(json) => json.show(event, elapsed),
            Self::None => {}
        }
    }

    /// Says something that is no progress, whatever else is shown.
    fn tell(&mut self, text: &str) {
        match self {
            Self::Bar(bar) => bar.tell(text),
            Self::Json(json) => json.tell(text),
            // Nobody may be listening; the run goes on all the same.
            Self::Plain(_) | Self::None => drop(writeln!(io::stderr(), "{text}")),
        }
    }

    /// Takes away what would stand in the way of the ending.
    pub fn close(&mut self) {
        if let Self::Bar(bar) = self {
            bar.close();
        }
    }
}
