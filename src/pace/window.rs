//! The server's quota window as its headers tell it: a state machine with time as an argument.
//!
//! Intercom counts the requests of everybody in the workspace in fixed ten-second windows and says with every answer
//! how many remain. What remains for us is that, less what we started since.

use std::time::Duration;

use super::bucket::WINDOW;

/// The longest wait that a header may ask for: one window, the two seconds by which `X-RateLimit-Reset` lies behind
/// the true boundary, and one for the whole seconds of `Date`.
const LONGEST: Duration = Duration::from_secs(13);

/// The longest `Retry-After` that is believed; a proxy in maintenance may ask for minutes.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(120);

/// What the headers of one answer said about the quota.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QuotaHeaders {
    /// `X-RateLimit-Limit`: the requests of one window.
    pub limit: Option<u32>,
    /// `X-RateLimit-Remaining`: what is left of it, for everybody.
    pub remaining: Option<u32>,
    /// `X-RateLimit-Reset`: seconds since 1970.
    pub reset: Option<u64>,
    /// `Date`: the server's clock, seconds since 1970.
    pub date: Option<u64>,
    /// `Retry-After` in seconds; Intercom sends none, proxies do.
    pub retry_after: Option<Duration>,
}

impl QuotaHeaders {
    /// Returns how long from the answer until the window is new, by the server's own clock.
    fn until_reset(&self) -> Option<Duration> {
        let (reset, date) = (self.reset?, self.date?);
        Some(Duration::from_secs(reset.saturating_sub(date)).min(LONGEST))
    }
}

/// How the quota was used, as far as the headers tell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QuotaUse {
    /// The requests that the server grants a window; `None` before the first answer with headers.
    pub limit: Option<u32>,
    /// What the whole workspace used in the last window that is over, or so far in the first.
    pub used: u32,
    /// The part of `used` that was not ours.
    pub others: u32,
    /// What others used in all windows seen.
    pub others_seen: u64,
    /// How often the server said 429.
    pub throttled: u64,
}

/// The window that the newest answer spoke of.
#[derive(Debug, Clone, Copy)]
struct Current {
    reset: u64,
    /// When it is over, on our clock; never too early.
    ends: Duration,
    remaining: u32,
    first_ticket: u64,
    used: u32,
    others: u32,
}

/// What is known about the server's window.
#[derive(Debug, Default)]
pub(super) struct Window {
    started: u64,
    newest: u64,
    current: Option<Current>,
    paused_until: Duration,
    throttled_in_a_row: u32,
    quota_use: QuotaUse,
    is_first: Option<bool>,
}

impl Window {
    /// Returns how long a request must wait, or `None` when it may start.
    pub(super) fn wait(&self, now: Duration) -> Option<Duration> {
        if now < self.paused_until {
            return Some(self.paused_until - now);
        }
        let current = self.current?;
        let is_spent = self.started - self.newest >= u64::from(current.remaining);
        (is_spent && now < current.ends).then(|| current.ends - now)
    }

    /// Counts a request that starts and returns its number, from 1.
    pub(super) fn start(&mut self) -> u64 {
        self.started += 1;
        self.started
    }

    /// Returns the requests of one window, as the server says.
    pub(super) fn limit(&self) -> Option<u32> {
        self.quota_use.limit
    }

    /// Hears that a request was let in.
    pub(super) fn let_in(&mut self) {
        self.throttled_in_a_row = 0;
    }

    /// Hears the headers of an answer. Only the newest request's are trusted: answers overtake each other.
    pub(super) fn answered(&mut self, ticket: u64, headers: &QuotaHeaders, now: Duration) {
        let (Some(limit), Some(remaining), Some(reset)) = (headers.limit, headers.remaining, headers.reset)
        else {
            return;
        };
        if ticket < self.newest || limit == 0 {
            return;
        }
        let remaining = remaining.min(limit);
        let ends = now + headers.until_reset().unwrap_or(WINDOW);
        let (first_ticket, ends) = match self.current {
            Some(current) if current.reset == reset => (current.first_ticket, ends.min(current.ends)),
            previous => {
                self.close(previous);
                (ticket, ends)
            }
        };
        self.newest = ticket;
        let used = limit - remaining;
        let ours = u32::try_from(ticket + 1 - first_ticket).unwrap_or(u32::MAX);
        let others = used.saturating_sub(ours);
        self.current = Some(Current { reset, ends, remaining, first_ticket, used, others });
        self.quota_use.limit = Some(limit);
        if self.is_first == Some(true) {
            (self.quota_use.used, self.quota_use.others) = (used, others);
        }
    }

    /// Hears a 429: nothing starts before the reset plus up to a second, so that clients do not all wake at once. One
    /// without headers is met with growing patience.
    pub(super) fn throttled(&mut self, headers: &QuotaHeaders, now: Duration, chance: f64) {
        self.quota_use.throttled += 1;
        // What was in flight when the pause began is told the same once more.
        self.throttled_in_a_row += u32::from(now >= self.paused_until);
        let told = headers
            .retry_after
            .map(|wait| wait.min(LONGEST_RETRY_AFTER))
            .or_else(|| headers.until_reset())
            .map(|wait| wait + Duration::from_secs(1).mul_f64(chance));
        let pause = told.unwrap_or_else(|| untold_pause(self.throttled_in_a_row, chance));
        self.paused_until = self.paused_until.max(now + pause);
    }

