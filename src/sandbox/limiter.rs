//! The rate limiter: fixed windows of ten seconds. Pure; time is an argument.
//!
//! A minute's limit is split evenly into windows that start at :00, :10, :20 of epoch time, and what is left of one is
//! lost [D][R]. `X-RateLimit-Reset` is the window's end plus two seconds [R]. A refused request spends nothing.

use std::collections::BTreeMap;
use std::collections::VecDeque;

use serde::Serialize;

use super::clock::Moment;

/// The length of a window [D Rate limiting].
const WINDOW_SECONDS: u64 = 10;
const WINDOWS_PER_MINUTE: u32 = 6;
/// How long after a window's end `X-RateLimit-Reset` points: 525 of 525 recordings [R].
const RESET_AFTER_END_SECONDS: u64 = 2;
/// How many past windows `/__sandbox/stats` shows.
const KEPT_WINDOWS: usize = 100;

/// Counts requests per app (token) and per workspace.
#[derive(Debug)]
pub(super) struct Limiter {
    app_limit: Option<u32>,
    workspace_limit: Option<u32>,
    neighbour_per_minute: u32,
    windows: VecDeque<Window>,
}

/// One window, and who used it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Window {
    /// Seconds since the epoch.
    pub(super) start: u64,
    pub(super) limit: Option<u32>,
    pub(super) used: BTreeMap<String, u32>,
}

/// What the `X-RateLimit-*` headers say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Quota {
    pub(super) limit: u32,
    pub(super) remaining: u32,
    pub(super) reset: u64,
}

/// Whether a request may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Admitted,
    /// The limit that was exceeded, for the message.
    Exceeded(u32),
}

impl Limiter {
    /// Returns a limiter; a quota of zero is none.
    pub(super) fn new(quota_per_minute: u32, workspace_quota_per_minute: u32) -> Limiter {
        Limiter {
            app_limit: per_window(quota_per_minute),
            workspace_limit: per_window(workspace_quota_per_minute),
            neighbour_per_minute: 0,
            windows: VecDeque::new(),
        }
    }

    /// Sets another integration's load on the same app and workspace, spread evenly over time.
    pub(super) fn set_neighbour(&mut self, per_minute: u32) {
        self.neighbour_per_minute = per_minute;
    }

    /// Spends one request of `token_id`, if there is one left.
    ///
    /// The workspace's counter is not visible in the headers, so a 429 can come while `Remaining` is above zero.
    pub(super) fn take(&mut self, token_id: &str, now: Moment) -> Verdict {
        let neighbour = self.neighbour_in_window(now);
        let (app_limit, workspace_limit) = (self.app_limit, self.workspace_limit);
        let window = self.window(now);
        let by_app = window.used.get(token_id).copied().unwrap_or(0) + neighbour;
        let by_all = window.used.values().sum::<u32>() + neighbour;
        if let Some(limit) = app_limit.filter(|limit| *limit <= by_app) {
            return Verdict::Exceeded(limit);
        }
        if let Some(limit) = workspace_limit.filter(|limit| *limit <= by_all) {
            return Verdict::Exceeded(limit);
        }
        match window.used.get_mut(token_id) {
            Some(used) => *used += 1,
            None => drop(window.used.insert(token_id.to_owned(), 1)),
        }
        Verdict::Admitted
    }

    /// Spends `more` requests of someone whose request was admitted, or none if they are not left.
    pub(super) fn take_more(&mut self, token_id: &str, more: u32, now: Moment) -> Verdict {
        let neighbour = self.neighbour_in_window(now);
        let (app_limit, workspace_limit) = (self.app_limit, self.workspace_limit);
        let window = self.window(now);
        let by_app = window.used.get(token_id).copied().unwrap_or(0) + neighbour + more;
        let by_all = window.used.values().sum::<u32>() + neighbour + more;
        let exceeded = app_limit.filter(|limit| *limit < by_app);
        if let Some(limit) = exceeded.or(workspace_limit.filter(|limit| *limit < by_all)) {
            return Verdict::Exceeded(limit);
        }
        *window.used.entry(token_id.to_owned()).or_default() += more;
        Verdict::Admitted
    }

    /// Gives one request back: an injected 429 spends nothing.
    pub(super) fn give_back(&mut self, token_id: &str, now: Moment) {
        if let Some(used) = self.window(now).used.get_mut(token_id) {
            *used = used.saturating_sub(1);
        }
    }

    /// Returns what the headers say; `None` when the app has no limit.
    pub(super) fn quota(&mut self, token_id: &str, now: Moment) -> Option<Quota> {
        let limit = self.app_limit?;
        let neighbour = self.neighbour_in_window(now);
        let window = self.window(now);
        let used = window.used.get(token_id).copied().unwrap_or(0) + neighbour;
        let reset = window.start + WINDOW_SECONDS + RESET_AFTER_END_SECONDS;
        Some(Quota { limit, remaining: limit.saturating_sub(used), reset })
    }

    /// Returns the last windows in which anything was asked, oldest first.
    pub(super) fn windows(&self) -> Vec<Window> {
        self.windows.iter().cloned().collect()
    }

    /// Forgets all use and the neighbour.
    pub(super) fn reset(&mut self) {
        self.windows.clear();
        self.neighbour_per_minute = 0;
    }

    fn window(&mut self, now: Moment) -> &mut Window {
        let start = window_start(now);
        if self.windows.back().is_none_or(|window| window.start != start) {
            self.windows.push_back(Window { start, limit: self.app_limit, used: BTreeMap::new() });
        }
        if KEPT_WINDOWS < self.windows.len() {
            self.windows.pop_front();
        }
        self.windows.back_mut().expect("a window was pushed if there was none")
    }

    /// Returns what the neighbour has used of the present window by `now`.
    fn neighbour_in_window(&self, now: Moment) -> u32 {
        let elapsed = now.0 - window_start(now) * 1000;
        let used = u64::from(self.neighbour_per_minute) * elapsed / 60_000;
        u32::try_from(used).unwrap_or(u32::MAX / 2)
    }
}

fn window_start(now: Moment) -> u64 {
    let seconds = now.0 / 1000;
    seconds - seconds % WINDOW_SECONDS
}

/// Splits a minute's quota evenly: 10,000 gives 1,666, and 500 gives 83 [D][I]. 1,000 was recorded as 167 [R] and is
/// documented as 166: the lower one is used.
fn per_window(per_minute: u32) -> Option<u32> {
    (0 < per_minute).then(|| (per_minute / WINDOWS_PER_MINUTE).max(1))
}
