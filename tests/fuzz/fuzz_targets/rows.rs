//! Any bytes as an input of rows. What can be read gives cells; and the header with the raw rows is the same input again.
#![no_main]

use std::io::Cursor;

use intercom_bulk::rows::{Cell, CellError, Format, InputError, Read, ReadOptions, Rows, encoding};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some(((choice, delimiter), input)) = data.split_first_chunk().map(|([a, b], rest)| ((*a, *b), rest))
    else {
        return;
    };
    let options = ReadOptions {
        format: [None, Some(Format::Csv), Some(Format::Ndjson)][usize::from(choice % 3)],
        delimiter: (delimiter % 4 == 0).then_some(b";,\t|~"[usize::from(delimiter / 4 % 5)]),
        encoding: ["utf-8", "windows-1252", "utf-16le", "shift_jis"]
            .get(usize::from(choice / 3 % 8))
            .map(|label| encoding(label).expect("the label is known")),
    };
    let Ok(rows) = open(input.to_vec(), &options) else { return };
    let options = ReadOptions { format: Some(rows.format()), delimiter: rows.delimiter(), ..options };
    let mut again = rows.header_bytes().to_vec();
    let columns = rows.columns().to_vec();
    let Ok(first) = read(rows, &mut again) else { return };
    let rows = open(again, &options).expect("what was read can be read again");
    assert_eq!(columns, rows.columns());
    assert_eq!(first, read(rows, &mut Vec::new()).expect("it is in memory"));
});

fn open(input: Vec<u8>, options: &ReadOptions) -> Result<Rows, InputError> {
    Rows::from_reader("memory", Box::new(Cursor::new(input)), options)
}

/// Returns what every row shows, and adds its bytes to `raw`.
fn read(rows: Rows, raw: &mut Vec<u8>) -> Result<Vec<String>, InputError> {
    let n_columns = rows.columns().len();
    rows.map(|row| {
        let row = row?;
        raw.extend_from_slice(row.raw());
        Ok(match row {
            Read::Row(row) => {
                let cells: Vec<Result<Cell<'_>, CellError>> = (0..=n_columns).map(|n| row.cell(n)).collect();
                format!("{cells:?}")
            }
            Read::Bad(bad) => format!("{} {:?}", bad.fault, bad.fault.hint()),
        })
    })
    .collect()
}
