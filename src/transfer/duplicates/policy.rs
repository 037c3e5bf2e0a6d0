//! What becomes of the rows of a user that a file has more than once. Pure.

use crate::ledger::Span;

/// Which row of a user counts if a file has several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Duplicates {
    /// The last one, even if it is invalid otherwise.
    #[default]
    Last,
    /// The first one, even if it is invalid otherwise.
    First,
    /// None: all of them are invalid.
    Reject,
}

/// What becomes of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::transfer) enum Verdict {
    /// It is the user's only row, or the one that counts.
    Counts,
    /// The row at another place counts.
    Superseded { by: u64 },
    /// Nobody knows which one counts: there is another row at that place.
    Duplicate { other: u64 },
}

impl Duplicates {
    /// Judges the row at a place, one of those between the first and the last place of its key.
    pub(super) fn verdict(self, Span { first, last }: Span, place: u64) -> Verdict {
        let counts = match self {
            Self::Last => last,
            Self::First => first,
            Self::Reject if first == last => place,
            Self::Reject => return Verdict::Duplicate { other: if place == first { last } else { first } },
        };
        if place == counts { Verdict::Counts } else { Verdict::Superseded { by: counts } }
    }
}
