//! What a CSV gives: rows, faults in their place, and errors.

use std::io::{self, Cursor};

use super::super::testing::{open, options, show, show_rows};
use super::super::{Format, InputError, Read, ReadOptions, Rows};

#[track_caller]
fn check(input: &str, expected: &str) {
    check_bytes(input.as_bytes(), &options(Format::Csv), expected);
}

#[track_caller]
fn check_bytes(input: &[u8], options: &ReadOptions, expected: &str) {
    assert_eq!(expected, show(input, options));
}

#[test]
fn rows_have_positions_and_cells() {
    check("a,b\n1,2\n3,4\n", "a|b\n2:4 1|2\n3:8 3|4");
    check("a,b\r\n1,2\r\n3,4\r\n", "a|b\n2:5 1|2\n3:10 3|4");
    check("a,b\n1,2", "a|b\n2:4 1|2");
    check("a,b\r\n1,2\r", "a|b\n2:5 1|2");
    check("a,b\n,\n", "a|b\n2:4 |");
    check("a,b\n 1 ,\t2\n", "a|b\n2:4  1 |\t2");
    check("\u{feff}a,b\n1,2\n", "a|b\n2:7 1|2");
    check("a;b\n1,5;2\n", "a|b\n2:4 1,5|2");
    check("a\tb\n1\t2\n", "a|b\n2:4 1|2");
    check("email\nann@example.com\n", "email\n2:6 ann@example.com");
}

#[test]
fn quotes_hold_delimiters_newlines_and_quotes() {
    check("a,b\n\"1,\"\"x\"\"\",2\n", "a|b\n2:4 1,\"x\"|2");
    check("a,b\r\n\"1\r\n2\",\"3\"\r\n4,5\r\n", "a|b\n2:5 1\r\n2|3\n4:17 4|5");
    check("a,b\r\n1,\"\"\r\n", "a|b\n2:5 1|");
    check("a,b\n1,\"x\r\"\n", "a|b\n2:4 1|x\r");
    check("a,b\n5\" pipe,6\"\n1,2\n", "a|b\n2:4 5\" pipe|6\"\n3:15 1|2");
    check("\"a\",\"b\"\n\"1\",\"2\"", "a|b\n2:8 1|2");
    check("\"a\nb\",c\n1,2\n", "a\nb|c\n3:8 1|2");
}

#[test]
fn blank_lines_are_no_rows() {
    check("a,b\n1,2\n\n\n3,4\n\n", "a|b\n2:4 1|2\n5:10 3|4");
    check("a,b\r\n\r\n1,2\r\n\r\n\r\n", "a|b\n3:7 1|2");
    check("\n\r\na,b\n1,2\n", "a|b\n4:7 1|2");
    check("a,b\n1,2\n\r", "a|b\n2:4 1|2");
}

#[test]
fn a_ragged_row_is_bad_and_the_next_one_is_read() {
    let fault = "the row has 3 cells where the header has 2";
    check("a,b\n1,2,3\n4,5\n", &format!("a|b\n2:4 ! {fault}\n3:10 4|5"));
    check("a,b\n1\n4,5", "a|b\n2:4 ! the row has 1 cells where the header has 2\n3:6 4|5");
    check("a,b\n   \n", "a|b\n2:4 ! the row has 1 cells where the header has 2");
    check("email\nSmith, Ann\n", "email\n2:6 ! the row has 2 cells where the header has 1");
}

#[test]
fn a_quote_that_is_never_closed_is_told_with_the_line_it_began_on() {
    let fault = "a quote is opened and never closed";
    check("a,b\n1,2\n3,\"4\n5,6\n", &format!("a|b\n2:4 1|2\n3:8 ! {fault}"));
    check("a,b\n1,2\n\"", &format!("a|b\n2:4 1|2\n3:8 ! {fault}"));
    check("a,b\n1,\"2\"\"", &format!("a|b\n2:4 ! {fault}"));
    check("a,b\n1,\"2\"\"\"", "a|b\n2:4 1|2\"");
    check("a,b\n1,2\"", "a|b\n2:4 1|2\"");
    check("a,b\n1,\"2\"", "a|b\n2:4 1|2");
    check("a,\"b\n1,2\n", "error: the header opens a quote that is never closed");
}

#[test]
fn a_header_alone_has_no_rows() {
    check("a,b\n", "a|b");
    check("a,b", "a|b");
    check("a,b\n\n\n", "a|b");
}

#[test]
fn what_has_no_usable_header_is_refused() {
    check("", "error: `memory` is empty");
    check("\n\r\n\n", "error: there is no header: the file has only blank lines");
    check("\u{feff}", "error: there is no header: the file has only blank lines");
    check("a,b, a\n1,2,3\n", "error: column `a` is there twice: number 1 and number 3");
    check("a,,b\n", "error: column number 2 has no name");
    check("a,b,,\n1,2,,\n", "a|b|column_3|column_4\n2:6 1|2||");
}

#[test]
fn a_separator_line_is_part_of_the_header() {
    let rows = open(b"sep=;\r\na;b\r\n1;2\r\n", &options(Format::Csv)).unwrap();
    assert_eq!((Some(b';'), &b"sep=;\r\na;b\r\n"[..]), (rows.delimiter(), rows.header_bytes()));
    check("sep=;\na;b\n1;2\n", "a|b\n3:10 1|2");
}

#[test]
fn a_delimiter_that_is_given_is_used() {
    let options = ReadOptions { delimiter: Some(b'~'), ..options(Format::Csv) };
    check_bytes(b"a~b,c\n1~2,3\n", &options, "a|b,c\n2:6 1|2,3");
}

