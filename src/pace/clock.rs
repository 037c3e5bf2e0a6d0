//! The only place that asks the time and that sleeps.
//!
//! Everything that decides takes a [`Clock`], so that a ten-minute pacing test takes no time.
#![allow(clippy::disallowed_methods)]

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A source of time that can also wait. Clones share the same time.
#[derive(Debug, Clone)]
pub struct Clock(Arc<Source>);

#[derive(Debug)]
enum Source {
    System { origin: Instant },
    Fake { elapsed: Mutex<Duration>, unix_origin: Duration },
}

impl Clock {
    /// Returns the clock of this machine.
    #[must_use]
    pub fn system() -> Self {
        Self(Arc::new(Source::System { origin: Instant::now() }))
    }

    /// Returns a clock that stands still until somebody sleeps on it, beginning `unix_origin` after 1970.
    #[must_use]
    pub fn fake(unix_origin: Duration) -> Self {
        Self(Arc::new(Source::Fake { elapsed: Mutex::new(Duration::ZERO), unix_origin }))
    }

    /// Returns the time since this clock was made; never goes back.
    #[must_use]
    pub fn now(&self) -> Duration {
        match &*self.0 {
            Source::System { origin } => origin.elapsed(),
            Source::Fake { elapsed, .. } => *elapsed.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// Returns the time since 1970, for what people read; no decision may rest on it.
    #[must_use]
    pub fn unix(&self) -> Duration {
        match &*self.0 {
            Source::System { .. } => SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default(),
            Source::Fake { unix_origin, .. } => *unix_origin + self.now(),
        }
    }

    /// Returns the whole seconds since 1970, as the API writes times.
    #[must_use]
    pub fn unix_seconds(&self) -> i64 {
        i64::try_from(self.unix().as_secs()).unwrap_or(i64::MAX)
    }

    /// Waits.
    pub fn sleep(&self, duration: Duration) {
        match &*self.0 {
            Source::System { .. } => thread::sleep(duration),
            Source::Fake { elapsed, .. } => {
                *elapsed.lock().unwrap_or_else(PoisonError::into_inner) += duration;
            }
        }
    }

    /// Waits until the bell is rung, and no longer than this. With a fake clock nobody rings it meanwhile.
    pub(super) fn wait<'a, T>(
        &self,
        bell: &Condvar,
        guard: MutexGuard<'a, T>,
        longest: Duration,
    ) -> MutexGuard<'a, T> {
        match &*self.0 {
            Source::System { .. } => {
                bell.wait_timeout(guard, longest).unwrap_or_else(PoisonError::into_inner).0
            }
            Source::Fake { .. } => {
                self.sleep(longest);
                guard
            }
        }
    }
}

impl governor::clock::Clock for Clock {
    type Instant = Duration;

    fn now(&self) -> Duration {
        Self::now(self)
    }
}
