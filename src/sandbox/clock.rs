//! The sandbox's time: the only file of the sandbox that asks the operating system for it, or waits.
//!
//! Every decision (windows, lag, `created_at`, the `Date` header) reads this clock, so that a test can hold time still
//! and move it by hand.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::SystemTime;

/// The time that a sandbox lives in. Clones share one time, so that a test may keep one and move it.
#[derive(Debug, Clone)]
pub struct SandboxClock {
    base: Base,
    /// Milliseconds that were added by hand.
    advanced: Arc<AtomicU64>,
}

/// Where time comes from before anybody moves it.
#[derive(Debug, Clone, Copy)]
enum Base {
    System {
        /// Milliseconds by which it is late.
        behind: u64,
    },
    Fixed {
        milliseconds: u64,
    },
}

impl SandboxClock {
    /// Returns the operating system's time; it can still be moved forward.
    #[must_use]
    pub fn system() -> SandboxClock {
        SandboxClock::behind(Duration::ZERO)
    }

    /// Returns the operating system's time, as a clock shows it that is late by so much.
    #[must_use]
    pub fn behind(duration: Duration) -> SandboxClock {
        let behind = to_milliseconds(duration);
        SandboxClock { base: Base::System { behind }, advanced: Arc::default() }
    }

    /// Returns a clock that stands at `seconds` after the epoch until it is moved.
    #[must_use]
    pub fn fixed(seconds: u64) -> SandboxClock {
        SandboxClock { base: Base::Fixed { milliseconds: seconds * 1000 }, advanced: Arc::default() }
    }

    /// Moves time forward, for every clone of this clock.
    pub fn advance(&self, duration: Duration) {
        self.advanced.fetch_add(to_milliseconds(duration), Ordering::Relaxed);
    }

    /// Returns the time since the epoch.
    pub(super) fn now(&self) -> Moment {
        let base = match self.base {
            Base::System { behind } => system_milliseconds().saturating_sub(behind),
            Base::Fixed { milliseconds } => milliseconds,
        };
        Moment(base + self.advanced.load(Ordering::Relaxed))
    }

    /// Waits. A fixed clock does not wait but moves, so that a slow sandbox can be tested in no time.
    pub(super) async fn wait(&self, duration: Duration) {
        if duration.is_zero() {
            return;
        }
        match self.base {
            Base::System { .. } => tokio::time::sleep(duration).await,
            Base::Fixed { .. } => self.advance(duration),
        }
    }
}

/// A point in time: milliseconds since the epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment(pub(super) u64);

impl Moment {
    /// Returns whole seconds since the epoch, the unit of every timestamp that Intercom shows.
    pub(super) fn seconds(self) -> i64 {
        (self.0 / 1000).cast_signed()
    }

    pub(super) fn after(self, duration: Duration) -> Moment {
        Moment(self.0 + to_milliseconds(duration))
    }

    pub(super) fn before(self, duration: Duration) -> Moment {
        Moment(self.0.saturating_sub(to_milliseconds(duration)))
    }

    pub(super) fn since(self, earlier: Moment) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }

    /// Returns the value of a `Date` header.
    pub(super) fn http_date(self) -> String {
        jiff::Timestamp::from_second(self.seconds())
            .map(|timestamp| timestamp.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string())
            .unwrap_or_default()
    }
}

fn to_milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX / 4)
}

#[expect(clippy::disallowed_methods, reason = "this is the sandbox's clock")]
fn system_milliseconds() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map(to_milliseconds).unwrap_or_default()
}