    pub(super) fn quota_use(&self) -> QuotaUse {
        let open = self.current.map_or(0, |current| u64::from(current.others));
        QuotaUse { others_seen: self.quota_use.others_seen + open, ..self.quota_use }
    }

    fn close(&mut self, previous: Option<Current>) {
        self.is_first = Some(self.is_first.is_none());
        if let Some(over) = previous {
            (self.quota_use.used, self.quota_use.others) = (over.used, over.others);
            self.quota_use.others_seen += u64::from(over.others);
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
mod tests {
    use super::*;

    fn headers(remaining: u32, reset: u64, date: u64) -> QuotaHeaders {
        QuotaHeaders {
            limit: Some(166),
            remaining: Some(remaining),
            reset: Some(reset),
            date: Some(date),
            retry_after: None,
        }
    }

    fn seconds(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    #[test]
    fn a_spent_window_is_waited_out_by_the_servers_clock() {
        let mut window = Window::default();
        let ticket = window.start();
        window.answered(ticket, &headers(0, 1_000_012, 1_000_005), seconds(50));
        assert_eq!(Some(seconds(7)), window.wait(seconds(50)));
        assert_eq!(Some(seconds(1)), window.wait(seconds(56)));
        assert_eq!(None, window.wait(seconds(57)));
    }

    #[test]
    fn what_started_since_the_newest_answer_counts_against_what_remains() {
        let mut window = Window::default();
        let ticket = window.start();
        window.answered(ticket, &headers(2, 1_000_012, 1_000_005), seconds(0));
        window.start();
        assert_eq!(None, window.wait(seconds(0)));
        window.start();
        assert_eq!(Some(seconds(7)), window.wait(seconds(0)));
    }

    #[test]
    fn an_overtaken_answer_changes_nothing() {
        let mut window = Window::default();
        let (first, second) = (window.start(), window.start());
        window.answered(second, &headers(0, 1_000_012, 1_000_005), seconds(0));
        window.answered(first, &headers(1, 1_000_012, 1_000_005), seconds(0));
        assert_eq!(Some(seconds(7)), window.wait(seconds(0)));
    }

    #[test]
    fn a_reset_in_the_past_and_headers_that_contradict_each_other_do_not_stop_us() {
        let mut window = Window::default();
        let ticket = window.start();
        window.answered(ticket, &headers(0, 999_000, 1_000_005), seconds(0));
        assert_eq!(None, window.wait(seconds(0)));
        let ticket = window.start();
        window.answered(ticket, &headers(900, 1_000_012, 1_000_005), seconds(0));
        assert_eq!(None, window.wait(seconds(0)));
    }

    #[test]
    fn a_server_clock_years_off_costs_at_most_one_window() {
        let mut window = Window::default();
        let ticket = window.start();
        window.answered(ticket, &headers(0, 2_000_000_000, 1_000_005), seconds(0));
        assert_eq!(Some(LONGEST), window.wait(seconds(0)));
    }

    #[test]
    fn a_429_pauses_until_the_reset_plus_jitter() {
        let mut window = Window::default();
        window.start();
        window.throttled(&headers(0, 1_000_012, 1_000_005), seconds(0), 0.5);
        assert_eq!(Some(Duration::from_millis(7_500)), window.wait(seconds(0)));
    }

    #[test]
    fn a_429_that_does_not_say_how_long_is_met_with_growing_patience() {
        let mut window = Window::default();
        let mut pause_at = |now: u64| {
            window.throttled(&QuotaHeaders::default(), seconds(now), 1.0);
            window.throttled(&QuotaHeaders::default(), seconds(now), 1.0);
            window.wait(seconds(now))
        };
        assert_eq!(Some(seconds(1)), pause_at(0));
        assert_eq!(Some(seconds(2)), pause_at(100));
        assert_eq!([Some(seconds(4)), Some(seconds(8))], [pause_at(200), pause_at(300)]);
        assert_eq!([Some(seconds(10)), Some(seconds(10))], [pause_at(400), pause_at(500)]);
        window.let_in();
        window.throttled(&QuotaHeaders::default(), seconds(600), 0.0);
        assert_eq!(Some(Duration::from_millis(500)), window.wait(seconds(600)));
    }

    #[test]
    fn what_others_use_is_what_is_gone_and_not_ours() {
        let mut window = Window::default();
        let ticket = window.start();
        window.answered(ticket, &headers(120, 1_000_012, 1_000_005), seconds(0));
        let ticket = window.start();
        window.answered(ticket, &headers(100, 1_000_012, 1_000_006), seconds(1));
        let quota_use = window.quota_use();
        assert_eq!((66, 64, 64), (quota_use.used, quota_use.others, quota_use.others_seen as u32));
        let ticket = window.start();
        window.answered(ticket, &headers(165, 1_000_022, 1_000_011), seconds(6));
        assert_eq!((66, 64), (window.quota_use().used, window.quota_use().others));
    }
}
