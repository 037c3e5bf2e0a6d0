//! Rows in, rows out: CSV, NDJSON, decoding, positions, atomic files. Knows nothing of Intercom.
//!
//! Everything that can be wrong with an input as a whole is found when it is opened, before the first row;
//! what is wrong with one row is given out in its place, and reading goes on after it.
//!
//! UTF-16 and the multi-byte encodings of East Asia are transcoded to UTF-8 on the way in. Positions, raw
//! rows and the header are then those of the UTF-8 text, and the header begins with a byte order mark, so
//! that a file made of them is read as UTF-8 whatever the user says.

mod atomic;
mod csv_rows;
mod digest;
mod earlier;
mod encoding;
mod errors;
mod flatten;
mod format;
mod header;
mod input;
mod lines;
mod ndjson_rows;
mod output_error;
mod row;
mod sniff;
mod source;
mod write;

pub use atomic::AtomicFile;
pub use digest::InputDigest;
pub use earlier::EarlierError;
pub use encoding::encoding;
pub use errors::{Binary, InputError, RowFault};
pub use format::{Format, UnknownFormat};
pub use input::ReadOptions;
pub use output_error::OutputError;
pub use row::{Cell, CellError, Position, Row};
pub use source::{KeepError, Source};
pub use write::{OutputCell, RowWriter};

use std::fmt;

use csv_rows::CsvRows;
use digest::{Digesting, Running};
use input::Input;
use ndjson_rows::NdjsonRows;
use sniff::Look;

/// What stands in the place of one row.
#[derive(Debug, Clone)]
pub enum Read {
    /// A row with a cell for each column.
    Row(Row),
    /// Bytes that cannot be read as a row.
    Bad(BadRow),
}

impl Read {
    /// Returns its bytes, with the line ending if it has one.
    pub fn raw(&self) -> &[u8] {
        match self {
            Read::Row(row) => row.raw(),
            Read::Bad(row) => &row.raw,
        }
    }

    /// Returns where it stands.
    pub fn position(&self) -> Position {
        match self {
            Read::Row(row) => row.position,
            Read::Bad(row) => row.position,
        }
    }

    fn set_file(&mut self, file: u16) {
        match self {
            Read::Row(row) => row.position.file = file,
            Read::Bad(row) => row.position.file = file,
        }
    }
}

/// One row that cannot be read as a row. Reading goes on after it.
#[derive(Debug, Clone)]
pub struct BadRow {
    /// Where it stands.
    pub position: Position,
    /// Its bytes, with the line ending if it has one.
    pub raw: Vec<u8>,
    /// Why it cannot be read.
    pub fault: RowFault,
}

/// The rows of an input, in its order. Ends after the first error.
pub struct Rows {
    reader: Reader,
    /// What there is to begin again with.
    origin: Option<Origin>,
    running: Running,
    rows: u64,
    has_ended: bool,
    /// Inputs whose rows come first.
    earlier: Vec<Rows>,
    /// What positions say of the file.
    file: u16,
}

struct Origin {
    source: Source,
    options: ReadOptions,
}

enum Reader {
    // Boxed, because a CSV parser carries its tables with it.
    Csv(Box<CsvRows>),
    Ndjson(Box<NdjsonRows>),
}

impl Rows {
    /// Begins to read a source and finds out what is left open by the options; reads the header.
    pub fn open(source: &Source, options: &ReadOptions) -> Result<Rows, InputError> {
        let options =
            ReadOptions { format: options.format.or(source.path().and_then(Format::of_path)), ..*options };
        let rows = Rows::begin(source.name(), source.reader(), &options, |input| match source.size() {
            Some(_) => NdjsonRows::of_file(Input::new(source.name(), source.reader(), &options)?, input),
            None => NdjsonRows::of_stream(input),
        })?;
        Ok(Rows { origin: Some(Origin { source: source.clone(), options }), ..rows })
    }

    /// Reads rows from anything that can be read once, under a name to be shown in errors.
    pub fn from_reader(
        name: &str,
        reader: Box<dyn std::io::Read + Send>,
        options: &ReadOptions,
    ) -> Result<Rows, InputError> {
        Rows::begin(name, reader, options, NdjsonRows::of_stream)
    }

