//! A folder of its own, a sandbox of its own, an environment of its own: what every story needs.

mod accounts;
mod disk;
mod door;
mod run;
mod server;
mod tls;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use intercom_bulk::sandbox::{Config, Lag, Sandbox};
use serde_json::Value;
use tempfile::TempDir;

use crate::contract;

pub use accounts::assert_accounted;
pub use disk::{Room, skipped};
pub use door::Door;
pub use run::{Run, redact};
pub use server::{FakeServer, Said};
pub use tls::TlsServer;

/// The token of every test; no artefact of any run may contain it.
pub const CANARY: &str = "canary-token-4711";
/// What a sandbox's log has in its place.
pub const CANARY_ID: &str = "1fadccd7";

/// A folder, and a sandbox unless the story needs none. Both are gone when it is dropped.
pub struct TestEnv {
    folder: TempDir,
    sandbox: Option<Sandbox>,
}

impl TestEnv {
    /// A fresh workspace without quota, whose lists and searches lag as Intercom's do.
    pub fn new() -> Self {
        Self::with(Config { quota_per_minute: 0, ..Config::default() })
    }

    /// A fresh workspace whose lists and searches never lag.
    pub fn prompt() -> Self {
        Self::with(Config { quota_per_minute: 0, lag: Lag::NONE, ..Config::default() })
    }

    /// A workspace as asked for.
    pub fn with(config: Config) -> Self {
        let env =
            Self { folder: tempfile::tempdir().unwrap(), sandbox: Some(Sandbox::start(config).unwrap()) };
        env.ask("POST", "/__sandbox/exchanges", r#"{"keep":1000000}"#);
        env
    }

    /// No server at all.
    pub fn offline() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), sandbox: None }
    }

    /// Returns the path of a file in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file into the folder.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).unwrap();
    }

    /// Reads a file of the folder.
    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Returns the sandbox's URL.
    pub fn url(&self) -> String {
        self.sandbox.as_ref().unwrap().url()
    }

    /// Runs the program to its end.
    pub fn run<const N: usize>(&self, arguments: [&str; N]) -> Run {
        self.run_all(&arguments)
    }

    /// Runs the program to its end, with as many arguments as there are.
    pub fn run_all(&self, arguments: &[&str]) -> Run {
        self.finish(self.command(arguments).stdin(Stdio::null()).spawn().unwrap())
    }

    /// Runs the program with a text on stdin.
    pub fn run_with_stdin<const N: usize>(&self, arguments: [&str; N], stdin: &[u8]) -> Run {
        let mut child = self.command(&arguments).stdin(Stdio::piped()).spawn().unwrap();
        // A program that refuses to start has closed its stdin already.
        let _ = std::io::Write::write_all(&mut child.stdin.take().unwrap(), stdin);
        self.finish(child)
    }

    /// Starts the program; hand it to [`TestEnv::finish`].
    pub fn start<const N: usize>(&self, arguments: [&str; N]) -> Child {
        self.command(&arguments).stdin(Stdio::null()).spawn().unwrap()
    }

    /// Waits for a program that was started.
    pub fn finish(&self, child: Child) -> Run {
        Run::new(&child.wait_with_output().unwrap(), self)
    }

    /// Returns the program's command in the folder, with nothing of this machine in its environment.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_intercom-bulk"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("HOME", self.folder.path())
            .env("INTERCOM_ACCESS_TOKEN", CANARY)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if self.sandbox.is_some() {
            command.env("INTERCOM_BULK_BASE_URL", self.url()).env("INTERCOM_BULK_RATE", "1000000/min");
        }
        command
    }

    /// Returns every contact as the sandbox holds it, sorted by external id and email.
    pub fn contacts(&self) -> Vec<Value> {
        let mut contacts = ndjson(&self.ask("GET", "/__sandbox/contacts", ""));
        contacts.sort_by_key(|contact| format!("{}{}", contact["external_id"], contact["email"]));
        contacts
    }

    /// Returns every request that the sandbox answered, in order.
    pub fn requests(&self) -> Vec<Value> {
        ndjson(&self.ask("GET", "/__sandbox/requests", ""))
    }

    /// Returns the requests that were meant to change something.
    pub fn writes(&self) -> Vec<Value> {
        let is_write = |request: &Value| {
            request["method"] != "GET" && !request["path"].as_str().unwrap().ends_with("/search")
        };
        self.requests().into_iter().filter(is_write).collect()
    }

    /// Returns how many requests the sandbox answered with this method to a path that begins so.
    pub fn count(&self, method: &str, path: &str) -> usize {
        let is_meant = |request: &&Value| {
            request["method"] == method && request["path"].as_str().unwrap().starts_with(path)
        };
        self.requests().iter().filter(is_meant).count()
    }

    /// Queues faults for the next requests, as the sandbox's control routes describe them.
    pub fn faults(&self, body: &str) {
        self.ask("POST", "/__sandbox/faults", body);
    }

    /// Lets the sandbox's index catch up.
    pub fn settle(&self) {
        self.ask("POST", "/__sandbox/settle", "");
    }

    /// Changes the ledger behind the program's back.
    pub fn change_ledger(&self, sql: &str) {
        let mut paths = walk(self.folder.path());
        let path = paths.find(|path| path.ends_with("ledger.db")).expect("there is a ledger");
        rusqlite::Connection::open(path).unwrap().execute_batch(sql).unwrap();
    }

    /// Deletes what earlier runs have delivered, as users may.
    pub fn forget(&self) {
        let ledgers: Vec<PathBuf> = walk(self.folder.path())
            .filter(|path| path.display().to_string().contains("/ledger.db"))
            .collect();
        assert!(!ledgers.is_empty(), "there is no ledger");
        ledgers.iter().for_each(|path| fs::remove_file(path).unwrap());
    }

    /// Writes a contact behind the program's back, and returns it.
    pub fn create(&self, body: &str) -> Value {
        serde_json::from_str(&self.ask("POST", "/contacts", body)).unwrap()
    }

    /// Sends a request to the sandbox, as anybody could.
    pub fn ask(&self, method: &str, path: &str, body: &str) -> String {
        let response = client()
            .request(method.parse().unwrap(), self.url() + path)
            .header("Authorization", "Bearer behind-the-back")
            .header("Accept", "application/json")
            .header("Content-Type", "application/json")
            .body(body.to_owned())
            .send()
            .unwrap();
        response.text().unwrap()
    }

    /// Returns every file of the folder and those in it.
    pub fn files(&self) -> impl Iterator<Item = PathBuf> {
        walk(self.folder.path())
    }

    /// Returns the only run folder of a command.
    pub fn run_folder(&self, command: &str) -> PathBuf {
        let mut folders: Vec<PathBuf> = walk(self.folder.path())
            .filter_map(|path| path.parent().map(Path::to_owned))
            .filter(|path| path.display().to_string().contains(&format!("-{command}-")))
            .collect();
        folders.sort();
        folders.dedup();
        assert_eq!(1, folders.len(), "{folders:?}");
        folders.remove(0)
    }

    /// Returns a file of a command's only run.
    pub fn run_file(&self, command: &str, name: &str) -> String {
        let path = self.run_folder(command).join(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Returns the report of a command's only run.
    pub fn report(&self, command: &str) -> Value {
        serde_json::from_str(&self.run_file(command, "report.json")).unwrap()
    }
}

impl Drop for TestEnv {
    /// No artefact of a run contains the token, and nobody said what the description of the API does not know.
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        for path in walk(self.folder.path()) {
            let content = fs::read(&path).unwrap_or_default();
            let leaks = content.windows(CANARY.len()).any(|window| window == CANARY.as_bytes());
            assert!(!leaks, "{} contains the token", path.display());
        }
        if self.sandbox.is_some() && contract::is_possible() {
            contract::check(&ndjson(&self.ask("GET", "/__sandbox/exchanges", "")), CANARY_ID);
        }
    }
}

