//! A scenario: which request meets what, written down in TOML. Pure.
//!
//! Each `[[rule]]` says which requests it is about and what happens to them. Rules are looked at in their order: all
//! delays and moments add up, and the first fault strikes. Every rule counts the requests of its own method and path.
//!
//! | key | is |
//! |---|---|
//! | `method` | the method, as in `"POST"`; any if absent |
//! | `path` | the path, where `*` is any one segment and a last `**` all that follow; any if absent |
//! | `request` | the number of the request, from 1, or the first of `times` in a row |
//! | `from` | the number of the first request; all that follow are meant, too, or `times` of them |
//! | `times` | how often the rule holds at most |
//! | `probability` | the chance, 0 to 1, that the rule holds for a request that it is about |
//! | `fault` | what goes wrong; see `fault.rs` |
//! | `committed` | whether the request is carried out before its answer is lost |
//! | `delay` | how long the answer takes longer, as in `"2s"` |
//! | `advance` | how far time moves on before the request, as in `"10m"` |
//! | `settle` | whether lists and searches catch up before the request |

use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;

use super::fault::Fault;
use super::fault::FaultKind;
use super::fault::FaultRate;

/// Faults and moments by request, in the order of their file.
#[derive(Debug, Clone, Default)]
pub struct Scenario {
    pub(super) rules: Vec<Rule>,
}

/// Why a text is no scenario.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ScenarioError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub message: String,
}

/// One rule, and how far it is.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Written")]
pub(super) struct Rule {
    method: Option<String>,
    path: Option<String>,
    /// The number of the first request.
    first: u64,
    times: u64,
    probability: Option<FaultRate>,
    fate: Fate,
    n_seen: u64,
}

/// What happens to a request.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Fate {
    pub(super) fault: Option<Fault>,
    pub(super) delay: Duration,
    pub(super) advance: Duration,
    pub(super) settle: bool,
}

impl Fate {
    /// Adds what another rule says: times add up, and the first fault stays.
    pub(super) fn add(&mut self, other: &Fate) {
        self.fault = self.fault.or(other.fault);
        self.delay += other.delay;
        self.advance += other.advance;
        self.settle |= other.settle;
    }
}

/// A file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    rule: Vec<Spanned<Written>>,
}

/// A rule as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    method: Option<String>,
    path: Option<String>,
    request: Option<u64>,
    from: Option<u64>,
    times: Option<u64>,
    probability: Option<FaultRate>,
    fault: Option<FaultKind>,
    committed: Option<bool>,
    #[serde(default)]
    delay: Time,
    #[serde(default)]
    advance: Time,
    #[serde(default)]
    settle: bool,
}

/// A length of time as text with its unit.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(try_from = "String")]
struct Time(Duration);

impl Scenario {
    /// Reads a file's text.
    pub fn parse(text: &str) -> Result<Scenario, ScenarioError> {
        let at = |start: usize, message: String| {
            let before = &text.as_bytes()[..start.min(text.len())];
            ScenarioError { line: before.iter().filter(|byte| **byte == b'\n').count() + 1, message }
        };
        let file: File = toml::from_str(text)
            .map_err(|error| at(error.span().map_or(0, |span| span.start), error.message().to_owned()))?;
        let rule = |written: Spanned<Written>| {
            let start = written.span().start;
            Rule::try_from(written.into_inner()).map_err(|message| at(start, message.to_owned()))
        };
        Ok(Scenario { rules: file.rule.into_iter().map(rule).collect::<Result<_, _>>()? })
    }
}

impl Rule {
    /// Hears of a request, and says what happens to it; `chance` draws from `0.0..1.0`.
    pub(super) fn meet(
        &mut self,
        method: &str,
        path: &str,
        chance: &mut impl FnMut() -> f64,
    ) -> Option<Fate> {
        let is_meant = self.method.as_deref().is_none_or(|meant| meant == method)
            && self.path.as_deref().is_none_or(|pattern| fits(pattern, path));
        if !is_meant {
            return None;
        }
        self.n_seen += 1;
        if self.n_seen < self.first || self.times == 0 {
            return None;
        }
        if self.probability.is_some_and(|probability| !probability.strikes(chance())) {
            return None;
        }
        self.times -= 1;
        Some(self.fate)
    }
}

/// Says whether a path fits a pattern, segment by segment.
fn fits(pattern: &str, path: &str) -> bool {
    let mut segments = path.trim_matches('/').split('/');
    for part in pattern.trim_matches('/').split('/') {
        match (part, segments.next()) {
            ("**", _) => return true,
            ("*", Some(_)) => {}
            (part, Some(segment)) if part == segment => {}
            _ => return false,
        }
    }
    segments.next().is_none()
}

