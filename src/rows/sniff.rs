//! Finds out format and delimiter from the first bytes of an input. Pure.

use std::cmp::Ordering;

/// The delimiters that are looked for; the first wins where two are as good.
const DELIMITERS: [u8; 4] = *b",;\t|";

/// What the first characters of a text look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// An object: NDJSON.
    JsonObject,
    /// An array of objects, which is not NDJSON.
    JsonArray,
    /// Anything else.
    Other,
}

/// Looks at the first two characters that are no spaces.
pub(crate) fn look(head: &[u8]) -> Look {
    let mut characters = without_bom(head).iter().filter(|byte| !byte.is_ascii_whitespace());
    match (characters.next(), characters.next()) {
        (Some(b'{'), _) => Look::JsonObject,
        (Some(b'['), Some(b'{') | None) => Look::JsonArray,
        _ => Look::Other,
    }
}

/// Returns the text after its byte order mark, if it has one.
pub(crate) fn without_bom(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)
}

/// Returns the delimiter that a line `sep=;` before the header names, as spreadsheets write it.
pub(crate) fn separator_line(head: &[u8]) -> Option<u8> {
    match without_bom(head) {
        [b's', b'e', b'p', b'=', delimiter, b'\n', ..] => Some(*delimiter),
        [b's', b'e', b'p', b'=', delimiter, b'\r', b'\n', ..] => Some(*delimiter),
        _ => None,
    }
}

/// Returns the delimiter that cuts the rows of the head into the most even number of columns, or `None`
/// if no delimiter cuts the header at all.
pub(crate) fn delimiter(head: &[u8], is_whole: bool) -> Option<u8> {
    DELIMITERS
        .into_iter()
        .filter_map(|delimiter| Evenness::of(head, is_whole, delimiter).map(|evenness| (evenness, delimiter)))
        // `max_by` takes the last of equals.
        .rev()
        .max_by(|a, b| a.0.compare(b.0))
        .map(|(_, delimiter)| delimiter)
}

/// How well a delimiter cuts: the share of rows that are as wide as the header, then the width.
#[derive(Debug, Clone, Copy)]
struct Evenness {
    even: u32,
    rows: u32,
    width: usize,
}

impl Evenness {
    fn of(head: &[u8], is_whole: bool, delimiter: u8) -> Option<Evenness> {
        let mut widths = widths(head, delimiter);
        if !is_whole && widths.len() > 1 {
            // The last row is cut by the end of the head.
            widths.pop();
        }
        let width = *widths.first().filter(|width| **width > 1)?;
        let even = widths.iter().filter(|other| **other == width).count() as u32;
        Some(Evenness { even, rows: widths.len() as u32, width })
    }

    fn compare(self, other: Evenness) -> Ordering {
        let share = |this: Evenness| f64::from(this.even) / f64::from(this.rows);
        share(self).total_cmp(&share(other)).then(self.width.cmp(&other.width))
    }
}

fn widths(head: &[u8], delimiter: u8) -> Vec<usize> {
    let reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(without_bom(head));
    reader.into_byte_records().map_while(Result::ok).map(|row| row.len()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(head: &str, expected: Option<char>) {
        assert_eq!(expected, delimiter(head.as_bytes(), true).map(char::from));
    }

    #[test]
    fn the_delimiter_is_the_one_that_cuts_evenly() {
        check("a,b\n1,2\n", Some(','));
        check("a;b\n1,5;2,5\n", Some(';'));
        check("a\tb\n1\t2\n", Some('\t'));
        check("a|b|c\n1|2|3", Some('|'));
        check("id,name|alias\n1,x\n2,y\n", Some(','));
        check("a,b;c,d;e\n1;2;3\n4;5;6\n", Some(';'));
        check("\"a,b,c\";\"d\"\n\"1,2\";3\n", Some(';'));
        check("a;b\n\"x;\ny\";2\n", Some(';'));
        check("a,b\r\n1,2\r\n", Some(','));
        check("a,b;c\n", Some(','));
    }

    #[test]
    fn a_single_column_has_no_delimiter() {
        check("email\nann@example.com\n", None);
        check("name\n\"Smith, Ann\"\nSmith, Bob\n", None);
        check("", None);
    }

    #[test]
    fn a_row_that_the_head_cuts_does_not_count() {
        assert_eq!(Some(b';'), delimiter(b"a,b;c\n1;2\n3,", false));
        assert_eq!(Some(b';'), delimiter(b"a;b", false));
    }

    #[test]
    fn the_first_character_tells_json() {
        assert_eq!(Look::JsonObject, look(b"\xef\xbb\xbf\n {\"a\":1}"));
        assert_eq!(Look::JsonArray, look(b"[\n  {\"a\":1}"));
        assert_eq!(Look::JsonArray, look(b"["));
        assert_eq!(Look::Other, look(b"[id],name\n"));
        assert_eq!(Look::Other, look(b"email"));
        assert_eq!(Look::Other, look(b""));
    }

    #[test]
    fn a_separator_line_names_the_delimiter() {
        assert_eq!(Some(b';'), separator_line(b"sep=;\r\na;b\r\n"));
        assert_eq!(Some(b'\t'), separator_line(b"\xef\xbb\xbfsep=\t\na\tb\n"));
        assert_eq!(None, separator_line(b"sep=,name\n"));
        assert_eq!(None, separator_line(b"email\n"));
    }
}
