//! Faults: what a network, a proxy or a bad night does to a request, before or after its write was committed [I][C].
//!
//! Faults are queued by `POST /__sandbox/faults`, told by the rules of a scenario, or drawn with a seeded probability, in
//! this order. A fault after the commit is the one that finds bugs: the write happened, and its answer is lost.

use std::collections::VecDeque;

use serde::Deserialize;
use serde::Serialize;

use super::scenario::Fate;
use super::scenario::Rule;
use super::scenario::Scenario;

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
    /// 500 that ends the open scroll, which has to begin again [D].
    #[serde(rename = "scroll_500")]
    Scroll500,
    /// 429 although there was quota left; nothing is spent.
    #[serde(rename = "throttle_429")]
    Throttle429,
    /// 429 of something before Intercom: no `X-RateLimit-*` headers, a body that is not JSON.
    #[serde(rename = "bare_429")]
    Bare429,
    /// 503 with `Retry-After: 2`, which Intercom is not known to send and proxies do.
    #[serde(rename = "retry_after_503")]
    RetryAfter503,
    /// 401 as for a token that was revoked [D Error codes].
    #[serde(rename = "revoked_401")]
    Revoked401,
    /// The connection stays open, and nothing comes.
    #[serde(rename = "stall")]
    Stall,
    /// The true answer, but its body takes ten seconds, or the rule's delay.
    #[serde(rename = "slow_body")]
    SlowBody,
    /// The true answer, but its body ends after half of what was promised.
    #[serde(rename = "truncated_body")]
    TruncatedBody,
    /// The true answer, but its JSON is not JSON.
    #[serde(rename = "malformed_json")]
    MalformedJson,
    /// The true answer, but its `Date` is an hour behind.
    #[serde(rename = "wrong_date")]
    WrongDate,
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
            FaultKind::Scroll500 => "scroll_500",
            FaultKind::Throttle429 => "throttle_429",
            FaultKind::Bare429 => "bare_429",
            FaultKind::RetryAfter503 => "retry_after_503",
            FaultKind::Revoked401 => "revoked_401",
            FaultKind::Stall => "stall",
            FaultKind::SlowBody => "slow_body",
            FaultKind::TruncatedBody => "truncated_body",
            FaultKind::MalformedJson => "malformed_json",
            FaultKind::WrongDate => "wrong_date",
        }
    }

    /// Says whether the request's own answer is sent, only not as it should be.
    pub(super) fn spoils(self) -> bool {
        use FaultKind::{MalformedJson, SlowBody, TruncatedBody, WrongDate};
        matches!(self, SlowBody | TruncatedBody | MalformedJson | WrongDate)
    }

    /// Says whether the request was turned away before it counted.
    pub(super) fn is_free(self) -> bool {
        matches!(self, FaultKind::Throttle429 | FaultKind::Bare429 | FaultKind::Revoked401)
    }

    /// Says whether the answer has the headers of the rate limit.
    pub(super) fn knows_the_quota(self) -> bool {
        !matches!(self, FaultKind::Bare429 | FaultKind::Revoked401)
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
    scenario: Scenario,
    rules: Vec<Rule>,
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

impl FaultRate {
    /// Says whether something of this chance happens; `chance` is in `0.0..1.0`.
    pub(super) fn strikes(self, chance: f64) -> bool {
        chance < self.0
    }
}

impl Faults {
    pub(super) fn new(rate: FaultRate, seed: u64, scenario: Scenario) -> Faults {
        let (chance, queue) = (fastrand::Rng::with_seed(seed), VecDeque::new());
        let rules = scenario.rules.clone();
        Faults { start: rate, rate, chance, queue, scenario, rules }
    }

    /// Returns what the next request meets.
    pub(super) fn next(&mut self, method: &str, path: &str) -> Fate {
        let mut fate = Fate { fault: self.next_queued(method), ..Fate::default() };
        for rule in &mut self.rules {
            if let Some(met) = rule.meet(method, path, &mut || self.chance.f64()) {
                fate.add(&met);
            }
        }
        if fate.fault.is_none() && 0.0 < self.rate.0 && self.rate.strikes(self.chance.f64()) {
            fate.fault = Some(DRAWN[self.chance.usize(..DRAWN.len())]);
        }
        fate
    }

    fn next_queued(&mut self, method: &str) -> Option<Fault> {
        let matches = |scripted: &Scripted| scripted.method.as_deref().is_none_or(|wanted| wanted == method);
        let place = self.queue.iter().position(matches)?;
        self.queue.remove(place).map(|scripted| scripted.fault)
    }

    /// Adds rules, which count from now.
    pub(super) fn rule(&mut self, rules: Vec<Rule>) {
        self.rules.extend(rules);
    }

    pub(super) fn set_rate(&mut self, rate: FaultRate) {
        self.rate = rate;
    }

    /// Queues faults for the next requests, of one method only if it is given.
    pub(super) fn script(&mut self, faults: Vec<Fault>, method: Option<&str>) {
        let scripted = |fault| Scripted { fault, method: method.map(str::to_owned) };
        self.queue.extend(faults.into_iter().map(scripted));
    }

    /// Back to the rate and the scenario of the start, with nothing queued.
    pub(super) fn reset(&mut self) {
        self.rate = self.start;
        self.rules.clone_from(&self.scenario.rules);
        self.queue.clear();
    }
}
