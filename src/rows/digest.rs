//! What was read, for the run report: bytes, SHA-256 and rows.

use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};

/// What was read of an input; of the whole of it, if reading came to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputDigest {
    /// The bytes read, before any transcoding.
    pub bytes: u64,
    /// The SHA-256 of those bytes, in lower-case hexadecimal.
    pub sha256: String,
    /// The rows given out, those that could not be read included.
    pub rows: u64,
}

/// The running digest of an input. Shared, because the reader that feeds it disappears below a decoder.
#[derive(Debug, Clone, Default)]
pub(crate) struct Running(Arc<Mutex<Sums>>);

#[derive(Debug, Default)]
struct Sums {
    bytes: u64,
    sha256: Sha256,
}

impl Running {
    fn add(&self, bytes: &[u8]) {
        let mut sums = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sums.bytes += bytes.len() as u64;
        sums.sha256.update(bytes);
    }

    /// Returns the digest of everything that was read so far.
    pub(crate) fn finish(&self, rows: u64) -> InputDigest {
        let sums = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let hash = sums.sha256.clone().finalize();
        let sha256 = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        InputDigest { bytes: sums.bytes, sha256, rows }
    }
}

/// A reader that adds everything read through it to a digest.
pub(crate) struct Digesting<R> {
    inner: R,
    running: Running,
}

impl<R: Read> Digesting<R> {
    pub(crate) fn new(inner: R, running: Running) -> Digesting<R> {
        Digesting { inner, running }
    }
}

impl<R: Read> Read for Digesting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.running.add(&buffer[..read]);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &[u8], sha256: &str) {
        let running = Running::default();
        io::copy(&mut Digesting::new(input, running.clone()), &mut io::sink()).unwrap();
        let expected = InputDigest { bytes: input.len() as u64, sha256: sha256.to_owned(), rows: 2 };
        assert_eq!(expected, running.finish(2));
    }

    #[test]
    fn the_digest_is_the_one_that_sha256sum_shows() {
        check(b"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        check(b"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
