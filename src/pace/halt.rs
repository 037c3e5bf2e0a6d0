//! The one flag that says: start nothing new.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::Clock;

/// A flag that is raised once and never lowered. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Halt(Arc<Flag>);

#[derive(Debug, Default)]
struct Flag {
    is_raised: AtomicBool,
    deadline: Option<Deadline>,
}

#[derive(Debug)]
struct Deadline {
    clock: Clock,
    at: Duration,
}

/// The run was told to stop before this request could start; nothing of it was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("stopped before the request started")]
pub struct Halted;

impl Halt {
    /// Returns a flag that raises itself when the clock shows this time.
    #[must_use]
    pub fn at(clock: Clock, at: Duration) -> Self {
        Self(Arc::new(Flag { is_raised: AtomicBool::default(), deadline: Some(Deadline { clock, at }) }))
    }

    /// Asks everybody to start nothing new.
    pub fn raise(&self) {
        self.0.is_raised.store(true, Ordering::SeqCst);
    }

    /// Returns whether somebody, or the time, asked to stop.
    #[must_use]
    pub fn is_raised(&self) -> bool {
        self.0.is_raised.load(Ordering::SeqCst) || self.is_late()
    }

    /// Returns whether the time is up, if there is such a time.
    #[must_use]
    pub fn is_late(&self) -> bool {
        self.0.deadline.as_ref().is_some_and(|deadline| deadline.clock.now() >= deadline.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_with_a_time_raises_itself() {
        let clock = Clock::fake(Duration::ZERO);
        let halt = Halt::at(clock.clone(), Duration::from_secs(7_200));
        clock.sleep(Duration::from_secs(7_199));
        assert!(!halt.is_raised() && !halt.is_late());
        clock.sleep(Duration::from_secs(1));
        assert!(halt.clone().is_raised() && halt.is_late());
    }

    #[test]
    fn a_flag_that_somebody_raised_is_not_late() {
        let halt = Halt::at(Clock::fake(Duration::ZERO), Duration::from_secs(1));
        halt.raise();
        assert!(halt.is_raised() && !halt.is_late());
    }
}
