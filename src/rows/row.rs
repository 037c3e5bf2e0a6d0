//! One row of an input: where it stands, its bytes, and its cells.
//!
//! A row costs two allocations: its bytes, and the ends of its cells. Cells are slices of the bytes; only
//! a row with quotes keeps a second copy, without them. Text is checked once a row where that is enough.

use std::borrow::Cow;
use std::ops::Range;

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
    /// Which file it is in: 0 is the input itself, others were put before it.
    pub file: u16,
}

impl Position {
    /// Where in a place the file stands: 2^48 lines are more than anybody has.
    const FILE: u32 = 48;

    /// Returns a number that no other row of the same reading has; of a row of the input itself, it is its line.
    pub fn place(self) -> u64 {
        u64::from(self.file) << Self::FILE | self.line
    }

    /// Describes a place as it is seen from here.
    pub fn words_for(self, place: u64) -> String {
        let (file, line) = (place >> Self::FILE, place & ((1 << Self::FILE) - 1));
        match file {
            file if file == u64::from(self.file) => format!("line {line}"),
            0 => format!("line {line} of the input"),
            _ => format!("line {line} of the rejects of an earlier run"),
        }
    }
}

/// One row as it was read: still bytes, until a value is asked for.
#[derive(Debug, Clone)]
pub struct Row {
    pub(crate) position: Position,
    pub(crate) raw: Bytes,
    pub(crate) cells: Cells,
}

impl Row {
    /// Returns where the row stands in its input.
    pub fn position(&self) -> Position {
        self.position
    }

    /// Returns the row byte for byte, with its line ending if it has one.
    pub fn raw(&self) -> &[u8] {
        self.raw.as_bytes()
    }

    /// Decodes one cell; a column that the row does not have is `Cell::Missing`.
    pub fn cell(&self, column: usize) -> Result<Cell<'_>, CellError> {
        match &self.cells {
            Cells::Csv(cells) => match cells.range(column) {
                Some(range) => cells.text(&self.raw, range).map(Cell::Text),
                None => Ok(Cell::Missing),
            },
            Cells::Json(values) => values.get(column).map_or(Ok(Cell::Missing), json_cell),
        }
    }
}

/// The cells of a row, as its format gives them.
#[derive(Debug, Clone)]
pub(crate) enum Cells {
    /// Undecoded bytes, one cell a column.
    Csv(CsvCells),
    /// Typed values in the order of the columns; `None` where the object has no such key.
    Json(Vec<Option<serde_json::Value>>),
}

/// Where the cells of a CSV row are, and how to read them.
#[derive(Debug, Clone)]
pub(crate) struct CsvCells {
    /// The end of each cell, delimiters not counted.
    pub(crate) ends: Box<[u32]>,
    /// The cells one after the other without quotes and delimiters; `None` if the row has no quotes, so
    /// that its own bytes will do.
    pub(crate) unquoted: Option<Bytes>,
    /// What the bytes are.
    pub(crate) encoding: &'static Encoding,
    /// Whether the row holds a NUL byte anywhere, so that most rows need not look cell by cell.
    pub(crate) has_nul: bool,
    /// What the input was transcoded from as a whole: U+FFFD stands for bytes that were not text.
    pub(crate) transcoded_from: Option<&'static Encoding>,
}

impl CsvCells {
    fn range(&self, column: usize) -> Option<Range<usize>> {
        let end = *self.ends.get(column)? as usize;
        let start = column.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        let delimiters = if self.unquoted.is_some() { 0 } else { column };
        Some(start + delimiters..end + delimiters)
    }

    fn text<'a>(&'a self, raw: &'a Bytes, range: Range<usize>) -> Result<Cow<'a, str>, CellError> {
        let text = match self.unquoted.as_ref().unwrap_or(raw) {
            // Without delimiters between them, the bad ends of two cells may make one good letter.
            Bytes::Text(text) => match text.get(range.clone()) {
                Some(text) => Cow::Borrowed(text),
                None => decode(&text.as_bytes()[range], self.encoding)?,
            },
            Bytes::Other(bytes) => decode(&bytes[range], self.encoding)?,
        };
        if self.has_nul {
            refuse_nul(&text)?;
        }
        if let Some(encoding) = self.transcoded_from
            && text.contains(char::REPLACEMENT_CHARACTER)
        {
            return Err(CellError::Replaced { encoding: encoding.name() });
        }
        Ok(text)
    }
}

/// The bytes of a row, with the knowledge whether they are text as they stand.
#[derive(Debug, Clone)]
pub(crate) enum Bytes {
    /// Text in the input's encoding without any conversion.
    Text(String),
    /// Bytes to be decoded cell by cell, some of which may not be text.
    Other(Vec<u8>),
}

impl Bytes {
    /// Looks at the bytes once, which is cheaper than looking at each cell.
    pub(crate) fn new(bytes: Vec<u8>, encoding: &'static Encoding) -> Bytes {
        // Every encoding that is decoded cell by cell has ASCII as its lower half.
        if encoding != encoding_rs::UTF_8 && !bytes.is_ascii() {
            return Bytes::Other(bytes);
        }
        String::from_utf8(bytes).map_or_else(|error| Bytes::Other(error.into_bytes()), Bytes::Text)
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        match self {
            Bytes::Text(text) => text.as_bytes(),
            Bytes::Other(bytes) => bytes,
        }
    }
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
    /// The input was transcoded as a whole, and some of this cell's bytes were not text.
    #[error("the cell holds bytes that are not {encoding}")]
    Replaced {
        /// The name of the input's encoding.
        encoding: &'static str,
    },
    /// The cell holds a NUL byte, which no field of a user may.
    #[error("the cell holds a NUL byte at offset {offset}")]
    Nul {
        /// Its offset within the cell, from 0.
        offset: usize,
    },
}

