//! Writes rows: CSV with its header first, or NDJSON with one flat object a line.

use std::borrow::Cow;
use std::io::{self, Write};

use super::Format;

/// What goes into one cell of an output.
#[derive(Debug, Clone, PartialEq)]
pub enum OutputCell<'a> {
    /// Nothing: an empty cell, or null.
    Empty,
    /// Text.
    Text(Cow<'a, str>),
    /// A whole number.
    Integer(i64),
    /// A number; one that is not finite has no JSON and becomes null there.
    Float(f64),
    /// True or false.
    Boolean(bool),
    /// JSON that is embedded as it stands, on one line; text to a CSV.
    Json(Cow<'a, str>),
    /// Names: an array, or text with semicolons between them to a CSV; an array there, too, if one of them holds what
    /// splits lists.
    Names(&'a [String]),
}

/// Returns names as one cell of a CSV; those that would be read as something else, as a JSON array.
fn joined(names: &[String]) -> Result<String, serde_json::Error> {
    let is_misread = |name: &String| {
        name.contains([';', ',']) || name.starts_with(['[', '{']) || name == r"\N" || name.trim() != name
    };
    if names.iter().any(is_misread) { serde_json::to_string(names) } else { Ok(names.join(";")) }
}

/// Writes rows of the same columns in one format.
///
/// The output is buffered here; `finish` hands it on.
pub struct RowWriter<W: Write> {
    columns: Vec<String>,
    writer: Writer<W>,
    has_header: bool,
}

enum Writer<W: Write> {
    Csv(Box<csv::Writer<W>>),
    Ndjson(Ndjson<W>),
}

struct Ndjson<W> {
    /// Each column as a JSON key with what stands before it: `{"id":`, then `,"email":`.
    keys: Vec<String>,
    out: W,
    buffer: Vec<u8>,
}

impl<W: Write> RowWriter<W> {
    /// Returns a writer; the header is written before the first row, or by `finish` if there is none.
    pub fn new(format: Format, columns: Vec<String>, out: W) -> RowWriter<W> {
        let writer = match format {
            Format::Csv => {
                Writer::Csv(Box::new(csv::WriterBuilder::new().buffer_capacity(BUFFER).from_writer(out)))
            }
            Format::Ndjson => Writer::Ndjson(Ndjson { keys: keys(&columns), out, buffer: Vec::new() }),
        };
        RowWriter { columns, writer, has_header: false }
    }

    /// Returns a writer that goes on where a header, or rows, are written already.
    pub fn continuing(format: Format, columns: Vec<String>, out: W) -> RowWriter<W> {
        RowWriter { has_header: true, ..RowWriter::new(format, columns, out) }
    }

    /// Writes one row, which has a cell for each column.
    pub fn write_row(&mut self, cells: &[OutputCell<'_>]) -> io::Result<()> {
        if cells.len() != self.columns.len() {
            let message = format!("{} cells for {} columns", cells.len(), self.columns.len());
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        self.write_header()?;
        match &mut self.writer {
            Writer::Csv(writer) => write_csv(writer, cells),
            Writer::Ndjson(ndjson) => ndjson.write_row(cells),
        }
    }

    /// Hands on everything that is buffered and returns what was written to.
    pub fn finish(mut self) -> io::Result<W> {
        self.write_header()?;
        let mut out = match self.writer {
            Writer::Csv(writer) => writer.into_inner().map_err(|error| {
                // The error holds the writer; only what went wrong is of use.
                let error = error.error();
                io::Error::new(error.kind(), error.to_string())
            })?,
            Writer::Ndjson(mut ndjson) => {
                ndjson.hand_on()?;
                ndjson.out
            }
        };
        out.flush()?;
        Ok(out)
    }

    fn write_header(&mut self) -> io::Result<()> {
        if let Writer::Csv(writer) = &mut self.writer
            && !self.has_header
        {
            writer.write_record(&self.columns).map_err(io_error)?;
        }
        self.has_header = true;
        Ok(())
    }
}

impl RowWriter<Vec<u8>> {
    /// Returns everything that was written so far.
    pub fn written(&mut self) -> io::Result<&[u8]> {
        match &mut self.writer {
            Writer::Csv(writer) => {
                writer.flush()?;
                Ok(writer.get_ref())
            }
            Writer::Ndjson(ndjson) => {
                ndjson.hand_on()?;
                Ok(&ndjson.out)
            }
        }
    }
}

/// How much is written at a time.
const BUFFER: usize = 64 * 1024;

fn keys(columns: &[String]) -> Vec<String> {
    let opening = |index| if index == 0 { '{' } else { ',' };
    let key = |(index, column): (usize, &String)| format!("{}{}:", opening(index), json_text(column));
    columns.iter().enumerate().map(key).collect()
}

fn json_text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn write_csv<W: Write>(writer: &mut csv::Writer<W>, cells: &[OutputCell<'_>]) -> io::Result<()> {
    for cell in cells {
        match cell {
            OutputCell::Empty => writer.write_field(""),
            OutputCell::Text(text) | OutputCell::Json(text) => writer.write_field(text.as_bytes()),
            OutputCell::Integer(number) => writer.write_field(number.to_string()),
            OutputCell::Float(number) => writer.write_field(number.to_string()),
            OutputCell::Boolean(value) => writer.write_field(if *value { "true" } else { "false" }),
            OutputCell::Names(names) => writer.write_field(joined(names).map_err(io::Error::from)?),
        }
        .map_err(io_error)?;
    }
    writer.write_record(None::<&[u8]>).map_err(io_error)
}

/// Writing without flexibility fails for nothing but I/O, as every row was counted.
fn io_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

impl<W: Write> Ndjson<W> {
    fn write_row(&mut self, cells: &[OutputCell<'_>]) -> io::Result<()> {
        if cells.is_empty() {
            self.buffer.push(b'{');
        }
        for (key, cell) in self.keys.iter().zip(cells) {
            self.buffer.extend_from_slice(key.as_bytes());
            write_json(&mut self.buffer, cell)?;
        }
        self.buffer.extend_from_slice(b"}\n");
        if self.buffer.len() >= BUFFER { self.hand_on() } else { Ok(()) }
    }

    fn hand_on(&mut self) -> io::Result<()> {
        self.out.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }
}

fn write_json(buffer: &mut Vec<u8>, cell: &OutputCell<'_>) -> io::Result<()> {
    match cell {
        OutputCell::Empty => buffer.extend_from_slice(b"null"),
        OutputCell::Text(text) => serde_json::to_writer(buffer, text)?,
        OutputCell::Integer(number) => serde_json::to_writer(buffer, number)?,
        OutputCell::Float(number) => serde_json::to_writer(buffer, number)?,
        OutputCell::Boolean(value) => serde_json::to_writer(buffer, value)?,
        OutputCell::Json(json) => buffer.extend_from_slice(json.as_bytes()),
        OutputCell::Names([]) => buffer.extend_from_slice(b"null"),
        OutputCell::Names(names) => serde_json::to_writer(buffer, names)?,
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::{Cell, Read, ReadOptions, Rows};
    use super::*;

    fn columns(names: &[&str]) -> Vec<String> {
        names.iter().copied().map(str::to_owned).collect()
    }

    fn written(format: Format, names: &[&str], rows: &[&[OutputCell<'_>]]) -> String {
        let mut writer = RowWriter::new(format, columns(names), Vec::new());
        rows.iter().try_for_each(|row| writer.write_row(row)).unwrap();
        String::from_utf8(writer.finish().unwrap()).unwrap()
    }

    fn one_of_each() -> Vec<OutputCell<'static>> {
        vec![
            OutputCell::Empty,
            OutputCell::Text("a \"b\", c".into()),
            OutputCell::Integer(-5),
            OutputCell::Float(1.5),
            OutputCell::Boolean(true),
            OutputCell::Json(r#"["x",1]"#.into()),
        ]
    }

    #[test]
    fn a_csv_has_its_header_first_and_quotes_where_needed() {
        let actual = written(Format::Csv, &["a", "b", "c", "d", "e", "f,g"], &[&one_of_each()]);
        assert_eq!("a,b,c,d,e,\"f,g\"\n,\"a \"\"b\"\", c\",-5,1.5,true,\"[\"\"x\"\",1]\"\n", actual);
    }

    #[test]
    fn ndjson_has_one_flat_object_a_line() {
        let actual = written(Format::Ndjson, &["a", "b", "c", "d", "e", "f\"g"], &[&one_of_each()]);
        let expected = r#"{"a":null,"b":"a \"b\", c","c":-5,"d":1.5,"e":true,"f\"g":["x",1]}"#;
        assert_eq!(format!("{expected}\n"), actual);
        assert_eq!("{\"a\":null}\n", written(Format::Ndjson, &["a"], &[&[OutputCell::Float(f64::NAN)]]));
    }

    #[test]
    fn without_rows_a_csv_is_its_header_and_ndjson_is_empty() {
        assert_eq!("a,b\n", written(Format::Csv, &["a", "b"], &[]));
        assert_eq!("", written(Format::Ndjson, &["a", "b"], &[]));
    }

    #[test]
    fn rows_that_continue_a_file_bring_no_header() {
        for (format, expected) in [(Format::Csv, "1\n"), (Format::Ndjson, "{\"a\":1}\n")] {
            let mut writer = RowWriter::continuing(format, columns(&["a"]), Vec::new());
            writer.write_row(&[OutputCell::Integer(1)]).unwrap();
            assert_eq!(expected, String::from_utf8(writer.finish().unwrap()).unwrap());
        }
    }

    #[test]
    fn a_row_of_the_wrong_width_is_not_written() {
        for format in [Format::Csv, Format::Ndjson] {
            let mut writer = RowWriter::new(format, columns(&["a", "b"]), Vec::new());
            let error = writer.write_row(&[OutputCell::Empty]).unwrap_err();
            assert_eq!("1 cells for 2 columns", error.to_string());
            writer.write_row(&[OutputCell::Empty, OutputCell::Empty]).unwrap();
        }
    }

    struct Full;

    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_full_disk_is_told() {
        for format in [Format::Csv, Format::Ndjson] {
            let mut writer = RowWriter::new(format, columns(&["a"]), Full);
            let _ = writer.write_row(&[OutputCell::Integer(1)]);
            let kind = writer.finish().err().map(|error| error.kind());
            assert_eq!(Some(io::ErrorKind::StorageFull), kind);
        }
    }

    #[track_caller]
    fn check_round_trip(text: &str) {
        for format in [Format::Csv, Format::Ndjson] {
            let cells = [OutputCell::Text(text.into()), OutputCell::Text("x".into())];
            let bytes = written(format, &["a", "b"], &[&cells]).into_bytes();
            let options = ReadOptions { format: Some(format), ..ReadOptions::default() };
            let mut rows = Rows::from_reader("memory", Box::new(io::Cursor::new(bytes)), &options).unwrap();
            let Some(Ok(Read::Row(row))) = rows.next() else { panic!("no row of {text:?} in {format}") };
            assert_eq!(Ok(Cell::Text(text.into())), row.cell(0));
            assert_eq!(Ok(Cell::Text("x".into())), row.cell(1));
            assert!(rows.next().is_none());
        }
    }

    #[test]
    fn what_was_written_is_read_again() {
        check_round_trip("");
        check_round_trip("a,b;c\td|e");
        check_round_trip("\"quoted\" and \"\"");
        check_round_trip("two\nlines");
        check_round_trip("two\r\nlines");
        check_round_trip("\r");
        check_round_trip("ends with return\r");
        check_round_trip("\n");
        check_round_trip(" spaces ");
        check_round_trip("Zoë 日本 🎉");
        check_round_trip("\u{feff}mark");
        check_round_trip("back\\slash");
        check_round_trip("{\"a\":1}");
    }
}
