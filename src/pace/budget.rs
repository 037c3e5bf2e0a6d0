//! How much may be sent again: a bucket that failures empty and successes fill, so that a server in trouble is not asked
//! everything six times. Pure.

/// What a full bucket holds, and what sending again takes from it; a success puts one back. From the clients of large
/// cloud services: 35 failures in a row, then as many as a fourteenth of what succeeds.
const FULL: u32 = 500;
const FAILURE: u32 = 14;
const THROTTLE: u32 = 5;
const SUCCESS: u32 = 1;

/// Why a request is sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// It failed, and another attempt may help.
    Failed,
    /// It was told to wait.
    Throttled,
}

/// What one request has taken from the budget; a success gives it back.
#[derive(Debug, Default)]
pub struct Spent(u32);

/// The tokens that all requests of a run share.
#[derive(Debug)]
pub(super) struct Budget {
    tokens: u32,
}

impl Default for Budget {
    fn default() -> Self {
        Self { tokens: FULL }
    }
}

impl Budget {
    /// Takes what one more attempt costs. Returns whether it was there.
    pub(super) fn take(&mut self, again: Again, spent: &mut Spent) -> bool {
        let cost = match again {
            Again::Failed => FAILURE,
            Again::Throttled => THROTTLE,
        };
        let Some(left) = self.tokens.checked_sub(cost) else { return false };
        self.tokens = left;
        spent.0 += cost;
        true
    }

    /// Hears that a request succeeded.
    pub(super) fn succeeded(&mut self, spent: &Spent) {
        self.tokens = (self.tokens + spent.0 + SUCCESS).min(FULL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns how many of so many attempts the budget allows.
    fn allowed(budget: &mut Budget, again: Again, attempts: usize) -> usize {
        (0..attempts).filter(|_| budget.take(again, &mut Spent::default())).count()
    }

    #[test]
    fn a_full_budget_is_enough_for_a_bad_moment_and_not_for_a_bad_hour() {
        assert_eq!(35, allowed(&mut Budget::default(), Again::Failed, 1_000));
        assert_eq!(100, allowed(&mut Budget::default(), Again::Throttled, 1_000));
    }

    #[test]
    fn success_fills_it_again() {
        let mut budget = Budget::default();
        assert_eq!(35, allowed(&mut budget, Again::Failed, 1_000));
        (0..14).for_each(|_| budget.succeeded(&Spent::default()));
        assert_eq!(1, allowed(&mut budget, Again::Failed, 1_000));
        (0..100_000).for_each(|_| budget.succeeded(&Spent::default()));
        assert_eq!(35, allowed(&mut budget, Again::Failed, 1_000));
    }

    #[test]
    fn an_attempt_that_helped_cost_nothing() {
        let mut budget = Budget::default();
        for _ in 0..1_000 {
            let mut spent = Spent::default();
            assert!(budget.take(Again::Failed, &mut spent) && budget.take(Again::Failed, &mut spent));
            budget.succeeded(&spent);
        }
        assert_eq!(35, allowed(&mut budget, Again::Failed, 1_000));
    }
}
