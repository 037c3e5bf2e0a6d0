//! Shows everything that reading an input gives, as text to compare.

use super::{Cell, Format, InputError, Position, Read, ReadOptions, Row, Rows};

/// Returns the columns, then for each row `line:byte` and its cells, or `!` and what is wrong with it.
pub(crate) fn show(input: &[u8], options: &ReadOptions) -> String {
    match open(input, options) {
        Ok(rows) => show_rows(rows, input),
        Err(error) => format!("error: {error}"),
    }
}

pub(crate) fn open(input: &[u8], options: &ReadOptions) -> Result<Rows, InputError> {
    Rows::from_reader("memory", Box::new(std::io::Cursor::new(input.to_vec())), options)
}

/// Like `show`, of rows that were opened, and whose positions are those of `text`.
pub(crate) fn show_rows(rows: Rows, text: &[u8]) -> String {
    let columns = rows.columns().to_vec();
    let mut shown = columns.join("|");
    for row in rows {
        shown.push('\n');
        shown.push_str(&match row {
            Ok(Read::Row(row)) => {
                check_raw(row.position(), row.raw(), text);
                let cells: Vec<_> = (0..columns.len()).map(|column| cell(&row, column)).collect();
                format!("{}:{} {}", row.position().line, row.position().byte, cells.join("|"))
            }
            Ok(Read::Bad(bad)) => {
                check_raw(bad.position, &bad.raw, text);
                format!("{}:{} ! {}", bad.position.line, bad.position.byte, bad.fault)
            }
            Err(error) => format!("error: {error}"),
        });
    }
    shown
}

#[track_caller]
fn check_raw(position: Position, raw: &[u8], text: &[u8]) {
    let start = usize::try_from(position.byte).unwrap();
    assert_eq!(&text[start..start + raw.len()], raw, "the raw row is what the input has at its offset");
    let lines = text[..start].iter().filter(|byte| **byte == b'\n').count() as u64;
    assert_eq!(lines + 1, position.line, "the line is the one that the offset is on");
}

fn cell(row: &Row, column: usize) -> String {
    match row.cell(column) {
        Ok(Cell::Text(text)) => text.into_owned(),
        Ok(Cell::Json(value)) => format!("json {value}"),
        Ok(Cell::Missing) => "missing".to_owned(),
        Err(error) => format!("error: {error}"),
    }
}

/// Options that say nothing but the format.
pub(crate) fn options(format: Format) -> ReadOptions {
    ReadOptions { format: Some(format), ..ReadOptions::default() }
}
