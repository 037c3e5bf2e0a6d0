//! Faults: what a network, a proxy or a bad night does to a request, before or after its write was committed [I][C].
//!
//! Faults are drawn with a seeded probability, or queued by `POST /__sandbox/faults`. A fault after the commit is the
//! one that finds bugs: the write happened, and its answer is lost.

use std::collections::VecDeque;

use serde::Deserialize;
use serde::Serialize;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum FaultKind {
    /// 500 `server_error` in the envelope.
    #[serde(rename = "json_500")]
    Json500,
    /// 500 with an empty body.
    #[serde(rename = "empty_500")]
    Empty500,
    /// 502 with a proxy's HTML page.
    #[serde(rename = "html_502")]
    Html502,
    /// 503 `service_unavailable` in the envelope.
    #[serde(rename = "json_503")]
    Json503,
    /// 504 with a proxy's HTML page.
    #[serde(rename = "html_504")]
    Html504,
    /// 200 with an empty body, although the write was committed [C tap-intercom].
    #[serde(rename = "empty_200")]
    Empty200,
    /// The connection is reset without an answer.
    #[serde(rename = "reset")]
    Reset,
    /// 429 although there was quota left; nothing is spent.
    #[serde(rename = "throttle_429")]
    Throttle429,
}

/// One fault, and on which side of the commit it strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fault {
    #[serde(rename = "fault")]
    pub(super) kind: FaultKind,
    /// Whether the request is carried out before its answer is lost.
    #[serde(default)]
    pub(super) committed: bool,
}

impl FaultKind {
    /// Returns the name that the request log and the control routes use.
    pub(super) fn name(self) -> &'static str {
        match self {
            FaultKind::Json500 => "json_500",
            FaultKind::Empty500 => "empty_500",
            FaultKind::Html502 => "html_502",
            FaultKind::Json503 => "json_503",
            FaultKind::Html504 => "html_504",
            FaultKind::Empty200 => "empty_200",
            FaultKind::Reset => "reset",
            FaultKind::Throttle429 => "throttle_429",
        }
    }
}

/// Every fault that chance may draw, each side of the commit counted separately.
const DRAWN: [Fault; 14] = [
    Fault { kind: FaultKind::Json500, committed: false },
    Fault { kind: FaultKind::Json500, committed: true },
    Fault { kind: FaultKind::Empty500, committed: false },
    Fault { kind: FaultKind::Empty500, committed: true },
    Fault { kind: FaultKind::Html502, committed: false },
    Fault { kind: FaultKind::Html502, committed: true },
    Fault { kind: FaultKind::Json503, committed: false },
    Fault { kind: FaultKind::Json503, committed: true },
    Fault { kind: FaultKind::Html504, committed: false },
    Fault { kind: FaultKind::Html504, committed: true },
    Fault { kind: FaultKind::Empty200, committed: true },
    Fault { kind: FaultKind::Reset, committed: false },
    Fault { kind: FaultKind::Reset, committed: true },
    Fault { kind: FaultKind::Throttle429, committed: false },
];

/// Decides which request meets which fault.
#[derive(Debug)]
pub(super) struct Faults {
    start: FaultRate,
    rate: FaultRate,
    chance: fastrand::Rng,
    queue: VecDeque<Scripted>,
}

/// A fault that waits for the next request of its method.
#[derive(Debug, Clone)]
struct Scripted {
    fault: Fault,
    method: Option<String>,
}

/// The share of requests that meet a fault: 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(try_from = "f64")]
pub(super) struct FaultRate(f64);

/// The number is not between 0 and 1.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a share between 0 and 1")]
pub(super) struct NotAShare(f64);

impl TryFrom<f64> for FaultRate {
    type Error = NotAShare;

    fn try_from(share: f64) -> Result<FaultRate, NotAShare> {
        if (0.0..=1.0).contains(&share) { Ok(FaultRate(share)) } else { Err(NotAShare(share)) }
    }
}

impl Faults {
    pub(super) fn new(rate: FaultRate, seed: u64) -> Faults {
        Faults { start: rate, rate, chance: fastrand::Rng::with_seed(seed), queue: VecDeque::new() }
    }

    /// Returns the fault that the next request meets: a queued one first, then chance.
    pub(super) fn next(&mut self, method: &str) -> Option<Fault> {
        let matches = |scripted: &Scripted| scripted.method.as_deref().is_none_or(|wanted| wanted == method);
        if let Some(place) = self.queue.iter().position(matches) {
            return self.queue.remove(place).map(|scripted| scripted.fault);
        }
        if self.rate.0 <= 0.0 || self.rate.0 <= self.chance.f64() {
            return None;
        }
        Some(DRAWN[self.chance.usize(..DRAWN.len())])
    }

    pub(super) fn set_rate(&mut self, rate: FaultRate) {
        self.rate = rate;
    }

    /// Queues faults for the next requests, of one method only if it is given.
    pub(super) fn script(&mut self, faults: Vec<Fault>, method: Option<&str>) {
        let scripted = |fault| Scripted { fault, method: method.map(str::to_owned) };
        self.queue.extend(faults.into_iter().map(scripted));
    }

    /// Back to the rate of the start, with nothing queued.
    pub(super) fn reset(&mut self) {
        self.rate = self.start;
        self.queue.clear();
    }
}
