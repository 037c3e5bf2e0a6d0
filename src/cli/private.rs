//! Folders that nobody else can write into: what is kept there is believed by the next run.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::Path;

use super::error::Error;
use super::exit::Exit;
use super::state::cannot_write;
use crate::report::command_line;

/// What a folder is to a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// Its files are written there.
    Files,
    /// It only holds such folders. In one like `/tmp`, others can make folders, but not touch those of the user.
    Parent,
}

/// Why a folder is not to be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Distrust {
    /// Others may write into it.
    Writable,
    /// It belongs to this user, who is neither the one of this process nor root.
    Foreign(u32),
}

/// Creates a folder for the user alone unless it is there, and refuses one that others can write into.
pub(super) fn open(folder: &Path, usage: Use) -> Result<(), Error> {
    let unusable = |error| cannot_write(folder, error);
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(unusable)?;
    let metadata = fs::metadata(folder).map_err(unusable)?;
    let user = rustix::process::geteuid().as_raw();
    match distrust(metadata.uid(), metadata.mode(), user, usage) {
        Some(distrust) => Err(told(folder, distrust)),
        None => Ok(()),
    }
}

/// Judges a folder by its owner and its permissions. What root owns is as safe as root; root may use anybody's.
fn distrust(owner: u32, mode: u32, user: u32, usage: Use) -> Option<Distrust> {
    let is_sticky = mode & 0o1000 != 0;
    match usage {
        _ if owner != user && owner != 0 && user != 0 => Some(Distrust::Foreign(owner)),
        Use::Parent if is_sticky => None,
        _ if mode & 0o022 != 0 => Some(Distrust::Writable),
        _ => None,
    }
}

fn told(folder: &Path, distrust: Distrust) -> Error {
    let shown = folder.display();
    match distrust {
        Distrust::Writable => Error::new(
            Exit::Usage,
            format!("`{shown}` can be written by others, so that nothing in it can be believed"),
        )
        .hint(command_line(["chmod", "go-w", &shown.to_string()])),
        Distrust::Foreign(owner) => {
            Error::new(Exit::Usage, format!("`{shown}` belongs to another user (uid {owner})"))
                .hint("run as that user, or choose another place: --state-dir DIR or --run-dir DIR")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(owner: u32, mode: u32, user: u32, usage: Use, expected: Option<Distrust>) {
        assert_eq!(expected, distrust(owner, mode, user, usage));
    }

    #[test]
    fn a_folder_that_others_can_write_into_is_not_trusted() {
        for usage in [Use::Files, Use::Parent] {
            check(7, 0o40_700, 7, usage, None);
            check(7, 0o40_755, 7, usage, None);
            check(7, 0o40_720, 7, usage, Some(Distrust::Writable));
            check(7, 0o40_702, 7, usage, Some(Distrust::Writable));
            check(7, 0o40_702, 0, usage, Some(Distrust::Writable));
        }
        check(0, 0o41_777, 7, Use::Files, Some(Distrust::Writable));
        check(0, 0o41_777, 7, Use::Parent, None);
    }

    #[test]
    fn a_folder_of_somebody_else_is_not_trusted_unless_that_is_root() {
        check(8, 0o40_700, 7, Use::Files, Some(Distrust::Foreign(8)));
        check(8, 0o41_777, 7, Use::Parent, Some(Distrust::Foreign(8)));
        check(0, 0o40_755, 7, Use::Files, None);
        check(8, 0o40_700, 0, Use::Files, None);
    }
}
