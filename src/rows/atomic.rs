//! Files that appear under their name whole or not at all.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::OutputError;

/// A file that is written as `<name>.partial` and takes its name when it is committed.
///
/// Dropped without that, it removes the partial file; the file that had the name before is untouched.
/// The partial file is locked, so that two processes never write into one.
#[derive(Debug)]
pub struct AtomicFile {
    file: File,
    path: PathBuf,
    partial: PathBuf,
    is_committed: bool,
}

impl AtomicFile {
    /// Creates the partial file. One that a killed process left behind is replaced.
    pub fn create(path: &Path) -> Result<AtomicFile, OutputError> {
        let path = resolved(path)?;
        let partial = partial_path(&path);
        let file = create_locked(&path, &partial)?;
        let file = AtomicFile { file, path, partial, is_committed: false };
        file.keep_permissions()?;
        Ok(file)
    }

    /// Returns the path that the file will have.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Puts the file on the disk and gives it its name.
    pub fn commit(mut self) -> Result<(), OutputError> {
        self.file.sync_all().map_err(|error| OutputError::of_io(&self.partial, error))?;
        fs::rename(&self.partial, &self.path).map_err(|error| OutputError::of_io(&self.path, error))?;
        self.is_committed = true;
        sync_folder(folder_of(&self.path)).map_err(|error| OutputError::of_io(&self.path, error))
    }

    /// A file that replaces another keeps who may read it.
    fn keep_permissions(&self) -> Result<(), OutputError> {
        match fs::metadata(&self.path) {
            Ok(metadata) => self
                .file
                .set_permissions(metadata.permissions())
                .map_err(|error| OutputError::of_io(&self.partial, error)),
            Err(_) => Ok(()),
        }
    }
}

impl Write for AtomicFile {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.file.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for AtomicFile {
    fn drop(&mut self) {
        if !self.is_committed {
            // Nobody is left to tell; the next run replaces it.
            let _ = fs::remove_file(&self.partial);
        }
    }
}

/// Returns the path to write to: that of the file itself where a symbolic link has the name.
fn resolved(path: &Path) -> Result<PathBuf, OutputError> {
    let Ok(metadata) = fs::metadata(path) else {
        return Ok(path.to_owned());
    };
    if metadata.is_dir() {
        return Err(OutputError::IsDirectory { path: path.to_owned() });
    }
    if !metadata.is_file() {
        return Err(OutputError::NotAFile { path: path.to_owned() });
    }
    if !path.is_symlink() {
        return Ok(path.to_owned());
    }
    fs::canonicalize(path).map_err(|error| OutputError::of_io(path, error))
}

fn partial_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".partial");
    PathBuf::from(name)
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Creates the partial file and locks it. It is never opened for truncation: between looking and locking,
/// the process that owns it may have given it its final name.
fn create_locked(path: &Path, partial: &Path) -> Result<File, OutputError> {
    remove_abandoned(path, partial)?;
    let file = OpenOptions::new().write(true).create_new(true).open(partial).map_err(|error| match error
        .kind()
    {
        io::ErrorKind::NotFound => OutputError::NoFolder { folder: folder_of(path).to_owned() },
        io::ErrorKind::AlreadyExists => OutputError::Busy { path: path.to_owned() },
        _ => OutputError::of_io(partial, error),
    })?;
    lock(&file, path)?;
    Ok(file)
}

/// Removes a partial file that nobody holds the lock of.
fn remove_abandoned(path: &Path, partial: &Path) -> Result<(), OutputError> {
    let Ok(file) = OpenOptions::new().append(true).open(partial) else {
        return Ok(());
    };
    lock(&file, path)?;
    match fs::remove_file(partial) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(OutputError::of_io(partial, error)),
        _ => Ok(()),
    }
}

fn lock(file: &File, path: &Path) -> Result<(), OutputError> {
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Err(OutputError::Busy { path: path.to_owned() }),
        // Some network file systems have no locks; writing there is still better than not writing.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(()),
    }
}

/// A new name is on the disk only once its folder is.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_has_its_name_only_once_it_is_committed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("users.csv");
        fs::write(&path, "old").unwrap();
        let mut file = AtomicFile::create(&path).unwrap();
        file.write_all(b"new").unwrap();
        assert_eq!("old", fs::read_to_string(&path).unwrap());
        assert_eq!(["users.csv", "users.csv.partial"], *names(folder.path()));
        file.commit().unwrap();
        assert_eq!("new", fs::read_to_string(&path).unwrap());
        assert_eq!(["users.csv"], *names(folder.path()));
    }

    #[test]
    fn a_file_that_is_not_committed_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("users.csv");
        fs::write(&path, "old").unwrap();
        AtomicFile::create(&path).unwrap().write_all(b"new").unwrap();
        assert_eq!("old", fs::read_to_string(&path).unwrap());
        assert_eq!(["users.csv"], *names(folder.path()));
    }

    #[test]
    fn a_partial_file_of_a_killed_process_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("users.csv");
        fs::write(folder.path().join("users.csv.partial"), "a long half of a file").unwrap();
        let mut file = AtomicFile::create(&path).unwrap();
        file.write_all(b"new").unwrap();
        file.commit().unwrap();
        assert_eq!("new", fs::read_to_string(&path).unwrap());
    }

    #[test]
    fn two_writers_of_one_file_do_not_meet() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("users.csv");
        let mut first = AtomicFile::create(&path).unwrap();
        let error = AtomicFile::create(&path).unwrap_err();
        assert!(matches!(error, OutputError::Busy { .. }), "{error}");
        first.write_all(b"first").unwrap();
        first.commit().unwrap();
        assert_eq!("first", fs::read_to_string(&path).unwrap());
    }

    #[track_caller]
    fn check(path: &Path, expected: &str) {
        let error = AtomicFile::create(path).unwrap_err();
        let actual = format!("{error}; {}", error.hint().unwrap_or_default());
        assert_eq!(expected, actual);
    }

    #[test]
    fn a_file_that_cannot_be_written_is_named_before_anything_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let shown = folder.path().display();
        check(folder.path(), &format!("`{shown}` is a directory, not a file; "));
        check(
            &folder.path().join("no/users.csv"),
            &format!("the folder `{shown}/no` does not exist; make it: `mkdir -p {shown}/no`"),
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_not_replaced() {
        check(Path::new("/dev/null"), "`/dev/null` is not a regular file; write to `-` and redirect stdout");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link_and_permissions_stay() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (target, link) = (folder.path().join("target.csv"), folder.path().join("link.csv"));
        fs::write(&target, "old").unwrap();
        fs::set_permissions(&target, fs::Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        let mut file = AtomicFile::create(&link).unwrap();
        file.write_all(b"new").unwrap();
        file.commit().unwrap();
        assert!(link.is_symlink());
        assert_eq!("new", fs::read_to_string(&target).unwrap());
        assert_eq!(0o640, fs::metadata(&target).unwrap().permissions().mode() & 0o777);
    }
}
