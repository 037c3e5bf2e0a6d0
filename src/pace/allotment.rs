//! How much of a window is ours, and how fast it is spent. Pure.

/// The part of a window that is left to others whatever they did before.
const ALWAYS_LEFT: f64 = 0.02;

/// The most that is left to others of what remains.
const LEFT_AT_MOST: f64 = 0.5;

/// The most that others are taken to have used unseen of what remains: who never sends never hears that they did not.
const UNSEEN_AT_MOST: f64 = 0.6;

/// How much faster than evenly what is ours is spent, so that little of it is left when the window ends. Simulated: 1.2
/// leaves 3 % of a window of 1,667, 1.5 leaves 0.5 % beside what is always left.
const AHEAD: f64 = 1.5;

/// The same where others use more than half. All who share a window like this spend it early anyway, and the faster they
/// do, the more one gains that hears of it first: simulated with eight, the one that got least got 95 % of the one that
/// got most at 1.5, and 98 % at 0.8.
const AHEAD_IN_A_CROWD: f64 = 0.8;

/// What is known of a window at a moment, in requests.
#[derive(Debug, Clone, Copy)]
pub(super) struct Allotment {
    pub(super) limit: f64,
    /// What was left when the newest request was counted.
    pub(super) remaining: f64,
    /// What others may have used since.
    pub(super) unseen: f64,
    /// What others will use until the end.
    pub(super) theirs: f64,
    /// Our requests that may be counted in this window yet.
    pub(super) in_flight: f64,
    /// Our requests that were.
    pub(super) ours: f64,
    /// The part of the limit that we may use.
    pub(super) share: f64,
}

impl Allotment {
    /// Returns how many requests should start in the rest of the window if the present rate held; `None` for none.
    pub(super) fn spread(&self) -> Option<f64> {
        let free = self.remaining - self.in_flight;
        let always_left = (self.limit * ALWAYS_LEFT).floor();
        let granted = (self.limit * self.share).floor() - self.ours - self.in_flight;
        let unseen = self.unseen.min(free * UNSEEN_AT_MOST);
        if free - unseen - always_left < 1.0 {
            return None;
        }
        let at_most = free * LEFT_AT_MOST;
        let theirs = self.theirs.min(at_most);
        let ours = (free - theirs.max(always_left).floor()).min(granted);
        let ahead = AHEAD + (AHEAD_IN_A_CROWD - AHEAD) * theirs / at_most;
        (ours >= 1.0).then_some(ours * ahead)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: Allotment = Allotment {
        limit: 100.0,
        remaining: 100.0,
        unseen: 0.0,
        theirs: 0.0,
        in_flight: 0.0,
        ours: 0.0,
        share: 1.0,
    };

    #[track_caller]
    fn check(allotment: Allotment, expected: Option<f64>) {
        let actual = allotment.spread().map(|spread| (spread * 100.0).round() / 100.0);
        assert_eq!(expected, actual, "{allotment:?}");
    }

    #[test]
    fn whoever_is_alone_gets_all_but_two_in_a_hundred() {
        check(WHOLE, Some(98.0 * 1.5));
        check(Allotment { remaining: 50.0, ours: 50.0, ..WHOLE }, Some(48.0 * 1.5));
        check(Allotment { remaining: 3.0, ours: 97.0, ..WHOLE }, Some(1.5));
        check(Allotment { remaining: 2.0, ours: 98.0, ..WHOLE }, None);
        check(Allotment { remaining: 0.0, ours: 100.0, ..WHOLE }, None);
        check(Allotment { limit: 10.0, remaining: 1.0, ours: 9.0, ..WHOLE }, Some(1.5));
    }

    #[test]
    fn what_is_in_flight_is_counted_already() {
        check(Allotment { remaining: 50.0, in_flight: 40.0, ours: 10.0, ..WHOLE }, Some(8.0 * 1.5));
        check(Allotment { remaining: 50.0, in_flight: 60.0, ..WHOLE }, None);
    }

    #[test]
    fn what_others_need_is_left_to_them_but_no_more_than_half() {
        check(Allotment { theirs: 25.0, ..WHOLE }, Some(75.0 * 1.15));
        check(Allotment { theirs: 50.0, ..WHOLE }, Some(50.0 * 0.8));
        check(Allotment { theirs: 500.0, ..WHOLE }, Some(50.0 * 0.8));
    }

    #[test]
    fn near_the_end_others_may_have_used_what_nobody_told_us_of() {
        check(Allotment { remaining: 5.0, ..WHOLE }, Some(3.0 * 1.5));
        check(Allotment { remaining: 5.0, unseen: 2.5, ..WHOLE }, None);
        check(Allotment { remaining: 50.0, unseen: 500.0, ..WHOLE }, Some(48.0 * 1.5));
    }

    #[test]
    fn a_share_of_the_quota_is_not_exceeded() {
        check(Allotment { share: 0.5, ..WHOLE }, Some(50.0 * 1.5));
        check(Allotment { share: 0.5, remaining: 70.0, ours: 30.0, in_flight: 19.0, ..WHOLE }, Some(1.5));
        check(Allotment { share: 0.5, remaining: 70.0, ours: 30.0, in_flight: 20.0, ..WHOLE }, None);
    }
}
