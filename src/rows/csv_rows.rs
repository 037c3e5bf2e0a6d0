//! The rows of a CSV. The `csv` crate says where rows and cells with quotes end; what a row is, is decided here.
//!
//! A row without quotes is a line, cut at its delimiters; that is most rows, and three times as fast as a parser.
//!
//! The crate's own terminator ends a row between `\r` and `\n`. With `\n` alone it reads whole lines, so that raw rows
//! are exact; the `\r` before it is then ours to remove.

use csv::{ByteRecord, ReaderBuilder};
use encoding_rs::Encoding;
use memchr::{memchr, memchr_iter};

use super::header;
use super::input::{CHUNK, Input, TextReader};
use super::lines::{Line, Lines, TooLong};
use super::row::{Bytes, Cells, CsvCells};
use super::sniff;
use super::{BadRow, InputError, Position, Read, Row, RowFault};

/// What stands before text that was transcoded, so that it is read as UTF-8 the next time, whatever the
/// user says: a byte order mark beats the option.
pub(crate) const BOM: &[u8] = b"\xef\xbb\xbf";

/// Reads a CSV row by row.
pub(crate) struct CsvRows {
    reader: csv::Reader<Lines<TextReader>>,
    record: ByteRecord,
    pub(crate) columns: Vec<String>,
    pub(crate) header_bytes: Vec<u8>,
    pub(crate) delimiter: u8,
    encoding: &'static Encoding,
    transcoded_from: Option<&'static Encoding>,
    /// Where the next line begins; its number is that of the last row.
    next: Position,
}

/// The bytes of a row, and where its cells end in them.
struct Found {
    position: Position,
    raw: Vec<u8>,
    ends: Vec<u32>,
    /// The cells without quotes and delimiters, if the row has quotes.
    unquoted: Option<Vec<u8>>,
    /// Whether the input ended inside a quote, which the parser takes for the end of the quote.
    is_open: bool,
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
            .from_reader(Lines::new(input.into_reader()));
        let mut rows = CsvRows {
            reader,
            record: ByteRecord::new(),
            columns: Vec::new(),
            header_bytes: if transcoded_from.is_some() { BOM.to_vec() } else { Vec::new() },
            delimiter,
            encoding,
            transcoded_from,
            next: Position { line: 1, ..Position::default() },
        };
        if separator_line.is_some()
            && let Some(found) = rows.parse()?
        {
            rows.header_bytes.extend(found.raw);
        }
        rows.read_header()?;
        Ok(rows)
    }

    /// Returns what the text is written in.
    pub(crate) fn encoding(&self) -> &'static Encoding {
        self.encoding
    }

    fn read_header(&mut self) -> Result<(), InputError> {
        self.skip_blank_lines()?;
        // Not cut as a line: the parser knows a byte order mark.
        let found = self.parse()?.ok_or(InputError::NoHeader)?;
        if found.is_open {
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
        let found = match self.skip_blank_lines()? {
            Some(Line::Plain(length)) => Some(self.cut(length)),
            Some(Line::Quoted) => self.parse()?,
            None => None,
        };
        let Some(mut found) = found else {
            return Ok(None);
        };
        self.next.number += 1;
        found.position.number = self.next.number;
        Ok(Some(match self.fault(&found) {
            Some(fault) => Read::Bad(BadRow { position: found.position, raw: found.raw, fault }),
            None => Read::Row(self.row(found)),
        }))
    }

    fn fault(&self, found: &Found) -> Option<RowFault> {
        if found.is_open {
            return Some(RowFault::UnterminatedQuote);
        }
        let (expected, found) = (self.columns.len(), found.ends.len());
        (expected != found).then_some(RowFault::Ragged { expected, found })
    }

    fn row(&self, mut found: Found) -> Row {
        let line = found.raw.strip_suffix(b"\n").unwrap_or(&found.raw);
        if let Some(last) = found.ends.last_mut()
            && line.ends_with(b"\r")
        {
            *last -= 1;
        }
        let cells = CsvCells {
            ends: found.ends.into_boxed_slice(),
            unquoted: found.unquoted.map(|cells| Bytes::new(cells, self.encoding)),
            encoding: self.encoding,
            has_nul: memchr(0, &found.raw).is_some(),
            transcoded_from: self.transcoded_from,
        };
        let raw = Bytes::new(found.raw, self.encoding);
        Row { position: found.position, raw, cells: Cells::Csv(cells) }
    }

    /// Moves to the next line that is not blank, and says what it is.
    fn skip_blank_lines(&mut self) -> Result<Option<Line>, InputError> {
        loop {
            let lines = self.reader.get_mut();
            let line = lines.peek().map_err(|error| unreadable(error, self.next.line))?;
            let Some(Line::Plain(length @ 1..=2)) = line else {
                return Ok(line);
            };
            if !matches!(lines.untaken(length), b"\n" | b"\r" | b"\r\n") {
                return Ok(line);
            }
            lines.take_bytes(length);
            self.next.line += 1;
            self.next.byte += length as u64;
        }
    }

    /// Takes a line without quotes.
    fn cut(&mut self, length: usize) -> Found {
        let raw = self.reader.get_mut().take_bytes(length).to_vec();
        let line = raw.strip_suffix(b"\n").unwrap_or(&raw);
        let mut ends = Vec::with_capacity(self.columns.len());
        ends.extend(memchr_iter(self.delimiter, line).enumerate().map(|(cell, end)| (end - cell) as u32));
        ends.push((line.len() - ends.len()) as u32);
        let position = self.next;
        self.next.line += 1;
        self.next.byte += length as u64;
        Found { position, raw, ends, unquoted: None, is_open: false }
    }

    /// Takes a row that may have quotes.
    fn parse(&mut self) -> Result<Option<Found>, InputError> {
        let position = self.next;
        let has_row = self.reader.read_byte_record(&mut self.record);
        if !has_row.map_err(|error| stopped(error, position.line))? {
            return Ok(None);
        }
        let lines = self.reader.get_mut();
        let raw = lines.take_parsed().to_vec();
        let is_open = lines.is_spent() && opens_quote(&raw, self.delimiter);
        self.next.line += memchr_iter(b'\n', &raw).count() as u64;
        self.next.byte += raw.len() as u64;
        let unquoted = Some(self.record.as_slice().to_vec());
        Ok(Some(Found { position, raw, ends: ends(&self.record), unquoted, is_open }))
    }
}

/// Returns where each cell ends; no row is long enough for more than 32 bits.
fn ends(record: &ByteRecord) -> Vec<u32> {
    let mut end = 0;
    let end_of = |cell: &[u8]| {
        end += cell.len() as u32;
        end
    };
    record.iter().map(end_of).collect()
}

fn stopped(error: csv::Error, line: u64) -> InputError {
    match error.into_kind() {
        csv::ErrorKind::Io(source) => unreadable(source, line),
        other => unreadable(std::io::Error::other(format!("{other:?}")), line),
    }
}

fn unreadable(source: std::io::Error, line: u64) -> InputError {
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
