//! Intercom's error envelope, and the refusals that more than one route gives.
//!
//! The envelope's `request_id` equals `X-Request-Id`, and is null where a parameter filter answers [R]. Codes and texts
//! are the recorded or documented ones unless a comment says [X].

use axum::http::StatusCode;
use serde_json::json;

/// A request that was refused; nothing was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) code: &'static str,
    pub(super) message: String,
    traced: Traced,
}

/// Whether the envelope carries the request's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Traced {
    WithRequestId,
    WithNull,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Refusal {
        Refusal { status, code, message: message.into(), traced: Traced::WithRequestId }
    }

    /// 400: the code of almost every bad value [S][D].
    pub(super) fn parameter_invalid(message: impl Into<String>) -> Refusal {
        Refusal::new(StatusCode::BAD_REQUEST, "parameter_invalid", message)
    }

    /// 400: the code of bad cursors and impossible changes [R][D].
    pub(super) fn client_error(message: impl Into<String>) -> Refusal {
        Refusal::new(StatusCode::BAD_REQUEST, "client_error", message)
    }

    /// 400 from the parameter filter, which does not know the request's id [S][I node#131].
    pub(super) fn bad_parameter(name: &str) -> Refusal {
        let message = format!("bad '{name}' parameter");
        Refusal { status: StatusCode::BAD_REQUEST, code: "bad_request", message, traced: Traced::WithNull }
    }

    /// 400: the body is not JSON. Status from [D HTTP responses]; the text is [X].
    pub(super) fn malformed_json() -> Refusal {
        Refusal::new(StatusCode::BAD_REQUEST, "bad_request", "The request body is not valid JSON")
    }

    /// 401 [S].
    pub(super) fn unauthorized() -> Refusal {
        Refusal::new(StatusCode::UNAUTHORIZED, "unauthorized", "Access Token Invalid")
    }

    /// 404 for an unknown, archived or deleted contact [R].
    pub(super) fn user_not_found() -> Refusal {
        Refusal::new(StatusCode::NOT_FOUND, "not_found", "User Not Found")
    }

    /// 404 for a company that Intercom's ids do not know [S].
    pub(super) fn company_not_found() -> Refusal {
        Refusal::new(StatusCode::NOT_FOUND, "company_not_found", "Company Not Found")
    }

    /// 404 for an unknown tag, note, segment or subscription type [S].
    pub(super) fn resource_not_found() -> Refusal {
        Refusal::new(StatusCode::NOT_FOUND, "not_found", "Resource Not Found")
    }

    /// 404 for a path that nobody knows [I intercom-node#265].
    pub(super) fn path_not_found() -> Refusal {
        let message = "The requested resource does not exist; check your path and try again";
        Refusal::new(StatusCode::NOT_FOUND, "not_found", message)
    }

    /// 400 for a path that another version knows [I python-intercom#234].
    pub(super) fn not_in_this_version() -> Refusal {
        let message = "Requested resource is not available in current API version";
        Refusal::new(StatusCode::BAD_REQUEST, "intercom_version_invalid", message)
    }

    /// 429 [D Rate limiting].
    pub(super) fn rate_limited(limit: u32) -> Refusal {
        let message = format!("Exceeded rate limit of {limit} in 10_seconds");
        Refusal::new(StatusCode::TOO_MANY_REQUESTS, "rate_limit_exceeded", message)
    }

    /// 500 [R].
    pub(super) fn server_error() -> Refusal {
        Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "server_error", "Server Error")
    }

    /// 500 in the middle of a scroll, which cannot be gone on with [D 1.4 Scroll over all users].
    pub(super) fn scroll_broken() -> Refusal {
        let message = "Request failed due to an internal network error. Please restart the scroll operation.";
        Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "server_error", message)
    }

    /// Returns the envelope.
    pub(super) fn body(&self, request_id: &str) -> Vec<u8> {
        let request_id = match self.traced {
            Traced::WithRequestId => Some(request_id),
            Traced::WithNull => None,
        };
        let errors = [json!({ "code": self.code, "message": self.message })];
        json!({ "type": "error.list", "request_id": request_id, "errors": errors }).to_string().into_bytes()
    }
}