    fn begin(
        name: &str,
        reader: Box<dyn std::io::Read + Send>,
        options: &ReadOptions,
        ndjson: impl FnOnce(Input) -> Result<NdjsonRows, InputError>,
    ) -> Result<Rows, InputError> {
        let running = Running::default();
        let input = Input::new(name, Box::new(Digesting::new(reader, running.clone())), options)?;
        let reader = match format_of(name, &input.head, options.format)? {
            Format::Csv => Reader::Csv(Box::new(CsvRows::new(input, options.delimiter)?)),
            Format::Ndjson => Reader::Ndjson(Box::new(ndjson(input)?)),
        };
        Ok(Rows { reader, origin: None, running, rows: 0, has_ended: false, earlier: Vec::new(), file: 0 })
    }

    /// Returns the same rows once more from the first, wherever this reading is; with no digest, which costs a tenth
    /// of the way of a row.
    pub fn again(&self) -> Result<Rows, InputError> {
        let origin = self.origin.as_ref().filter(|origin| origin.source.size().is_some());
        let Some(Origin { source, options }) = origin else {
            return Err(InputError::ReadOnce);
        };
        let input = Input::new(source.name(), source.reader(), options)?;
        let reader = match &self.reader {
            Reader::Csv(rows) => Reader::Csv(Box::new(CsvRows::new(input, Some(rows.delimiter))?)),
            Reader::Ndjson(rows) => Reader::Ndjson(Box::new(rows.again(input))),
        };
        let origin = Some(Origin { source: source.clone(), options: *options });
        let earlier = self.earlier.iter().map(Rows::again).collect::<Result<_, _>>()?;
        let (running, file) = (Running::default(), self.file);
        Ok(Rows { reader, origin, running, rows: 0, has_ended: false, earlier, file })
    }

    /// Returns whether an input was written to since it was opened.
    pub fn has_changed(&self) -> bool {
        self.origin.as_ref().is_some_and(|origin| origin.source.has_changed())
            || self.earlier.iter().any(Rows::has_changed)
    }

    /// Returns the name to show: the path as given, or `stdin`; empty for what is neither.
    pub fn name(&self) -> &str {
        self.origin.as_ref().map_or("", |origin| origin.source.name())
    }

    /// Returns the names of the columns: the trimmed header, or the dotted keys of NDJSON in order of
    /// first appearance.
    pub fn columns(&self) -> &[String] {
        match &self.reader {
            Reader::Csv(rows) => &rows.columns,
            Reader::Ndjson(rows) => rows.columns(),
        }
    }

    /// Returns the format, as given or as found out.
    pub fn format(&self) -> Format {
        match self.reader {
            Reader::Csv(_) => Format::Csv,
            Reader::Ndjson(_) => Format::Ndjson,
        }
    }

    /// Returns the delimiter of a CSV, as given or as found out.
    pub fn delimiter(&self) -> Option<u8> {
        match &self.reader {
            Reader::Csv(rows) => Some(rows.delimiter),
            Reader::Ndjson(_) => None,
        }
    }

    /// Returns the size of a file in bytes, with those that are read before it, and `None` for a stream.
    pub fn size(&self) -> Option<u64> {
        let earlier: u64 = self.earlier.iter().filter_map(Rows::size).sum();
        Some(self.origin.as_ref()?.source.size()? + earlier)
    }

    /// Returns the number of rows, bad ones included, where it is known exactly.
    pub fn total_rows(&self) -> Option<u64> {
        let own = match &self.reader {
            Reader::Csv(_) => None,
            Reader::Ndjson(rows) => rows.total,
        };
        self.earlier.iter().try_fold(own?, |total, earlier| Some(total + earlier.total_rows()?))
    }

    /// Returns the header byte for byte, with its byte order mark and line ending, so that these bytes and
    /// any raw rows after them are an input again; a header that the input ends with gets a line ending. For NDJSON
    /// the byte order mark alone, if the input was transcoded.
    pub fn header_bytes(&self) -> &[u8] {
        match &self.reader {
            Reader::Csv(rows) => &rows.header_bytes,
            Reader::Ndjson(rows) if rows.is_transcoded() => csv_rows::BOM,
            Reader::Ndjson(_) => &[],
        }
    }

    /// Returns the digest of what was read of the input itself, which is somewhat more than the rows given out
    /// unless the iterator came to its end.
    pub fn finish(self) -> InputDigest {
        self.running.finish(self.rows)
    }
}

impl fmt::Debug for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows")
            .field("columns", &self.columns())
            .field("rows", &self.rows)
            .finish_non_exhaustive()
    }
}

