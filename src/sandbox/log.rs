//! Which requests came, and what they were told: the log and the counts behind `/__sandbox/requests` and `/stats`.
//!
//! The log is a ring, so that a sandbox may run for days; the counts are not.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::collections::VecDeque;
use std::sync::Arc;

use axum::http::Method;
use axum::http::StatusCode;
use serde::Serialize;
use serde::Serializer;

use super::versions::Version;

/// How many requests the log keeps.
const KEPT: usize = 200_000;

/// One request on Intercom's paths, and what became of it. Never holds the token.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Entry {
    #[serde(flatten)]
    pub(super) asked: Asked,
    /// The version that was used; null if the request was refused before.
    #[serde(serialize_with = "version_as_text")]
    pub(super) version: Option<Version>,
    /// The status that was sent; null if the connection was reset or stalled instead.
    #[serde(serialize_with = "as_number")]
    pub(super) status: Option<StatusCode>,
    /// Whether the request changed the store, whatever it was told.
    pub(super) committed: bool,
    pub(super) fault: Option<&'static str>,
    /// A short hash of the token; null if there was none.
    #[serde(serialize_with = "shared_text")]
    pub(super) token_id: Option<Arc<str>>,
}

/// What a request's head says.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Asked {
    /// Seconds since the epoch.
    pub(super) at: f64,
    #[serde(serialize_with = "as_text")]
    pub(super) method: Method,
    /// With its query.
    pub(super) path: String,
    #[serde(skip)]
    pub(super) pattern: &'static str,
}

fn as_text<S: Serializer>(method: &Method, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(method.as_str())
}

fn version_as_text<S: Serializer>(version: &Option<Version>, serializer: S) -> Result<S::Ok, S::Error> {
    match version {
        Some(version) => serializer.collect_str(version),
        None => serializer.serialize_none(),
    }
}

fn shared_text<S: Serializer>(text: &Option<Arc<str>>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_some(&text.as_deref())
}

fn as_number<S: Serializer>(status: &Option<StatusCode>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_some(&status.map(|status| status.as_u16()))
}

/// Every request since the start or the last reset.
#[derive(Debug, Default)]
pub(super) struct RequestLog {
    entries: VecDeque<Entry>,
    /// By method and pattern.
    by_route: HashMap<(Method, &'static str), u64>,
    by_status: HashMap<Result<StatusCode, &'static str>, u64>,
    throttled: u64,
}

/// The counts.
#[derive(Debug, Serialize)]
pub(super) struct Counts {
    pub(super) requests: u64,
    pub(super) by_route: BTreeMap<String, u64>,
    pub(super) by_status: BTreeMap<String, u64>,
    pub(super) throttled: u64,
}

impl RequestLog {
    pub(super) fn note(&mut self, entry: Entry) {
        *self.by_route.entry((entry.asked.method.clone(), entry.asked.pattern)).or_default() += 1;
        // An answer that was not sent is counted under the fault that took it.
        let status = entry.status.ok_or(entry.fault.unwrap_or("reset"));
        *self.by_status.entry(status).or_default() += 1;
        if entry.status == Some(StatusCode::TOO_MANY_REQUESTS) {
            self.throttled += 1;
        }
        if KEPT <= self.entries.len() {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }

    /// Returns the log, oldest first.
    pub(super) fn entries(&self) -> Vec<Entry> {
        self.entries.iter().cloned().collect()
    }

    pub(super) fn counts(&self) -> Counts {
        let route =
            |((method, pattern), count): (&(Method, &str), &u64)| (format!("{method} {pattern}"), *count);
        let status = |(status, count): (&Result<StatusCode, &str>, &u64)| {
            let name = status.map_or_else(str::to_owned, |status| status.as_u16().to_string());
            (name, *count)
        };
        Counts {
            requests: self.by_route.values().sum(),
            by_route: self.by_route.iter().map(route).collect(),
            by_status: self.by_status.iter().map(status).collect(),
            throttled: self.throttled,
        }
    }
}
