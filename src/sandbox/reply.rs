//! An answer before it has headers, and the headers that every answer has.

use std::time::Duration;

use axum::body::Body;
use axum::http::HeaderMap;
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::Response;

use super::body;
use super::contact::Contact;
use super::errors::Refusal;
use super::fault::FaultKind;
use super::headers;
use super::headers::Heading;
use super::identities;
use super::limiter::Quota;

const JSON: &str = "application/json; charset=utf-8";
const HTML: &str = "text/html";
/// What a slow body takes unless a rule says otherwise: longer than a client should wait between two bytes.
const SLOW: Duration = Duration::from_secs(10);
/// How far a wrong `Date` is behind: more than any window of the rate limit.
const MISDATED_BY: Duration = Duration::from_secs(3_600);

/// A status and a body.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    content_type: Option<&'static str>,
    body: Vec<u8>,
    spoilt: Option<Spoilt>,
    retry_after: Option<&'static str>,
    recent_write: bool,
    /// The path of the contact that a merged one went into.
    link: Option<String>,
}

/// How an answer does not come as it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spoilt {
    Slow(Duration),
    Truncated,
    Malformed,
    Misdated,
}

/// What a request that succeeded is told.
#[derive(Debug)]
pub(super) struct Answer {
    status: StatusCode,
    body: Vec<u8>,
    recent_write: bool,
}

impl Answer {
    /// Returns the answer of nearly every request; it is 200 for a create too [S].
    pub(super) fn ok(body: Vec<u8>) -> Answer {
        Answer { status: StatusCode::OK, body, recent_write: false }
    }

    /// Returns the answer to what will be done later [S0].
    pub(super) fn accepted(body: &serde_json::Value) -> Answer {
        Answer { status: StatusCode::ACCEPTED, ..Answer::json(body) }
    }

    /// Returns the answer that is this JSON.
    pub(super) fn json(body: &serde_json::Value) -> Answer {
        Answer::ok(body.to_string().into_bytes())
    }

    /// Returns a 200 without a body.
    pub(super) fn empty() -> Answer {
        Answer::ok(Vec::new())
    }

    /// Adds the cookie of a write that created a contact or changed its identity, its tags or its archive [R].
    pub(super) fn with_recent_write(self) -> Answer {
        Answer { recent_write: true, ..self }
    }

    /// Adds that cookie if a contact was changed so.
    pub(super) fn after_change(self, old: &Contact, new: &Contact) -> Answer {
        let same = old.role == new.role
            && old.life == new.life
            && old.links.tags == new.links.tags
            && identities::same(old, new);
        if same { self } else { self.with_recent_write() }
    }
}

impl Reply {
    /// Returns the answer to a request that succeeded.
    pub(super) fn success(Answer { status, body, recent_write }: Answer) -> Reply {
        Reply { recent_write, ..Reply::new(status, Some(JSON), body) }
    }

    pub(super) fn refused(refusal: &Refusal, request_id: &str) -> Reply {
        let link = refusal.link().map(str::to_owned);
        Reply { link, ..Reply::new(refusal.status, Some(JSON), refusal.body(request_id)) }
    }

    /// Returns the answer to a request that was carried out.
    pub(super) fn of(result: Result<Answer, Refusal>, request_id: &str) -> Reply {
        result.map_or_else(|refusal| Reply::refused(&refusal, request_id), Reply::success)
    }

    fn new(status: StatusCode, content_type: Option<&'static str>, body: Vec<u8>) -> Reply {
        Reply { status, content_type, body, spoilt: None, retry_after: None, recent_write: false, link: None }
    }

    /// Returns the same answer, spoilt by a fault of the kinds that do so; `delay` is what a slow body takes.
    pub(super) fn spoilt(self, kind: FaultKind, delay: Duration) -> Reply {
        let spoilt = match kind {
            FaultKind::SlowBody if delay.is_zero() => Some(Spoilt::Slow(SLOW)),
            FaultKind::SlowBody => Some(Spoilt::Slow(delay)),
            FaultKind::TruncatedBody => Some(Spoilt::Truncated),
            FaultKind::MalformedJson => Some(Spoilt::Malformed),
            FaultKind::WrongDate => Some(Spoilt::Misdated),
            _ => None,
        };
        Reply { spoilt, ..self }
    }

