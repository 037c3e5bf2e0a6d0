//! An Intercom-shaped HTTP server, embedded: to try the program on, to test it on, to measure it on.
//!
//! It speaks JSON and shares no type with `intercom`: a misspelt field must not be right twice. It names nothing of the
//! crate, prints nothing, and reads neither arguments nor environment. Each behaviour carries the grade of its evidence:
//! [R] recorded traffic, [S] OpenAPI description, [D] documentation, [I] issue threads, [C] other people's code; what
//! could not be established [X] is a switch in `unknowns.rs` that stands at the outcome harsher to a client.

#![allow(rustdoc::broken_intra_doc_links, reason = "[R] and the like are grades of evidence, not links")]

mod admins;
mod attribute_routes;
mod attributes;
mod base64;
mod behaviours;
mod body;
mod bulk;
mod clock;
mod companies;
mod company;
mod connection;
mod contact;
mod contact_json;
mod contacts;
mod control;
mod credentials;
mod errors;
mod exchange;
mod explain;
mod extra;
mod fault;
mod headers;
mod identities;
mod index;
mod jobs;
mod journal;
mod lag;
mod legacy;
mod limiter;
mod links;
mod log;
mod note;
mod notes;
mod object_id;
mod pages;
mod recorder;
mod replica;
mod reply;
mod routes;
mod scenario;
mod scroll;
mod seed;
mod segments;
mod server;
mod standard_attributes;
mod store;
mod strict;
mod subscriptions;
mod tag;
mod tags;
mod unknowns;
mod versions;
mod world;

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

pub use clock::SandboxClock;
pub use lag::Lag;
pub use lag::LagError;
pub use scenario::Scenario;
pub use scenario::ScenarioError;
pub use unknowns::UnknownSetting;
pub use unknowns::UnknownSettingError;
pub use unknowns::Unknowns;

use server::Server;

/// The token that the ready line names when any token is accepted.
const DEFAULT_TOKEN: &str = "sandbox-token";

/// How a sandbox behaves. The default is the honest one of `sandbox serve`. It holds a token, so it has no `Debug`.
#[derive(Clone)]
pub struct Config {
    /// The port on 127.0.0.1; 0 picks a free one.
    pub port: u16,
    /// The only token that is accepted; `None` accepts any that is not empty.
    pub token: Option<String>,
    /// The id of a fresh workspace; not used if the data file holds one.
    pub workspace: String,
    /// Where contacts and attributes are kept between runs; `None` forgets them.
    pub data: Option<PathBuf>,
    /// How many users a fresh workspace has; not used if the data file holds a workspace.
    pub users: u64,
    /// What all chance comes from: seeded users, lag, latency, faults.
    pub seed: u64,
    /// Requests per minute and token; 0 is no limit, and no headers about it.
    pub quota_per_minute: u32,
    /// Requests per minute of all tokens together; 0 is no limit.
    pub workspace_quota_per_minute: u32,
    /// How long an answer takes, in the median.
    pub latency: Duration,
    /// How far an answer's time may be from the median.
    pub jitter: Duration,
    /// How far lists and searches trail the store.
    pub lag: Lag,
    /// The API version of requests that name none.
    pub api_version: String,
    /// The workspace's time zone, as in `Europe/Berlin`: where the days begin by which a search compares times.
    pub time_zone: String,
    /// The share of requests that meet a fault, 0 to 1.
    pub fault_rate: f64,
    /// Which request meets what.
    pub scenario: Scenario,
    /// Whether a request is refused if Intercom would ignore a part of it.
    pub strict: bool,
    /// How what is not known about Intercom turns out.
    pub unknowns: Unknowns,
    /// The time that the sandbox lives in.
    pub clock: SandboxClock,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            port: 0,
            token: None,
            workspace: admins::DEFAULT_WORKSPACE.to_owned(),
            data: None,
            users: 0,
            seed: 0,
            // The documented default of an app [D Rate limiting].
            quota_per_minute: 10_000,
            workspace_quota_per_minute: 0,
            latency: Duration::ZERO,
            jitter: Duration::ZERO,
            // The recorded staleness of lists and searches [R].
            lag: Lag::between(Duration::from_secs(3), Duration::from_secs(120)),
            api_version: "2.16".to_owned(),
            time_zone: "UTC".to_owned(),
            fault_rate: 0.0,
            scenario: Scenario::default(),
            strict: false,
            unknowns: Unknowns::default(),
            clock: SandboxClock::system(),
        }
    }
}

/// Returns what a sandbox of this configuration does, as text for people: each behaviour with the grade of its evidence,
/// and each switch with its outcome.
#[must_use]
pub fn explain(config: &Config) -> String {
    explain::text(&config.unknowns)
}

/// Why a sandbox did not start.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// Another program listens on the port.
    #[error("port {port} of 127.0.0.1 is in use")]
    PortInUse {
        /// The port that was asked for.
        port: u16,
    },
    /// The operating system refused a socket or a thread.
    #[error("the sandbox could not start")]
    NotStarted(#[source] io::Error),
    /// The data file cannot be read or written.
    #[error("data file `{}` cannot be read or written", path.display())]
    DataUnreadable {
        /// The data file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// Another sandbox has the data file open.
    #[error("data file `{}` is in use by another sandbox", path.display())]
    DataInUse {
        /// The data file.
        path: PathBuf,
    },
    /// The data file is not a journal of a sandbox; it is left as it is.
    #[error("data file `{}`, line {line}: {why}", path.display())]
    DataDamaged {
        /// The data file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        why: String,
    },
    /// No such API version.
    #[error("`{0}` is not an API version: use 1.0 to 1.4, 2.0 to 2.16, or `Preview`")]
    UnknownVersion(String),
    /// No such time zone.
    #[error("`{0}` is not a time zone: use a name such as `Europe/Berlin` or `UTC`")]
    UnknownTimeZone(String),
    /// The share of faults is not a share.
    #[error("fault rate {0} is not between 0 and 1")]
    BadFaultRate(f64),
}

/// A running sandbox. It stops when it is dropped.
pub struct Sandbox {
    server: Server,
}

/// Shows where it is, and never the token.
impl fmt::Debug for Sandbox {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Sandbox").field("url", &self.url()).finish_non_exhaustive()
    }
}

impl Sandbox {
    /// Starts a sandbox on its own threads; it accepts connections when this returns.
    pub fn start(config: Config) -> Result<Sandbox, SandboxError> {
        Server::start(config).map(|server| Sandbox { server })
    }

    /// Returns the base URL, without a slash at its end.
    #[must_use]
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// Returns a token that is accepted.
    #[must_use]
    pub fn token(&self) -> &str {
        self.server.world().settings.token.as_deref().unwrap_or(DEFAULT_TOKEN)
    }

    /// Returns one line of JSON that says where the sandbox is and how it behaves.
    #[must_use]
    pub fn ready_line(&self) -> String {
        let settings = &self.server.world().settings;
        serde_json::json!({
            "url": self.url(),
            "token": self.token(),
            "lag": settings.beginning.lag.to_string(),
            "quota_per_minute": settings.quota_per_minute,
            "api_version": settings.version.to_string(),
            "unknowns": self.server.world().unknowns().changed(),
            "contacts": self.server.world().store().kept().len(),
        })
        .to_string()
    }

    /// Stops: connections are closed, and what was answered is in the data file.
    pub fn stop(self) {
        drop(self);
    }
}
