//! The header of a CSV: names that are text, that are there, and that are there once. Pure.

use std::collections::HashMap;

use csv::ByteRecord;
use encoding_rs::Encoding;

use super::InputError;
use super::row::{decode, refuse_nul};

/// Returns the names of the columns, trimmed.
///
/// Spreadsheets leave empty columns at the end, so unnamed columns are accepted there, as `column_7`. One
/// between named columns is refused: it is more likely a mistake than meant.
pub(crate) fn columns(header: &ByteRecord, encoding: &'static Encoding) -> Result<Vec<String>, InputError> {
    let mut names = header
        .iter()
        .enumerate()
        .map(|(index, cell)| {
            name(cell, encoding).map_err(|source| InputError::UnreadableColumn { number: index + 1, source })
        })
        .collect::<Result<Vec<_>, _>>()?;
    let named = names.iter().rposition(|name| !name.is_empty()).map_or(0, |last| last + 1);
    if named == 0 {
        return Err(InputError::NoHeader);
    }
    if let Some(index) = names[..named].iter().position(String::is_empty) {
        return Err(InputError::UnnamedColumn { number: index + 1 });
    }
    for (index, name) in names.iter_mut().enumerate().skip(named) {
        *name = format!("column_{}", index + 1);
    }
    refuse_duplicates(&names)?;
    Ok(names)
}

fn name(cell: &[u8], encoding: &'static Encoding) -> Result<String, super::CellError> {
    let text = decode(cell, encoding)?;
    refuse_nul(&text)?;
    Ok(text.trim().to_owned())
}

fn refuse_duplicates(names: &[String]) -> Result<(), InputError> {
    let mut seen = HashMap::new();
    for (index, name) in names.iter().enumerate() {
        if let Some(first) = seen.insert(name, index) {
            return Err(InputError::DuplicateColumn {
                name: name.clone(),
                first: first + 1,
                second: index + 1,
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(header: &[&[u8]], expected: &str) {
        let actual = match columns(&header.iter().collect(), encoding_rs::UTF_8) {
            Ok(names) => names.join("|"),
            Err(error) => format!("error: {error}"),
        };
        assert_eq!(expected, actual);
    }

    #[test]
    fn a_header_names_each_column_once() {
        check(&[b"email", b" First name ", b"plan\r"], "email|First name|plan");
        check(&[b"email", b"Email"], "email|Email");
        check(&[b"email", b"name", b" email"], "error: column `email` is there twice: number 1 and number 3");
        check(&[b"column_2", b""], "error: column `column_2` is there twice: number 1 and number 2");
        check(
            &[b"a\xff"],
            "error: the name of column number 1 cannot be read: byte 0xff at offset 1 of the cell is not UTF-8",
        );
        check(
            &[b"a", b"\0"],
            "error: the name of column number 2 cannot be read: the cell holds a NUL byte at offset 0",
        );
    }

    #[test]
    fn unnamed_columns_are_accepted_at_the_end_only() {
        check(&[b"email", b"", b" "], "email|column_2|column_3");
        check(&[b"email", b"", b"name"], "error: column number 2 has no name");
        check(&[b"", b"name"], "error: column number 1 has no name");
        check(&[b"", b""], "error: there is no header: the file has only blank lines");
    }
}
