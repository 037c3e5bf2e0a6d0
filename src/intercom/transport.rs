//! Attempts that got no answer, and what that means for the request.

use std::error::Error as _;
use std::io;

use reqwest::Url;

use super::ApiError;
use super::answer::{Verdict, host};
use crate::pace::Failure;

impl<T> Verdict<T> {
    /// Tells a connection that could not be made from an answer that was lost.
    pub(super) fn of_transport_error(error: &reqwest::Error, url: &Url) -> Self {
        let (host, reason) = (host(url), root_cause(error));
        if error.is_connect() {
            return match Obstacle::of(error) {
                Obstacle::Certificate => Self::refused(ApiError::NotTrusted { host, reason }),
                Obstacle::Name => {
                    Self::failed(Failure::NotSent, ApiError::NoSuchHost { host, attempts: 0, reason })
                }
                Obstacle::Other => {
                    Self::failed(Failure::NotSent, ApiError::Unreachable { host, attempts: 0, reason })
                }
            };
        }
        let reason = if error.is_timeout() { "the answer took too long".into() } else { reason };
        let error = ApiError::AnswerLost { attempts: 0, reason, status: None, request_id: None };
        Self::failed(Failure::Uncertain, error)
    }
}

/// Why no connection could be made, as far as there is something else to do about it.
enum Obstacle {
    /// Somebody else's certificate, or one that this machine does not know.
    Certificate,
    /// The name has no address.
    Name,
    Other,
}

impl Obstacle {
    fn of(error: &reqwest::Error) -> Self {
        for cause in causes(error) {
            if let Some(rustls::Error::InvalidCertificate(_)) = cause.downcast_ref() {
                return Self::Certificate;
            }
            // The connector's error has no public type; these are its words.
            if cause.to_string() == "dns error" {
                return Self::Name;
            }
        }
        Self::Other
    }
}

/// Iterates over what is behind an error. An I/O error does not name the one that it was made of as its source.
fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn std::error::Error + 'static)> {
    std::iter::successors(error.source(), |&error| {
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        inner.map(|inner| inner as _).or_else(move || error.source())
    })
}

/// Returns the innermost message of an error: reqwest's own only says which step failed.
fn root_cause(error: &reqwest::Error) -> String {
    causes(error).last().map_or_else(|| "the connection broke".into(), ToString::to_string)
}
