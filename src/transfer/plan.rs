//! What an import costs in requests, by how it learns which users exist. Pure.
//!
//! A row whose user the ledger knows costs one request, whoever asks. Of the others, a share `h` exists, and of these a
//! share `c` differs. *Create* sends each first and learns from the refusal: `1 + h(1 + c)`. *Find* asks the index for
//! 15 at a time before: `1/15 + (1 - h) + hc`. *List* reads the whole workspace once, 150 contacts a page, and pays the
//! same without the fifteenth. The writes, `(1 - h) + hc`, are the same for all: `c` decides nothing.

use std::fmt;

use crate::intercom::Client;
use crate::intercom::Field;
use crate::intercom::Mode;

/// How an import learns which users exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Strategy {
    /// From the server's refusal to create them.
    Create,
    /// From a search for many of them at a time.
    Find,
    /// From a listing of the whole workspace.
    List,
}

impl Strategy {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Create, Self::Find, Self::List];

    /// Returns the name of the strategy, as `--lookup` takes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Find => "find",
            Self::List => "list",
        }
    }
}

impl fmt::Display for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a row costs that is sent without a look, apart from the writing of what differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prices {
    /// A row whose user does not exist: what says so, and the creation.
    pub missing: u32,
    /// A row whose user exists: what says so, and the reading.
    pub found: u32,
}

impl Prices {
    /// Returns the prices of rows that are matched by a field.
    #[must_use]
    pub fn of(mode: Mode, key: &Field) -> Self {
        match (mode, key) {
            // A search, and the contact behind the hit.
            (Mode::Update, Field::Email) => Self { missing: 1, found: 2 },
            (Mode::Update, _) => Self { missing: 1, found: 1 },
            _ => Self { missing: 1, found: 2 },
        }
    }
}

/// The rows that are to be sent, as far as is known or guessed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Workload {
    /// Rows whose user the ledger knows, and which differ from what was delivered.
    pub known: u64,
    /// Rows whose user the ledger does not know.
    pub unknown: u64,
    /// The share of these whose user exists, from 0 to 1.
    pub existing: f64,
    /// The share of those that differ from their rows, from 0 to 1.
    pub changed: f64,
    /// How many users one search finds.
    pub batch: u64,
    /// The contacts of the workspace, where that was asked.
    pub contacts: Option<u64>,
    /// What a row costs without a look.
    pub prices: Prices,
}

/// Requests of an import by what they do.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Cost {
    /// Searches, or pages of the listing.
    pub looks: f64,
    /// Attempts to create or to find one user, and the reading of who was in the way.
    pub sends: f64,
    /// Writes to users that are known to exist.
    pub updates: f64,
}

impl Cost {
    /// Returns all requests.
    #[must_use]
    pub fn requests(&self) -> f64 {
        self.looks + self.sends + self.updates
    }
}

impl Workload {
    /// Returns what a strategy costs; `None` for a listing of nobody knows how many.
    #[must_use]
    pub fn cost(&self, strategy: Strategy) -> Option<Cost> {
        let unknown = self.unknown as f64;
        let (there, gone) = (unknown * self.existing, unknown * (1.0 - self.existing));
        let updates = self.known as f64 + there * self.changed;
        let gone = gone * f64::from(self.prices.missing);
        Some(match strategy {
            Strategy::Create => {
                Cost { looks: 0.0, sends: gone + there * f64::from(self.prices.found), updates }
            }
            Strategy::Find => {
                Cost { looks: self.unknown.div_ceil(self.batch.max(1)) as f64, sends: gone, updates }
            }
            Strategy::List => Cost { looks: pages(self.contacts?) as f64, sends: gone, updates },
        })
    }

    /// Returns the strategy that costs least; of equals, the first of [`Strategy::ALL`].
    #[must_use]
    pub fn cheapest(&self) -> Strategy {
        let requests = |strategy| self.cost(strategy).map_or(f64::INFINITY, |cost| cost.requests());
        let [create, find, list] = Strategy::ALL;
        [find, list].into_iter().fold(
            create,
            |best, other| {
                if requests(other) < requests(best) { other } else { best }
            },
        )
    }
}

/// Returns the pages of a listing of so many contacts; an empty one is a page, too.
#[must_use]
pub fn pages(contacts: u64) -> u64 {
    contacts.div_ceil(u64::from(Client::PAGE_SIZE)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: Workload = Workload {
        known: 0,
        unknown: 1_000,
        existing: 0.5,
        changed: 0.5,
        batch: 15,
        contacts: Some(100_000),
        prices: Prices { missing: 1, found: 2 },
    };

    #[track_caller]
    fn check(workload: Workload, expected: [u64; 3], cheapest: Strategy) {
        let requests = Strategy::ALL.map(|it| workload.cost(it).unwrap().requests().round() as u64);
        assert_eq!((expected, cheapest), (requests, workload.cheapest()));
    }

    #[test]
    fn what_a_row_costs_depends_on_what_is_known() {
        check(ROWS, [1_750, 67 + 750, 667 + 750], Strategy::Find);
        check(Workload { known: 40, ..ROWS }, [1_790, 857, 1_457], Strategy::Find);
        check(Workload { existing: 0.0, ..ROWS }, [1_000, 1_067, 1_667], Strategy::Create);
        check(Workload { existing: 1.0, changed: 0.0, ..ROWS }, [2_000, 67, 667], Strategy::Find);
        check(Workload { contacts: Some(3_000), ..ROWS }, [1_750, 817, 770], Strategy::List);
        check(Workload { existing: 0.0, contacts: Some(0), ..ROWS }, [1_000, 1_067, 1_001], Strategy::Create);
    }

    #[test]
    fn an_update_by_external_id_costs_one_reading_at_most() {
        let prices = Prices::of(Mode::Update, &Field::ExternalId);
        check(Workload { prices, ..ROWS }, [1_250, 817, 1_417], Strategy::Find);
        let prices = Prices::of(Mode::Update, &Field::Email);
        check(Workload { prices, ..ROWS }, [1_750, 817, 1_417], Strategy::Find);
    }

    #[test]
    fn a_workspace_that_was_not_asked_is_not_listed() {
        let unasked = Workload { contacts: None, ..ROWS };
        assert_eq!((None, Strategy::Find), (unasked.cost(Strategy::List), unasked.cheapest()));
    }
}
