//! From arguments to a client: which server, which token, how fast.

use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use reqwest::Url;

use super::args::{ConcurrencyArg, ConnectArgs, DialectArgs, EngineArg, RateArg, StateArgs};
use super::environment::Environment;
use super::error::Error;
use super::exit::Exit;
use super::state::cannot_write;
use crate::intercom::AccessToken;
use crate::intercom::App;
use crate::intercom::Client;
use crate::intercom::Connection;
use crate::intercom::DataAttribute;
use crate::intercom::Dialect;
use crate::intercom::Trace;
use crate::ledger::Ledger;
use crate::pace::Allowance;
use crate::pace::Ceiling;
use crate::pace::Clock;
use crate::pace::Halt;
use crate::pace::Limiter;
use crate::pace::Rate;
use crate::sandbox::Config;
use crate::sandbox::Lag;
use crate::sandbox::Sandbox;

/// The id of the embedded sandbox's workspace: its users are kept beside its runs.
const SANDBOX_WORKSPACE: &str = "sandbox1";

/// How long a server that is away is waited for: longer than a restart or a failed deployment, shorter than a night.
const MAX_OUTAGE: Duration = Duration::from_secs(900);

/// A workspace that answered.
pub(super) struct Workspace {
    pub(super) client: Client,
    pub(super) id: String,
    pub(super) attributes: Vec<DataAttribute>,
    /// The time zone in which its days begin, as it names it.
    pub(super) zone: Option<String>,
    /// Keeps the embedded sandbox alive, if that is what the client talks to.
    _sandbox: Option<Sandbox>,
}

impl ConnectArgs {
    /// Connects, and asks who the token belongs to and which attributes there are: a wrong token, region or version
    /// shows now.
    pub(super) fn connect(
        &self,
        state: &StateArgs,
        environment: &Environment,
        clock: &Clock,
        halt: &Halt,
    ) -> Result<Workspace, Error> {
        let (client, sandbox) = self.open(state, environment, clock, halt)?;
        let App { id_code: id, timezone: zone } = app(&client)?;
        let attributes =
            client.custom_attributes(&mut Trace::following()).map_err(|error| Error::of_server(&error))?;
        Ok(Workspace { client, id, attributes, zone, _sandbox: sandbox })
    }

    /// Prepares a connection; nothing is sent yet. The embedded sandbox ends with what is returned.
    pub(super) fn open(
        &self,
        state: &StateArgs,
        environment: &Environment,
        clock: &Clock,
        halt: &Halt,
    ) -> Result<(Client, Option<Sandbox>), Error> {
        let dialect = self.dialect.dialect()?;
        let sandbox = self.sandbox.then(|| start_sandbox(state, environment)).transpose()?;
        let (base_url, token) = match &sandbox {
            Some(sandbox) => (parse_url(&sandbox.url())?, sandbox_token(sandbox)),
            None => (self.base_url()?, environment.token()?),
        };
        let mut connection = Connection { dialect, ..Connection::new(base_url, token) };
        if let Some(timeout) = self.timeout {
            connection.read_timeout = timeout.0;
        }
        let limiter = Limiter::new(self.allowance(), clock.clone(), halt.clone());
        let mut client = Client::new(connection, limiter).map_err(|error| {
            Error::new(Exit::Failed, "no connection can be prepared")
                .because(error)
                .hint("install the machine's CA certificates (package ca-certificates)")
        })?;
        if let Some(longest) = self.max_outage {
            client.outlast_outages(longest.0);
        }
        Ok((client, sandbox))
    }

    /// Returns how long a run waits for a server that is away. Commands without a face, which could not tell that they
    /// wait, do so only if they are told to.
    pub(super) fn max_outage(&self) -> Duration {
        self.max_outage.map_or(MAX_OUTAGE, |longest| longest.0)
    }

    /// Returns the rows in flight at most. Fewer requests are, if the rate needs no more.
    pub(super) fn concurrency(&self) -> usize {
        match self.concurrency {
            ConcurrencyArg::Exactly(n) => n,
            ConcurrencyArg::Auto => Allowance::CONCURRENCY,
        }
    }

    fn allowance(&self) -> Allowance {
        let ceiling = match self.rate {
            RateArg::AtMost(rate) => Ceiling::AtMost(rate),
            RateArg::Auto if self.sandbox => Ceiling::None,
            RateArg::Auto => Ceiling::Usual(Rate::DEFAULT),
        };
        Allowance { ceiling, share: self.quota_share.0, concurrency: self.concurrency() }
    }

    fn base_url(&self) -> Result<Url, Error> {
        match &self.base_url {
            Some(text) => parse_url(text),
            None => Ok(self.region.base_url()),
        }
    }
}

impl DialectArgs {
    /// Returns how users are written, and in which version of the API.
    pub(super) fn dialect(&self) -> Result<Dialect, Error> {
        let engine = match self.engine {
            EngineArg::Auto => None,
            EngineArg::Exactly(engine) => Some(engine),
        };
        Dialect::new(engine, self.api_version.as_deref()).map_err(|error| {
            Error::new(Exit::Usage, error.to_string())
                .hint("leave one of --engine and --api-version out: each follows from the other")
        })
    }
}

fn parse_url(text: &str) -> Result<Url, Error> {
    let wrong = |why: &str| {
        Error::new(Exit::Usage, format!("--base-url: `{text}` {why}"))
            .hint("write the API's root, as in --base-url https://api.eu.intercom.io")
    };
    let url = Url::parse(text).map_err(|_| wrong("is not a URL"))?;
    match url.scheme() {
        "http" | "https" if url.has_host() => Ok(url),
        _ => Err(wrong("is neither http nor https")),
    }
}

/// Asks whose the token is.
pub(super) fn workspace_id(client: &Client) -> Result<String, Error> {
    app(client).map(|app| app.id_code)
}

/// Asks for the workspace.
fn app(client: &Client) -> Result<App, Error> {
    let mut trace = Trace::default();
    let me = client.me(&mut trace).map_err(|error| Error::of_server(&error))?;
    // Everything that a run remembers belongs to a workspace: without its id, nothing may be remembered.
    me.app.filter(|app| !app.id_code.is_empty()).ok_or_else(|| {
        Error::new(Exit::Usage, "the server does not say which workspace the token belongs to")
            .hint("check --base-url and --region: they must name the root of Intercom's API")
    })
}

/// Starts the sandbox of `--sandbox`: without lag, quota or faults, with its users kept in the state folder.
fn start_sandbox(state: &StateArgs, environment: &Environment) -> Result<Sandbox, Error> {
    let folder = state.workspace_dir(SANDBOX_WORKSPACE, environment)?;
    let data = folder.join("users.ndjson");
    let is_new = !data.exists();
    let config =
        Config { data: Some(data.clone()), quota_per_minute: 0, lag: Lag::NONE, ..Config::default() };
    let sandbox = Sandbox::start(config).map_err(Error::of_sandbox)?;
    if is_new {
        // Somebody has deleted its users to begin anew: what was delivered to them is nobody's.
        Ledger::delete(&folder).map_err(|error| cannot_write(&folder, error))?;
    }
    introduce(&sandbox, &data);
    Ok(sandbox)
}

fn introduce(sandbox: &Sandbox, data: &Path) {
    // Nobody may be listening; the run goes on all the same.
    let _ = writeln!(
        io::stderr(),
        "sandbox: {}, no index lag, no quota; its users are kept in {}",
        sandbox.url(),
        data.display()
    );
}

fn sandbox_token(sandbox: &Sandbox) -> AccessToken {
    AccessToken::new(sandbox.token()).expect("the sandbox names a token of graphic ASCII")
}
