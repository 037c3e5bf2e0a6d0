//! The rows of a CSV. The `csv` crate says where rows and cells end; what a row is, is decided here.
//!
//! The crate's own terminator ends a row between `\r` and `\n`. With `\n` alone its offsets are those of
//! whole lines, so that raw rows are exact; the `\r` before it is then ours to remove.

use csv::{ByteRecord, ReaderBuilder};
use encoding_rs::Encoding;

use super::header;
use super::input::{CHUNK, Input, TextReader};
use super::row::{Bytes, Cells, CsvCells};
use super::sniff;
use super::tee::{Tee, TooLong};
use super::{BadRow, InputError, Position, Read, Row, RowFault};

/// What stands before text that was transcoded, so that it is read as UTF-8 the next time, whatever the
/// user says: a byte order mark beats the option.
const BOM: &[u8] = b"\xef\xbb\xbf";

/// Reads a CSV row by row.
pub(crate) struct CsvRows {
    reader: csv::Reader<Tee<TextReader>>,
    record: ByteRecord,
    pub(crate) columns: Vec<String>,
    pub(crate) header_bytes: Vec<u8>,
    pub(crate) delimiter: u8,
    encoding: &'static Encoding,
    transcoded_from: Option<&'static Encoding>,
    number: u64,
}

/// Where a row is, and whether the input ended while it was being read.
struct Found {
    line: u64,
    byte: u64,
    raw: Vec<u8>,
    is_last: bool,
}

impl CsvRows {
    /// Reads the header.
    pub(crate) fn new(input: Input, delimiter: Option<u8>) -> Result<CsvRows, InputError> {
        let separator_line = sniff::separator_line(&input.head);
        let delimiter = delimiter
            .or(separator_line)
            .or_else(|| sniff::delimiter(&input.head, input.is_whole))
            .unwrap_or(b',');
        let (encoding, transcoded_from) = (input.encoding, input.transcoded_from);
        let reader = ReaderBuilder::new()
            .delimiter(delimiter)
            .terminator(csv::Terminator::Any(b'\n'))
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(CHUNK)
            .from_reader(Tee::new(input.into_reader()));
        let mut rows = CsvRows {
            reader,
            record: ByteRecord::new(),
            columns: Vec::new(),
            header_bytes: if transcoded_from.is_some() { BOM.to_vec() } else { Vec::new() },
            delimiter,
            encoding,
            transcoded_from,
            number: 0,
        };
        if separator_line.is_some()
            && let Some(found) = rows.find()?
        {
            rows.header_bytes.extend(found.raw);
        }
        rows.read_header()?;
        Ok(rows)
    }

    fn read_header(&mut self) -> Result<(), InputError> {
        let found = self.find()?.ok_or(InputError::NoHeader)?;
        if found.is_last && opens_quote(&found.raw, self.delimiter) {
            return Err(InputError::UnterminatedHeader);
        }
        self.header_bytes.extend_from_slice(&found.raw);
        if !self.header_bytes.ends_with(b"\n") {
            // A header without rows; rows put after it must not run into it.
            self.header_bytes.push(b'\n');
        }
        self.columns = header::columns(&self.record, self.encoding)?;
        Ok(())
    }

    /// Returns the next row that is not blank, or `None` at the end.
    pub(crate) fn next_row(&mut self) -> Result<Option<Read>, InputError> {
        let Some(found) = self.find()? else {
            return Ok(None);
        };
        self.number += 1;
        let position = Position { line: found.line, byte: found.byte, number: self.number };
        Ok(Some(match self.fault(&found) {
            Some(fault) => Read::Bad(BadRow { position, raw: found.raw, fault }),
            None => Read::Row(self.row(position, found.raw)),
        }))
    }

    fn fault(&self, found: &Found) -> Option<RowFault> {
        // The parser takes the end of the input for the end of a quote.
        if found.is_last && opens_quote(&found.raw, self.delimiter) {
            return Some(RowFault::UnterminatedQuote);
        }
        let (expected, found) = (self.columns.len(), self.record.len());
        (expected != found).then_some(RowFault::Ragged { expected, found })
    }

    fn row(&self, position: Position, raw: Vec<u8>) -> Row {
        let record = &self.record;
        let cells = record.as_slice();
        let delimiters = record.len() - 1;
        let line_end = raw.len() - usize::from(raw.ends_with(b"\n"));
        // What is missing besides the delimiters are quotes.
        let is_plain = cells.len() + delimiters == line_end;
        let mut ends = ends(record);
        if let Some(last) = ends.last_mut()
            && raw[..line_end].ends_with(b"\r")
        {
            *last -= 1;
        }
        let cells = CsvCells {
            ends,
            unquoted: (!is_plain).then(|| Bytes::new(cells.to_vec(), self.encoding)),
            encoding: self.encoding,
            has_nul: raw.contains(&0),
            transcoded_from: self.transcoded_from,
        };
        Row { position, raw: Bytes::new(raw, self.encoding), cells: Cells::Csv(cells) }
    }

    /// Moves to the next row that is not blank.
    fn find(&mut self) -> Result<Option<Found>, InputError> {
        loop {
            let (line, byte) = (self.reader.position().line(), self.reader.position().byte());
            match self.reader.read_byte_record(&mut self.record) {
                Ok(true) => {}
                Ok(false) => return Ok(None),
                Err(error) => {
                    let blank = blank_lines(self.reader.get_ref().untaken());
                    return Err(stopped(error, line + blank));
                }
            }
            let end = self.reader.position().byte();
            let tee = self.reader.get_mut();
            let bytes = tee.take_up_to(end);
            let blank = blank_lines(bytes);
            let raw = &bytes[blank as usize..];
            if matches!(raw, b"\r\n" | b"\r") {
                continue;
            }
            let raw = raw.to_vec();
            let is_last = tee.is_spent();
            return Ok(Some(Found { line: line + blank, byte: byte + blank, raw, is_last }));
        }
    }
}

/// Returns where each cell ends; no row is long enough for more than 32 bits.
fn ends(record: &ByteRecord) -> Box<[u32]> {
    let mut ends = Vec::with_capacity(record.len());
    let mut end = 0;
    for cell in record {
        end += cell.len() as u32;
        ends.push(end);
    }
    ends.into_boxed_slice()
}

/// Counts the blank lines that the parser reads together with the row after them.
fn blank_lines(bytes: &[u8]) -> u64 {
    bytes.iter().take_while(|byte| **byte == b'\n').count() as u64
}

fn stopped(error: csv::Error, line: u64) -> InputError {
    let source = match error.into_kind() {
        csv::ErrorKind::Io(source) => source,
        other => std::io::Error::other(format!("{other:?}")),
    };
    if source.get_ref().is_some_and(|inner| inner.downcast_ref::<TooLong>().is_some()) {
        return InputError::RowTooLong { line };
    }
    InputError::Read { line, source }
}

/// Whether the row ends inside a quote. A quote opens only at the start of a cell; `""` inside is a letter.
fn opens_quote(raw: &[u8], delimiter: u8) -> bool {
    let mut at = State::Start;
    for byte in sniff::without_bom(raw) {
        at = match (at, byte) {
            (State::Quoted, b'"') => State::Closing,
            (State::Quoted, _) | (State::Start | State::Closing, b'"') => State::Quoted,
            (_, byte) if *byte == delimiter => State::Start,
            _ => State::Plain,
        };
    }
    at == State::Quoted
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Start,
    Plain,
    Quoted,
    Closing,
}

#[cfg(test)]
mod tests;
