//! Makes text of the bytes of an input: byte order mark, transcoding, head.

use std::io::{self, Cursor, Read};

use encoding_rs::{Encoding, UTF_8};
use encoding_rs_io::DecodeReaderBytesBuilder;

use super::encoding;
use super::errors::Binary;
use super::{Format, InputError};

/// How much of an input is looked at before it is read: format, delimiter, byte order mark. A pipe is
/// waited for until it has given as much, or ended.
pub(crate) const HEAD: usize = 64 * 1024;

/// How much is asked for at a time. More than 128 KiB brings nothing.
pub(crate) const CHUNK: usize = 128 * 1024;

/// What the user says about an input; what is left out is found out.
#[derive(Debug, Clone, Copy, Default)]
pub struct ReadOptions {
    /// CSV or NDJSON; else by the extension, else by the first character.
    pub format: Option<Format>,
    /// The delimiter of a CSV; else the one that cuts the head most evenly.
    pub delimiter: Option<u8>,
    /// The encoding, unless a byte order mark says otherwise; else UTF-8.
    pub encoding: Option<&'static Encoding>,
}

/// An opened input as text in which a line ending, delimiter or quote is always that byte.
pub(crate) struct Input {
    /// The first bytes of the text, up to what was asked for.
    pub(crate) head: Vec<u8>,
    /// Whether the head is all there is.
    pub(crate) is_whole: bool,
    /// What follows the head.
    pub(crate) rest: Box<dyn Read + Send>,
    /// What the text is written in.
    pub(crate) encoding: &'static Encoding,
    /// What the input was written in, if the text is UTF-8 made of it.
    pub(crate) transcoded_from: Option<&'static Encoding>,
}

impl Input {
    pub(crate) fn new(
        name: &str,
        mut reader: Box<dyn Read + Send>,
        options: &ReadOptions,
    ) -> Result<Input, InputError> {
        let unreadable = |source| InputError::Unreadable { name: name.to_owned(), source };
        let (start, is_whole) = read_up_to(&mut reader, HEAD).map_err(unreadable)?;
        let encoding = encoding_of(name, &start, options)?;
        if !encoding::needs_transcoding(encoding) {
            return Ok(Input { head: start, is_whole, rest: reader, encoding, transcoded_from: None });
        }
        let mut text = DecodeReaderBytesBuilder::new()
            .encoding(Some(encoding))
            .bom_sniffing(false)
            .build_with_buffer(Cursor::new(start).chain(reader), vec![0; CHUNK])
            .map_err(unreadable)?;
        let (head, is_whole) = read_up_to(&mut text, HEAD).map_err(unreadable)?;
        Ok(Input { head, is_whole, rest: Box::new(text), encoding: UTF_8, transcoded_from: Some(encoding) })
    }

    /// Makes the head longer, where more of an input that cannot be read twice has to be known.
    pub(crate) fn look_ahead(&mut self, length: usize) -> io::Result<()> {
        let wanted = length.saturating_sub(self.head.len());
        let (more, is_whole) = read_up_to(&mut self.rest, wanted)?;
        self.head.extend(more);
        self.is_whole |= is_whole;
        Ok(())
    }

    /// Returns the whole text as one reader.
    pub(crate) fn into_reader(self) -> TextReader {
        Cursor::new(self.head).chain(self.rest)
    }
}

/// The text of an input from its first byte on.
pub(crate) type TextReader = io::Chain<Cursor<Vec<u8>>, Box<dyn Read + Send>>;

/// Reads up to `length` bytes, and tells whether the reader ended before that.
fn read_up_to(reader: &mut impl Read, length: usize) -> io::Result<(Vec<u8>, bool)> {
    let mut bytes = Vec::new();
    let read = reader.by_ref().take(length as u64).read_to_end(&mut bytes)?;
    Ok((bytes, read < length))
}

