//! What can go wrong with a request, by what there is to do about it.

use std::fmt;
use std::time::Duration;

use serde::Deserialize;

/// The server's "no" to one request, in its own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// Intercom's code (`parameter_invalid`, `conflict`, …), or `http_<status>` when it gave none.
    pub code: String,
    /// Intercom's message.
    pub message: String,
    /// The parameter that Intercom named.
    pub field: Option<String>,
    /// Intercom's id of the request, for its support.
    pub request_id: Option<String>,
    /// The contact that this one was merged into, as the `Link` header names it.
    pub canonical: Option<String>,
    /// The whole error list as Intercom wrote it, if the answer was one.
    pub list: Option<Box<str>>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}, HTTP {}", self.message, self.code, self.status)?;
        match &self.request_id {
            Some(request_id) => write!(f, ", request {request_id})"),
            None => f.write_str(")"),
        }
    }
}

/// Why a request did not bring what was asked for. A variant is a different thing to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    /// The data of this request are wrong; others may succeed.
    #[error("Intercom refused: {0}")]
    Refused(Box<Refusal>),
    /// 401, 402 or 403: the token, its scope or the plan; no request will succeed.
    #[error("Intercom does not let this token in: {0}")]
    NotAllowed(Box<Refusal>),
    /// Nothing was sent, again and again: no connection could be made.
    #[error("no connection to {host} after {}: {reason}", attempts_made(*.attempts))]
    Unreachable {
        /// The host and port.
        host: String,
        /// How often it was tried.
        attempts: u32,
        /// The last reason.
        reason: String,
    },
    /// Nothing was sent: the host's name has no address.
    #[error("no address is known for {host} after {}: {reason}", attempts_made(*.attempts))]
    NoSuchHost {
        /// The host and port.
        host: String,
        /// How often it was looked up.
        attempts: u32,
        /// The last reason.
        reason: String,
    },
    /// Nothing was sent: the server's certificate is not trusted. Waiting does not help.
    #[error("the certificate of {host} is not trusted: {reason}")]
    NotTrusted {
        /// The host and port.
        host: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Nobody gave an answer for so long that nobody waits any longer.
    #[error("no answer from {host} for {}; the last attempt: {reason}", whole_seconds(*.lasted))]
    Outage {
        /// The host and port.
        host: String,
        /// For how long.
        lasted: Duration,
        /// What became of the last attempt.
        reason: String,
    },
    /// The request may have been carried out, but no usable answer came, again and again.
    #[error("no usable answer after {}: {reason}", attempts_made(*.attempts))]
    AnswerLost {
        /// How often it was tried.
        attempts: u32,
        /// The last reason.
        reason: String,
        /// The last HTTP status, if one came.
        status: Option<u16>,
        /// Intercom's id of the last request, if it came.
        request_id: Option<String>,
    },
    /// The server sends elsewhere; the token does not follow.
    #[error("the server redirects to {location}, where the token is not sent")]
    Redirected {
        /// Where to.
        location: String,
    },
    /// What answers is not Intercom's API.
    #[error("{host} answers with {content}, which is not Intercom's API (HTTP {status})")]
    NotIntercom {
        /// The host and port.
        host: String,
        /// What came instead.
        content: String,
        /// The HTTP status.
        status: u16,
    },
    /// The run was stopped before the request started.
    #[error(transparent)]
    Halted(#[from] crate::pace::Halted),
}

fn attempts_made(attempts: u32) -> String {
    if attempts == 1 { "1 attempt".into() } else { format!("{attempts} attempts") }
}

/// Writes a duration as the flags take it: `35s`, `15m`, `1h30m`.
fn whole_seconds(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let part = |n: u64, unit: &str| if n == 0 { String::new() } else { format!("{n}{unit}") };
    let parts = [part(seconds / 3_600, "h"), part(seconds / 60 % 60, "m"), part(seconds % 60, "s")].concat();
    if parts.is_empty() { "0s".into() } else { parts }
}

impl ApiError {
    /// Returns the server's own words, if it said no.
    #[must_use]
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) | Self::NotAllowed(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// Returns whether there is no such contact: 404, or 410 after a merge.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Refused(refusal) if matches!(refusal.status, 404 | 410))
    }

    /// Returns whether the refusal holds no word of Intercom's: the address may be somebody else's.
    #[must_use]
    pub fn is_anybodys(&self) -> bool {
        self.refusal().is_some_and(|refusal| refusal.list.is_none() && refusal.canonical.is_none())
    }

    /// Returns the contact that the one in question was merged into: 404 up to version 2.15, 410 since.
    #[must_use]
    pub fn canonical(&self) -> Option<&str> {
        self.refusal().filter(|_| self.is_not_found()).and_then(|refusal| refusal.canonical.as_deref())
    }

    /// Returns the refusal when it says that the identity is taken. Old versions sent it with 400: the code decides.
    #[must_use]
    pub fn conflict(&self) -> Option<&Refusal> {
        self.refusal().filter(|refusal| refusal.code == "conflict" || refusal.status == 409)
    }

    /// Returns whether the server might have done it a moment later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::NoSuchHost { .. } | Self::AnswerLost { .. })
    }

    /// Returns whether no further request can succeed, so that the run ends.
    #[must_use]
    pub fn ends_the_run(&self) -> bool {
        matches!(
            self,
            Self::NotAllowed(_)
                | Self::Unreachable { .. }
                | Self::NoSuchHost { .. }
                | Self::NotTrusted { .. }
                | Self::Outage { .. }
                | Self::Redirected { .. }
                | Self::NotIntercom { .. }
        )
    }
}

