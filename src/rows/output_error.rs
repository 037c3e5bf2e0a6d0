//! Why an output file cannot be written, in the user's words.

use std::io;
use std::path::{Path, PathBuf};

/// Why an output file cannot be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OutputError {
    /// The folder that the file should be in does not exist.
    #[error("the folder `{}` does not exist", folder.display())]
    NoFolder {
        /// The folder.
        folder: PathBuf,
    },
    /// The path is that of a directory.
    #[error("`{}` is a directory, not a file", path.display())]
    IsDirectory {
        /// The path as given.
        path: PathBuf,
    },
    /// The path is that of a device or pipe, which cannot be replaced.
    #[error("`{}` is not a regular file", path.display())]
    NotAFile {
        /// The path as given.
        path: PathBuf,
    },
    /// We may not write there.
    #[error("`{}` cannot be written: permission denied", path.display())]
    Denied {
        /// The path that was tried.
        path: PathBuf,
    },
    /// Another process is writing the same file.
    #[error("`{}` is being written by another process", path.display())]
    Busy {
        /// The path as given.
        path: PathBuf,
    },
    /// There is no space left.
    #[error("`{}` cannot be written: the disk is full", path.display())]
    DiskFull {
        /// The path that was tried.
        path: PathBuf,
    },
    /// Anything else that the operating system says.
    #[error("`{}` cannot be written: {source}", path.display())]
    Unwritable {
        /// The path that was tried.
        path: PathBuf,
        /// The operating system's word.
        source: io::Error,
    },
}

impl OutputError {
    /// Says in the user's words what happened to the file at `path`, or to the one that the error names itself.
    pub fn of_io(path: &Path, source: io::Error) -> OutputError {
        let source = match source.downcast::<OutputError>() {
            Ok(named) => return named,
            Err(source) => source,
        };
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::PermissionDenied => OutputError::Denied { path },
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => OutputError::DiskFull { path },
            io::ErrorKind::IsADirectory => OutputError::IsDirectory { path },
            _ => OutputError::Unwritable { path, source },
        }
    }

    /// Puts the file's name into an operating system's error, unless it has one.
    pub fn named(path: &Path, source: io::Error) -> io::Error {
        io::Error::new(source.kind(), OutputError::of_io(path, source))
    }

    /// Returns what the user can do about it, with a command to copy, where there is such a thing.
    pub fn hint(&self) -> Option<String> {
        match self {
            OutputError::NoFolder { folder } => Some(format!("make it: `mkdir -p {}`", folder.display())),
            OutputError::NotAFile { .. } => Some("write to `-` and redirect stdout".to_owned()),
            OutputError::Busy { .. } => Some("wait for the other run, or choose another name".to_owned()),
            OutputError::DiskFull { .. } => Some("free some space and run the same command again".to_owned()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_io(kind: io::ErrorKind, expected: &str) {
        assert_eq!(expected, OutputError::of_io(Path::new("a.csv"), kind.into()).to_string());
    }

    #[test]
    fn an_error_that_names_its_file_keeps_the_name() {
        let named = OutputError::named(Path::new("report.json"), io::ErrorKind::StorageFull.into());
        assert_eq!(io::ErrorKind::StorageFull, named.kind());
        let again = OutputError::of_io(Path::new("a.csv"), named);
        assert_eq!("`report.json` cannot be written: the disk is full", again.to_string());
    }

    #[test]
    fn an_operating_system_error_is_put_in_words() {
        check_io(io::ErrorKind::PermissionDenied, "`a.csv` cannot be written: permission denied");
        check_io(io::ErrorKind::StorageFull, "`a.csv` cannot be written: the disk is full");
        check_io(io::ErrorKind::IsADirectory, "`a.csv` is a directory, not a file");
        check_io(io::ErrorKind::TimedOut, "`a.csv` cannot be written: timed out");
    }
}
