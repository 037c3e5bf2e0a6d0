//! Who an entry of the ledger is about.

use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

/// The longest key in bytes. With id, fingerprint and run, an entry then stays below a hundred bytes even in a tree whose
/// pages are filled by two thirds, as random inserts leave them.
const LONGEST: usize = 26;
/// How many bytes of a long key stay as they are, so that keys that are close in a sorted file are close in the tree.
const KEPT: usize = LONGEST - 1 - 16;

/// What kind of thing a user is known by. The same text is another user under another kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// The caller's id of a user.
    ExternalId,
    /// The email address of a user, in lower case.
    Email,
    /// Intercom's id.
    Id,
    /// The email address of a lead, in lower case.
    Lead,
}

impl KeyKind {
    fn tag(self) -> u8 {
        match self {
            Self::ExternalId => b'x',
            Self::Email => b'e',
            Self::Id => b'i',
            Self::Lead => b'l',
        }
    }
}

/// What a user is looked up by: a letter for its kind and the text itself; of a long text its beginning and its hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserKey {
    bytes: [u8; LONGEST],
    length: u8,
}

impl UserKey {
    /// Returns the key of a user.
    #[must_use]
    pub fn new(kind: KeyKind, value: &str) -> Self {
        let (text, mut bytes) = (value.as_bytes(), [0; LONGEST]);
        if text.len() < LONGEST {
            bytes[0] = kind.tag();
            bytes[1..=text.len()].copy_from_slice(text);
            return Self { bytes, length: text.len() as u8 + 1 };
        }
        bytes[0] = kind.tag().to_ascii_uppercase();
        bytes[1..=KEPT].copy_from_slice(&text[..KEPT]);
        bytes[1 + KEPT..].copy_from_slice(&xxh3_128(text).to_be_bytes());
        Self { bytes, length: LONGEST as u8 }
    }

    /// Returns a number that spreads users evenly, the same for a user every time.
    #[must_use]
    pub fn spread(&self) -> u64 {
        xxh3_64(self.as_bytes())
    }

    /// Returns a key that was stored; `None` if it is too long to be one.
    pub(super) fn stored(text: &[u8]) -> Option<Self> {
        let mut bytes = [0; LONGEST];
        bytes.get_mut(..text.len())?.copy_from_slice(text);
        Some(Self { bytes, length: text.len() as u8 })
    }

    /// Returns the key as it is stored.
    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_short_key_is_the_text_and_a_long_one_its_beginning_and_hash() {
        assert_eq!(b"xu-1", UserKey::new(KeyKind::ExternalId, "u-1").as_bytes());
        assert_eq!(b"ea@x.test", UserKey::new(KeyKind::Email, "a@x.test").as_bytes());
        let long = "somebody.with.a.long.name@example.com";
        let key = UserKey::new(KeyKind::Email, long);
        assert_eq!((26, b"Esomebody.".as_slice()), (key.as_bytes().len(), &key.as_bytes()[..10]));
        assert_ne!(key, UserKey::new(KeyKind::Email, "somebody.with.a.long.name@example.org"));
        assert_ne!(key, UserKey::new(KeyKind::Lead, long));
    }

    #[test]
    fn a_key_that_looks_like_a_hashed_one_is_another() {
        let text = "0123456789012345678901234";
        assert_eq!(26, UserKey::new(KeyKind::Id, text).as_bytes().len());
        assert_eq!(b'i', UserKey::new(KeyKind::Id, text).as_bytes()[0]);
        assert_eq!(b'I', UserKey::new(KeyKind::Id, &format!("{text}5")).as_bytes()[0]);
    }

    fn user() -> impl Strategy<Value = (KeyKind, String)> {
        let kinds = vec![KeyKind::ExternalId, KeyKind::Email, KeyKind::Id, KeyKind::Lead];
        (prop::sample::select(kinds), "[xX]?[ab\0]{0,2}|[ab]{0,2}(0123456789é){2,3}[ab\0]?")
    }

    proptest! {
        #[test]
        fn two_keys_are_one_if_kind_and_text_are(one in user(), other in user()) {
            let key = |(kind, text): &(KeyKind, String)| UserKey::new(*kind, text);
            prop_assert_eq!(one == other, key(&one) == key(&other));
            prop_assert_eq!(Some(key(&one)), UserKey::stored(key(&one).as_bytes()));
        }
    }
}
