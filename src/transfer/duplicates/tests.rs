use proptest::prelude::*;

use super::*;

/// Finds duplicates with a filter and a memory of this size, and judges every row: row by row, as the pipelines do.
fn found(keys: &[u8], n_expected: u64, most_kept: usize, policy: Duplicates) -> Vec<Verdict> {
    let hash = |key: &u8| {
        KeyHash::of(&RowKey { role: Role::User, identity: Identity::ExternalId(format!("u-{key}")) })
    };
    let mut finder = Finder::with_limit(Filter::for_rows(n_expected), most_kept);
    for (key, line) in keys.iter().zip(2..) {
        finder.note(hash(key), line).unwrap();
    }
    let mut repeated = finder.finish().unwrap();
    let mut verdict = |(key, line): (&u8, u64)| repeated.verdict(hash(key), line, policy).unwrap();
    keys.iter().zip(2..).map(&mut verdict).collect()
}

/// What is right, by looking at all rows for each row.
fn expected(keys: &[u8], policy: Duplicates) -> Vec<Verdict> {
    let lines: Vec<(u8, u64)> = keys.iter().copied().zip(2..).collect();
    let verdict = |(key, line): &(u8, u64)| {
        let mut same = lines.iter().filter(|(other, _)| other == key).map(|(_, line)| *line);
        let (first, last) = (same.clone().next().unwrap(), same.next_back().unwrap());
        match policy {
            _ if first == last => Verdict::Counts,
            Duplicates::Last if *line == last => Verdict::Counts,
            Duplicates::Last => Verdict::Superseded { by: last },
            Duplicates::First if *line == first => Verdict::Counts,
            Duplicates::First => Verdict::Superseded { by: first },
            Duplicates::Reject if *line == first => Verdict::Duplicate { other: last },
            Duplicates::Reject => Verdict::Duplicate { other: first },
        }
    };
    lines.iter().map(verdict).collect()
}

proptest! {
    /// A filter of one word takes nearly everything for seen, and a memory of a few keys spills again and again.
    #[test]
    fn duplicates_are_those_that_a_look_at_all_rows_finds(
        keys in prop::collection::vec(0..40_u8, 0..120),
        n_expected in prop::sample::select(vec![0, 4, 1_000]),
        most_kept in prop::sample::select(vec![1, 2, 7, 1_000]),
    ) {
        for policy in [Duplicates::Last, Duplicates::First, Duplicates::Reject] {
            prop_assert_eq!(expected(&keys, policy), found(&keys, n_expected, most_kept, policy));
        }
    }
}

#[test]
fn a_lead_and_a_user_of_one_email_are_two() {
    let key = |role| KeyHash::of(&RowKey { role, identity: Identity::Email("a@x.test".into()) });
    assert_ne!(key(Role::User), key(Role::Lead));
    let as_id = RowKey { role: Role::User, identity: Identity::ExternalId("a@x.test".into()) };
    assert_ne!(key(Role::User), KeyHash::of(&as_id));
}

#[test]
fn a_file_without_duplicates_keeps_next_to_nothing() {
    let mut finder = Finder::new(10_000);
    for n in 0..10_000 {
        let identity = Identity::ExternalId(format!("u-{n}"));
        finder.note(KeyHash::of(&RowKey { role: Role::User, identity }), n + 2).unwrap();
    }
    let repeated = finder.finish().unwrap();
    assert!(repeated.kept.len() < 100 && repeated.overflow.is_none(), "{} kept", repeated.kept.len());
}
