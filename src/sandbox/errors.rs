//! Intercom's error envelope, and the refusals that more than one route gives.
//!
//! The envelope's `request_id` equals `X-Request-Id`, and is null where a parameter filter answers [R]. Codes and texts
//! are the recorded or documented ones unless a comment says [X].

use axum::http::StatusCode;
use serde_json::Value;
use serde_json::json;

use super::contact::ContactId;

/// A request that was refused; nothing was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) code: &'static str,
    pub(super) message: String,
    traced: Traced,
    /// The path of the contact that a merged one went into.
    link: Option<String>,
}

/// Whether the envelope carries the request's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Traced {
    WithRequestId,
    WithNull,
    /// The newest examples have no such key [S 2.16].
    Without,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Refusal {
        Refusal { status, code, message: message.into(), traced: Traced::WithRequestId, link: None }
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
        Refusal { traced: Traced::WithNull, ..Refusal::new(StatusCode::BAD_REQUEST, "bad_request", message) }
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

    /// 410 for a contact that was merged into another one, with a `Link` to that one [S 2.16].
    pub(super) fn contact_merged(into: ContactId) -> Refusal {
        let message = "This contact has been merged. See the 'Link' header for the canonical contact.";
        let refusal = Refusal::new(StatusCode::GONE, "contact_merged", message);
        Refusal { traced: Traced::Without, link: Some(format!("/contacts/{into}")), ..refusal }
    }

    /// 400 for two contacts that share neither email nor phone [S 2.16].
    pub(super) fn invalid_merge() -> Refusal {
        let message = "Contacts can only be merged when they are duplicates (matching email or phone). Pass \
                       skip_duplicate_validation=true to override this check.";
        let refusal = Refusal::new(StatusCode::BAD_REQUEST, "invalid_merge", message);
        Refusal { traced: Traced::Without, ..refusal }
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
        let errors = [json!({ "code": self.code, "message": self.message })];
        let mut body = json!({ "type": "error.list", "errors": errors });
        match self.traced {
            Traced::WithRequestId => body["request_id"] = request_id.into(),
            Traced::WithNull => body["request_id"] = Value::Null,
            Traced::Without => {}
        }
        body.to_string().into_bytes()
    }

    /// Returns the path of the `Link` header, if there is one.
    pub(super) fn link(&self) -> Option<&str> {
        self.link.as_deref()
    }
}
