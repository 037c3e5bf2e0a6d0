//! What all requests share. Each part has its own lock; nobody holds two, or one while waiting.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::tz::TimeZoneDatabase;
use sha2::Digest;
use sha2::Sha256;

use super::Config;
use super::SandboxError;
use super::clock::SandboxClock;
use super::fault::FaultRate;
use super::fault::Faults;
use super::jobs;
use super::limiter::Limiter;
use super::log::RequestLog;
use super::recorder::Recorder;
use super::store::Beginning;
use super::store::Store;
use super::unknowns::Unknowns;
use super::versions::Version;

/// Of how many tokens the hashes are remembered; a client that sends a new one each time must not fill the memory.
const KEPT_TOKENS: usize = 1_000;

/// The sandbox's state.
pub(super) struct World {
    pub(super) settings: Settings,
    pub(super) clock: SandboxClock,
    workspace: String,
    store: Mutex<Store>,
    limiter: Mutex<Limiter>,
    faults: Mutex<Faults>,
    log: Mutex<RequestLog>,
    recorder: Mutex<Recorder>,
    latency: Mutex<fastrand::Rng>,
    tokens: Mutex<HashMap<String, Arc<str>>>,
    request_number: AtomicU64,
}

/// What does not change while the sandbox runs.
pub(super) struct Settings {
    pub(super) token: Option<String>,
    pub(super) version: Version,
    time_zone: TimeZone,
    /// Whether what Intercom would ignore is refused.
    pub(super) strict: bool,
    pub(super) quota_per_minute: u32,
    pub(super) beginning: Beginning,
    latency: Duration,
    jitter: Duration,
}

impl World {
    /// Checks the configuration and opens the workspace.
    pub(super) fn open(config: Config) -> Result<World, SandboxError> {
        let Ok(version) = config.api_version.parse() else {
            return Err(SandboxError::UnknownVersion(config.api_version));
        };
        let time_zone = time_zone(config.time_zone)?;
        let fault_rate = FaultRate::try_from(config.fault_rate)
            .map_err(|_| SandboxError::BadFaultRate(config.fault_rate))?;
        let beginning = Beginning {
            workspace: config.workspace,
            users: config.users,
            seed: config.seed,
            lag: config.lag,
            data: config.data,
            unknowns: config.unknowns,
        };
        let store = Store::open(&beginning, config.clock.now())?;
        Ok(World {
            clock: config.clock,
            workspace: store.workspace.clone(),
            store: Mutex::new(store),
            limiter: Mutex::new(Limiter::new(config.quota_per_minute, config.workspace_quota_per_minute)),
            faults: Mutex::new(Faults::new(fault_rate, config.seed, config.scenario)),
            log: Mutex::default(),
            recorder: Mutex::default(),
            latency: Mutex::new(fastrand::Rng::with_seed(config.seed)),
            tokens: Mutex::default(),
            request_number: AtomicU64::new(1),
            settings: Settings {
                token: config.token,
                version,
                time_zone,
                strict: config.strict,
                quota_per_minute: config.quota_per_minute,
                beginning,
                latency: config.latency,
                jitter: config.jitter,
            },
        })
    }

    /// Returns how what is not known about Intercom turns out here.
    pub(super) fn unknowns(&self) -> &Unknowns {
        &self.settings.beginning.unknowns
    }

    /// Returns the workspace's time zone, in which its days begin.
    pub(super) fn time_zone(&self) -> &TimeZone {
        &self.settings.time_zone
    }

    /// Returns the workspace's id code.
    pub(super) fn workspace(&self) -> &str {
        &self.workspace
    }

    /// Locks the store, in which everything that was due by now has happened.
    pub(super) fn store(&self) -> MutexGuard<'_, Store> {
        let mut store = locked(&self.store);
        if store.jobs.are_waiting() {
            jobs::catch_up(&mut store, self.clock.now());
        }
        store
    }

    pub(super) fn limiter(&self) -> MutexGuard<'_, Limiter> {
        locked(&self.limiter)
    }

    pub(super) fn faults(&self) -> MutexGuard<'_, Faults> {
        locked(&self.faults)
    }

    pub(super) fn log(&self) -> MutexGuard<'_, RequestLog> {
        locked(&self.log)
    }

    pub(super) fn recorder(&self) -> MutexGuard<'_, Recorder> {
        locked(&self.recorder)
    }

    /// Draws how long one answer takes: evenly around the median.
    pub(super) fn draw_latency(&self) -> Duration {
        let Settings { latency, jitter, .. } = self.settings;
        if jitter.is_zero() {
            return latency;
        }
        let chance = locked(&self.latency).f64();
        (latency + jitter.mul_f64(2.0 * chance)).saturating_sub(jitter)
    }

    /// Returns a short hash of a token, under which its requests are counted.
    pub(super) fn token_id(&self, token: &str) -> Arc<str> {
        let mut tokens = locked(&self.tokens);
        if let Some(id) = tokens.get(token) {
            return Arc::clone(id);
        }
        let hash = Sha256::digest(token);
        let id: Arc<str> = hash.iter().take(4).map(|byte| format!("{byte:02x}")).collect::<String>().into();
        if KEPT_TOKENS <= tokens.len() {
            tokens.clear();
        }
        tokens.insert(token.to_owned(), Arc::clone(&id));
        id
    }

    /// Returns an id for `X-Request-Id`, of the recorded length and alphabet [R].
    pub(super) fn new_request_id(&self) -> String {
        format!("005{:017x}", self.request_number.fetch_add(1, Ordering::Relaxed))
    }

    /// Puts everything but time, the count of requests and what is recorded back to the start.
    pub(super) fn reset(&self) -> Result<(), SandboxError> {
        let now = self.clock.now();
        self.store().reset(&self.settings.beginning, now)?;
        self.limiter().reset();
        self.faults().reset();
        *self.log() = RequestLog::default();
        Ok(())
    }
}

/// Finds a time zone in the database that is part of the program, so that all machines agree on it.
fn time_zone(name: String) -> Result<TimeZone, SandboxError> {
    TimeZoneDatabase::bundled().get(&name).map_err(|_| SandboxError::UnknownTimeZone(name))
}

/// Locks, whatever happened to another holder: a panic in one request must not end the others.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
