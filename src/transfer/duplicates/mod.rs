//! Which row of a user counts if a file has several, in memory that does not grow with the file.
//!
//! A first reading shows every key to a [`Finder`]. A filter of at most 64 MiB tells which keys may have been there
//! before; only those are kept, by their hash, with the place that they were last at: duplicates, and one row in several
//! hundred that only looks like one. What becomes too many for memory goes to a temporary file ([`Overflow`]).
//! The second reading asks [`Repeated`] about each row: a key whose first and last place are the same is no duplicate.

mod filter;
mod policy;

use std::collections::HashMap;

use xxhash_rust::xxh3::xxh3_128_with_seed;

pub(super) use filter::Filter;
pub use policy::Duplicates;
pub(super) use policy::Verdict;

use crate::intercom::Role;
use crate::ledger::Overflow;
use crate::ledger::OverflowError;
use crate::ledger::Span;
use crate::mapping::Identity;
use crate::mapping::RowKey;

/// How many keys are kept in memory: what a hash table of 2^20 places of 48 bytes holds.
const MOST_KEPT: usize = 917_504;

/// The place of a row that has not been met yet.
const NOT_MET: u64 = 0;

/// A key as duplicates are found by: 128 bits, so that two users are never taken for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct KeyHash(u128);

impl KeyHash {
    pub(super) fn of(key: &RowKey) -> Self {
        let kind = match (&key.identity, key.role) {
            (Identity::ExternalId(_), _) => 0,
            (Identity::Id(_), _) => 1,
            (Identity::Email(_), Role::User) => 2,
            (Identity::Email(_), Role::Lead) => 3,
        };
        Self(xxh3_128_with_seed(key.identity.value().as_bytes(), kind))
    }

    pub(super) fn number(self) -> u128 {
        self.0
    }

    /// Returns what a row that names nobody can be told by: its bytes.
    pub(super) fn of_nameless(raw: &[u8]) -> Self {
        Self(xxh3_128_with_seed(raw.trim_ascii_end(), 4))
    }
}

/// Looks for keys that are there more than once.
pub(super) struct Finder {
    seen: Filter,
    repeated: Repeated,
}

impl Finder {
    /// Expects about so many rows.
    pub(super) fn new(n_rows: u64) -> Self {
        Self::with_limit(Filter::for_rows(n_rows), MOST_KEPT)
    }

    fn with_limit(seen: Filter, most_kept: usize) -> Self {
        Self { seen, repeated: Repeated { kept: HashMap::new(), most_kept, overflow: None } }
    }

    /// Takes note of the key of the row at a place; places are from 1, and no two rows have the same.
    pub(super) fn note(&mut self, key: KeyHash, place: u64) -> Result<(), OverflowError> {
        if self.seen.insert(key.0) {
            self.repeated.keep(key.0, Span { first: NOT_MET, last: place })?;
        }
        Ok(())
    }

    /// Lets go of what was only needed to look.
    pub(super) fn finish(mut self) -> Result<Repeated, OverflowError> {
        if self.repeated.overflow.is_some() {
            self.repeated.spill()?;
        }
        Ok(self.repeated)
    }
}

/// The keys that a file may have more than once.
#[derive(Debug, Default)]
pub(super) struct Repeated {
    kept: HashMap<u128, Span>,
    most_kept: usize,
    /// What was too much for memory; once there is one, everything is in it after the first reading.
    overflow: Option<Overflow>,
}

impl Repeated {
    /// Returns whether no key is there more than once.
    pub(super) fn is_empty(&self) -> bool {
        self.kept.is_empty() && self.overflow.is_none()
    }

    /// Judges the row of a key at a place. Every row with a key is asked about, in the order of the file.
    pub(super) fn verdict(
        &mut self,
        key: KeyHash,
        place: u64,
        policy: Duplicates,
    ) -> Result<Verdict, OverflowError> {
        let Some(mut span) = self.span(key.0)? else { return Ok(Verdict::Counts) };
        if span.first == NOT_MET {
            span.first = place;
            self.keep(key.0, span)?;
        }
        Ok(policy.verdict(span, place))
    }

    fn span(&self, hash: u128) -> Result<Option<Span>, OverflowError> {
        match (self.kept.get(&hash), &self.overflow) {
            (None, Some(overflow)) => overflow.get(hash),
            (kept, _) => Ok(kept.copied()),
        }
    }

    fn keep(&mut self, hash: u128, span: Span) -> Result<(), OverflowError> {
        self.kept.insert(hash, span);
        if self.kept.len() >= self.most_kept { self.spill() } else { Ok(()) }
    }

    fn spill(&mut self) -> Result<(), OverflowError> {
        let overflow = match &mut self.overflow {
            Some(overflow) => overflow,
            none => none.insert(Overflow::new()?),
        };
        overflow.put(self.kept.drain())
    }
}

#[cfg(test)]
mod tests;
