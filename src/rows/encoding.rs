//! Which bytes are which letters: encodings by name, and what has to be transcoded as a whole.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::InputError;

/// The names offered when a name is not known; each is one that people type.
const NAMES: &[&str] = &[
    "utf-8",
    "utf-16le",
    "utf-16be",
    "windows-1250",
    "windows-1251",
    "windows-1252",
    "windows-1253",
    "windows-1254",
    "windows-1255",
    "windows-1256",
    "windows-1257",
    "windows-1258",
    "iso-8859-1",
    "iso-8859-2",
    "iso-8859-3",
    "iso-8859-4",
    "iso-8859-5",
    "iso-8859-6",
    "iso-8859-7",
    "iso-8859-8",
    "iso-8859-10",
    "iso-8859-13",
    "iso-8859-14",
    "iso-8859-15",
    "iso-8859-16",
    "latin1",
    "ascii",
    "macintosh",
    "koi8-r",
    "koi8-u",
    "ibm866",
    "shift_jis",
    "euc-jp",
    "iso-2022-jp",
    "euc-kr",
    "gbk",
    "gb18030",
    "big5",
];

/// Returns the encoding of that name, as the WHATWG's Encoding Standard names them (`latin1` is
/// windows-1252 there: <https://encoding.spec.whatwg.org/#names-and-labels>).
pub fn encoding(label: &str) -> Result<&'static Encoding, InputError> {
    Encoding::for_label_no_replacement(label.as_bytes())
        .ok_or_else(|| InputError::UnknownEncoding { label: label.to_owned(), nearest: nearest(label) })
}

fn nearest(label: &str) -> Option<&'static str> {
    // Below 0.8 the suggestions are no longer typing mistakes.
    let label = label.trim().to_ascii_lowercase();
    NAMES
        .iter()
        .map(|name| (strsim::jaro_winkler(&label, name), *name))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

/// Returns the encoding that the first bytes announce, if they are a byte order mark.
pub(crate) fn of_bom(head: &[u8]) -> Option<&'static Encoding> {
    Encoding::for_bom(head).map(|(encoding, _)| encoding)
}

/// Whether an input in that encoding is transcoded to UTF-8 before it is cut into rows: a delimiter,
/// quote or line ending may be part of a letter in it.
pub(crate) fn needs_transcoding(encoding: &'static Encoding) -> bool {
    encoding != UTF_8 && !encoding.is_single_byte()
}

/// Returns the kind of UTF-16 that bytes without a byte order mark look like: text in western letters
/// has a NUL in every other byte.
pub(crate) fn looks_like_utf16(head: &[u8]) -> Option<&'static Encoding> {
    // 32 letters are enough to tell; the last pair may be cut in two.
    let pairs: Vec<_> = head.chunks_exact(2).take(32).collect();
    let all = |index: usize| {
        !pairs.is_empty() && pairs.iter().all(|pair| (pair[index] == 0) && pair[1 - index] != 0)
    };
    if all(1) {
        Some(UTF_16LE)
    } else if all(0) {
        Some(UTF_16BE)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(label: &str, expected: &str) {
        let actual = match encoding(label) {
            Ok(encoding) => encoding.name().to_owned(),
            Err(error) => format!("{error}; {}", error.hint().unwrap_or_default()),
        };
        assert_eq!(expected, actual);
    }

    #[test]
    fn an_encoding_is_known_by_its_usual_names() {
        check("utf-8", "UTF-8");
        check("UTF8", "UTF-8");
        check("latin1", "windows-1252");
        check("iso-8859-1", "windows-1252");
        check("ISO-8859-15", "ISO-8859-15");
        check("cp1252", "windows-1252");
        check("utf-16", "UTF-16LE");
        check("sjis", "Shift_JIS");
    }

    #[test]
    fn a_wrong_name_gets_the_nearest_right_one() {
        check("windows1252", "`windows1252` is not an encoding; did you mean `--encoding windows-1252`?");
        check("utf-9", "`utf-9` is not an encoding; did you mean `--encoding utf-8`?");
        check("klingon", "`klingon` is not an encoding; name one as in `--encoding windows-1252`");
    }

    #[test]
    fn utf_16_without_a_mark_is_seen() {
        assert_eq!(Some(UTF_16LE), looks_like_utf16(b"e\0m\0a\0i\0l\0\n\0"));
        assert_eq!(Some(UTF_16BE), looks_like_utf16(b"\0e\0m\0a\0i\0l\0\n"));
        assert_eq!(None, looks_like_utf16(b"email\n"));
        assert_eq!(None, looks_like_utf16(b"\0\0\0\0"));
        assert_eq!(None, looks_like_utf16(b""));
    }
}
