//! What NDJSON gives: columns, rows, faults in their place, and errors.

use std::io::{self, Cursor};

use super::super::testing::{open, options, show, show_rows};
use super::super::{Format, InputError, Read, ReadOptions, RowFault, Rows, Source};
use super::STREAM_HEAD;

#[track_caller]
fn check(input: &str, expected: &str) {
    assert_eq!(expected, show(input.as_bytes(), &options(Format::Ndjson)));
}

#[test]
fn columns_are_the_keys_in_order_of_first_appearance() {
    check("{\"a\":\"x\"}\n{\"b\":\"y\",\"a\":\"z\"}\n", "a|b\n1:0 x|missing\n2:10 z|y");
    check("{\"a\":\"x\"}", "a\n1:0 x");
    check("{}\n", "\n1:0 ");
    check("\u{feff}{\"a\":\"x\"}\r\n", "a\n1:0 x");
}

#[test]
fn nested_objects_are_flattened_and_arrays_are_not() {
    check(
        r#"{"custom_attributes":{"plan":"pro","x":{"y":1}},"tags":["a",{"b":2}],"location":{}}"#,
        "custom_attributes.plan|custom_attributes.x.y|tags\n1:0 pro|json 1|json [\"a\",{\"b\":2}]",
    );
    check("{\"\\u0061\":\"x\"}\n{\"a\":\"y\"}\n", "a\n1:0 x\n2:15 y");
}

#[test]
fn values_keep_their_types() {
    check(
        r#"{"a":null,"b":true,"c":-1,"d":18446744073709551615,"e":1.5,"f":"1","g":"\u0000"}"#,
        "a|b|c|d|e|f|g\n1:0 json null|json true|json -1|json 18446744073709551615|json 1.5|1|error: the cell holds a NUL byte at offset 0",
    );
}

#[test]
fn blank_lines_are_no_rows() {
    check("\n{\"a\":\"1\"}\n \r\n{\"a\":\"2\"}\n\n", "a\n2:1 1\n4:14 2");
    check("\n\n", "");
}

#[test]
fn a_line_that_is_no_object_is_bad_and_the_next_one_is_read() {
    let wanted = r#"a JSON object is wanted, as in `{"email":"ann@example.com"}`"#;
    check(
        "{\"a\":\"1\"}\n[1]\n7\n{\"a\":\"2\"}\n",
        &format!("a\n1:0 1\n2:10 ! {wanted}\n3:14 ! {wanted}\n4:16 2"),
    );
    check("{\"a\":1,}\n{\"a\":\"2\"}\n", "a\n1:0 ! not JSON: trailing comma\n2:9 2");
    check("{\"a\":\"1\"} x\n", "a\n1:0 ! not JSON: trailing characters");
    check("{\"a\":\n", "\n1:0 ! not JSON: EOF while parsing a value");
    check("nonsense\n", "\n1:0 ! not JSON: expected ident");
}

#[test]
fn a_last_line_that_is_cut_is_torn() {
    check("{\"a\":\"1\"}\n{\"a\":\"2", "a\n1:0 1\n2:10 ! the file ends in the middle of this row");
    check("{\"a\":\"1\"}\n{\"a\"", "a\n1:0 1\n2:10 ! the file ends in the middle of this row");
    check("{\"a\":\"1\"}\n{\"a\":\"2\"}", "a\n1:0 1\n2:10 2");
}

#[test]
fn a_key_that_is_there_twice_is_refused() {
    check("{\"a\":1,\"a\":2}\n", "a\n1:0 ! the key `a` is there twice");
    check("{\"a.b\":1,\"a\":{\"b\":2}}\n", "a.b\n1:0 ! the key `a.b` is there twice");
}

#[test]
fn bytes_that_are_not_text_are_no_json() {
    let bytes = b"{\"a\":\"\xeb\"}\n{\"a\":\"x\"}\n";
    let actual = show(bytes, &options(Format::Ndjson));
    assert_eq!("a\n1:0 ! not JSON: the line is not UTF-8\n2:10 x", actual);
    let options = ReadOptions { encoding: Some(encoding_rs::WINDOWS_1252), ..options(Format::Ndjson) };
    assert_eq!("a\n1:0 ë\n2:10 x", show(bytes, &options));
}

#[test]
fn utf_16_is_read_too() {
    let text = "{\"a\":\"日\"}\n";
    let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let options = ReadOptions { encoding: Some(encoding_rs::UTF_16BE), ..ReadOptions::default() };
    let rows = open(&bytes, &options).unwrap();
    assert_eq!(Format::Ndjson, rows.format());
    assert_eq!("a\n1:0 日", show_rows(rows, text.as_bytes()));
}

#[test]
fn an_array_is_refused_with_the_command_that_unpacks_it() {
    let error = open(b"[\n {\"a\":1}\n]", &ReadOptions::default()).err().unwrap();
    assert!(matches!(error, InputError::JsonArray { .. }));
    assert_eq!(Some("unpack it: `jq -c '.[]' memory > rows.ndjson`".to_owned()), error.hint());
}

#[test]
fn a_file_is_scanned_to_its_end_and_a_stream_as_far_as_its_head() {
    let mut text = "{\"a\":\"1\"}\n".repeat(STREAM_HEAD / 10 + 10);
    text.push_str("{\"a\":\"2\",\"late\":\"x\"}\n");
    let count = text.lines().count() as u64;
    let file = tempfile::Builder::new().suffix(".ndjson").tempfile().unwrap();
    std::fs::write(file.path(), &text).unwrap();

    let rows = Rows::open(&Source::open(file.path()).unwrap(), &ReadOptions::default()).unwrap();
    assert_eq!((Some(count), Some(text.len() as u64)), (rows.total_rows(), rows.size()));
    assert!(matches!(rows.last(), Some(Ok(Read::Row(_)))));

    let rows = open(text.as_bytes(), &ReadOptions::default()).unwrap();
    assert_eq!((None, None), (rows.total_rows(), rows.size()));
    let Some(Ok(Read::Bad(bad))) = rows.last() else { panic!("the last row is bad") };
    assert_eq!(RowFault::UnknownColumn { name: "late".to_owned() }, bad.fault);
}

#[test]
fn a_line_without_end_stops_reading() {
    let endless = io::Read::chain(Cursor::new(b"{\"a\":1}\n{\"a\":\"".to_vec()), io::repeat(b'x'));
    let mut rows = Rows::from_reader("memory", Box::new(endless), &options(Format::Ndjson)).unwrap();
    assert!(matches!(rows.next(), Some(Ok(_))));
    assert!(matches!(rows.next(), Some(Err(InputError::RowTooLong { line: 2 }))));
    assert!(rows.next().is_none());
}

#[test]
fn raw_rows_of_a_transcoded_input_are_read_again_whatever_the_encoding_is_said_to_be() {
    let text: Vec<u8> = "{\"a\":\"é\"}\nnone\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let utf_16 = ReadOptions { encoding: Some(encoding_rs::UTF_16LE), ..options(Format::Ndjson) };
    let rows = open(&text, &utf_16).unwrap();
    let mut again = rows.header_bytes().to_vec();
    for row in rows {
        again.extend_from_slice(match &row.unwrap() {
            Read::Row(row) => row.raw(),
            Read::Bad(row) => &row.raw,
        });
    }
    assert_eq!("\u{feff}{\"a\":\"é\"}\nnone\n".as_bytes(), again);
    let mut rows = open(&again, &utf_16).unwrap();
    assert_eq!(["a"], *rows.columns());
    assert!(matches!(rows.next(), Some(Ok(Read::Row(_)))));
}
