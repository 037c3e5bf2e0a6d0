//! What an import would come to: the answer of a plan. Pure.

use std::collections::BTreeMap;

use super::lookup::{LookupPolicy, TOO_FEW};
use super::plan::{Strategy, Workload};
use crate::intercom::Change;
use crate::intercom::Field;
use crate::rows::Position;

/// What an import would come to.
#[derive(Debug, Clone, PartialEq)]
pub struct Prospect {
    /// Rows by what would change: how many users would have another value in each field.
    pub fields: BTreeMap<Field, u64>,
    /// Rows of known users that the index does not show; what would change is not known.
    pub unseen: u64,
    /// Rows that nobody can be asked about without writing.
    pub unasked: u64,
    /// What the import would have to do.
    pub workload: Workload,
    /// What it would be asked to do it by.
    pub lookup: LookupPolicy,
}

impl Prospect {
    /// Returns the strategy that the import would follow: of a few users, it would not ask.
    #[must_use]
    pub fn strategy(&self) -> Strategy {
        match self.lookup {
            LookupPolicy::Auto if self.workload.unknown < TOO_FEW => Strategy::Create,
            LookupPolicy::Auto => self.workload.cheapest(),
            LookupPolicy::Always(strategy) => strategy,
        }
    }

    /// Returns a strategy that costs less than the one that the import would follow: the plan knows more by now.
    #[must_use]
    pub fn advice(&self) -> Option<Strategy> {
        let cheapest = self.workload.cheapest();
        (self.requests(cheapest)? < self.requests(self.strategy())?).then_some(cheapest)
    }

    /// Returns the requests of a strategy; `None` for a listing if nobody knows of how many.
    #[must_use]
    pub fn requests(&self, strategy: Strategy) -> Option<u64> {
        self.workload.cost(strategy).map(|cost| cost.requests().round() as u64)
    }
}

/// A row of a user who would be updated.
#[derive(Debug, Clone, PartialEq)]
pub struct Planned {
    /// Where the row stands.
    pub position: Position,
    /// Whose it is: `external_id u-1`.
    pub key: String,
    /// What would change.
    pub changes: Vec<Change>,
}
