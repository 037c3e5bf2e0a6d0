//! A server that is away: who probes, who waits, and what a request is told that failed meanwhile.

use std::time::Duration;

use reqwest::Method;

use super::answer::{Failed, Verdict, host};
use super::call::{Call, Effect, Patience};
use super::contacts::Me;
use super::{ApiError, Client, Trace};
use crate::pace::Failure;
use crate::pace::Finding;
use crate::pace::Halted;
use crate::pace::Outages;
use crate::pace::Outset;
use crate::pace::Uncertain;

/// How long a probe waits for its answer: the slowest recorded one took 1.85 s.
const PROBE_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a request that waits for no outage obeys `Retry-After`: somebody is waiting.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

impl Client {
    /// Waits while the server is away. Returns `None` for a request that waits for no server.
    pub(super) fn set_out(&self, call: &Call) -> Result<Option<Outset>, ApiError> {
        let gate = self.outages.as_ref().filter(|_| call.patience == Patience::OutlastsOutages);
        gate.map(|outages| {
            outages.pass().map_err(|finding| match finding {
                Finding::GivenUp(lasted) => given_up(call, lasted, "none was made"),
                _ => ApiError::Halted(Halted),
            })
        })
        .transpose()
    }

    /// Returns how long the server's wishes are obeyed before a request counts as failed.
    pub(super) fn longest_pause(&self, outset: Option<Outset>) -> Duration {
        let outages = self.outages.as_ref().filter(|_| outset.is_some());
        outages.map_or(LONGEST_PAUSE, Outages::longest)
    }

    /// Returns whether everybody waits for the server, so that trying once more is of no use.
    pub(super) fn is_shut(&self) -> bool {
        self.outages.as_ref().is_some_and(Outages::is_shut)
    }

    /// Hears of an attempt: whatever else it says, an answer of Intercom's own ends an outage.
    pub(super) fn note_presence<T>(&self, verdict: &Verdict<T>) {
        if let Some(outages) = &self.outages
            && verdict.is_intercoms()
        {
            outages.answered();
        }
    }

    /// Finds out whether the failure of a request was an outage, and waits for its end. Returns the error if the request
    /// is not to be sent again.
    pub(super) fn outlast(
        &self,
        call: &Call,
        outset: Option<Outset>,
        failed: Failed,
    ) -> Result<(), ApiError> {
        let Failed { failure, error, .. } = failed;
        let (Some(outages), Some(outset)) = (&self.outages, outset.filter(|_| failure != Failure::Refused))
        else {
            return Err(error);
        };
        let is_twice = failure == Failure::Uncertain && call.retry.uncertain == Uncertain::GiveUp;
        match outages.outlast(outset, || self.probe()) {
            Finding::Recovered if !is_twice => Ok(()),
            Finding::GivenUp(lasted) => Err(given_up(call, lasted, &error.to_string())),
            // What may have been carried out is told as it is, so that its row ends as unknown.
            Finding::Halted if failure == Failure::NotSent || call.effect == Effect::Reads => {
                Err(ApiError::Halted(Halted))
            }
            Finding::Answers | Finding::Recovered | Finding::Halted => Err(error),
        }
    }

    /// Asks for what costs the server least. If it answers, [`Client::note_presence`] hears of it.
    fn probe(&self) {
        let timeout = PROBE_TIMEOUT.min(self.read_timeout());
        let call = self.call(Method::GET, Effect::Reads, &["me"]).impatient().within(timeout);
        // Told to stop, the run lets what is in flight end: a probe is.
        let _ = self.attempt::<Me>(&call, |body| serde_json::from_slice(body), &mut Trace::following());
    }
}

fn given_up(call: &Call, lasted: Duration, reason: &str) -> ApiError {
    ApiError::Outage { host: host(&call.url), lasted, reason: reason.into() }
}

impl<T> Verdict<T> {
    /// Returns whether Intercom itself answered, and not a proxy before it.
    fn is_intercoms(&self) -> bool {
        match self {
            Self::Value(_) | Self::Throttled => true,
            Self::Failed(Failed { error, .. }) => error.refusal().is_some(),
        }
    }
}
