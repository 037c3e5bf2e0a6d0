//! Whether the server is there at all: a gate that is shut while nobody gets an answer.
//!
//! A request whose retries are spent suspects an outage. Its thread probes: if that is answered, the failure was the
//! request's own; if not, the gate is shut, everybody waits before it, and the same thread goes on probing.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{Clock, Halt};

/// How long a waiting thread sleeps before it looks again.
const SLICE: Duration = Duration::from_millis(50);

/// The longest wait between two probes: an outage of hours costs two requests a minute.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// What a request whose retries are spent is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// The server answers: the failure is the request's own.
    Answers,
    /// There was an outage, and it is over.
    Recovered,
    /// There was no answer for so long that nobody waits any longer.
    GivenUp(Duration),
    /// The run was stopped while everybody waited.
    Halted,
}

/// Where a request began, so that an outage since then is noticed.
#[derive(Debug, Clone, Copy)]
pub struct Outset {
    at: Duration,
    outages: u64,
}

/// The gate; shared by all threads of a run.
#[derive(Debug)]
pub struct Outages {
    state: Mutex<State>,
    clock: Clock,
    halt: Halt,
}

impl Outages {
    /// Returns an open gate; an outage of this length ends the run.
    #[must_use]
    pub fn new(longest: Duration, clock: Clock, halt: Halt) -> Self {
        Self { state: Mutex::new(State::new(longest)), clock, halt }
    }

    /// Returns how long an outage may last.
    #[must_use]
    pub fn longest(&self) -> Duration {
        self.lock().longest
    }

    /// Blocks while the gate is shut.
    ///
    /// # Errors
    /// [`Finding::GivenUp`] or [`Finding::Halted`], when it will not open.
    pub fn pass(&self) -> Result<Outset, Finding> {
        loop {
            let now = self.clock.now();
            {
                let state = self.lock();
                match state.phase {
                    Phase::Open | Phase::Suspected => return Ok(Outset { at: now, outages: state.outages }),
                    Phase::GivenUp(lasted) => return Err(Finding::GivenUp(lasted)),
                    Phase::Shut { .. } => {}
                }
            }
            if self.halt.is_raised() {
                return Err(Finding::Halted);
            }
            self.clock.sleep(SLICE);
        }
    }

    /// Returns whether requests are held back, so that trying once more is of no use.
    #[must_use]
    pub fn is_shut(&self) -> bool {
        matches!(self.lock().phase, Phase::Shut { .. } | Phase::GivenUp(_))
    }

    /// Hears that the server gave an answer of its own.
    pub fn answered(&self) {
        let now = self.clock.now();
        self.lock().answered(now);
    }

    /// Returns how long there has been no answer, while the gate is shut.
    #[must_use]
    pub fn lasting(&self) -> Option<Duration> {
        let now = self.clock.now();
        let state = self.lock();
        matches!(state.phase, Phase::Shut { .. }).then(|| now.saturating_sub(state.since))
    }