fn walk(folder: &Path) -> Box<dyn Iterator<Item = PathBuf>> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    Box::new(entries.flat_map(|path| -> Box<dyn Iterator<Item = PathBuf>> {
        if path.is_dir() { walk(&path) } else { Box::new(std::iter::once(path)) }
    }))
}

/// One client for all tests: reading the machine's certificates takes longer than most of them.
pub fn client() -> &'static reqwest::blocking::Client {
    static CLIENT: OnceLock<reqwest::blocking::Client> = OnceLock::new();
    CLIENT.get_or_init(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::blocking::Client::builder().timeout(Duration::from_secs(60)).no_proxy();
        client.build().unwrap()
    })
}

/// Asks again and again until the condition holds; each question should take a moment, as a request does.
#[track_caller]
pub fn wait_until(mut condition: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !condition() {
        assert!(begun.elapsed() < Duration::from_secs(30), "it never came to that");
    }
}

/// Sends a signal, as in `INT`, to a running program.
pub fn signal(child: &Child, name: &str) {
    let status = Command::new("kill").args([format!("-{name}"), child.id().to_string()]).status();
    assert!(status.unwrap().success());
}

/// Returns a CSV file of so many users, `u-1` and on, with a name for each.
pub fn users(n_rows: usize) -> String {
    let row = |n| format!("u-{n},user{n}@example.com,User {n}\n");
    (1..=n_rows).map(row).fold("external_id,email,name\n".into(), |file, row| file + &row)
}

fn ndjson(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}
