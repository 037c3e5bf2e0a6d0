//! How fast a run may be: what the user grants, and what holds while the server says nothing.

use super::Rate;
use super::bucket::Flow;

/// How much of the ceiling is used while no answer tells of the quota: others may be there, and nobody says so.
const WHILE_BLIND: (u32, u32) = (80, 100);

/// How fast a run may be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Allowance {
    /// How many requests may start in a time.
    pub ceiling: Ceiling,
    /// The part of the server's limit that may be used, `0.0..=1.0`.
    pub share: f64,
    /// How many requests may be in flight at most.
    pub concurrency: usize,
}

/// How many requests may start in a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ceiling {
    /// As many as the server says.
    None,
    /// As many as the server says; while it says nothing, what it is known to grant.
    Usual(Rate),
    /// As many as the server says, and never more than this.
    AtMost(Rate),
}

impl Default for Allowance {
    /// All of what a workspace grants, and as many in flight as that can need.
    fn default() -> Self {
        Self { ceiling: Ceiling::Usual(Rate::DEFAULT), share: 1.0, concurrency: Self::CONCURRENCY }
    }
}

impl Allowance {
    /// The most requests in flight, if nobody says otherwise: 10,000 a minute at half a second are 84.
    pub const CONCURRENCY: usize = 128;

    /// What a server without limits is used with.
    pub const UNLIMITED: Self = Self { ceiling: Ceiling::None, share: 1.0, concurrency: Self::CONCURRENCY };

    /// Returns what the bucket lets through when the server grants so many requests a window, or does not say.
    pub(super) fn flow(&self, limit: Option<u32>, is_blind: bool) -> Option<Flow> {
        let granted = limit.filter(|_| !is_blind).map(|limit| Flow::Uneven(Rate::of_window(limit)));
        match (self.ceiling, granted) {
            (Ceiling::AtMost(rate), Some(Flow::Uneven(limit))) if rate < limit => Some(Flow::Even(rate)),
            (_, Some(granted)) => Some(granted),
            (Ceiling::None, None) => None,
            (Ceiling::AtMost(rate) | Ceiling::Usual(rate), None) if is_blind => {
                let (part, whole) = WHILE_BLIND;
                let share = f64::from(rate.per_window()) * self.share;
                Some(Flow::Even(Rate::of_window(share as u32 * part / whole)))
            }
            (Ceiling::AtMost(rate) | Ceiling::Usual(rate), None) => Some(Flow::Even(rate)),
        }
    }

    /// Returns the requests a second that are the most there can be, if somebody says.
    pub(super) fn per_second(&self, limit: Option<u32>) -> Option<f64> {
        let per_window = |rate: Rate| f64::from(rate.per_window());
        let granted = limit.map(|limit| f64::from(limit) * self.share);
        let most = match self.ceiling {
            Ceiling::AtMost(rate) => Some(granted.map_or(per_window(rate), |it| it.min(per_window(rate)))),
            Ceiling::Usual(rate) => granted.or(Some(per_window(rate))),
            Ceiling::None => granted,
        };
        most.map(|most| most / super::rate::WINDOW.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(ceiling: Ceiling, limit: Option<u32>, is_blind: bool, expected: Option<Flow>) {
        let allowance = Allowance { ceiling, ..Allowance::UNLIMITED };
        assert_eq!(expected, allowance.flow(limit, is_blind));
    }

    #[test]
    fn the_server_says_how_much_and_the_user_no_more_than_that() {
        let of = Rate::of_window;
        check(Ceiling::None, Some(166), false, Some(Flow::Uneven(of(166))));
        check(Ceiling::Usual(of(1_666)), Some(166), false, Some(Flow::Uneven(of(166))));
        check(Ceiling::Usual(of(1_666)), Some(5_000), false, Some(Flow::Uneven(of(5_000))));
        check(Ceiling::AtMost(of(1_666)), Some(166), false, Some(Flow::Uneven(of(166))));
        check(Ceiling::AtMost(of(100)), Some(166), false, Some(Flow::Even(of(100))));
    }

    #[test]
    fn while_the_server_says_nothing_four_fifths_of_the_ceiling_are_used() {
        let of = Rate::of_window;
        check(Ceiling::None, Some(166), true, None);
        check(Ceiling::Usual(of(1_000)), None, true, Some(Flow::Even(of(800))));
        check(Ceiling::AtMost(of(100)), Some(166), true, Some(Flow::Even(of(80))));
        check(Ceiling::AtMost(of(1)), None, true, Some(Flow::Even(of(1))));
        check(Ceiling::AtMost(of(100)), None, false, Some(Flow::Even(of(100))));
    }
}
