//! Rows of other inputs before those of the input: what an earlier run could not deliver, and tonight's file.
//!
//! All of them are one sequence, under the columns of the input; a row's position tells which file it is in.

use super::ndjson_rows::NdjsonRows;
use super::{Format, InputError, Read, ReadOptions, Reader, Rows, Source};

/// Why the rows of another input cannot be read before those of this one.
#[derive(Debug, thiserror::Error)]
pub enum EarlierError {
    /// It cannot be read at all.
    #[error(transparent)]
    Input(InputError),
    /// It has other columns.
    #[error("the columns are not those of `{input}`")]
    Columns {
        /// The input's display name.
        input: String,
    },
    /// One is CSV, the other NDJSON, or their text is written in different encodings.
    #[error("the format or encoding is not that of `{input}`")]
    Form {
        /// The input's display name.
        input: String,
    },
}

impl Rows {
    /// Reads the rows of another input after those that were put before, and before those of this one, of which none
    /// was read yet. Objects may have keys that those of this one have not.
    pub fn put_before(&mut self, source: &Source) -> Result<(), EarlierError> {
        let (encoding, input) = (self.reader.encoding(), || self.name().to_owned());
        let options = ReadOptions { format: None, delimiter: self.delimiter(), encoding: Some(encoding) };
        let mut earlier = Rows::open(source, &options).map_err(EarlierError::Input)?;
        if earlier.format() != self.format() || earlier.reader.encoding() != encoding {
            return Err(EarlierError::Form { input: input() });
        }
        if self.format() == Format::Csv && earlier.columns() != self.columns() {
            return Err(EarlierError::Columns { input: input() });
        }
        earlier.file = self.earlier.len() as u16 + 1;
        self.earlier.push(earlier);
        self.share_keys();
        Ok(())
    }

    /// Returns the inputs whose rows are read before; the first one's rows have the file 1 in their positions.
    pub fn earlier(&self) -> &[Rows] {
        &self.earlier
    }

    /// Takes away the inputs whose rows were read before.
    pub fn take_earlier(&mut self) -> Vec<Rows> {
        std::mem::take(&mut self.earlier)
    }

    /// Returns how many rows of the input itself were given out.
    pub fn n_read(&self) -> u64 {
        self.rows
    }

    /// Returns the next row of the inputs before this one.
    pub(super) fn next_earlier(&mut self) -> Option<Result<Read, InputError>> {
        self.earlier.iter_mut().find_map(Iterator::next)
    }

    /// Gives all readers of objects the same columns.
    fn share_keys(&mut self) {
        let Reader::Ndjson(own) = &mut self.reader else { return };
        let mut readers: Vec<&mut NdjsonRows> = self.earlier.iter_mut().filter_map(Rows::objects).collect();
        readers.iter().for_each(|reader| own.add_keys(reader));
        readers.iter_mut().for_each(|reader| reader.set_keys(own));
    }

    fn objects(&mut self) -> Option<&mut NdjsonRows> {
        match &mut self.reader {
            Reader::Ndjson(rows) => Some(rows),
            Reader::Csv(_) => None,
        }
    }
}

impl Reader {
    /// Returns what the text is written in, after any transcoding.
    fn encoding(&self) -> &'static encoding_rs::Encoding {
        match self {
            Reader::Csv(rows) => rows.encoding(),
            Reader::Ndjson(rows) => rows.encoding(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{open, show_rows};
    use super::*;

    /// Reads one text before another, and shows the rows with their files, or why that cannot be.
    #[track_caller]
    fn check(name: &str, before: &str, text: &str, expected: &str) {
        let folder = tempfile::tempdir().unwrap();
        let source = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            Source::open(&path).unwrap()
        };
        let before = source(&format!("before-{name}"), before);
        let mut rows = Rows::open(&source(name, text), &ReadOptions::default()).unwrap();
        let shown = rows.put_before(&before).map(|()| {
            let again = rows.again().unwrap();
            assert_eq!(rows.total_rows(), again.total_rows());
            [rows, again].map(|rows| rows.map(|read| show(&read.unwrap())).collect::<Vec<_>>().join(" "))
        });
        match shown {
            Ok([first, again]) => assert_eq!((expected, expected), (first.as_str(), again.as_str())),
            Err(EarlierError::Input(error)) => assert_eq!(expected, format!("error: {error}")),
            Err(EarlierError::Columns { .. }) => assert_eq!(expected, "other columns"),
            Err(EarlierError::Form { .. }) => assert_eq!(expected, "another form"),
        }
    }

    fn show(read: &Read) -> String {
        let position = read.position();
        let raw = String::from_utf8_lossy(read.raw()).trim_end().to_owned();
        format!("{}:{}:{raw}", position.file, position.line)
    }

    #[test]
    fn rows_of_two_inputs_are_one_sequence_that_tells_them_apart() {
        check("u.csv", "a,b\n1,2\n3\n", "a,b\r\n5,6\r\n", "1:2:1,2 1:3:3 0:2:5,6");
        check("u.csv", "\u{feff}a;b\n1;2\n", "a;b\n5;6", "1:2:1;2 0:2:5;6");
        check("u.csv", "a,b\n", "a,b\n5,6\n", "0:2:5,6");
        check("u.ndjson", "{\"a\":1}\n", "{\"b\":2}\n", "1:1:{\"a\":1} 0:1:{\"b\":2}");
    }

    #[test]
    fn rows_with_other_columns_are_no_part_of_the_sequence() {
        check("u.csv", "a,c\n1,2\n", "a,b\n5,6\n", "other columns");
        check("u.csv", "b,a\n1,2\n", "a,b\n5,6\n", "other columns");
        check("u.csv", "a;b\n1;2\n", "a,b\n5,6\n", "other columns");
        check("u.csv", "\u{feff}", "a,b\n5,6\n", "error: there is no header: the file has only blank lines");
    }

    #[test]
    fn an_input_without_others_before_it_is_the_file_0() {
        let mut rows = open(b"a\n1\n", &ReadOptions::default()).unwrap();
        assert!(rows.earlier().is_empty());
        assert_eq!(0, rows.next().unwrap().unwrap().position().file);
        assert_eq!((1, 0), (rows.n_read(), rows.take_earlier().len()));
        let rows = open(b"a\n1\n", &ReadOptions::default()).unwrap();
        assert!(!show_rows(rows, b"a\n1\n").is_empty());
    }
}
