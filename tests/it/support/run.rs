//! One run of the program as a test sees it: exit code, stdout and stderr, without what differs from run to run.

use std::fmt;
use std::process::Output;
use std::sync::LazyLock;

use regex::Regex;

use super::{CANARY, TestEnv};

/// What a run of the program came to.
#[derive(Debug)]
pub struct Run {
    /// The exit code.
    pub code: i32,
    /// All of stdout.
    pub stdout: String,
    /// All of stderr.
    pub stderr: String,
    shown: String,
}

impl Run {
    pub(super) fn new(output: &Output, env: &TestEnv) -> Self {
        let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!stdout.contains(CANARY) && !stderr.contains(CANARY), "the token was shown");
        assert!(!stderr.contains("panicked"), "{stderr}");
        let code = output.status.code().unwrap_or(-1);
        let mut shown = format!("exit {code}\n");
        for (name, text) in [("stdout", &stdout), ("stderr", &stderr)] {
            if !text.is_empty() {
                shown += &format!("---- {name}\n{text}");
            }
        }
        let shown = redact(&shown, env);
        Self { code, stdout, stderr, shown }
    }
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

/// Replaces what differs from run to run.
pub fn redact(text: &str, env: &TestEnv) -> String {
    let folder = env.path("").display().to_string();
    let text = text.replace(&folder, "");
    FILTERS
        .iter()
        .fold(text, |text, (filter, replacement)| filter.replace_all(&text, *replacement).into_owned())
}

/// What differs from run to run, and what stands for it.
static FILTERS: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    [
        (r"127\.0\.0\.1:\d+", "[HOST]"),
        (r"\.local/state/intercom-bulk", "[STATE]"),
        (r"\d{8}T\d{6}Z-(\w+)-[0-9a-f]{4}", "[TIME]-$1"),
        (r"process \d+ on \S+, since \S+", "process [ID] on [HOST], since [TIME]"),
        (r"request [0-9a-z]{20}", "request [ID]"),
        (r"\b[0-9a-f]{24}\b", "[ID]"),
        (r#""(started|finished)_at": "[^"]*""#, r#""${1}_at": "[TIME]""#),
        (r"in \d[\d.]*m?s", "in [TIME]"),
        (r"in \d+m\d\ds", "in [TIME]"),
    ]
    .map(|(pattern, replacement)| (Regex::new(pattern).unwrap(), replacement))
    .into()
});