impl Iterator for Rows {
    type Item = Result<Read, InputError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.has_ended {
            return None;
        }
        if let Some(read) = self.next_earlier() {
            self.has_ended = read.is_err();
            return Some(read);
        }
        let mut row = match &mut self.reader {
            Reader::Csv(rows) => rows.next_row(),
            Reader::Ndjson(rows) => rows.next_row(),
        };
        match &mut row {
            Ok(Some(read)) => {
                self.rows += 1;
                read.set_file(self.file);
            }
            Ok(None) | Err(_) => self.has_ended = true,
        }
        row.transpose()
    }
}

fn format_of(name: &str, head: &[u8], known: Option<Format>) -> Result<Format, InputError> {
    match (known, sniff::look(head)) {
        (None | Some(Format::Ndjson), Look::JsonArray) => {
            Err(InputError::JsonArray { name: name.to_owned() })
        }
        (Some(format), _) => Ok(format),
        (None, Look::JsonObject) => Ok(Format::Ndjson),
        (None, Look::Other) => Ok(Format::Csv),
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod testing;

#[cfg(test)]
mod tests {
    use super::testing::{open, show_rows};
    use super::*;

    #[track_caller]
    fn check_format(head: &str, known: Option<Format>, expected: Option<Format>) {
        assert_eq!(expected, format_of("memory", head.as_bytes(), known).ok());
    }

    #[test]
    fn a_format_is_the_one_given_or_the_one_that_the_input_looks_like() {
        check_format("a,b\n", None, Some(Format::Csv));
        check_format("\n{\"a\":1}", None, Some(Format::Ndjson));
        check_format("{\"a\":1}", Some(Format::Csv), Some(Format::Csv));
        check_format("a,b\n", Some(Format::Ndjson), Some(Format::Ndjson));
        check_format("[{\"a\":1}]", None, None);
    }

    fn file(name: &str, text: &str) -> (tempfile::TempDir, Source) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        let source = Source::open(&path).unwrap();
        (folder, source)
    }

    #[test]
    fn a_file_tells_its_size_and_is_digested() {
        let (_folder, source) = file("users.csv", "a,b\n1,2\n3\n");
        let mut rows = Rows::open(&source, &ReadOptions::default()).unwrap();
        assert_eq!((Some(10), None), (rows.size(), rows.total_rows()));
        assert_eq!(2, rows.by_ref().count());
        let digest = rows.finish();
        assert_eq!((10, 2), (digest.bytes, digest.rows));
        // printf 'a,b\n1,2\n3\n' | sha256sum
        assert_eq!("e7e95159826d3a45eb498c95063c5a159a7ea93b10a940161b3625ce3e3dbe6d", digest.sha256);
    }

    #[test]
    fn an_extension_decides_unless_an_option_does() {
        let (_folder, source) = file("users.ndjson", "{\"a\":1}\n");
        let rows = Rows::open(&source, &ReadOptions::default()).unwrap();
        assert_eq!((Format::Ndjson, None, &b""[..]), (rows.format(), rows.delimiter(), rows.header_bytes()));
        let csv = ReadOptions { format: Some(Format::Csv), ..ReadOptions::default() };
        assert_eq!(Format::Csv, Rows::open(&source, &csv).unwrap().format());
    }

    #[track_caller]
    fn check_again(name: &str, text: &str) {
        let (folder, source) = file(name, text);
        let mut rows = Rows::open(&source, &ReadOptions::default()).unwrap();
        rows.next();
        std::fs::remove_dir_all(folder.path()).unwrap();
        let again = rows.again().unwrap();
        assert_eq!((rows.columns(), rows.format()), (again.columns(), again.format()));
        let text = text.as_bytes();
        let first = show_rows(Rows::open(&source, &ReadOptions::default()).unwrap(), text);
        assert_eq!(first, show_rows(again, text));
    }

    #[test]
    fn rows_can_be_read_again_from_the_first() {
        check_again("users.csv", "a;b\n1;2\n3;4\n");
        check_again("users.csv", "sep=|\na|b\n1|2\n");
        check_again("users.ndjson", "{\"a\":1}\n{\"b\":2}\n");
        assert!(matches!(
            open(b"a\n1\n", &ReadOptions::default()).unwrap().again(),
            Err(InputError::ReadOnce)
        ));
    }

    #[test]
    fn rows_can_be_read_in_another_thread() {
        let rows = open(b"a\n1\n2\n", &ReadOptions::default()).unwrap();
        assert_eq!(2, std::thread::spawn(move || rows.count()).join().unwrap());
    }
}