#[test]
fn a_bad_byte_spoils_its_cell_and_not_its_row() {
    let error = "byte 0xff at offset 1 of the cell is not UTF-8";
    check_bytes(b"a,b\n1,x\xff\n", &options(Format::Csv), &format!("a|b\n2:4 1|error: {error}"));
    check_bytes(b"a,b\n\"1\",x\xff\r\n", &options(Format::Csv), &format!("a|b\n2:4 1|error: {error}"));
    let halves = b"a,b\n\"\xc3\",\"\xa9\"\n";
    let errors = "error: byte 0xc3 at offset 0 of the cell is not UTF-8|error: byte 0xa9 at offset 0 of the cell is not UTF-8";
    check_bytes(halves, &options(Format::Csv), &format!("a|b\n2:4 {errors}"));
    let error = "the cell holds a NUL byte at offset 1";
    check_bytes(b"a,b\n1,x\0\n", &options(Format::Csv), &format!("a|b\n2:4 1|error: {error}"));
}

fn encoded(encoding: &'static encoding_rs::Encoding) -> ReadOptions {
    ReadOptions { encoding: Some(encoding), ..options(Format::Csv) }
}

#[test]
fn a_single_byte_encoding_is_decoded_cell_by_cell() {
    let options = encoded(encoding_rs::WINDOWS_1252);
    check_bytes(b"n\xe4me,b\nZo\xeb,\"\x80\"\n", &options, "näme|b\n2:7 Zoë|€");
    check_bytes(b"\xef\xbb\xbfa\n\xc3\xab\n", &options, "a\n2:5 ë");
}

#[test]
fn utf_16_is_read_as_the_utf_8_text_that_it_stands_for() {
    let text = "a;b\r\nZoë;\"x\n日\"\r\n";
    let bytes: Vec<u8> =
        "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let rows = open(&bytes, &options(Format::Csv)).unwrap();
    assert_eq!("\u{feff}a;b\r\n".as_bytes(), rows.header_bytes());
    assert_eq!("a|b\n2:5 Zoë|x\n日", show_rows(rows, text.as_bytes()));
}

#[test]
fn what_is_lost_in_transcoding_is_an_error_of_its_cell() {
    let units = "a,b\n1,".encode_utf16().chain([0xd800]).chain("\n2,3\n".encode_utf16());
    let bytes: Vec<u8> = units.flat_map(u16::to_be_bytes).collect();
    let rows = open(&bytes, &encoded(encoding_rs::UTF_16BE)).unwrap();
    let expected = "a|b\n2:4 1|error: the cell holds bytes that are not UTF-16BE\n3:10 2|3";
    assert_eq!(expected, show_rows(rows, "a,b\n1,\u{fffd}\n2,3\n".as_bytes()));
}

/// Header and raw rows are an input again, with the same rows.
#[track_caller]
fn check_retry(input: &[u8], expected: &[u8]) {
    let rows = open(input, &options(Format::Csv)).unwrap();
    let mut retry = rows.header_bytes().to_vec();
    for row in rows {
        match row.unwrap() {
            Read::Row(row) => retry.extend_from_slice(row.raw()),
            Read::Bad(bad) => retry.extend_from_slice(&bad.raw),
        }
    }
    assert_eq!(expected, retry);
}

#[test]
fn header_and_raw_rows_are_the_input_byte_for_byte() {
    check_retry(b"a,b\n1,2\n", b"a,b\n1,2\n");
    check_retry(
        b"\xef\xbb\xbfa , b\r\n\"1\n\",2\r\n1,2,3\r\n\xff,\"",
        b"\xef\xbb\xbfa , b\r\n\"1\n\",2\r\n1,2,3\r\n\xff,\"",
    );
    check_retry(b"a,b\n\n1,2\n\n", b"a,b\n1,2\n");
    check_retry(b"a,b", b"a,b\n");
}

#[test]
fn rows_longer_than_every_buffer_are_read() {
    let long = "x".repeat(1024 * 1024);
    let input = format!("a,b\n1,\"{long}\"\n2,{long}\n3,4\n");
    check(&input, &format!("a|b\n2:4 1|{long}\n3:1048585 2|{long}\n4:2097164 3|4"));
    let rows: String = (0..50_000).map(|i| format!("{i},x\n")).collect();
    let rows = open(format!("a,b\n{rows}").as_bytes(), &options(Format::Csv)).unwrap();
    assert_eq!(50_000, rows.map(Result::unwrap).filter(|row| matches!(row, Read::Row(_))).count());
}

#[test]
fn a_row_without_end_stops_reading() {
    let endless = io::Read::chain(Cursor::new(b"a,b\n1,2\n\n\n3,\"".to_vec()), io::repeat(b'x'));
    let mut rows = Rows::from_reader("memory", Box::new(endless), &options(Format::Csv)).unwrap();
    assert!(matches!(rows.next(), Some(Ok(Read::Row(_)))));
    assert!(matches!(rows.next(), Some(Err(InputError::RowTooLong { line: 5 }))));
    assert!(rows.next().is_none());
}

struct Broken;

impl io::Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::ErrorKind::ConnectionReset.into())
    }
}

#[test]
fn an_input_that_breaks_off_is_told_with_its_line() {
    let head = "a,b\n1,2\n".repeat(20_000);
    let lines = head.lines().count();
    let broken = io::Read::chain(Cursor::new(head.into_bytes()), Broken);
    let rows = Rows::from_reader("memory", Box::new(broken), &options(Format::Csv)).unwrap();
    let error = rows.filter_map(Result::err).next().unwrap();
    assert_eq!(format!("reading stopped at line {}: connection reset", lines + 1), error.to_string());
}
