//! The rows of an NDJSON input: one object a line, nested objects flattened with dots.
//!
//! NDJSON has no header, and a row is only useful once all columns are known. So a file is read twice,
//! and of a stream the first part is looked at before the first row is given out.

use std::borrow::Cow;
use std::io::{BufRead, BufReader};

use encoding_rs::Encoding;

use super::flatten::{self, KeyProblem, Keys};
use super::input::{CHUNK, Input, TextReader};
use super::lines::ROW_LIMIT;
use super::row::{Bytes, Cells, decode};
use super::sniff::without_bom;
use super::{BadRow, InputError, Position, Read, Row, RowFault};

/// How much of a stream is looked at for its keys.
pub(crate) const STREAM_HEAD: usize = 1024 * 1024;

/// Reads an NDJSON input row by row.
pub(crate) struct NdjsonRows {
    lines: Lines,
    keys: Keys,
    encoding: &'static Encoding,
    transcoded_from: Option<&'static Encoding>,
    /// The number of rows, if the whole input was looked at.
    pub(crate) total: Option<u64>,
    number: u64,
}

impl NdjsonRows {
    /// Returns whether the input was of another encoding than UTF-8, so that rows are not its bytes.
    pub(crate) fn is_transcoded(&self) -> bool {
        self.transcoded_from.is_some()
    }

    /// Reads what `scan`, the same input opened once more, has for keys, then the input.
    pub(crate) fn of_file(scan: Input, input: Input) -> Result<NdjsonRows, InputError> {
        let encoding = scan.encoding;
        let mut lines = Lines::new(scan.into_reader());
        let (mut keys, mut total) = (Keys::default(), 0);
        while let Some(line) = lines.next_line()? {
            total += 1;
            collect(&line.bytes, encoding, &mut keys);
        }
        Ok(NdjsonRows::new(input, keys, Some(total)))
    }

    /// Takes the keys from the first part of an input that can be read only once.
    pub(crate) fn of_stream(mut input: Input) -> Result<NdjsonRows, InputError> {
        input.look_ahead(STREAM_HEAD).map_err(|source| InputError::Read { line: 1, source })?;
        let mut keys = Keys::default();
        let mut rows: Vec<_> = input.head.split_inclusive(|byte| *byte == b'\n').collect();
        if !input.is_whole && rows.len() > 1 {
            // The end of the head cuts the last row.
            rows.pop();
        }
        rows.retain(|row| !is_blank(row));
        for row in &rows {
            collect(row, input.encoding, &mut keys);
        }
        let total = input.is_whole.then_some(rows.len() as u64);
        Ok(NdjsonRows::new(input, keys, total))
    }

    /// Returns the same rows from the first, of the same input opened once more.
    pub(crate) fn again(&self, input: Input) -> NdjsonRows {
        NdjsonRows::new(input, self.keys.clone(), self.total)
    }

    fn new(input: Input, keys: Keys, total: Option<u64>) -> NdjsonRows {
        let (encoding, transcoded_from) = (input.encoding, input.transcoded_from);
        let lines = Lines::new(input.into_reader());
        NdjsonRows { lines, keys, encoding, transcoded_from, total, number: 0 }
    }

    /// Returns the dotted keys in order of first appearance.
    pub(crate) fn columns(&self) -> &[String] {
        self.keys.names()
    }

    /// Returns what the text is written in.
    pub(crate) fn encoding(&self) -> &'static Encoding {
        self.encoding
    }

    /// Adds the columns that only another input has.
    pub(crate) fn add_keys(&mut self, other: &NdjsonRows) {
        self.keys.add_those_of(&other.keys);
    }

    /// Takes over the columns of another input.
    pub(crate) fn set_keys(&mut self, other: &NdjsonRows) {
        self.keys.clone_from(&other.keys);
    }

    /// Returns the next row that is not blank, or `None` at the end.
    pub(crate) fn next_row(&mut self) -> Result<Option<Read>, InputError> {
        let Some(line) = self.lines.next_line()? else {
            return Ok(None);
        };
        self.number += 1;
        let position = Position { line: line.number, byte: line.byte, number: self.number, file: 0 };
        Ok(Some(match self.cells(&line.bytes) {
            Ok(cells) => Read::Row(Row { position, raw: Bytes::Other(line.bytes), cells }),
            Err(fault) => Read::Bad(BadRow { position, raw: line.bytes, fault }),
        }))
    }

    fn cells(&self, line: &[u8]) -> Result<Cells, RowFault> {
        let text = self.text(line).map_err(|encoding| RowFault::NotJson {
            message: format!("the line is not {}", encoding.name()),
            column: 0,
        })?;
        match flatten::fill(&text, &self.keys) {
            Ok(Ok(values)) => Ok(Cells::Json(values)),
            Ok(Err(KeyProblem::Duplicate(name))) => Err(RowFault::DuplicateKey { name }),
            Ok(Err(KeyProblem::Unknown(name))) => Err(RowFault::UnknownColumn { name }),
            Err(error) => Err(fault(&error, line)),
        }
    }

    /// Returns the line as text, or the encoding that it is not written in.
    fn text<'a>(&self, line: &'a [u8]) -> Result<Cow<'a, str>, &'static Encoding> {
        let text = text(line, self.encoding).ok_or(self.encoding)?;
        match self.transcoded_from {
            Some(encoding) if text.contains(char::REPLACEMENT_CHARACTER) => Err(encoding),
            _ => Ok(text),
        }
    }
}

fn fault(error: &serde_json::Error, line: &[u8]) -> RowFault {
    if error.is_eof() && !line.ends_with(b"\n") {
        return RowFault::TornLine;
    }
    if error.is_data() {
        return RowFault::NotAnObject;
    }
    // The parser saw one line, so its own "at line 1 column 5" would mislead.
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or_default().to_owned();
    RowFault::NotJson { message, column: error.column() }
}

fn collect(line: &[u8], encoding: &'static Encoding, keys: &mut Keys) {
    if let Some(text) = text(line, encoding) {
        flatten::collect(&text, keys);
    }
}

fn text<'a>(line: &'a [u8], encoding: &'static Encoding) -> Option<Cow<'a, str>> {
    decode(without_bom(line), encoding).ok()
}

fn is_blank(line: &[u8]) -> bool {
    without_bom(line).iter().all(u8::is_ascii_whitespace)
}

/// One line with something on it.
struct Line {
    bytes: Vec<u8>,
    number: u64,
    byte: u64,
}

/// The lines of a text that have something on them.
struct Lines {
    reader: BufReader<TextReader>,
    number: u64,
    byte: u64,
}

impl Lines {
    fn new(reader: TextReader) -> Lines {
        Lines { reader: BufReader::with_capacity(CHUNK, reader), number: 0, byte: 0 }
    }

    fn next_line(&mut self) -> Result<Option<Line>, InputError> {
        loop {
            let mut bytes = Vec::new();
            let number = self.number + 1;
            let mut limited = std::io::Read::take(&mut self.reader, ROW_LIMIT as u64 + 1);
            let read = limited
                .read_until(b'\n', &mut bytes)
                .map_err(|source| InputError::Read { line: number, source })?;
            if read > ROW_LIMIT {
                return Err(InputError::RowTooLong { line: number });
            }
            if read == 0 {
                return Ok(None);
            }
            let byte = self.byte;
            self.number = number;
            self.byte += read as u64;
            if !is_blank(&bytes) {
                return Ok(Some(Line { bytes, number, byte }));
            }
        }
    }
}

#[cfg(test)]
mod tests;