/// Decodes the bytes of one cell, or names the first byte that is not text.
pub(crate) fn decode<'a>(bytes: &'a [u8], encoding: &'static Encoding) -> Result<Cow<'a, str>, CellError> {
    encoding
        .decode_without_bom_handling_and_without_replacement(bytes)
        .ok_or_else(|| undecodable(bytes, encoding))
}

fn undecodable(bytes: &[u8], encoding: &'static Encoding) -> CellError {
    let offset = if encoding == encoding_rs::UTF_8 {
        std::str::from_utf8(bytes).err().map_or(0, |error| error.valid_up_to())
    } else {
        let is_text = |byte: &u8| {
            encoding.decode_without_bom_handling_and_without_replacement(std::slice::from_ref(byte)).is_some()
        };
        bytes.iter().position(|byte| !is_text(byte)).unwrap_or(0)
    };
    CellError::Undecodable { byte: bytes[offset], offset, encoding: encoding.name() }
}

/// Refuses text with a NUL in it.
pub(crate) fn refuse_nul(text: &str) -> Result<(), CellError> {
    text.bytes().position(|byte| byte == 0).map_or(Ok(()), |offset| Err(CellError::Nul { offset }))
}

fn json_cell(value: &Option<serde_json::Value>) -> Result<Cell<'_>, CellError> {
    Ok(match value {
        None => Cell::Missing,
        Some(serde_json::Value::String(text)) => {
            refuse_nul(text)?;
            Cell::Text(Cow::Borrowed(text))
        }
        Some(value) => Cell::Json(value),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn csv_row(bytes: &[u8], ends: &[u32], encoding: &'static Encoding) -> Row {
        let cells = CsvCells {
            ends: ends.into(),
            unquoted: None,
            encoding,
            has_nul: bytes.contains(&0),
            transcoded_from: None,
        };
        Row {
            position: Position::default(),
            raw: Bytes::new(bytes.to_vec(), encoding),
            cells: Cells::Csv(cells),
        }
    }

    #[track_caller]
    fn check(bytes: &[u8], encoding: &'static Encoding, expected: &str) {
        let end = u32::try_from(bytes.len()).unwrap();
        let row = csv_row(bytes, &[end], encoding);
        let actual = match row.cell(0) {
            Ok(Cell::Text(text)) => text.into_owned(),
            Ok(other) => format!("{other:?}"),
            Err(error) => format!("error: {error}"),
        };
        assert_eq!(expected, actual);
    }

    #[test]
    fn a_cell_is_decoded_or_its_first_bad_byte_is_named() {
        use encoding_rs::{ISO_8859_7, UTF_8, WINDOWS_1252};
        check(b"", UTF_8, "");
        check(" Zoë ".as_bytes(), UTF_8, " Zoë ");
        check(b"Zo\xeb", WINDOWS_1252, "Zoë");
        check(b"caf\xc3\xa9", WINDOWS_1252, "cafÃ©");
        check(b"Zo\xeb", UTF_8, "error: byte 0xeb at offset 2 of the cell is not UTF-8");
        check(b"ab\xaec\xff", ISO_8859_7, "error: byte 0xae at offset 2 of the cell is not ISO-8859-7");
        check(b"a\0b", UTF_8, "error: the cell holds a NUL byte at offset 1");
        check(b"\0", WINDOWS_1252, "error: the cell holds a NUL byte at offset 0");
    }

    #[test]
    fn a_bad_byte_or_nul_spoils_only_its_own_cell() {
        let row = csv_row(b"a,\xff,\0", &[1, 2, 3], encoding_rs::UTF_8);
        assert_eq!(Ok(Cell::Text("a".into())), row.cell(0));
        assert!(matches!(row.cell(1), Err(CellError::Undecodable { byte: 0xff, offset: 0, .. })));
        assert_eq!(Err(CellError::Nul { offset: 0 }), row.cell(2));
        assert_eq!(Ok(Cell::Missing), row.cell(3));
    }

    #[test]
    fn a_json_value_is_text_only_if_it_is_a_string() {
        let values = serde_json::json!(["a", "\u{0}", 1, null]).as_array().unwrap().clone();
        let mut values: Vec<_> = values.into_iter().map(Some).collect();
        values.push(None);
        let row =
            Row { position: Position::default(), raw: Bytes::Other(Vec::new()), cells: Cells::Json(values) };
        assert_eq!(Ok(Cell::Text("a".into())), row.cell(0));
        assert_eq!(Err(CellError::Nul { offset: 0 }), row.cell(1));
        assert_eq!(Ok(Cell::Json(&serde_json::json!(1))), row.cell(2));
        assert_eq!(Ok(Cell::Json(&serde_json::Value::Null)), row.cell(3));
        assert_eq!(Ok(Cell::Missing), row.cell(4));
        assert_eq!(Ok(Cell::Missing), row.cell(5));
    }
}