impl TryFrom<Written> for Rule {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Rule, &'static str> {
        let (first, times) = match (written.request, written.from) {
            (Some(0), _) | (_, Some(0)) => return Err("requests are counted from 1"),
            (Some(_), Some(_)) => return Err("write either `request` or `from`, not both"),
            (Some(request), None) => (request, written.times.unwrap_or(1)),
            (None, from) => (from.unwrap_or(1), written.times.unwrap_or(u64::MAX)),
        };
        if written.committed.is_some() && written.fault.is_none() {
            return Err("`committed` says on which side of the commit a fault strikes: write `fault` too");
        }
        let committed = written.committed.unwrap_or(false);
        let fate = Fate {
            fault: written.fault.map(|kind| Fault { kind, committed }),
            delay: written.delay.0,
            advance: written.advance.0,
            settle: written.settle,
        };
        if fate == Fate::default() {
            return Err("nothing happens: write `fault`, `delay`, `advance` or `settle`");
        }
        Ok(Rule {
            method: written.method.map(|method| method.to_uppercase()),
            path: written.path,
            first,
            times,
            probability: written.probability,
            fate,
            n_seen: 0,
        })
    }
}

impl TryFrom<String> for Time {
    type Error = String;

    fn try_from(text: String) -> Result<Time, String> {
        let unit_at = text.find(|letter: char| letter.is_ascii_alphabetic()).unwrap_or(text.len());
        let (number, unit) = text.split_at(unit_at);
        let seconds_in_one = match unit {
            "ms" => Some(0.001),
            "s" => Some(1.0),
            "m" => Some(60.0),
            "h" => Some(3_600.0),
            _ => None,
        };
        let seconds =
            seconds_in_one.zip(number.parse().ok()).map(|(in_one, number): (f64, f64)| in_one * number);
        let time = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        time.map(Time).ok_or_else(|| format!("`{text}` is not a time: write one as in 200ms, 2s, 10m or 1h"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers of the first ten requests that a rule holds for.
    #[track_caller]
    fn check(rule: &str, expected: &[usize]) {
        let mut scenario = Scenario::parse(&format!("[[rule]]\ndelay = \"1s\"\n{rule}")).expect("a scenario");
        let rule = &mut scenario.rules[0];
        let met: Vec<usize> =
            (1..=10).filter(|_| rule.meet("POST", "/contacts/7/tags", &mut || 0.5).is_some()).collect();
        assert_eq!(expected, met);
    }

    #[track_caller]
    fn refused(text: &str, line: usize, message: &str) {
        let error = Scenario::parse(text).expect_err("no scenario");
        assert_eq!((line, true), (error.line, error.message.contains(message)), "{error:?}");
    }

    #[test]
    fn a_rule_holds_for_the_requests_that_it_names() {
        check("request = 3", &[3]);
        check("request = 3\ntimes = 2", &[3, 4]);
        check("from = 9", &[9, 10]);
        check("from = 5\ntimes = 1", &[5]);
        check("times = 2", &[1, 2]);
        check("probability = 0.6", &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        check("probability = 0.4", &[]);
        check("method = \"post\"\nrequest = 1", &[1]);
        check("method = \"GET\"", &[]);
        check("path = \"/contacts/*/tags\"\nrequest = 1", &[1]);
        check("path = \"/contacts/**\"\nrequest = 1", &[1]);
        check("path = \"/contacts/*\"", &[]);
        check("path = \"/contacts/*/tags/*\"", &[]);
    }

    #[test]
    fn what_cannot_be_meant_is_refused_with_its_line() {
        refused("\n[[rule]]\nfault = \"json_501\"\n", 3, "unknown variant `json_501`");
        refused("[[rule]]\nfalt = \"reset\"\n", 2, "unknown field `falt`");
        refused("[[rule]]\nfault = \"reset\"\n[[rule]]\nrequest = 1\n", 3, "nothing happens");
        refused("[[rule]]\nfault = \"reset\"\nrequest = 1\nfrom = 2\n", 1, "either `request` or `from`");
        refused("[[rule]]\nfault = \"reset\"\nrequest = 0\n", 1, "counted from 1");
        refused("[[rule]]\ndelay = \"1s\"\ncommitted = true\n", 1, "write `fault` too");
        refused("[[rule]]\ndelay = \"soon\"\n", 2, "`soon` is not a time");
        refused("[[rule]]\nfault = \"reset\"\nprobability = 2.0\n", 3, "not a share");
        refused("[[rule]\n", 1, "");
    }
}
