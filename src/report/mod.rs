//! How events look: on a terminal, on lines, as JSON; in rejects, retry file and run report; and the ending.
//!
//! One file a face. Everything here hears the same events, so that the counts on the screen are those in the files.

mod bar;
mod ending;
mod errors;
mod face;
mod human;
mod json_face;
mod plain;
mod prospect;
mod rejects;
mod reporter;
mod run_dir;
mod run_report;
mod status;

pub use ending::{Ending, ExportEnding, command_line};
pub use errors::{ErrorGroup, Errors};
pub use face::{Face, FaceKind, Subject};
pub use human::{count, plural};
pub use rejects::RejectFiles;
pub use reporter::{Beginning, RunReporter};
pub use run_dir::{RunDir, RunId, note_death};
pub use run_report::{Headline, HttpReport, InputReport, QuotaReport, RunReport, RunState};
