//! Where rows come from: opened once, and read from its start as often as is wanted.
//!
//! A file is read by offset through one handle, up to the length that it had when it was opened. Every reading so sees
//! the same file, whatever takes its name meanwhile; a stream has to be kept in a file before it can be read again.

use std::fs::{File, Metadata};
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::InputError;
use super::input::CHUNK;

/// An input that is open: a file, a named pipe, or the standard input.
#[derive(Debug, Clone)]
pub struct Source {
    name: String,
    path: Option<PathBuf>,
    file: Arc<File>,
    /// What a regular file was when it was opened; `None` for a stream.
    opened: Option<State>,
}

/// What tells whether a file has been written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct State {
    size: u64,
    modified: (i64, i64),
}

/// Why a stream could not be kept.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// It cannot be read.
    #[error(transparent)]
    Input(InputError),
    /// The file to keep it in cannot be written.
    #[error(transparent)]
    Output(io::Error),
    /// Somebody asked to stop.
    #[error("stopped before the end of the input")]
    Stopped,
}

impl Source {
    /// Opens a file, or a named pipe.
    pub fn open(path: &Path) -> Result<Source, InputError> {
        let name = path.display().to_string();
        let file = File::open(path).map_err(|error| not_opened(path, error))?;
        let metadata = file.metadata().map_err(|error| not_opened(path, error))?;
        if metadata.is_dir() {
            return Err(InputError::IsDirectory { path: path.to_owned() });
        }
        // The files of /proc have no length, and are read like streams.
        let is_file = metadata.is_file() && metadata.len() > 0;
        let opened = is_file.then(|| State::of(&metadata));
        Ok(Source { name, path: Some(path.to_owned()), file: Arc::new(file), opened })
    }

    /// Takes the standard input.
    pub fn stdin() -> Result<Source, InputError> {
        let name = "stdin".to_owned();
        match io::stdin().as_fd().try_clone_to_owned() {
            Ok(stdin) => Ok(Source { name, path: None, file: Arc::new(stdin.into()), opened: None }),
            Err(source) => Err(InputError::Unreadable { name, source }),
        }
    }

    /// Returns the name to show: the path as given, or `stdin`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the path, if there is one.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Returns the size in bytes of what can be read again from its start, and `None` for a stream.
    pub fn size(&self) -> Option<u64> {
        self.opened.map(|state| state.size)
    }

    /// Copies a stream to its end into an empty file, which stands for it from then on.
    pub fn kept_in(self, mut copy: File, is_wanted: impl Fn() -> bool) -> Result<Source, KeepError> {
        let mut chunk = vec![0; CHUNK];
        loop {
            if !is_wanted() {
                return Err(KeepError::Stopped);
            }
            let length = match (&*self.file).read(&mut chunk) {
                Ok(0) => break,
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(source) => {
                    return Err(KeepError::Input(InputError::Unreadable { name: self.name, source }));
                }
            };
            copy.write_all(&chunk[..length]).map_err(KeepError::Output)?;
        }
        let opened = Some(State::of(&copy.metadata().map_err(KeepError::Output)?));
        Ok(Source { file: Arc::new(copy), opened, ..self })
    }

    /// Returns whether the file was written to since it was opened.
    pub fn has_changed(&self) -> bool {
        let is_as_opened = |opened| self.file.metadata().is_ok_and(|now| State::of(&now) == opened);
        self.opened.is_some_and(|opened| !is_as_opened(opened))
    }

    /// Returns a reader: of a file from its start, of a stream from where it is.
    pub(crate) fn reader(&self) -> Box<dyn Read + Send> {
        match self.opened {
            Some(State { size, .. }) => Box::new(FromStart { file: Arc::clone(&self.file), offset: 0, size }),
            None => Box::new(Arc::clone(&self.file)),
        }
    }
}

