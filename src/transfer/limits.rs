//! How many rows may end badly before something must be wrong with all of them. Pure.

use super::Tally;

/// Of so few rows, a percentage says nothing.
const TOO_FEW: u64 = 100;

/// The rows that may be invalid, rejected or unknown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ErrorLimit {
    /// So many.
    Rows(u64),
    /// So many in a hundred, once a hundred rows have ended.
    Percent(f64),
}

impl ErrorLimit {
    /// Returns whether there are more.
    pub(super) fn is_passed(self, tally: &Tally) -> bool {
        let (faulty, attempted) = (tally.faulty(), tally.applied() + tally.faulty());
        match self {
            Self::Rows(limit) => faulty > limit,
            Self::Percent(limit) => attempted >= TOO_FEW && faulty as f64 * 100.0 > limit * attempted as f64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(limit: ErrorLimit, applied: u64, faulty: [u64; 3], is_passed: bool) {
        let [invalid, rejected, unknown] = faulty;
        let tally =
            Tally { updated: applied, invalid, rejected, unknown, pending: 1_000, ..Tally::default() };
        assert_eq!(is_passed, limit.is_passed(&tally));
    }

    #[test]
    fn a_number_is_passed_by_the_next_row() {
        check(ErrorLimit::Rows(0), 9, [0, 0, 0], false);
        check(ErrorLimit::Rows(0), 0, [0, 0, 1], true);
        check(ErrorLimit::Rows(3), 0, [1, 1, 1], false);
        check(ErrorLimit::Rows(3), 0, [2, 1, 1], true);
    }

    #[test]
    fn a_percentage_is_passed_once_a_hundred_rows_were_attempted() {
        check(ErrorLimit::Percent(5.0), 0, [99, 0, 0], false);
        check(ErrorLimit::Percent(5.0), 0, [99, 1, 0], true);
        check(ErrorLimit::Percent(5.0), 95, [5, 0, 0], false);
        check(ErrorLimit::Percent(5.0), 94, [5, 0, 1], true);
        check(ErrorLimit::Percent(0.0), 99, [0, 0, 1], true);
        check(ErrorLimit::Percent(100.0), 0, [500, 0, 0], false);
    }
}
