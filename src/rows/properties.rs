//! What holds for every table and every input, tried on many.

use proptest::prelude::*;

use super::testing::open;
use super::{Cell, Format, OutputCell, Read, ReadOptions, RowWriter, Rows};

/// A cell as it is written, and how it reads in a CSV and in NDJSON.
fn cell() -> impl Strategy<Value = OutputCell<'static>> {
    let text = "[^\0]{0,8}|[ab,;\"\r\n\u{feff}é\t ]{0,8}";
    prop_oneof![
        Just(OutputCell::Empty),
        text.prop_map(|text| OutputCell::Text(text.into())),
        any::<i64>().prop_map(OutputCell::Integer),
        any::<f64>()
            .prop_filter("JSON has no others", |number| number.is_finite())
            .prop_map(OutputCell::Float),
        any::<bool>().prop_map(OutputCell::Boolean),
        prop::collection::vec(text, 0..3)
            .prop_map(|texts| OutputCell::Json(serde_json::json!(texts).to_string().into())),
    ]
}

fn table() -> impl Strategy<Value = (Vec<String>, Vec<Vec<OutputCell<'static>>>)> {
    (1..5_usize).prop_flat_map(|width| {
        let number = |(n, name): (usize, String)| format!("c{name}{n}");
        let names = prop::collection::vec("[ab,;.\"\r\n é]{0,5}", width)
            .prop_map(move |names| names.into_iter().enumerate().map(number).collect());
        (names, prop::collection::vec(prop::collection::vec(cell(), width), 1..6))
    })
}

fn written(format: Format, columns: &[String], table: &[Vec<OutputCell<'_>>]) -> Vec<u8> {
    let mut writer = RowWriter::new(format, columns.to_vec(), Vec::new());
    table.iter().try_for_each(|cells| writer.write_row(cells)).unwrap();
    writer.finish().unwrap()
}

/// Returns a cell as a CSV shows it.
fn as_text(cell: &OutputCell<'_>) -> String {
    match cell {
        OutputCell::Empty | OutputCell::Names(_) => String::new(),
        OutputCell::Text(text) | OutputCell::Json(text) => text.to_string(),
        OutputCell::Integer(number) => number.to_string(),
        OutputCell::Float(number) => number.to_string(),
        OutputCell::Boolean(value) => value.to_string(),
    }
}

/// Returns a cell as NDJSON shows it.
fn as_json(cell: &OutputCell<'_>) -> serde_json::Value {
    match cell {
        OutputCell::Empty | OutputCell::Names(_) => serde_json::Value::Null,
        OutputCell::Text(text) => text.as_ref().into(),
        OutputCell::Json(text) => serde_json::from_str(text).unwrap(),
        OutputCell::Integer(number) => (*number).into(),
        OutputCell::Float(number) => (*number).into(),
        OutputCell::Boolean(value) => (*value).into(),
    }
}

fn read_as(cell: &OutputCell<'_>, format: Format) -> String {
    match format {
        Format::Csv => format!("text {:?}", as_text(cell)),
        Format::Ndjson => match as_json(cell) {
            serde_json::Value::String(text) => format!("text {text:?}"),
            json => format!("json {json}"),
        },
    }
}

fn shown(rows: Rows) -> Vec<Vec<String>> {
    let width = rows.columns().len();
    let show = |row: Read| match row {
        Read::Row(row) => (0..width)
            .map(|column| match row.cell(column) {
                Ok(Cell::Text(text)) => format!("text {text:?}"),
                Ok(Cell::Json(json)) => format!("json {json}"),
                Ok(Cell::Missing) => "missing".into(),
                Err(error) => error.to_string(),
            })
            .collect(),
        Read::Bad(bad) => vec![format!("bad: {}", bad.fault)],
    };
    rows.map(|row| show(row.unwrap())).collect()
}

/// Returns the positions of the raw rows to be kept, and those rows behind the header.
fn kept(input: &[u8], options: &ReadOptions, keep: &[bool]) -> Option<(Vec<usize>, Vec<u8>)> {
    let rows = open(input, options).ok()?;
    let mut again = rows.header_bytes().to_vec();
    let keeps = |(n, row): (usize, Read)| {
        keep[n % keep.len()].then(|| {
            again.extend_from_slice(row.raw());
            n
        })
    };
    let places = rows.map(Result::unwrap).enumerate().filter_map(keeps).collect();
    Some((places, again))
}

proptest! {
    #[test]
    fn a_table_that_was_written_is_read_again_cell_by_cell((columns, table) in table()) {
        for format in [Format::Csv, Format::Ndjson] {
            let bytes = written(format, &columns, &table);
            let options = ReadOptions { format: Some(format), delimiter: Some(b','), ..ReadOptions::default() };
            let rows = open(&bytes, &options).unwrap();
            prop_assert_eq!(&columns, rows.columns());
            let read_as = |cells: &Vec<_>| cells.iter().map(|cell| read_as(cell, format)).collect::<Vec<_>>();
            prop_assert_eq!(table.iter().map(read_as).collect::<Vec<_>>(), shown(rows));
        }
    }

    /// What a file of rejected rows is made of.
    #[test]
    fn the_header_and_any_of_the_raw_rows_are_those_rows_again(
        body in prop::collection::vec(prop::sample::select(b"ab,,\"\"\n\n\r; \xff\xc3\xa9\0".to_vec()), 0..60),
        has_mark in any::<bool>(),
        keep in prop::collection::vec(any::<bool>(), 1..8),
    ) {
        let mark: &[u8] = if has_mark { b"\xef\xbb\xbf" } else { b"" };
        let input = [mark, b"x,y\n", &body].concat();
        let options = ReadOptions { format: Some(Format::Csv), delimiter: Some(b','), ..ReadOptions::default() };
        if let Some((places, again)) = kept(&input, &options, &keep) {
            let all = shown(open(&input, &options).unwrap());
            let expected: Vec<_> = places.iter().map(|place| all[*place].clone()).collect();
            prop_assert_eq!(expected, shown(open(&again, &options).unwrap()));
        }
    }
}
