//! The headers of an answer, as recorded [R].
//!
//! What a proxy in front of Intercom would say (an HTML page, an empty body) has only the first ones.

use std::hash::DefaultHasher;
use std::hash::Hash;
use std::hash::Hasher;
use std::time::Duration;

use axum::http::HeaderMap;
use axum::http::HeaderName;
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header;

use super::clock::Moment;
use super::clock::SandboxClock;
use super::limiter::Quota;
use super::versions::Version;

/// What `X-Intercom-Version` says: a build, of the length of a commit, and no version of the API [R].
const BUILD: &str = "5a4d62f0c1b79e8350d7a1f2c4b6e8091a3c5e7d";

/// What the headers of one answer tell of.
#[derive(Debug)]
pub(super) struct Heading<'a> {
    pub(super) request_id: &'a str,
    pub(super) now: Moment,
    /// How long the answer took.
    pub(super) runtime: Duration,
    /// What a slow body waits by.
    pub(super) clock: &'a SandboxClock,
    pub(super) quota: Option<Quota>,
    pub(super) version: Option<Version>,
}

impl Heading<'_> {
    /// Adds what every answer has; the date is another one only in a fault.
    pub(super) fn add_common(&self, headers: &mut HeaderMap, date: Moment) {
        put(headers, header::DATE, &date.http_date());
        put(headers, HeaderName::from_static("x-request-id"), self.request_id);
        if let Some(version) = self.version {
            put(headers, HeaderName::from_static("intercom-version"), &version.to_string());
        }
        if let Some(quota) = self.quota {
            put(headers, HeaderName::from_static("x-ratelimit-limit"), &quota.limit.to_string());
            put(headers, HeaderName::from_static("x-ratelimit-remaining"), &quota.remaining.to_string());
            put(headers, HeaderName::from_static("x-ratelimit-reset"), &quota.reset.to_string());
        }
    }

    /// Adds what Intercom's own program says besides. That a failure is not to be cached is how its framework does it.
    pub(super) fn add_details(&self, headers: &mut HeaderMap, status: StatusCode, body: &[u8]) {
        put(headers, HeaderName::from_static("status"), &status.to_string());
        put(headers, HeaderName::from_static("x-intercom-version"), BUILD);
        put(headers, HeaderName::from_static("x-runtime"), &format!("{:.6}", self.runtime.as_secs_f64()));
        put(headers, header::VARY, "Accept-Encoding");
        if status.is_success() {
            put(headers, header::CACHE_CONTROL, "max-age=0, private, must-revalidate");
            put(headers, header::ETAG, &etag(body));
        } else {
            put(headers, header::CACHE_CONTROL, "no-cache");
        }
    }

    /// Adds the cookie of a write that created a contact or changed its identity, its tags or its archive [R].
    pub(super) fn add_recent_write(&self, headers: &mut HeaderMap) {
        let digits = self.request_id.get(self.request_id.len().saturating_sub(12)..).unwrap_or_default();
        let uuid = format!("6f0c1a52-7b3e-4d18-9c64-{digits:0>12}");
        let cookie = format!("recent_write={uuid}; path=/; max-age=1; HttpOnly; secure");
        put(headers, header::SET_COOKIE, &cookie);
    }
}

/// Adds where a merged contact went [S 2.16].
pub(super) fn add_link(headers: &mut HeaderMap, path: &str) {
    put(headers, header::LINK, &format!("<{path}>; rel=\"canonical\""));
}

/// Returns a weak tag of the recorded form [R]: the same for the same body.
fn etag(body: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    body.hash(&mut hasher);
    let hash = hasher.finish();
    format!("W/\"{hash:016x}{:016x}\"", hash.rotate_left(32) ^ body.len() as u64)
}

fn put(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    headers
        .insert(name, HeaderValue::from_str(value).expect("numbers, dates, ids and fixed texts are ASCII"));
}
