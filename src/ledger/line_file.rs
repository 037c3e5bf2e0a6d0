//! A file of JSON lines that any death leaves usable: lines are only appended, a torn last one is dropped, and one process
//! has the file at a time.
//!
//! Lines are not synced one by one: what a killed process wrote is with the kernel, and what a power cut takes is the end
//! of the file, which is found out when it is read.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Seek};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// How much is read at a time.
const BUFFER: usize = 256 * 1024;

/// A file of lines, locked while it is open.
#[derive(Debug)]
pub struct LineFile {
    file: File,
    path: PathBuf,
    /// Where the next line begins.
    end: u64,
    buffer: Vec<u8>,
}

impl LineFile {
    /// Begins an empty file, readable by the user alone; what it held is gone.
    ///
    /// # Errors
    /// When it cannot be written; [`io::ErrorKind::ResourceBusy`] if another process has it open.
    pub fn create(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => return Err(io::ErrorKind::ResourceBusy.into()),
            // Some network file systems have no locks; writing there is still better than not writing.
            Ok(()) | Err(TryLockError::Error(_)) => {}
        }
        file.set_len(0)?;
        Ok(Self { file, path: path.into(), end: 0, buffer: Vec::new() })
    }

    /// Opens a file that somebody left; `None` if there is none, or if it is not known to be left.
    ///
    /// # Errors
    /// When it cannot be read or written.
    pub fn open(path: &Path) -> io::Result<Option<Self>> {
        let file = match OpenOptions::new().read(true).write(true).open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        if file.try_lock().is_err() {
            return Ok(None);
        }
        let end = file.metadata()?.len();
        Ok(Some(Self { file, path: path.into(), end, buffer: Vec::new() }))
    }

    /// Returns where the file is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns when the file was last written to, since 1970.
    ///
    /// # Errors
    /// When the operating system does not say.
    pub fn modified(&self) -> io::Result<Duration> {
        let modified = self.file.metadata()?.modified()?;
        Ok(modified.duration_since(UNIX_EPOCH).unwrap_or_default())
    }

    /// Writes one more line.
    ///
    /// # Errors
    /// When it cannot be written; the file then ends with the line before.
    pub fn append<T: Serialize>(&mut self, line: &T) -> io::Result<()> {
        self.buffer.clear();
        serde_json::to_writer(&mut self.buffer, line)?;
        self.buffer.push(b'\n');
        if let Err(error) = self.file.write_all_at(&self.buffer, self.end) {
            // Half a line is worth nothing, and on a full disk others need its space.
            let _ = self.file.set_len(self.end);
            return Err(error);
        }
        self.end += self.buffer.len() as u64;
        Ok(())
    }

    /// Returns the first line, if there is a whole one.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn first<T: DeserializeOwned>(&self) -> io::Result<Option<T>> {
        let mut line = Vec::new();
        self.reader()?.read_until(b'\n', &mut line)?;
        Ok(parsed(&line))
    }

    /// Hands over each line from the beginning to the first that is torn, and returns where they end.
    ///
    /// # Errors
    /// When the file cannot be read, or as `take` says.
    pub fn each<T: DeserializeOwned>(&self, mut take: impl FnMut(T) -> io::Result<()>) -> io::Result<u64> {
        let (mut reader, mut line, mut end) = (self.reader()?, Vec::new(), 0);
        loop {
            line.clear();
            reader.read_until(b'\n', &mut line)?;
            let Some(value) = parsed(&line) else { return Ok(end) };
            take(value)?;
            end += line.len() as u64;
        }
    }

    /// Drops what comes after `end`.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn cut(&mut self, end: u64) -> io::Result<()> {
        self.file.set_len(end)?;
        self.end = end;
        Ok(())
    }

    /// Gives the file another name; nobody else can take it meanwhile.
    ///
    /// # Errors
    /// When it cannot be renamed.
    pub fn move_to(&mut self, path: &Path) -> io::Result<()> {
        if self.path != path {
            fs::rename(&self.path, path)?;
            self.path = path.into();
        }
        Ok(())
    }

    /// Removes the file. One that cannot be removed is emptied, so that nobody goes on from it.
    pub fn remove(self) {
        let _ = self.file.set_len(0);
        let _ = fs::remove_file(&self.path);
    }

    fn reader(&self) -> io::Result<BufReader<&File>> {
        let mut file = &self.file;
        file.rewind()?;
        Ok(BufReader::with_capacity(BUFFER, file))
    }
}

/// Reads a line that has its end; after a power cut, a line may hold anything.
fn parsed<T: DeserializeOwned>(line: &[u8]) -> Option<T> {
    serde_json::from_slice(line.strip_suffix(b"\n")?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(file: &LineFile) -> Vec<u32> {
        let mut lines = Vec::new();
        file.each(|line| {
            lines.push(line);
            Ok(())
        })
        .unwrap();
        lines
    }

    fn file_of(content: &[u8]) -> (tempfile::TempDir, LineFile) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lines.ndjson");
        fs::write(&path, content).unwrap();
        let file = LineFile::open(&path).unwrap().unwrap();
        (folder, file)
    }

    #[track_caller]
    fn check_torn(content: &[u8], expected: &[u32]) {
        let (_folder, mut file) = file_of(content);
        let end = file.each(|_: u32| Ok(())).unwrap();
        file.cut(end).unwrap();
        file.append(&7).unwrap();
        assert_eq!([expected, &[7]].concat(), lines(&file));
    }

    #[test]
    fn a_torn_end_is_dropped_and_the_next_line_follows_the_last_whole_one() {
        check_torn(b"", &[]);
        check_torn(b"1\n2\n", &[1, 2]);
        check_torn(b"1\n2", &[1]);
        check_torn(b"1\n\0\0\0\0", &[1]);
        check_torn(b"1\n\0\0\n3\n", &[1]);
        check_torn(b"1\n{\"a", &[1]);
    }

    #[test]
    fn two_processes_do_not_share_a_file() {
        let (_folder, file) = file_of(b"1\n");
        let path = file.path().to_owned();
        assert!(LineFile::open(&path).unwrap().is_none());
        assert_eq!(io::ErrorKind::ResourceBusy, LineFile::create(&path).unwrap_err().kind());
        assert_eq!([1], *lines(&file));
        drop(file);
        assert!(lines(&LineFile::create(&path).unwrap()).is_empty());
    }

    #[test]
    fn a_file_that_is_removed_or_moved_is_no_longer_where_it_was() {
        let (folder, mut file) = file_of(b"1\n");
        let (old, new) = (file.path().to_owned(), folder.path().join("new.ndjson"));
        file.move_to(&new).unwrap();
        assert!(LineFile::open(&old).unwrap().is_none());
        assert_eq!([1], *lines(&file));
        file.remove();
        assert!(!new.exists());
    }
}
