//! A reader that keeps the bytes of the row that is being read, so that a row can be given out byte for
//! byte whatever a parser made of it.
//!
//! Memory is bounded by the longest row; each byte is copied once, and moved at most once.

use std::io::{self, Read};

/// No row of users is this long: a bigger one is a quote that was never closed.
pub(crate) const ROW_LIMIT: usize = 16 * 1024 * 1024;

/// The row being read has grown past `ROW_LIMIT`.
#[derive(Debug, thiserror::Error)]
#[error("the row is longer than {ROW_LIMIT} bytes")]
pub(crate) struct TooLong;

/// Keeps everything read through it since the last `take_up_to`.
pub(crate) struct Tee<R> {
    inner: R,
    kept: Vec<u8>,
    /// Where in `kept` the first byte not yet taken is.
    start: usize,
    /// The offset in the input of `kept[0]`.
    base: u64,
    ended: bool,
}

impl<R: Read> Tee<R> {
    pub(crate) fn new(inner: R) -> Tee<R> {
        Tee { inner, kept: Vec::new(), start: 0, base: 0, ended: false }
    }

    /// Returns the bytes from the end of the last `take_up_to` up to the offset `end`, and lets go of them.
    pub(crate) fn take_up_to(&mut self, end: u64) -> &[u8] {
        let start = self.start;
        self.start = self.kept.len().min((end - self.base) as usize);
        &self.kept[start..self.start]
    }

    /// Returns what was read and not yet taken.
    pub(crate) fn untaken(&self) -> &[u8] {
        &self.kept[self.start..]
    }

    /// Whether the input has ended and everything up to its end was taken.
    pub(crate) fn is_spent(&self) -> bool {
        self.ended && self.start == self.kept.len()
    }

    fn forget_taken(&mut self) {
        self.kept.drain(..self.start);
        self.base += self.start as u64;
        self.start = 0;
    }
}

impl<R: Read> Read for Tee<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.forget_taken();
        if self.kept.len() > ROW_LIMIT {
            return Err(io::Error::other(TooLong));
        }
        let read = self.inner.read(buffer)?;
        self.kept.extend_from_slice(&buffer[..read]);
        self.ended = read == 0 && !buffer.is_empty();
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_is_taken_in_pieces_across_reads() {
        let mut tee = Tee::new(&b"abcdefgh"[..]);
        let mut buffer = [0; 3];
        assert_eq!(3, tee.read(&mut buffer).unwrap());
        assert_eq!(&b"ab"[..], tee.take_up_to(2));
        assert_eq!(3, tee.read(&mut buffer).unwrap());
        assert_eq!(&b"cdef"[..], tee.take_up_to(6));
        assert!(!tee.is_spent());
        assert_eq!(2, tee.read(&mut buffer).unwrap());
        assert_eq!(&b"g"[..], tee.take_up_to(7));
        assert_eq!(0, tee.read(&mut buffer).unwrap());
        assert!(!tee.is_spent());
        assert_eq!(&b"h"[..], tee.take_up_to(8));
        assert!(tee.is_spent());
    }

    #[test]
    fn a_row_without_end_is_stopped() {
        let mut tee = Tee::new(io::repeat(b'x'));
        let error = io::copy(&mut tee, &mut io::sink()).unwrap_err();
        assert!(error.get_ref().is_some_and(|inner| inner.downcast_ref::<TooLong>().is_some()));
        assert!(tee.kept.len() < ROW_LIMIT + 1024 * 1024);
    }
}
