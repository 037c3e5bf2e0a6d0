//! A disk of a few pages below a folder of a test, for one run of the program: a file system in memory that only this run
//! sees, in a user namespace of its own.

use std::fs;
use std::io::{self, Write};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use super::{Run, TestEnv};

/// What stands in the way of the program on such a disk.
#[derive(Debug, Clone, Copy)]
pub enum Room {
    /// Nothing but its size: so many KiB are free when the program starts.
    Free(u32),
    /// It cannot be written to at all.
    ReadOnly,
}

/// Mounts the disk on `$1`, with what is in the folder already; runs the rest; keeps what is on the disk in `$1.after`.
const SCRIPT: &str = r#"
    folder=$1 free=$2; shift 2
    cp -a "$folder" "$folder.after" && mount -t tmpfs -o size=1m,mode=700 tmpfs "$folder" || exit 99
    cp -a "$folder.after/." "$folder" && rm -r "$folder.after" || exit 99
    if [ "$free" = ro ]; then mount -o remount,ro "$folder" || exit 99
    else dd if=/dev/zero of="$folder/filler" bs=1k count=$((1024 - $(du -sk "$folder" | cut -f1) - free)) 2>/dev/null || exit 99
    fi
    "$@"; code=$?
    cp -a "$folder" "$folder.after" && rm -f "$folder.after/filler" || exit 99
    exit $code
"#;

/// Says why a test proves nothing here; past what the test harness keeps to itself.
pub fn skipped(why: &str) {
    let _ = writeln!(io::stderr(), "SKIPPED: {why}");
}

/// Says why such a disk cannot be had here, if so.
fn obstacle() -> Option<&'static str> {
    static OBSTACLE: OnceLock<Option<String>> = OnceLock::new();
    let tried = OBSTACLE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let mount = r#"mount -t tmpfs -o size=1m tmpfs "$0""#;
        let output = Command::new("unshare").args(["-Urm", "sh", "-c", mount]).arg(folder.path()).output();
        match output {
            Ok(output) if output.status.success() => None,
            Ok(output) => Some(String::from_utf8_lossy(&output.stderr).into_owned()),
            Err(error) => Some(format!("unshare: {error}")),
        }
    });
    tried.as_deref()
}

impl TestEnv {
    /// Runs the program with a small disk on a folder. What is on the disk then is in the folder after it.
    ///
    /// Returns nothing, and says so, where a user cannot have a disk of its own.
    pub fn run_on_disk(&self, folder: &str, room: Room, arguments: &[&str]) -> Option<Run> {
        if let Some(why) = obstacle() {
            skipped(&format!("no file system of one's own here: {why}"));
            return None;
        }
        let folder = self.path(folder);
        fs::create_dir_all(&folder).unwrap();
        let free = match room {
            Room::Free(kib) => kib.to_string(),
            Room::ReadOnly => "ro".into(),
        };
        let inner = self.command(arguments);
        let mut command = Command::new("unshare");
        command
            .args(["-Urm", "sh", "-c", SCRIPT, "sh"])
            .args([folder.as_os_str(), free.as_ref(), inner.get_program()])
            .args(inner.get_args())
            .current_dir(inner.get_current_dir().unwrap())
            .env_clear()
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
            .envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let command = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let run = self.finish(command.spawn().unwrap());
        assert_ne!(99, run.code, "the disk could not be prepared: {run}");
        fs::remove_dir_all(&folder).unwrap();
        fs::rename(folder.with_extension("after"), &folder).unwrap();
        Some(run)
    }
}
