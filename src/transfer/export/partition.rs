//! Splits a workspace into parts of whole days that are walked side by side. Pure: who counts is an argument.

/// Days of a calendar, both ends included, numbered from 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Days {
    pub(super) first: i64,
    pub(super) last: i64,
}

/// Days, and how many contacts were created on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) days: Days,
    pub(super) count: u64,
}

impl Days {
    pub(super) fn is_one(self) -> bool {
        self.first >= self.last
    }

    fn len(self) -> i64 {
        self.last - self.first + 1
    }

    /// Returns so many runs of days of about one length.
    fn pieces(self, n: i64) -> Vec<Self> {
        let first = |piece| self.first + self.len() * piece / n;
        (0..n).map(|piece| Self { first: first(piece), last: first(piece + 1) - 1 }).collect()
    }
}

impl Span {
    /// Returns the days to count one by one: as many pieces as hold about four fifths of `limit` each if contacts came
    /// evenly, so that a little more on some of them splits nothing again.
    fn pieces(self, limit: u64) -> Vec<Days> {
        let n = (self.count + self.count / 4).div_ceil(limit).clamp(2, PIECES);
        self.days.pieces(self.days.len().min(n.cast_signed()))
    }

    /// Returns the pieces with what they hold; the last one holds what the others do not.
    fn split(self, pieces: &[Days], counts: &[u64]) -> impl Iterator<Item = Span> {
        let last = self.count.saturating_sub(counts.iter().sum());
        let counts = counts.iter().copied().chain([last]);
        pieces.iter().zip(counts).map(|(days, count)| Span { days: *days, count })
    }
}

/// How many pieces are counted at once at most.
const PIECES: u64 = 256;

/// Splits days until each part holds at most `limit` contacts or is one day, and puts neighbours together that hold no
/// more than that; the largest part comes first.
///
/// `count` says how many contacts were created on each of some days. It is asked about as often as there are parts, in
/// few rounds.
pub(super) fn partition<E>(
    all: Span,
    limit: u64,
    mut count: impl FnMut(&[Days]) -> Result<Vec<u64>, E>,
) -> Result<Vec<Span>, E> {
    let (mut parts, mut spans) = (Vec::new(), vec![all]);
    while !spans.is_empty() {
        let (large, small): (Vec<Span>, Vec<Span>) =
            spans.into_iter().partition(|span| span.count > limit && !span.days.is_one());
        parts.extend(small);
        let pieces: Vec<Vec<Days>> = large.iter().map(|span| span.pieces(limit)).collect();
        let asked: Vec<Days> =
            pieces.iter().flat_map(|pieces| &pieces[..pieces.len() - 1]).copied().collect();
        let counts = if asked.is_empty() { Vec::new() } else { count(&asked)? };
        let mut counts = &counts[..];
        spans = Vec::new();
        for (span, pieces) in large.iter().zip(&pieces) {
            let (own, others) = counts.split_at(pieces.len() - 1);
            spans.extend(span.split(pieces, own));
            counts = others;
        }
    }
    parts.sort_unstable_by_key(|span| span.days.first);
    let mut parts = merged(&parts, limit);
    parts.sort_by_key(|span| std::cmp::Reverse(span.count));
    Ok(parts)
}

/// Puts neighbours together that hold no more than `limit`, and days without contacts to those before them.
fn merged(spans: &[Span], limit: u64) -> Vec<Span> {
    let mut merged: Vec<Span> = Vec::new();
    for span in spans {
        match merged.last_mut() {
            Some(before) if before.count + span.count <= limit || span.count == 0 || before.count == 0 => {
                before.days.last = span.days.last;
                before.count += span.count;
            }
            _ => merged.push(*span),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use proptest::prelude::*;

    use super::*;

    /// Splits days that hold so many contacts each. Returns the parts, and how often somebody counted and in how many
    /// rounds.
    fn parts_of(days: &[u64], limit: u64) -> (Vec<Span>, usize, usize) {
        let all = Span { days: Days { first: 0, last: days.len() as i64 - 1 }, count: days.iter().sum() };
        let (mut n_counted, mut n_rounds) = (0, 0);
        let parts = partition(all, limit, |asked| {
            n_counted += asked.len();
            n_rounds += 1;
            Ok::<_, Infallible>(asked.iter().map(|asked| count(days, *asked)).collect())
        });
        let Ok(parts) = parts;
        (parts, n_counted, n_rounds)
    }

    fn count(days: &[u64], asked: Days) -> u64 {
        days[asked.first as usize..=asked.last as usize].iter().sum()
    }

    #[track_caller]
    fn check(days: &[u64], limit: u64, expected: &[(i64, i64, u64)]) {
        let (parts, ..) = parts_of(days, limit);
        let actual: Vec<_> = parts.iter().map(|part| (part.days.first, part.days.last, part.count)).collect();
        assert_eq!(expected, actual);
    }

    #[test]
    fn a_small_workspace_is_one_part_and_nobody_counts() {
        check(&[1, 2, 3], 6, &[(0, 2, 6)]);
        assert_eq!(0, parts_of(&[1, 2, 3], 6).1);
    }

    #[test]
    fn parts_hold_at_most_the_limit_and_the_largest_comes_first() {
        check(&[1, 2, 3, 4], 4, &[(3, 3, 4), (0, 1, 3), (2, 2, 3)]);
    }

    #[test]
    fn a_day_that_holds_too_many_is_a_part_of_its_own() {
        check(&[1, 90, 1, 1], 10, &[(1, 1, 90), (2, 3, 2), (0, 0, 1)]);
    }

    #[test]
    fn days_without_contacts_belong_to_their_neighbours() {
        check(&[0, 0, 0, 90, 0, 0, 80, 0], 10, &[(0, 5, 90), (6, 7, 80)]);
    }

    #[test]
    fn a_workspace_of_two_years_is_split_with_few_questions() {
        let mut days = vec![270; 730];
        days[243] = 20_000;
        let (parts, n_counted, n_rounds) = parts_of(&days, 5_000);
        assert!((40..=70).contains(&parts.len()), "{} parts", parts.len());
        assert!(n_counted <= 75 && n_rounds <= 4, "{n_counted} questions in {n_rounds} rounds");
    }

    proptest! {
        #[test]
        fn every_day_is_in_one_part_and_only_a_day_exceeds_the_limit(
            days in prop::collection::vec(prop_oneof![Just(0_u64), 0..50_u64, Just(5_000)], 1..200),
            limit in 1..500_u64,
        ) {
            let (mut parts, ..) = parts_of(&days, limit);
            prop_assert!(parts.is_sorted_by_key(|part| std::cmp::Reverse(part.count)));
            parts.sort_by_key(|part| part.days.first);
            prop_assert_eq!(0, parts[0].days.first);
            prop_assert_eq!(days.len() as i64 - 1, parts[parts.len() - 1].days.last);
            for pair in parts.windows(2) {
                prop_assert_eq!(pair[0].days.last + 1, pair[1].days.first);
            }
            for part in parts {
                let held = &days[part.days.first as usize..=part.days.last as usize];
                prop_assert_eq!(part.count, held.iter().sum::<u64>());
                let n_busy = held.iter().filter(|count| **count > 0).count();
                prop_assert!(part.count <= limit || n_busy == 1, "{:?}", part);
            }
        }
    }
}
