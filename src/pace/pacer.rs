//! When the next request may start, by the server's own counter: a state machine with time and chance as arguments.
//!
//! Intercom counts the requests of everybody in the workspace in fixed ten-second windows and says with every answer
//! how many remain. What remains, less our requests in flight and what others will need, is ours, and is spread over the
//! rest of the window. When it is over, one request finds out what the next one is like, while the others wait.

use std::collections::BTreeMap;
use std::time::Duration;

use super::allotment::Allotment;
use super::forecast::Forecast;
use super::headers::{QuotaHeaders, Reading};
use super::offset::Offset;
use super::quota_use::QuotaUse;
use super::rate::WINDOW;
use super::window::Window;

/// A start that comes late, for want of a free thread, may be made up for by so much.
const MADE_UP: Duration = Duration::from_millis(25);

/// How long everybody waits for the answer to a probe before another one starts.
const PROBE_PATIENCE: Duration = Duration::from_millis(400);

/// The longest `Retry-After` that is believed; a proxy in maintenance may ask for minutes.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(120);

/// Decides when a request may start. Shared by nobody: who has threads puts it behind a lock.
#[derive(Debug)]
pub struct Pacer {
    share: f64,
    newest: u64,
    /// The requests without an answer, by ticket, and when they started.
    in_flight: BTreeMap<u64, Duration>,
    offset: Offset,
    forecast: Forecast,
    current: Option<Window>,
    /// The window before; answers of it may still come.
    previous: Option<Window>,
    /// When the newest request was due.
    paced: Duration,
    paused_until: Duration,
    throttled_in_a_row: u32,
    /// The newest answers said nothing of a quota.
    is_blind: bool,
    others_seen: u64,
    throttled: u64,
}

/// What is known at a moment.
enum View {
    /// Nobody says what the quota is.
    Blind,
    /// The window that was known ended at this moment; nobody has told of the next.
    Unknown { since: Duration },
    /// The window, and when it ends.
    Known { window: Window, ends: Duration },
}

impl Pacer {
    /// Returns a pacer that takes no more than this part of each window, `0.0..=1.0`.
    #[must_use]
    pub fn new(share: f64) -> Self {
        Self {
            share,
            newest: 0,
            in_flight: BTreeMap::new(),
            offset: Offset::default(),
            forecast: Forecast::default(),
            current: None,
            previous: None,
            paced: Duration::ZERO,
            paused_until: Duration::ZERO,
            throttled_in_a_row: 0,
            is_blind: false,
            others_seen: 0,
            throttled: 0,
        }
    }

    /// Returns how long the next request must wait, or `None` when it may start. An answer may change it.
    #[must_use]
    pub fn wait(&self, now: Duration) -> Option<Duration> {
        if now < self.paused_until {
            return Some(self.paused_until - now);
        }
        let until = match self.view(now) {
            View::Blind => return None,
            View::Unknown { since } => self.next_probe(since)?,
            View::Known { window, ends } => self.due(&window, ends, now),
        };
        until.checked_sub(now).filter(|wait| !wait.is_zero())
    }

    /// Counts a request that starts and returns its number, from 1.
    pub fn start(&mut self, now: Duration) -> u64 {
        let due = match self.view(now) {
            View::Known { window, ends } => self.due(&window, ends, now),
            View::Blind | View::Unknown { .. } => now,
        };
        self.paced = due.clamp(now.saturating_sub(MADE_UP), now);
        self.newest += 1;
        self.in_flight.insert(self.newest, now);
        self.newest
    }

    /// Hears an answer that was no 429.
    pub fn answered(&mut self, ticket: u64, headers: &QuotaHeaders, now: Duration) {
        let started = self.in_flight.remove(&ticket).unwrap_or(now);
        self.throttled_in_a_row = 0;
        match headers.reading() {
            Some(reading) => self.hear(&reading, 1, started, now),
            // A proxy's page says nothing of a window that is known.
            None => self.is_blind |= !matches!(self.view(now), View::Known { .. }),
        }
    }

    /// Hears a 429: nothing starts before the window is over, and `chance` in `0.0..1.0` spreads the return over a
    /// second, so that clients do not all wake at once. One without headers is met with growing patience.
    pub fn throttled(&mut self, ticket: u64, headers: &QuotaHeaders, now: Duration, chance: f64) {
        let started = self.in_flight.remove(&ticket).unwrap_or(now);
        self.throttled += 1;
        let reading = headers.reading().map(|reading| Reading { remaining: 0, ..reading });
        if let Some(reading) = &reading {
            self.hear(reading, 0, started, now);
            if self.current.is_some_and(|current| reading.reset < current.reset) {
                // It is about a window that is over.
                return;
            }
        }
        // What was in flight when the pause began is told the same once more.
        self.throttled_in_a_row += u32::from(now >= self.paused_until);
        let told = headers.retry_after.map(|wait| wait.min(LONGEST_RETRY_AFTER));
        let told = told.or_else(|| reading.map(|it| self.offset.end(it.reset).saturating_sub(now)));
        let jitter = Duration::from_secs(1).mul_f64(chance);
        let pause = match told {
            Some(told) if self.throttled_in_a_row < 2 => told + jitter,
            told => untold_pause(self.throttled_in_a_row, chance).max(told.unwrap_or_default() + jitter),
        };
        self.paused_until = self.paused_until.max(now + pause);
    }

