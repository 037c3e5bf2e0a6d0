//! One window of the server's quota, as the answers that were counted in it tell. Pure.

use std::time::Duration;

use super::headers::Reading;
use super::rate::WINDOW;

/// Before so much of a window is over, what others used of it says nothing of the rest.
const TELLING: Duration = Duration::from_secs(1);

/// What is known of one window.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    pub(super) reset: u64,
    pub(super) limit: u32,
    /// What the request was told that arrived last. The counter only falls, so that is the least that anybody was told.
    pub(super) remaining: u32,
    /// Our requests that were counted, as far as they have been answered.
    pub(super) ours: u32,
    /// When `remaining` was true, as far as a request takes as long to arrive as its answer to come back.
    told: Duration,
}

impl Window {
    /// Returns the window that this answer is the first of.
    pub(super) fn new(reading: &Reading, ours: u32, told: Duration) -> Self {
        let Reading { limit, remaining, reset, .. } = *reading;
        Self { reset, limit, remaining, ours, told }
    }

    /// Hears another answer of this window.
    pub(super) fn hear(&mut self, reading: &Reading, ours: u32, told: Duration) {
        self.ours += ours;
        if reading.limit != self.limit || reading.remaining < self.remaining {
            *self = Self { limit: reading.limit, remaining: reading.remaining, told, ..*self };
        }
    }

    /// Returns what the whole workspace used.
    pub(super) fn used(&self) -> u32 {
        self.limit - self.remaining
    }

    /// Returns the part that was not ours; too much while answers of ours are to come.
    pub(super) fn others(&self) -> u32 {
        self.used().saturating_sub(self.ours)
    }

    /// Returns what others will have used by now since the newest answer was true, if they go on as they began.
    pub(super) fn others_since(&self, begun: Duration, now: Duration) -> f64 {
        self.others_by_the_end(begun) * now.saturating_sub(self.told).as_secs_f64() / WINDOW.as_secs_f64()
    }

    /// Returns what others will have used of the whole window, if they go on as they began.
    pub(super) fn others_by_the_end(&self, begun: Duration) -> f64 {
        let elapsed = self.told.saturating_sub(begun).clamp(TELLING, WINDOW);
        f64::from(self.others()) * WINDOW.as_secs_f64() / elapsed.as_secs_f64()
    }
}