    /// Returns what a client sees of a fault; `None` if it sees a dead connection. HTML and empty bodies as seen by
    /// clients [I][C].
    pub(super) fn of_fault(kind: FaultKind, quota: Option<Quota>, request_id: &str) -> Option<Reply> {
        let refused = |refusal: Refusal| Some(Reply::refused(&refusal, request_id));
        match kind {
            FaultKind::Json500 => refused(Refusal::server_error()),
            FaultKind::Scroll500 => refused(Refusal::scroll_broken()),
            FaultKind::Json503 => {
                let status = StatusCode::SERVICE_UNAVAILABLE;
                refused(Refusal::new(status, "service_unavailable", "Sorry, the API service is unavailable"))
            }
            FaultKind::Throttle429 => refused(Refusal::rate_limited(quota.map_or(0, |quota| quota.limit))),
            FaultKind::Html502 => Some(html(StatusCode::BAD_GATEWAY)),
            FaultKind::Html504 => Some(html(StatusCode::GATEWAY_TIMEOUT)),
            FaultKind::Empty500 => Some(empty(StatusCode::INTERNAL_SERVER_ERROR)),
            FaultKind::Empty200 => Some(empty(StatusCode::OK)),
            FaultKind::Bare429 => Some(html(StatusCode::TOO_MANY_REQUESTS)),
            FaultKind::RetryAfter503 => {
                Some(Reply { retry_after: Some("2"), ..html(StatusCode::SERVICE_UNAVAILABLE) })
            }
            FaultKind::Revoked401 => {
                refused(Refusal::new(StatusCode::UNAUTHORIZED, "token_revoked", "Access Token Revoked"))
            }
            // The last four have an answer of their own, which is only spoilt.
            FaultKind::Reset | FaultKind::Stall => None,
            FaultKind::SlowBody
            | FaultKind::TruncatedBody
            | FaultKind::MalformedJson
            | FaultKind::WrongDate => None,
        }
    }

    /// Returns the body.
    pub(super) fn body(&self) -> &[u8] {
        &self.body
    }

    /// Adds the headers [R].
    pub(super) fn into_response(self, heading: &Heading<'_>) -> Response {
        let mut headers = HeaderMap::with_capacity(16);
        let behind = if self.spoilt == Some(Spoilt::Misdated) { MISDATED_BY } else { Duration::ZERO };
        heading.add_common(&mut headers, heading.now.before(behind));
        if let Some(content_type) = self.content_type {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static(seconds));
        }
        if self.content_type == Some(JSON) {
            heading.add_details(&mut headers, self.status, &self.body);
        }
        if self.recent_write {
            heading.add_recent_write(&mut headers);
        }
        if let Some(path) = &self.link {
            headers::add_link(&mut headers, path);
        }
        let mut response = Response::new(match self.spoilt {
            Some(Spoilt::Slow(time)) => body::slow(self.body, time, heading.clock.clone()),
            Some(Spoilt::Truncated) => body::truncated(self.body),
            Some(Spoilt::Malformed) => body::malformed(self.body),
            Some(Spoilt::Misdated) | None => Body::from(self.body),
        });
        *response.status_mut() = self.status;
        *response.headers_mut() = headers;
        response
    }
}

fn empty(status: StatusCode) -> Reply {
    Reply::new(status, None, Vec::new())
}

fn html(status: StatusCode) -> Reply {
    let page = format!(
        "<html>\r\n<head><title>{status}</title></head>\r\n<body>\r\n<center><h1>{status}</h1></center>\r\n\
         <hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    );
    Reply::new(status, Some(HTML), page.into_bytes())
}
