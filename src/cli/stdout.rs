//! Data for stdout: what is lost there is an error, and a reader that has seen enough is none.

use std::io::{self, Write};
use std::path::Path;

use super::error::Error;
use crate::rows::OutputError;

/// Whether anybody still reads stdout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    There,
    Gone,
}

/// Writes a text to stdout, all of it.
pub(super) fn write(text: &str) -> Result<Reader, Error> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Ok(()) => Ok(Reader::There),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Reader::Gone),
        Err(error) => Err(Error::of_output(&OutputError::of_io(Path::new("stdout"), error))),
    }
}
