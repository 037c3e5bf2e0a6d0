//! What `--data FILE` keeps: one JSON line for every change, appended with one write, the last line of a thing counts.
//!
//! At start the file is read and, if any of it is outdated, written anew without that (to a temporary name, then
//! renamed). A last line that was torn by a kill is dropped. A file that is not such a journal is an error, and is left
//! alone.

use std::fs::File;
use std::fs::TryLockError;
use std::io;
use std::io::BufRead;
use std::io::BufReader;
use std::io::BufWriter;
use std::io::Seek;
use std::io::SeekFrom;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;

use serde::Deserialize;
use serde::Serialize;

use super::SandboxError;
use super::admins::Admin;
use super::attributes::Attribute;
use super::company::Company;
use super::company::CompanyId;
use super::contact::Contact;
use super::contact::ContactId;
use super::note::Note;
use super::tag::Tag;

/// The version of the lines' form.
const FORMAT: u32 = 1;
/// How much is read at once: a data file can be 100 MB.
const READ_BYTES: usize = 256 * 1024;

/// An open journal, locked against other sandboxes.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    file: File,
    /// Where the last whole line ends.
    length: u64,
}

/// One line as it is read.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Entry {
    SandboxJournal { format: u32, workspace: String },
    Contact(Contact),
    Forgotten(ContactId),
    Attribute(Attribute),
    Admin(Admin),
    Company(Company),
    Tag(Tag),
    Note(Note),
    TagGone(u64),
    CompanyGone(CompanyId),
}

/// One line as it is written.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Change<'a> {
    SandboxJournal { format: u32, workspace: &'a str },
    Contact(&'a Contact),
    Forgotten(ContactId),
    Attribute(&'a Attribute),
    Admin(&'a Admin),
    Company(&'a Company),
    Tag(&'a Tag),
    Note(&'a Note),
    TagGone(u64),
    CompanyGone(CompanyId),
}

impl<'a> Change<'a> {
    /// Returns the first line of a journal.
    pub(super) fn header(workspace: &'a str) -> Change<'a> {
        Change::SandboxJournal { format: FORMAT, workspace }
    }
}

/// How a journal was left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Replayed {
    pub(super) n_entries: usize,
    ending: Ending,
}

/// How the last line ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    Whole,
    Torn,
}

/// Reads a journal from its start, a line at a time. Nothing is read of a file that is absent or empty.
pub(super) fn replay(path: &Path, apply: impl FnMut(Entry)) -> Result<Replayed, SandboxError> {
    match File::open(path) {
        Ok(file) => {
            lock(&file, path)?;
            replay_lines(BufReader::with_capacity(READ_BYTES, file), path, apply)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Ok(Replayed { n_entries: 0, ending: Ending::Whole })
        }
        Err(source) => Err(unreadable(path, source)),
    }
}

fn replay_lines(
    mut reader: impl BufRead,
    path: &Path,
    mut apply: impl FnMut(Entry),
) -> Result<Replayed, SandboxError> {
    let mut text = String::new();
    let (mut n_entries, mut ending) = (0, Ending::Whole);
    for line in 1.. {
        text.clear();
        if reader.read_line(&mut text).map_err(|source| unreadable(path, source))? == 0 {
            break;
        }
        ending = if text.ends_with('\n') { Ending::Whole } else { Ending::Torn };
        match parse(&text, line) {
            Ok(entry) => apply(entry),
            Err(_) if 1 < line && ending == Ending::Torn => break,
            Err(why) => return Err(SandboxError::DataDamaged { path: path.to_owned(), line, why }),
        }
        n_entries += 1;
    }
    Ok(Replayed { n_entries, ending })
}

/// Reads one line; the first one must be the header, and no other may be.
fn parse(text: &str, line: u64) -> Result<Entry, String> {
    let entry = serde_json::from_str(text).map_err(|error| error.to_string())?;
    match &entry {
        Entry::SandboxJournal { format, .. } if line == 1 && *format == FORMAT => Ok(entry),
        Entry::SandboxJournal { format, .. } if line == 1 => Err(format!("format {format} is not known")),
        Entry::SandboxJournal { .. } => Err("a second header".to_owned()),
        _ if line == 1 => Err("no header".to_owned()),
        _ => Ok(entry),
    }
}

impl Journal {
    /// Goes on with a journal that was replayed, writing it anew if it holds more than `changes`.
    pub(super) fn go_on<'a>(
        path: &Path,
        replayed: Replayed,
        changes: impl Iterator<Item = Change<'a>> + Clone,
    ) -> Result<Journal, SandboxError> {
        let tidy = replayed.n_entries == changes.clone().count() && replayed.ending == Ending::Whole;
        if !tidy {
            return Journal::write_anew(path, changes);
        }
        let open = || {
            let mut file = File::options().write(true).open(path)?;
            let length = file.seek(SeekFrom::End(0))?;
            Ok(Journal { path: path.to_owned(), file, length })
        };
        let journal = open().map_err(|source| unreadable(path, source))?;
        lock(&journal.file, path)?;
        Ok(journal)
    }

    /// Writes a journal that holds `changes` and nothing else, in place of the one that was there.
    pub(super) fn write_anew<'a>(
        path: &Path,
        changes: impl Iterator<Item = Change<'a>>,
    ) -> Result<Journal, SandboxError> {
        let mut temporary = path.as_os_str().to_owned();
        temporary.push(".partial");
        let temporary = PathBuf::from(temporary);
        let write = || {
            let mut writer = BufWriter::new(File::create(&temporary)?);
            for change in changes {
                serde_json::to_writer(&mut writer, &change)?;
                writer.write_all(b"\n")?;
            }
            let mut file = writer.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.sync_all()?;
            std::fs::rename(&temporary, path)?;
            let length = file.stream_position()?;
            Ok(Journal { path: path.to_owned(), file, length })
        };
        let journal = write().map_err(|source| unreadable(path, source))?;
        lock(&journal.file, path)?;
        Ok(journal)
    }

    /// Appends one change. A line that could be written only in part (the disk is full) is taken back.
    pub(super) fn append(&mut self, change: Change<'_>) -> io::Result<()> {
        let mut line = serde_json::to_vec(&change)?;
        line.push(b'\n');
        if let Err(error) = self.file.write_all(&line) {
            self.file.set_len(self.length)?;
            self.file.seek(SeekFrom::Start(self.length))?;
            return Err(error);
        }
        self.length += line.len() as u64;
        Ok(())
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

fn lock(file: &File, path: &Path) -> Result<(), SandboxError> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(SandboxError::DataInUse { path: path.to_owned() }),
        Err(TryLockError::Error(source)) => Err(unreadable(path, source)),
    }
}

fn unreadable(path: &Path, source: io::Error) -> SandboxError {
    SandboxError::DataUnreadable { path: path.to_owned(), source }
}
