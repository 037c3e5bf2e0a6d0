//! One row of an input: where it stands, its bytes, and its cells.

use std::borrow::Cow;

use encoding_rs::Encoding;

/// Where a row stands in its input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Position {
    /// The line that the row begins on, from 1; the header of a CSV counts.
    pub line: u64,
    /// The offset of the row's first byte, from 0.
    pub byte: u64,
    /// The number of the row, from 1; the header does not count.
    pub number: u64,
}

/// One row as it was read: still bytes, until a value is asked for.
#[derive(Debug, Clone)]
pub struct Row {
    pub(crate) position: Position,
    pub(crate) raw: Vec<u8>,
    pub(crate) cells: Cells,
}

/// The cells of a row, as its format gives them.
#[derive(Debug, Clone)]
pub(crate) enum Cells {
    /// Undecoded bytes, one cell a column.
    Csv { record: csv::ByteRecord, encoding: &'static Encoding },
    /// Typed values in the order of the columns; `None` where the object has no such key.
    Json(Vec<Option<serde_json::Value>>),
}

/// What one cell holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// The row has no such cell (an NDJSON object without the key).
    Missing,
    /// Text, decoded and not trimmed; an empty CSV cell is empty text.
    Text(Cow<'a, str>),
    /// A typed value: an NDJSON number, boolean, null, array or object.
    Json(&'a serde_json::Value),
}

/// Why a cell's bytes are not text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CellError {
    /// The bytes are not text in the input's encoding.
    #[error("byte {byte:#04x} at offset {offset} of the cell is not {encoding}")]
    Undecodable {
        /// The first bad byte.
        byte: u8,
        /// Its offset within the cell, from 0.
        offset: usize,
        /// The name of the encoding that was tried.
        encoding: &'static str,
    },
    /// The cell holds a NUL byte, which no field of a user may.
    #[error("the cell holds a NUL byte at offset {offset}")]
    Nul {
        /// Its offset within the cell, from 0.
        offset: usize,
    },
}