/// The body of an error: `{"type":"error.list","request_id":…,"errors":[{"code","message","field"}]}`.
#[derive(Deserialize)]
struct ErrorList {
    request_id: Option<String>,
    #[serde(default)]
    errors: Vec<ErrorItem>,
}

#[derive(Deserialize)]
struct ErrorItem {
    code: Option<String>,
    message: Option<String>,
    field: Option<String>,
}

impl Refusal {
    /// Reads an error's body; what is no error list is described by its status.
    pub(super) fn read(status: u16, request_id: Option<&str>, body: &[u8]) -> Self {
        let list = serde_json::from_slice::<ErrorList>(body).ok();
        let is_list = list.as_ref().is_some_and(|list| !list.errors.is_empty());
        let text = std::str::from_utf8(body).ok().filter(|_| is_list);
        let body_id = list.as_ref().and_then(|list| list.request_id.clone());
        let item = list.and_then(|list| list.errors.into_iter().next());
        let item = item.unwrap_or(ErrorItem { code: None, message: None, field: None });
        Self {
            status,
            code: item.code.unwrap_or_else(|| format!("http_{status}")),
            message: item.message.unwrap_or_else(|| "no reason given".into()),
            field: item.field,
            request_id: body_id.or_else(|| request_id.map(Into::into)),
            canonical: None,
            list: text.map(|text| text.trim().into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, expected: &str) {
        assert_eq!(expected, Refusal::read(400, Some("header-id"), body.as_bytes()).to_string());
    }

    #[test]
    fn a_refusal_is_told_in_intercoms_own_words() {
        check(
            r#"{"type":"error.list","request_id":"r1","errors":[{"code":"parameter_invalid","message":"no"}]}"#,
            "no (parameter_invalid, HTTP 400, request r1)",
        );
        check(
            r#"{"type":"error.list","request_id":null,"errors":[{"code":"bad_request"}]}"#,
            "no reason given (bad_request, HTTP 400, request header-id)",
        );
    }

    #[test]
    fn a_duration_is_written_as_the_flags_take_it() {
        let text = |seconds| whole_seconds(Duration::from_secs(seconds));
        assert_eq!(
            ["0s", "35s", "15m", "1h30m5s"],
            [text(0), text(35), text(900), text(5_405)].each_ref().map(String::as_str)
        );
    }

    #[test]
    fn a_body_that_is_no_error_list_is_told_by_its_status() {
        check("", "no reason given (http_400, HTTP 400, request header-id)");
        check("null", "no reason given (http_400, HTTP 400, request header-id)");
        check("<html>", "no reason given (http_400, HTTP 400, request header-id)");
        check(r#"{"errors":[]}"#, "no reason given (http_400, HTTP 400, request header-id)");
    }
}
