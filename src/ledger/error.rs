//! Why the ledger cannot be used. A variant is a different thing to do.

use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

/// Why the ledger cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// A later version of this program has written it.
    #[error("the ledger `{}` has schema {found}, and this version of the program knows {known}", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// It tells of the users of another workspace.
    #[error("the ledger `{}` is that of workspace {found}, not of {expected}", path.display())]
    OtherWorkspace {
        /// The file.
        path: PathBuf,
        /// Whose it is.
        found: String,
        /// Whose it should be.
        expected: String,
    },
    /// It is not what it was when it was written.
    #[error("the ledger `{}` is damaged: {reason}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// It cannot be read or written: a full disk, permissions.
    #[error("the ledger `{}` cannot be read or written: {reason}", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What the database or the operating system says.
        reason: String,
    },
}

impl LedgerError {
    pub(super) fn of(path: &Path, error: &rusqlite::Error) -> Self {
        let (path, reason) = (path.to_owned(), error.to_string());
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged { path, reason },
            // A table or a value that is not as we write it: somebody else has been in the file.
            Some(ErrorCode::Unknown | ErrorCode::TypeMismatch) => Self::Damaged { path, reason },
            Some(_) => Self::Unusable { path, reason },
            None => Self::Damaged { path, reason },
        }
    }

    pub(super) fn of_io(path: &Path, error: &std::io::Error) -> Self {
        Self::Unusable { path: path.to_owned(), reason: error.to_string() }
    }
}
