//! How many users of a file the ledger does not know, by a sample that is the same for the same file.

use std::collections::BTreeMap;

use crate::ledger::UserKey;
use crate::mapping::RowKey;
use crate::transfer::duplicates::KeyHash;
use crate::transfer::recall::{can_be_looked_up, user_key};

/// How many users are asked about: a share of a half is known by three in a hundred then.
const SIZE: usize = 1_024;

/// The users whose hashes are least: any one is as likely to be among them as any other.
#[derive(Debug, Default)]
pub(in crate::transfer) struct Sample {
    /// `None` for a user that is never looked up.
    kept: BTreeMap<u128, Option<UserKey>>,
    is_cut: bool,
}

impl Sample {
    /// Takes note of a row that has a key.
    pub(in crate::transfer) fn note(&mut self, hash: KeyHash, key: &RowKey) {
        let hash = hash.number();
        if self.is_cut && self.kept.last_key_value().is_some_and(|(most, _)| *most <= hash) {
            return;
        }
        let can_be = can_be_looked_up(key.role, &key.identity);
        self.kept.insert(hash, can_be.then(|| user_key(key.role, &key.identity)));
        if self.kept.len() > SIZE {
            self.kept.pop_last();
            self.is_cut = true;
        }
    }

    /// Returns the users of the sample that may be looked up.
    pub(in crate::transfer) fn keys(&self) -> Vec<UserKey> {
        self.kept.values().flatten().copied().collect()
    }

    /// Returns how many users there are like so many of the sample: all of those, or as many more as the hashes that there
    /// may be are more than those up to the greatest of the sample.
    pub(in crate::transfer) fn users_like(&self, of_sample: usize) -> u64 {
        match self.kept.last_key_value() {
            Some((most, _)) if self.is_cut => (of_sample as f64 * (u128::MAX as f64 / *most as f64)) as u64,
            _ => of_sample as u64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intercom::Role;
    use crate::mapping::Identity;

    fn sample(n_rows: u64) -> Sample {
        let mut sample = Sample::default();
        for n in 0..n_rows {
            let identity = Identity::ExternalId(format!("u-{n}"));
            let key = RowKey { role: Role::User, identity };
            sample.note(KeyHash::of(&key), &key);
        }
        sample
    }

    #[test]
    fn a_small_file_is_its_own_sample_and_a_large_one_is_told_by_a_thousand() {
        let small = sample(100);
        assert_eq!((100, 7), (small.keys().len(), small.users_like(7)));
        let large = sample(50_000);
        let half = large.users_like(SIZE / 2);
        assert!(large.keys().len() == SIZE && (22_500..27_500).contains(&half), "{half}");
        assert_eq!(0, Sample::default().users_like(0));
    }

    #[test]
    fn a_user_counts_once_however_many_rows_there_are() {
        let mut sample = sample(10);
        let key = RowKey { role: Role::User, identity: Identity::ExternalId("u-1".into()) };
        (0..5_000).for_each(|_| sample.note(KeyHash::of(&key), &key));
        assert_eq!((10, 10), (sample.keys().len(), sample.users_like(10)));
    }

    #[test]
    fn who_is_never_looked_up_is_not_asked_about() {
        let mut sample = Sample::default();
        let key = RowKey { role: Role::Lead, identity: Identity::Email("a@x.test".into()) };
        sample.note(KeyHash::of(&key), &key);
        assert_eq!(0, sample.keys().len());
    }
}
