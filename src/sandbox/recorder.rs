//! Whole exchanges, request and answer with their bodies, for who wants to see what a client and the sandbox said.
//!
//! Nothing is kept until it is asked for, and then only so many: bodies are large. Never holds a header, so no token.

use std::collections::VecDeque;

use axum::body::Bytes;
use serde::Serialize;
use serde_json::Value;

use super::log::Entry;

/// The exchanges that are kept.
#[derive(Debug, Default)]
pub(super) struct Recorder {
    wanted: usize,
    kept: VecDeque<Exchange>,
}

/// One request with its answer.
#[derive(Debug, Clone)]
pub(super) struct Exchange {
    pub(super) entry: Entry,
    /// Empty if there was none, or if it was never read: a request without a token is refused before.
    pub(super) request: Bytes,
    /// Empty if there was none.
    pub(super) response: Bytes,
}

/// An exchange as it is shown: bodies as JSON where they are JSON, as text where not, null where there is none.
#[derive(Debug, Serialize)]
pub(super) struct Shown {
    #[serde(flatten)]
    entry: Entry,
    request: Value,
    response: Value,
}

impl Recorder {
    /// Keeps the last `wanted` exchanges from now on, and forgets what was kept.
    pub(super) fn want(&mut self, wanted: usize) {
        *self = Recorder { wanted, kept: VecDeque::new() };
    }

    /// Says whether an exchange would be kept: nobody copies a body in vain.
    pub(super) fn is_on(&self) -> bool {
        0 < self.wanted
    }

    pub(super) fn note(&mut self, exchange: Exchange) {
        if self.wanted <= self.kept.len() {
            self.kept.pop_front();
        }
        self.kept.push_back(exchange);
    }

    /// Returns what is kept, oldest first.
    pub(super) fn kept(&self) -> Vec<Exchange> {
        self.kept.iter().cloned().collect()
    }
}

impl From<Exchange> for Shown {
    fn from(Exchange { entry, request, response }: Exchange) -> Shown {
        Shown { entry, request: shown(&request), response: shown(&response) }
    }
}

fn shown(body: &Bytes) -> Value {
    if body.is_empty() {
        return Value::Null;
    }
    serde_json::from_slice(body).unwrap_or_else(|_| String::from_utf8_lossy(body).into())
}