    /// Hears that the request answered just now has spent more of the window than one: that was ours, too.
    pub fn spent_more(&mut self, more: u32) {
        if let Some(current) = &mut self.current {
            current.ours += more;
        }
    }

    /// Hears that an answer will never come.
    pub fn lost(&mut self, ticket: u64) {
        self.in_flight.remove(&ticket);
    }

    /// Returns how the quota is being used.
    #[must_use]
    pub fn quota_use(&self) -> QuotaUse {
        let shown = self.previous.or(self.current);
        let open = [self.previous, self.current].into_iter().flatten().map(|it| u64::from(it.others()));
        QuotaUse {
            limit: self.limit(),
            used: shown.map_or(0, |window| window.used()),
            others: shown.map_or(0, |window| window.others()),
            others_seen: self.others_seen + open.sum::<u64>(),
            throttled: self.throttled,
        }
    }

    /// Returns the requests of a window, as the newest answer said.
    pub(super) fn limit(&self) -> Option<u32> {
        self.current.map(|current| current.limit)
    }

    /// Returns whether the newest answers said nothing of a quota.
    pub(super) fn is_blind(&self) -> bool {
        self.is_blind
    }

    fn view(&self, now: Duration) -> View {
        if self.is_blind {
            return View::Blind;
        }
        let Some(window) = self.current else { return View::Unknown { since: Duration::ZERO } };
        let ends = self.offset.end(window.reset);
        if now < ends { View::Known { window, ends } } else { View::Unknown { since: ends } }
    }

    /// Returns when a request may start to find out about a window, if one has already; `None` for at once.
    fn next_probe(&self, since: Duration) -> Option<Duration> {
        let (_, started) = self.in_flight.last_key_value()?;
        (*started >= since).then(|| *started + PROBE_PATIENCE)
    }

    /// Returns when the next request of a known window is due.
    fn due(&self, window: &Window, ends: Duration, now: Duration) -> Duration {
        let spread = self.allotment(window, ends, now).spread();
        spread.map_or(ends, |spread| self.paced + (ends - now).div_f64(spread))
    }

    fn allotment(&self, window: &Window, ends: Duration, now: Duration) -> Allotment {
        let before = self.previous.map(|it| it.others_by_the_end(self.offset.begin(it.reset)));
        // What has been under way for a whole window was counted in an earlier one.
        let in_flight = self.in_flight.values().filter(|started| now < **started + WINDOW).count();
        Allotment {
            limit: window.limit.into(),
            remaining: window.remaining.into(),
            unseen: window.others_since(self.offset.begin(window.reset), now),
            theirs: self.forecast.of(ends - now, before),
            in_flight: in_flight as f64,
            ours: window.ours.into(),
            share: self.share,
        }
    }

    fn hear(&mut self, reading: &Reading, ours: u32, started: Duration, now: Duration) {
        let is_next = |current: &Window| {
            let is_renamed = reading.reset != current.reset || reading.remaining > current.remaining;
            // Whatever it calls itself, it was counted after the window that was known.
            reading.reset > current.reset || is_renamed && self.offset.end(current.reset) <= started
        };
        let is_new = self.current.as_ref().is_none_or(is_next);
        self.offset.hear(reading, started, now);
        self.is_blind = false;
        let told = started + (now - started) / 2;
        if is_new {
            if let Some(over) = std::mem::replace(&mut self.previous, self.current) {
                self.forecast.hear(over.others_by_the_end(self.offset.begin(over.reset)));
                self.others_seen += u64::from(over.others());
            }
            self.current = Some(Window::new(reading, ours, told));
            return;
        }
        let windows = [&mut self.current, &mut self.previous].into_iter().flatten();
        if let Some(window) = windows.into_iter().find(|window| window.reset == reading.reset) {
            window.hear(reading, ours, told);
        }
    }
}

/// Returns how long to pause when a 429 does not say: a second, then twice as long each time, up to a window, the last
/// half of it by chance.
fn untold_pause(in_a_row: u32, chance: f64) -> Duration {
    let longest = Duration::from_secs(1 << in_a_row.saturating_sub(1).min(4)).min(WINDOW);
    longest.mul_f64(0.5 + chance / 2.0)
}

#[cfg(test)]
mod tests;
