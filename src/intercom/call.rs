//! One request before it is sent: what it asks for, what it does, and how patiently it is sent.

use std::time::Duration;

use reqwest::{Method, Url};

use super::{Client, Engine};
use crate::pace::RetryPolicy;

/// One request as it is to be sent, as often as it takes.
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) body: Option<Vec<u8>>,
    pub(super) effect: Effect,
    pub(super) retry: RetryPolicy,
    pub(super) patience: Patience,
    /// How long the answer may take, if not as long as the connection's.
    pub(super) timeout: Option<Duration>,
    /// The version of the API, if it is another than the connection's.
    pub(super) version: Option<&'static str>,
}

/// What a request does to the workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// Changes nothing.
    Reads,
    /// May have changed something even if its answer is lost.
    Writes,
}

/// What becomes of a request that meets a server that is away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Patience {
    /// It waits, as long as the connection lets it.
    OutlastsOutages,
    /// It fails: somebody waits, or it is there to find out.
    GivesUp,
}

impl Client {
    /// Returns a call of `method` on the path made of `segments`, each percent-encoded.
    pub(super) fn call(&self, method: Method, effect: Effect, segments: &[&str]) -> Call {
        let mut url = self.base_url().clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        Call {
            method,
            url,
            body: None,
            effect,
            retry: RetryPolicy::default(),
            patience: Patience::OutlastsOutages,
            timeout: None,
            version: None,
        }
    }
}

impl Call {
    /// Adds a JSON body.
    pub(super) fn json(mut self, body: &impl serde::Serialize) -> Self {
        let body = serde_json::to_vec(body).expect("fields and queries are maps with text keys");
        self.body = Some(body);
        self
    }

    /// Gives up sooner than usual.
    pub(super) fn brief(mut self) -> Self {
        self.retry = RetryPolicy::BRIEF;
        self
    }

    /// Does not wait for a server that is away.
    pub(super) fn impatient(mut self) -> Self {
        self.patience = Patience::GivesUp;
        self
    }

    /// Gives up sooner on a large page: a smaller one may be answered where this one is not
    /// (estuary/connectors#3027).
    pub(super) fn sized(self, per_page: u32) -> Self {
        if per_page > Client::SMALL_PAGE { self.brief() } else { self }
    }

    /// Waits no longer than this for an answer.
    pub(super) fn within(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Asks in the version of contacts where the connection speaks 1.x, which has no list of attributes: the header of a
    /// request beats the workspace's setting, on "Update your API version" of Intercom's documentation.
    pub(super) fn in_2_x_if_1_x(mut self, engine: Engine) -> Self {
        if engine == Engine::Users {
            self.version = Some(Engine::Contacts.default_version());
        }
        self
    }

    /// Gives up rather than carry it out a second time.
    pub(super) fn never_twice(mut self) -> Self {
        self.retry = RetryPolicy::NEVER_TWICE;
        self
    }

    /// Adds a query parameter.
    pub(super) fn query(mut self, name: &str, value: &str) -> Self {
        self.url.query_pairs_mut().append_pair(name, value);
        self
    }
}
