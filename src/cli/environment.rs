//! What the process was given: its command line, home and token. Read once, here.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

use super::error::Error;
use super::exit::Exit;
use crate::intercom::AccessToken;
use crate::report::command_line;

/// The name under which systemd hands the token over (`LoadCredential=intercom_access_token:…`).
const CREDENTIAL: &str = "intercom_access_token";

/// What this process was given.
pub(super) struct Environment {
    words: Vec<String>,
    state_home: Option<PathBuf>,
}

impl Environment {
    pub(super) fn of_this_process(arguments: &[OsString]) -> Self {
        let mut words: Vec<String> =
            arguments.iter().map(|word| word.to_string_lossy().into_owned()).collect();
        if let Some(program) = words.first_mut() {
            *program = "intercom-bulk".into();
        }
        let home = |name: &str| std::env::var_os(name).filter(|path| !path.is_empty()).map(PathBuf::from);
        let state_home =
            home("XDG_STATE_HOME").or_else(|| home("HOME").map(|home| home.join(".local").join("state")));
        Self { words, state_home }
    }

    /// Returns the command that this process was called with.
    pub(super) fn this_command(&self) -> String {
        command_line(self.words.iter().map(String::as_str))
    }

    /// Returns this process's command, `attributes VERB` of something, as another command over the same thing; more
    /// words may follow.
    pub(super) fn this_command_as(&self, command: &[&str], more: &[String]) -> String {
        let mut words: Vec<&str> = self.words.iter().map(String::as_str).collect();
        let place = words.iter().position(|word| *word == "attributes").unwrap_or(words.len());
        words.splice(place..words.len().min(place + 2), command.iter().copied());
        // Only `attributes` has the one, and the other asks for what only this command prints.
        words.retain(|word| !matches!(*word, "--dry-run" | "--json"));
        command_line(words.into_iter().chain(more.iter().map(String::as_str)))
    }

    /// Returns this process's command, `plan`, as the import that it foresees, with a `--lookup` that costs less.
    pub(super) fn this_command_as_import(&self, lookup: Option<&str>) -> String {
        let mut words: Vec<&str> = self.words.iter().map(String::as_str).collect();
        if let Some(word) = words.iter_mut().find(|word| **word == "plan") {
            *word = "import";
        }
        words.retain(|word| !matches!(*word, "--diff" | "--json"));
        words.extend(lookup.into_iter().flat_map(|lookup| ["--lookup", lookup]));
        command_line(words)
    }

    /// Returns the command that this process was called with, for another file and in a run's folder of its own: the
    /// other file may stand in this one's.
    pub(super) fn this_command_for(&self, file: &str, other: &str) -> String {
        let mut words = Vec::new();
        let mut given = self.words.iter().map(String::as_str);
        let mut is_replaced = false;
        while let Some(word) = given.next() {
            match word {
                "--run-dir" => drop(given.next()),
                word if word.starts_with("--run-dir=") => {}
                // It is another job, which has no rejects yet.
                "--retry-rejected" => {}
                word if word == file && !is_replaced => {
                    is_replaced = true;
                    words.push(other);
                }
                word => words.push(word),
            }
        }
        command_line(words)
    }

    /// Returns the folder for what this program remembers.
    pub(super) fn state_dir(&self) -> Result<PathBuf, Error> {
        let home = self.state_home.as_ref().ok_or_else(|| {
            Error::new(
                Exit::Usage,
                "there is no folder for the run's files: neither HOME nor XDG_STATE_HOME is set",
            )
            .hint("name one: --state-dir /var/lib/intercom-bulk")
        })?;
        Ok(home.join("intercom-bulk"))
    }

    /// Returns the access token: `INTERCOM_ACCESS_TOKEN`, or systemd's credential.
    pub(super) fn token(&self) -> Result<AccessToken, Error> {
        if let Some(text) = std::env::var_os("INTERCOM_ACCESS_TOKEN").filter(|text| !text.is_empty()) {
            return token(&text.to_string_lossy(), "INTERCOM_ACCESS_TOKEN");
        }
        if let Some(folder) = std::env::var_os("CREDENTIALS_DIRECTORY") {
            let path = PathBuf::from(folder).join(CREDENTIAL);
            if let Ok(text) = fs::read_to_string(&path) {
                return token(&text, &path.display().to_string());
            }
        }
        Err(Error::new(Exit::Usage, "there is no access token")
            .hint("set INTERCOM_ACCESS_TOKEN, or try it without Intercom: --sandbox"))
    }
}

fn token(text: &str, source: &str) -> Result<AccessToken, Error> {
    AccessToken::new(text).ok_or_else(|| {
        Error::new(
            Exit::Usage,
            format!("{source} holds no access token: one is a single word of ASCII characters"),
        )
        .hint("copy it again from the Developer Hub, Your app, Authentication")
    })
}