    /// Finds out whether the server is there, and waits while it is not. `probe` sends a request that costs little; if it
    /// is answered, somebody calls [`Outages::answered`]. Only one of many threads that ask probes.
    pub fn outlast(&self, outset: Outset, mut probe: impl FnMut()) -> Finding {
        let is_mine = self.lock().suspect(outset);
        loop {
            if is_mine && self.lock().is_due(self.clock.now()) {
                probe();
                self.lock().probed(self.clock.now(), fastrand::f64());
            }
            if let Some(finding) = self.lock().finding(outset) {
                return finding;
            }
            if self.halt.is_raised() {
                return Finding::Halted;
            }
            self.clock.sleep(SLICE);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is known of the server, with time and chance as arguments.
#[derive(Debug)]
struct State {
    longest: Duration,
    phase: Phase,
    last_answer: Duration,
    /// The beginning of the newest outage, or suspicion.
    since: Duration,
    /// How often the gate was shut.
    outages: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Open,
    /// Somebody probes; the others go on.
    Suspected,
    Shut {
        failed_probes: u32,
        next_probe: Duration,
    },
    GivenUp(Duration),
}

impl State {
    fn new(longest: Duration) -> Self {
        Self { longest, phase: Phase::Open, last_answer: Duration::ZERO, since: Duration::ZERO, outages: 0 }
    }

    /// Hears that a request's retries are spent. Returns whether it is the one that has to probe.
    fn suspect(&mut self, outset: Outset) -> bool {
        // What failed in an outage that is over is no sign of another.
        if self.phase != Phase::Open || self.outages != outset.outages {
            return false;
        }
        self.phase = Phase::Suspected;
        self.since = self.last_answer.max(outset.at);
        true
    }

    fn is_due(&self, now: Duration) -> bool {
        match self.phase {
            Phase::Suspected => true,
            Phase::Shut { next_probe, .. } => now >= next_probe,
            Phase::Open | Phase::GivenUp(_) => false,
        }
    }

    fn answered(&mut self, now: Duration) {
        self.last_answer = now;
        if !matches!(self.phase, Phase::GivenUp(_)) {
            self.phase = Phase::Open;
        }
    }

    /// Hears that a probe came back, answered or not: 1 s to the next one, then 2, 4 and so on, half of it by chance.
    fn probed(&mut self, now: Duration, chance: f64) {
        let failed_probes = match self.phase {
            Phase::Suspected => {
                self.outages += 1;
                1
            }
            Phase::Shut { failed_probes, .. } => failed_probes + 1,
            Phase::Open | Phase::GivenUp(_) => return,
        };
        let ends = self.since + self.longest;
        self.phase = if now >= ends {
            Phase::GivenUp(now - self.since)
        } else {
            let longest = Duration::from_secs(1 << (failed_probes - 1).min(5)).min(LONGEST_WAIT);
            Phase::Shut { failed_probes, next_probe: (now + longest.mul_f64(0.5 + chance / 2.0)).min(ends) }
        };
    }

    /// Returns what a request that began at `outset` is told, once that is known.
    fn finding(&self, outset: Outset) -> Option<Finding> {
        match self.phase {
            Phase::Open if self.outages == outset.outages => Some(Finding::Answers),
            Phase::Open => Some(Finding::Recovered),
            Phase::GivenUp(lasted) => Some(Finding::GivenUp(lasted)),
            Phase::Suspected | Phase::Shut { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate(longest: u64) -> (Outages, Clock, Halt) {
        let (clock, halt) = (Clock::fake(Duration::ZERO), Halt::default());
        (Outages::new(Duration::from_secs(longest), clock.clone(), halt.clone()), clock, halt)
    }

    /// Lets a request fail at 100 s; the server answers the probe of this number, from 1. Returns when each was sent.
    fn probes(outages: &Outages, clock: &Clock, answered: usize) -> (Finding, Vec<u64>) {
        clock.sleep(Duration::from_secs(100));
        let (outset, mut sent) = (outages.pass().unwrap(), Vec::new());
        let finding = outages.outlast(outset, || {
            sent.push(clock.now().as_secs());
            if sent.len() == answered {
                outages.answered();
            }
        });
        (finding, sent)
    }

    #[test]
    fn a_failure_is_the_requests_own_if_the_probe_is_answered() {
        let (outages, clock, _) = gate(900);
        assert_eq!((Finding::Answers, vec![100]), probes(&outages, &clock, 1));
        assert!(!outages.is_shut());
    }

    #[test]
    fn probes_come_with_growing_patience_until_one_is_answered() {
        let (outages, clock, _) = gate(900);
        let (finding, sent) = probes(&outages, &clock, 9);
        assert_eq!((Finding::Recovered, 9), (finding, sent.len()));
        let waits: Vec<u64> = sent.windows(2).map(|pair| pair[1] - pair[0]).collect();
        for (wait, longest) in waits.iter().zip([1, 2, 4, 8, 16, 30, 30, 30]) {
            assert!((longest / 2..=longest + 1).contains(wait), "{waits:?}");
        }
        assert!(outages.pass().is_ok());
    }

    #[test]
    fn an_outage_is_given_up_when_it_has_lasted_long_enough() {
        let (outages, clock, _) = gate(60);
        let (finding, sent) = probes(&outages, &clock, usize::MAX);
        assert_eq!(Some(&160), sent.last());
        let Finding::GivenUp(lasted) = finding else { panic!("{finding:?}") };
        assert_eq!(60, lasted.as_secs());
        outages.answered();
        assert_eq!(Err(finding), outages.pass().map(|_| ()));
    }

    #[test]
    fn everybody_else_waits_at_the_gate_and_is_told_the_same() {
        let mut state = State::new(Duration::from_secs(60));
        let outset = Outset { at: Duration::from_secs(5), outages: 0 };
        assert!(state.suspect(outset));
        assert!(!state.suspect(outset));
        assert_eq!(None, state.finding(outset));
        state.probed(Duration::from_secs(7), 0.0);
        assert_eq!((false, None), (state.suspect(outset), state.finding(outset)));
        state.answered(Duration::from_secs(9));
        assert_eq!(Some(Finding::Recovered), state.finding(outset));
        // One that failed in it, and hears of its end only now, probes no more.
        assert!(!state.suspect(outset));
    }

    #[test]
    fn a_stopped_run_waits_for_no_server() {
        let (outages, clock, halt) = gate(900);
        let outset = outages.pass().unwrap();
        let finding = outages.outlast(outset, || {
            assert_eq!(None, outages.lasting());
            clock.sleep(Duration::from_secs(3));
            halt.raise();
        });
        assert_eq!((Finding::Halted, Err(Finding::Halted)), (finding, outages.pass().map(|_| ())));
        assert_eq!(Some(Duration::from_secs(3)), outages.lasting());
    }
}
