//! The built program, run to its end, and what it used.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// The program as cargo built it for this bench.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_intercom-bulk");

/// How often a process is looked at: what it used after the last look is not seen.
const LOOK: Duration = Duration::from_millis(2);

/// What a process used.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Usage {
    /// From start to end.
    pub(crate) wall: Duration,
    /// On all CPUs together.
    pub(crate) cpu: Duration,
    /// The most memory that was resident, in KiB.
    pub(crate) peak: u64,
}

/// A folder of its own to run the program in; gone when it is dropped.
pub(crate) struct Bench(TempDir);

impl Bench {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("the machine has room for a folder"))
    }

    /// Writes a file, and returns its path.
    pub(crate) fn write(&self, name: &str, content: &str) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, content).expect("the folder takes a file");
        path
    }

    /// Reads a file of the folder.
    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.path().join(name)).expect("the program wrote the file")
    }

    /// Runs the program to its end, which must be a good one.
    pub(crate) fn run(&self, arguments: &[&str]) -> Usage {
        self.run_to(arguments, &[0])
    }

    /// Runs the program to its end, which must be one of these.
    pub(crate) fn run_to(&self, arguments: &[&str], exit_codes: &[i32]) -> Usage {
        self.run_to_one_of(Path::new(PROGRAM), arguments, exit_codes)
    }

    /// Runs another program in the same way.
    pub(crate) fn run_other(&self, program: &Path, arguments: &[&str]) -> Usage {
        self.run_to_one_of(program, arguments, &[0])
    }

    fn run_to_one_of(&self, program: &Path, arguments: &[&str], exit_codes: &[i32]) -> Usage {
        let begun = Instant::now();
        let mut child = self.command(program, arguments).spawn().expect("the program was built");
        let mut usage = Usage::default();
        let status = loop {
            usage.look(child.id());
            if let Some(status) = child.try_wait().expect("a child can be waited for") {
                break status;
            }
            thread::sleep(LOOK);
        };
        usage.wall = begun.elapsed();
        let stderr = fs::read_to_string(self.0.path().join("stderr")).unwrap_or_default();
        let is_good = status.code().is_some_and(|code| exit_codes.contains(&code));
        assert!(is_good, "{arguments:?}: {status}\n{stderr}");
        usage
    }

    /// Returns the peak memory of a program that has started and has nothing to do, in KiB.
    pub(crate) fn idle_peak(&self) -> u64 {
        let mut child: Child = self
            .command(Path::new(PROGRAM), &["check", "-"])
            .stdin(Stdio::piped())
            .spawn()
            .expect("the program was built");
        // Far more than its start takes.
        thread::sleep(Duration::from_millis(300));
        let mut usage = Usage::default();
        usage.look(child.id());
        child.kill().and_then(|()| child.wait()).expect("a child can be ended");
        usage.peak
    }

    fn command(&self, program: &Path, arguments: &[&str]) -> Command {
        let folder: &Path = self.0.path();
        let stderr = fs::File::create(folder.join("stderr")).expect("the folder takes a file");
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(folder)
            .env_clear()
            .env("HOME", folder)
            .env("INTERCOM_ACCESS_TOKEN", "bench")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(stderr);
        command
    }
}

impl Usage {
    /// Reads what a process used so far; one that has just ended is as it was.
    fn look(&mut self, pid: u32) {
        self.peak = self.peak.max(peak(pid).unwrap_or_default());
        self.cpu = self.cpu.max(cpu(pid).unwrap_or_default());
    }
}

/// Returns the peak resident memory of a living process, in KiB.
fn peak(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

/// Returns the time that all threads of a process were on a CPU.
pub(crate) fn cpu(pid: u32) -> Option<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name, in parentheses, may hold spaces; 11 fields after it stand `utime` and `stime` (proc(5)), in
    // hundredths of a second on every Linux.
    let (_, fields) = stat.rsplit_once(')')?;
    let ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<u64>);
    Some(Duration::from_millis(10 * ticks.sum::<Result<u64, _>>().ok()?))
}