impl State {
    fn of(metadata: &Metadata) -> State {
        State { size: metadata.len(), modified: (metadata.mtime(), metadata.mtime_nsec()) }
    }
}

/// Reads a file without moving the handle, up to the size that it had.
struct FromStart {
    file: Arc<File>,
    offset: u64,
    size: u64,
}

impl Read for FromStart {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.size - self.offset).unwrap_or(usize::MAX);
        let wanted = buffer.len().min(left);
        let length = self.file.read_at(&mut buffer[..wanted], self.offset)?;
        if length == 0 && wanted > 0 {
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "the file was cut short while it was read",
            ));
        }
        self.offset += length as u64;
        Ok(length)
    }
}

fn not_opened(path: &Path, error: io::Error) -> InputError {
    match error.kind() {
        io::ErrorKind::NotFound => InputError::Missing { path: path.to_owned() },
        io::ErrorKind::IsADirectory => InputError::IsDirectory { path: path.to_owned() },
        _ => InputError::Unreadable { name: path.display().to_string(), source: error },
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn text(source: &Source) -> io::Result<String> {
        io::read_to_string(source.reader())
    }

    fn file(content: &str) -> (tempfile::TempDir, PathBuf, Source) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("users.csv");
        fs::write(&path, content).unwrap();
        let source = Source::open(&path).unwrap();
        (folder, path, source)
    }

    #[test]
    fn a_file_is_read_from_its_start_whatever_takes_its_name() {
        let (folder, path, source) = file("email\n");
        assert_eq!((Some(6), path.display().to_string().as_str()), (source.size(), source.name()));
        assert_eq!("email\n", text(&source).unwrap());
        let other = folder.path().join("other.csv");
        fs::write(&other, "name\n").unwrap();
        fs::rename(other, &path).unwrap();
        assert_eq!("email\n", text(&source).unwrap());
        fs::remove_file(&path).unwrap();
        assert_eq!("email\n", text(&source).unwrap());
        assert!(!source.has_changed());
    }

    #[test]
    fn a_file_that_grows_is_read_up_to_the_size_that_it_had() {
        let (_folder, path, source) = file("email\n");
        fs::write(&path, "email\na@x.test\n").unwrap();
        assert_eq!("email\n", text(&source).unwrap());
        assert!(source.has_changed());
    }

    #[test]
    fn a_file_that_shrinks_breaks_the_reading() {
        let (_folder, path, source) = file("email\na@x.test\n");
        fs::write(&path, "email\n").unwrap();
        assert_eq!("the file was cut short while it was read", text(&source).unwrap_err().to_string());
        assert!(source.has_changed());
    }

    #[test]
    fn a_stream_is_kept_to_be_read_again() {
        let (ours, mut theirs) = io::pipe().unwrap();
        theirs.write_all(b"email\n").unwrap();
        drop(theirs);
        let file = Arc::new(File::from(std::os::fd::OwnedFd::from(ours)));
        let source = Source { name: "stdin".into(), path: None, file, opened: None };
        assert_eq!(None, source.size());
        let kept = source.clone().kept_in(tempfile::tempfile().unwrap(), || true).unwrap();
        assert_eq!((Some(6), "stdin"), (kept.size(), kept.name()));
        assert_eq!(["email\n", "email\n"], [text(&kept).unwrap(), text(&kept).unwrap()]);
        let stopped = source.kept_in(tempfile::tempfile().unwrap(), || false);
        assert!(matches!(stopped, Err(KeepError::Stopped)));
    }

    #[test]
    fn a_path_that_cannot_be_read_is_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("no.csv");
        assert!(matches!(Source::open(&missing), Err(InputError::Missing { .. })));
        assert!(matches!(Source::open(folder.path()), Err(InputError::IsDirectory { .. })));
        let error = not_opened(Path::new("a.csv"), io::ErrorKind::PermissionDenied.into());
        assert_eq!("`a.csv` cannot be opened: permission denied", error.to_string());
    }
}
