//! An answer before it has headers, and the headers that every answer has.

use axum::body::Body;
use axum::http::HeaderMap;
use axum::http::HeaderName;
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::Response;

use super::clock::Moment;
use super::errors::Refusal;
use super::fault::FaultKind;
use super::limiter::Quota;
use super::versions::Version;

const JSON: &str = "application/json; charset=utf-8";
const HTML: &str = "text/html";

/// A status and a body.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    content_type: Option<&'static str>,
    body: Vec<u8>,
}

/// What the headers say besides.
#[derive(Debug)]
pub(super) struct Heading<'a> {
    pub(super) request_id: &'a str,
    pub(super) now: Moment,
    pub(super) quota: Option<Quota>,
    pub(super) version: Option<Version>,
}

/// What a request that succeeded is told.
#[derive(Debug)]
pub(super) struct Answer {
    status: StatusCode,
    body: Vec<u8>,
}

impl Answer {
    /// Returns the answer of nearly every request; it is 200 for a create too [S].
    pub(super) fn ok(body: Vec<u8>) -> Answer {
        Answer { status: StatusCode::OK, body }
    }

    /// Returns the answer that is this JSON.
    pub(super) fn json(body: &serde_json::Value) -> Answer {
        Answer::ok(body.to_string().into_bytes())
    }
}

impl Reply {
    /// Returns the answer to a request that succeeded.
    pub(super) fn success(Answer { status, body }: Answer) -> Reply {
        Reply { status, content_type: Some(JSON), body }
    }

    pub(super) fn refused(refusal: &Refusal, request_id: &str) -> Reply {
        Reply { status: refusal.status, content_type: Some(JSON), body: refusal.body(request_id) }
    }

    /// Returns what a client sees of a fault; `None` if it sees a dead connection. HTML and empty bodies as seen by
    /// clients [I][C].
    pub(super) fn of_fault(kind: FaultKind, quota: Option<Quota>, request_id: &str) -> Option<Reply> {
        let refused = |refusal: Refusal| Some(Reply::refused(&refusal, request_id));
        match kind {
            FaultKind::Json500 => refused(Refusal::server_error()),
            FaultKind::Json503 => {
                let status = StatusCode::SERVICE_UNAVAILABLE;
                refused(Refusal::new(status, "service_unavailable", "Sorry, the API service is unavailable"))
            }
            FaultKind::Throttle429 => refused(Refusal::rate_limited(quota.map_or(0, |quota| quota.limit))),
            FaultKind::Html502 => Some(html(StatusCode::BAD_GATEWAY)),
            FaultKind::Html504 => Some(html(StatusCode::GATEWAY_TIMEOUT)),
            FaultKind::Empty500 => Some(empty(StatusCode::INTERNAL_SERVER_ERROR)),
            FaultKind::Empty200 => Some(empty(StatusCode::OK)),
            FaultKind::Reset => None,
        }
    }

    /// Returns the body.
    pub(super) fn body(&self) -> &[u8] {
        &self.body
    }

    /// Adds the headers [R].
    pub(super) fn into_response(self, heading: &Heading<'_>) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        if let Some(content_type) = self.content_type {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        }
        put(headers, header::DATE, heading.now.http_date());
        put(headers, HeaderName::from_static("x-request-id"), heading.request_id.to_owned());
        if let Some(version) = heading.version {
            put(headers, HeaderName::from_static("intercom-version"), version.to_string());
        }
        if let Some(quota) = heading.quota {
            put(headers, HeaderName::from_static("x-ratelimit-limit"), quota.limit.to_string());
            put(headers, HeaderName::from_static("x-ratelimit-remaining"), quota.remaining.to_string());
            put(headers, HeaderName::from_static("x-ratelimit-reset"), quota.reset.to_string());
        }
        response
    }
}

fn put(headers: &mut HeaderMap, name: HeaderName, value: String) {
    headers
        .insert(name, HeaderValue::try_from(value).expect("numbers, dates and hexadecimal digits are ASCII"));
}

fn empty(status: StatusCode) -> Reply {
    Reply { status, content_type: None, body: Vec::new() }
}

fn html(status: StatusCode) -> Reply {
    let page = format!(
        "<html>\r\n<head><title>{status}</title></head>\r\n<body>\r\n<center><h1>{status}</h1></center>\r\n\
         <hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    );
    Reply { status, content_type: Some(HTML), body: page.into_bytes() }
}
