//! The face for pipes and logs: a line every few seconds.

use std::io::{self, Write};
use std::time::Duration;

use super::Subject;
use super::status::Status;

/// Between two lines: enough to see that it lives, little enough for a log.
const INTERVAL: Duration = Duration::from_secs(5);

/// Writes lines to stderr.
pub struct Plain {
    subject: Subject,
    next: Duration,
}

impl Plain {
    pub(super) fn new(subject: Subject) -> Self {
        Self { subject, next: INTERVAL }
    }

    pub(super) fn show(&mut self, status: &Status, elapsed: Duration) {
        if elapsed < self.next {
            return;
        }
        self.next = elapsed + INTERVAL;
        let words = status.rows.iter().chain(&status.traffic).map(String::as_str);
        let words: Vec<&str> = words.collect();
        // Nobody may be listening; the run goes on all the same.
        let _ =
            writeln!(io::stderr(), "{} {}  {}", self.subject.command, self.subject.file, words.join("  "));
    }
}
