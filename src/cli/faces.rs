//! Which face shows progress: asked for, or found out from the terminal.

use std::io::{self, IsTerminal};

use clap::ValueEnum;

use crate::report::{Face, FaceKind, Subject};

/// `--progress`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Progress {
    /// A bar on a terminal, else lines
    Auto,
    /// A bar
    Bar,
    /// A line every few seconds
    Plain,
    /// A JSON object every second
    Json,
    /// Nothing
    None,
}

impl Progress {
    /// Returns the face for a command.
    pub(super) fn face(self, command: &'static str, file: &str) -> Face {
        let kind = match self {
            Self::Auto if io::stderr().is_terminal() => FaceKind::Bar,
            Self::Auto | Self::Plain => FaceKind::Plain,
            Self::Bar => FaceKind::Bar,
            Self::Json => FaceKind::Json,
            Self::None => FaceKind::None,
        };
        Face::new(kind, Subject { command, file: file.into() })
    }
}