fn encoding_of(name: &str, start: &[u8], options: &ReadOptions) -> Result<&'static Encoding, InputError> {
    if start.is_empty() {
        return Err(InputError::Empty { name: name.to_owned() });
    }
    if let Some(kind) = binary_kind(start) {
        return Err(InputError::NotText { name: name.to_owned(), kind });
    }
    if let Some(encoding) = encoding::of_bom(start).or(options.encoding) {
        return Ok(encoding);
    }
    match encoding::looks_like_utf16(start) {
        Some(encoding) => Err(InputError::Utf16WithoutFlag { encoding: encoding.name() }),
        None => Ok(UTF_8),
    }
}

fn binary_kind(start: &[u8]) -> Option<Binary> {
    // The magic numbers of gzip (RFC 1952), ZIP (APPNOTE.TXT) and the compound file of old Excel.
    match start {
        [0x1f, 0x8b, ..] => Some(Binary::Gzip),
        [b'P', b'K', 3, 4, ..] => Some(Binary::Zip),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => Some(Binary::OldSpreadsheet),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(bytes: &'static [u8], encoding: Option<&'static Encoding>) -> Result<Input, InputError> {
        Input::new("users.csv", Box::new(bytes), &ReadOptions { encoding, ..ReadOptions::default() })
    }

    #[track_caller]
    fn check(bytes: &'static [u8], encoding: Option<&'static Encoding>, expected: &str) {
        let actual = match input(bytes, encoding) {
            Ok(input) => {
                let encoding = match input.transcoded_from {
                    Some(encoding) => format!("{} transcoded", encoding.name()),
                    None => input.encoding.name().to_owned(),
                };
                let text = io::read_to_string(input.into_reader()).unwrap();
                format!("{encoding}: {text:?}")
            }
            Err(error) => format!("error: {error}"),
        };
        assert_eq!(expected, actual);
    }

    #[test]
    fn an_input_becomes_text() {
        check(b"a\n", None, r#"UTF-8: "a\n""#);
        check(b"\xef\xbb\xbfa\n", None, r#"UTF-8: "\u{feff}a\n""#);
        check(b"\xff\xfea\0\xeb\0", None, r#"UTF-16LE transcoded: "aë""#);
        check(b"\xfe\xff\0a", None, r#"UTF-16BE transcoded: "a""#);
        check(b"a\0b\0", Some(encoding_rs::UTF_16LE), r#"UTF-16LE transcoded: "ab""#);
        check(b"\x83\x5c", Some(encoding_rs::SHIFT_JIS), r#"Shift_JIS transcoded: "ソ""#);
        check(b"a", Some(encoding_rs::WINDOWS_1252), r#"windows-1252: "a""#);
    }

    #[test]
    fn a_byte_order_mark_beats_the_option() {
        check(b"\xef\xbb\xbfa", Some(encoding_rs::WINDOWS_1252), r#"UTF-8: "\u{feff}a""#);
        check(b"\xff\xfea\0", Some(encoding_rs::WINDOWS_1252), r#"UTF-16LE transcoded: "a""#);
    }

    #[test]
    fn what_is_not_text_is_named() {
        check(b"", None, "error: `users.csv` is empty");
        check(b"\x1f\x8b\x08", None, "error: `users.csv` is a gzip archive, not text");
        check(b"PK\x03\x04", None, "error: `users.csv` is a spreadsheet or a ZIP archive, not text");
        check(b"a\0b\0", None, "error: the file looks like UTF-16LE text without a byte order mark");
    }

    #[test]
    fn a_head_can_be_made_longer() {
        let bytes: &'static [u8] = vec![b'x'; HEAD + 10].leak();
        let mut input = input(bytes, None).unwrap();
        assert!(!input.is_whole);
        input.look_ahead(HEAD + 4).unwrap();
        assert_eq!((HEAD + 4, false), (input.head.len(), input.is_whole));
        input.look_ahead(HEAD + 99).unwrap();
        assert_eq!((HEAD + 10, true), (input.head.len(), input.is_whole));
    }
}
