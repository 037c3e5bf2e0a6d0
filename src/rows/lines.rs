//! The lines of an input, and the bytes of the row that is made of them, whatever a parser makes of it.
//!
//! A row without quotes is a line, and is taken as one. A parser that reads the others through this is never given more
//! than one line at a time, so that it holds nothing of the row after its own. Memory is bounded by the longest row.

use std::io::{self, Read};

use memchr::{memchr, memchr2};

use super::input::CHUNK;

/// No row of users is this long: a bigger one is a quote that was never closed.
pub(crate) const ROW_LIMIT: usize = 16 * 1024 * 1024;

/// The row being read has grown past `ROW_LIMIT`.
#[derive(Debug, thiserror::Error)]
#[error("the row is longer than {ROW_LIMIT} bytes")]
pub(crate) struct TooLong;

/// What the next line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Line {
    /// A line of that many bytes, its ending included, without quotes.
    Plain(usize),
    /// A line with a quote in it, which may end in a later line.
    Quoted,
}

/// Gives out lines to be taken, or to be read by a parser and taken then.
pub(crate) struct Lines<R> {
    inner: R,
    buffer: Vec<u8>,
    /// Where in `buffer` the first byte not yet taken is.
    start: usize,
    /// How many bytes from there on a parser has read.
    parsed: usize,
    has_ended: bool,
}

impl<R: Read> Lines<R> {
    pub(crate) fn new(inner: R) -> Lines<R> {
        Lines { inner, buffer: Vec::new(), start: 0, parsed: 0, has_ended: false }
    }

    /// Looks at the next line, or returns `None` at the end.
    pub(crate) fn peek(&mut self) -> io::Result<Option<Line>> {
        let mut searched = 0;
        loop {
            let rest = &self.buffer[self.start..];
            match memchr2(b'\n', b'"', &rest[searched..]) {
                Some(at) if rest[searched + at] == b'"' => return Ok(Some(Line::Quoted)),
                Some(at) => return Ok(Some(Line::Plain(searched + at + 1))),
                None if self.has_ended => return Ok((!rest.is_empty()).then_some(Line::Plain(rest.len()))),
                None => searched = rest.len(),
            }
            self.fill()?;
        }
    }

    /// Returns the next `length` bytes.
    pub(crate) fn untaken(&self, length: usize) -> &[u8] {
        &self.buffer[self.start..self.start + length]
    }

    /// Returns the next `length` bytes, and lets go of them.
    pub(crate) fn take_bytes(&mut self, length: usize) -> &[u8] {
        let start = self.start;
        self.start += length;
        self.parsed = 0;
        &self.buffer[start..self.start]
    }

    /// Returns what a parser has read since the last bytes were taken, and lets go of it.
    pub(crate) fn take_parsed(&mut self) -> &[u8] {
        self.take_bytes(self.parsed)
    }

    /// Whether the input has ended and everything up to its end was taken.
    pub(crate) fn is_spent(&self) -> bool {
        self.has_ended && self.start == self.buffer.len()
    }

    /// Returns the bytes that a parser has yet to read, up to the end of a line.
    fn unparsed_line(&mut self) -> io::Result<&[u8]> {
        let mut searched = self.parsed;
        let length = loop {
            let rest = &self.buffer[self.start..];
            match memchr(b'\n', &rest[searched..]) {
                Some(at) => break searched + at + 1,
                None if self.has_ended => break rest.len(),
                None => searched = rest.len(),
            }
            self.fill()?;
        };
        Ok(&self.buffer[self.start + self.parsed..self.start + length])
    }

    fn fill(&mut self) -> io::Result<()> {
        self.buffer.drain(..self.start);
        self.start = 0;
        let kept = self.buffer.len();
        if ROW_LIMIT < kept {
            return Err(io::Error::other(TooLong));
        }
        self.buffer.resize(kept + CHUNK, 0);
        let read = self.inner.read(&mut self.buffer[kept..]);
        self.buffer.truncate(kept + read.as_ref().unwrap_or(&0));
        self.has_ended = read? == 0;
        Ok(())
    }
}

impl<R: Read> Read for Lines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let line = self.unparsed_line()?;
        let length = line.len().min(buffer.len());
        buffer[..length].copy_from_slice(&line[..length]);
        self.parsed += length;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives out three bytes at a time, so that lines go across reads.
    struct Dripping(&'static [u8]);

    impl Read for Dripping {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let length = buffer.len().min(3);
            self.0.read(&mut buffer[..length])
        }
    }

    #[test]
    fn lines_are_looked_at_and_taken() {
        let mut lines = Lines::new(Dripping(b"abcd\n\ne\""));
        assert_eq!(Some(Line::Plain(5)), lines.peek().unwrap());
        assert_eq!(b"abcd\n", lines.take_bytes(5));
        assert_eq!(Some(Line::Plain(1)), lines.peek().unwrap());
        assert_eq!(b"\n", lines.take_bytes(1));
        assert_eq!(Some(Line::Quoted), lines.peek().unwrap());
        assert_eq!(b"e\"", lines.take_bytes(2));
        assert_eq!(None, lines.peek().unwrap());
        assert!(lines.is_spent());
    }

    #[test]
    fn a_parser_is_given_no_more_than_a_line() {
        let mut lines = Lines::new(Dripping(b"\"a\nb\"\nc"));
        let mut buffer = [0; 16];
        assert_eq!(3, lines.read(&mut buffer).unwrap());
        assert_eq!(3, lines.read(&mut buffer).unwrap());
        assert_eq!(b"\"a\nb\"\n", lines.take_parsed());
        assert_eq!(Some(Line::Plain(1)), lines.peek().unwrap());
        assert!(!lines.take_bytes(1).is_empty() && lines.is_spent());
        assert_eq!(0, lines.read(&mut buffer).unwrap());
    }

    #[test]
    fn a_row_without_end_is_stopped() {
        let mut lines = Lines::new(io::repeat(b'x'));
        let error = lines.peek().unwrap_err();
        assert!(error.get_ref().is_some_and(|inner| inner.downcast_ref::<TooLong>().is_some()));
        assert!(lines.buffer.len() < ROW_LIMIT + 1024 * 1024);
    }
}
