//! Whether a hash was seen before: certainly not, or perhaps.
//!
//! A Bloom filter whose four bits of a hash are all in one word, so that a row costs one look into memory.

/// Bits for each row that is expected. With four of them set by each, one row in 200 is taken for one seen before.
const BITS_A_ROW: u64 = 16;
/// 64 MiB, enough for 33 million rows; of more, more are taken for seen.
const MOST_WORDS: u64 = 8 * 1024 * 1024;

pub(in crate::transfer) struct Filter {
    words: Vec<u64>,
}

impl Filter {
    /// Makes room for about so many hashes.
    pub(in crate::transfer) fn for_rows(n_rows: u64) -> Self {
        let words = (n_rows.saturating_mul(BITS_A_ROW) / 64).clamp(1, MOST_WORDS);
        Self { words: vec![0; words as usize] }
    }

    /// Adds a hash, and returns whether it was perhaps there before.
    pub(in crate::transfer) fn insert(&mut self, hash: u128) -> bool {
        let (place, mask) = self.bits(hash);
        let word = &mut self.words[place];
        let was_there = *word & mask == mask;
        *word |= mask;
        was_there
    }

    /// Returns whether a hash was perhaps added.
    pub(in crate::transfer) fn has(&self, hash: u128) -> bool {
        let (place, mask) = self.bits(hash);
        self.words[place] & mask == mask
    }

    /// Returns the word of a hash, and its bits there.
    fn bits(&self, hash: u128) -> (usize, u64) {
        let (place, bits) = ((hash >> 64) as u64, hash as u64);
        // The upper half of the product is evenly spread over the words.
        let place = (u128::from(place) * self.words.len() as u128) >> 64;
        let mask = (0..4).map(|bit| 1 << (bits >> (6 * bit) & 63)).fold(0, |mask: u64, bit: u64| mask | bit);
        (place as usize, mask)
    }
}

#[cfg(test)]
mod tests {
    use xxhash_rust::xxh3::xxh3_128;

    use super::*;

    #[test]
    fn what_was_seen_is_known_and_hardly_anything_else() {
        const ROWS: u64 = 100_000;
        let mut filter = Filter::for_rows(ROWS);
        let hash = |n: u64| xxh3_128(&n.to_le_bytes());
        let wrong = (0..ROWS).filter(|n| filter.insert(hash(*n))).count();
        assert!(wrong < 500, "{wrong} of {ROWS} were taken for seen");
        assert!((0..ROWS).all(|n| filter.insert(hash(n))));
    }

    #[test]
    fn a_filter_has_room_for_what_was_not_expected() {
        let mut filter = Filter::for_rows(0);
        assert!(!filter.insert(1));
        assert!(filter.insert(1));
    }
}
