//! The pages of an export while it is not whole: on the disk, with the cursor of the page that comes next, so that the next
//! run of the same export goes on from there. The output is filled from them at the end, and they are removed.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::export::RoleFilter;
use super::progress::{Page, PageSink, Progress};
use crate::intercom::Expand;
use crate::ledger::LineFile;

/// Raised when a line changes its meaning.
const SCHEMA: u32 = 1;

/// For so long after its last page an export may be gone on with. A scheduler that tries again after an outage, and a
/// person after lunch, find their pages; the export of the next night is made of that night's values only.
const FRESH_FOR: Duration = Duration::from_secs(60 * 60);

/// What an export is: one that goes on with its pages is the same in all of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportIdentity {
    /// The version of this program, which writes rows in its own way.
    pub program: String,
    /// The workspace.
    pub workspace: String,
    /// Where the workspace is.
    pub server: String,
    /// The version of the API.
    pub api_version: String,
    /// The file, as an absolute path.
    pub output: PathBuf,
    /// Its format.
    pub format: String,
    /// Its columns.
    pub columns: Vec<String>,
    /// Which contacts are written.
    pub role: RoleFilter,
    /// Which lists are written whole.
    pub expand: Expand,
}

/// What becomes of pages that somebody left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// This export goes on with them.
    GoneOnWith,
    /// Nobody will go on with them.
    Removed,
    /// They are another export's.
    LeftAlone,
}

/// The pages of one export, in a file that is locked while it is open.
#[derive(Debug)]
pub struct Spool {
    lines: LineFile,
    job: Job,
    pages: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Job {
    schema: u32,
    run_id: String,
    #[serde(flatten)]
    identity: ExportIdentity,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Job(Job),
    Page(Page),
}

impl Spool {
    /// The name of the file in a run's folder.
    pub const FILE: &str = "pages.ndjson";

    /// Begins an empty one.
    ///
    /// # Errors
    /// When the file cannot be written; [`io::ErrorKind::ResourceBusy`] if another run has it open.
    pub fn create(path: &Path, run_id: &str, identity: ExportIdentity) -> io::Result<Self> {
        let job = Job { schema: SCHEMA, run_id: run_id.into(), identity };
        let mut lines = LineFile::create(path)?;
        lines.append(&Line::Job(job.clone()))?;
        Ok(Self { lines, job, pages: 0 })
    }

    /// Opens one that a run left. `None` if there is none, or a run has it open; one that does not say whose it is, is
    /// removed.
    ///
    /// # Errors
    /// When it cannot be read or written.
    pub fn open(path: &Path) -> io::Result<Option<Self>> {
        let Some(lines) = LineFile::open(path)? else { return Ok(None) };
        match lines.first()? {
            Some(Line::Job(job)) => Ok(Some(Self { lines, job, pages: 0 })),
            _ => {
                lines.remove();
                Ok(None)
            }
        }
    }

    /// Returns the id of the run that began it.
    #[must_use]
    pub fn run_id(&self) -> &str {
        &self.job.run_id
    }

    /// Returns where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.lines.path()
    }

    /// Returns whether there is no page in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pages == 0
    }

    /// Decides what becomes of it when an export begins. `now` is since 1970.
    ///
    /// # Errors
    /// When the operating system does not say how old it is.
    pub fn fate(&self, identity: &ExportIdentity, now: Duration) -> io::Result<Fate> {
        let is_same = self.job.schema == SCHEMA && self.job.identity == *identity;
        // A clock that was set back makes pages of the future, whose age nobody knows.
        let is_fresh = now.abs_diff(self.lines.modified()?) <= FRESH_FOR;
        Ok(match (is_same, is_fresh) {
            (true, true) if self.is_poured() => Fate::Removed,
            (true, true) => Fate::GoneOnWith,
            (false, true) if self.job.identity.output != identity.output => Fate::LeftAlone,
            _ => Fate::Removed,
        })
    }

    /// Returns whether the run that died had given the file its name already: then nothing is left to go on with.
    fn is_poured(&self) -> bool {
        let output = fs::metadata(&self.job.identity.output).and_then(|metadata| metadata.modified());
        let since = output.ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        since.zip(self.lines.modified().ok()).is_some_and(|(output, pages)| output >= pages)
    }

    /// Takes it over as the file at `path`, and returns how far it has come.
    ///
    /// # Errors
    /// When it cannot be read or written.
    pub fn take_over(&mut self, path: &Path) -> io::Result<Progress> {
        self.lines.move_to(path)?;
        let mut progress = Progress::default();
        let end = self.lines.each(|line| {
            if let Line::Page(page) = line {
                progress.go_on_after(page);
            }
            Ok(())
        })?;
        self.lines.cut(end)?;
        self.pages = progress.pages;
        Ok(progress)
    }

    /// Writes the whole file: the header and the rows of all pages, of `seen` contacts.
    ///
    /// # Errors
    /// When `out` cannot be written to, and [`io::ErrorKind::InvalidData`] if a page is missing.
    pub fn pour(&self, header: &[u8], seen: u64, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(header)?;
        let mut poured = 0;
        self.lines.each(|line| {
            let Line::Page(page) = line else { return Ok(()) };
            poured += page.ids.len() as u64;
            out.write_all(page.rows.as_bytes())
        })?;
        if poured == seen {
            return Ok(());
        }
        let message = format!("`{}` holds {poured} of the {seen} contacts seen", self.path().display());
        Err(io::Error::new(io::ErrorKind::InvalidData, message))
    }

    /// Removes it.
    pub fn remove(self) {
        self.lines.remove();
    }
}

impl PageSink for Spool {
    fn take(&mut self, page: Page) -> io::Result<()> {
        self.lines.append(&Line::Page(page))?;
        self.pages += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(1_795_000_000);

    fn identity(output: &str, column: &str) -> ExportIdentity {
        ExportIdentity {
            program: "0.1.0".into(),
            workspace: "w".into(),
            server: "s".into(),
            api_version: "2.16".into(),
            output: output.into(),
            format: "csv".into(),
            columns: vec![column.into()],
            role: RoleFilter::User,
            expand: Expand::default(),
        }
    }

    #[track_caller]
    fn check(output: &str, column: &str, minutes: i64, expected: Fate) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(Spool::FILE);
        drop(Spool::create(&path, "r", identity("/a.csv", "id")).unwrap());
        let seconds = NOW.as_secs().saturating_add_signed(-minutes * 60);
        let modified = UNIX_EPOCH + Duration::from_secs(seconds);
        fs::File::options().write(true).open(&path).unwrap().set_modified(modified).unwrap();
        let spool = Spool::open(&path).unwrap().unwrap();
        assert_eq!(expected, spool.fate(&identity(output, column), NOW).unwrap());
    }

    #[test]
    fn pages_are_gone_on_with_by_the_same_export_within_the_hour() {
        check("/a.csv", "id", 0, Fate::GoneOnWith);
        check("/a.csv", "id", 59, Fate::GoneOnWith);
        check("/a.csv", "id", 61, Fate::Removed);
        check("/a.csv", "id", -61, Fate::Removed);
        check("/a.csv", "email", 0, Fate::Removed);
        check("/b.csv", "id", 0, Fate::LeftAlone);
        check("/b.csv", "id", 61, Fate::Removed);
    }
}
