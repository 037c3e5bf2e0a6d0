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
    /// The row on another line counts.
    Superseded { by: u64 },
    /// Nobody knows which one counts: there is another row on that line.
    Duplicate { other: u64 },
}

impl Duplicates {
    /// Judges the row on a line, one of those between the first and the last line of its key.
    pub(super) fn verdict(self, Span { first, last }: Span, line: u64) -> Verdict {
        let counts = match self {
            Self::Last => last,
            Self::First => first,
            Self::Reject if first == last => line,
            Self::Reject => return Verdict::Duplicate { other: if line == first { last } else { first } },
        };
        if line == counts { Verdict::Counts } else { Verdict::Superseded { by: counts } }
    }
}
