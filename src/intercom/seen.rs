//! Which contacts were seen, in little memory: there may be millions of them.

use std::collections::HashSet;

/// The ids of contacts.
#[derive(Debug, Default)]
pub struct SeenIds(HashSet<Seen>);

/// A contact's id: 24 hex digits as 12 bytes where it is one.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Seen {
    ObjectId([u8; 12]),
    Other(Box<str>),
}

impl SeenIds {
    /// Adds an id; returns whether it is new.
    pub fn insert(&mut self, id: &str) -> bool {
        self.0.insert(Seen::new(id))
    }
}

impl Seen {
    fn new(id: &str) -> Self {
        let mut bytes = [0; 12];
        let is_object_id = id.len() == 24
            && bytes.iter_mut().enumerate().all(|(n, byte)| {
                let digits = id.get(2 * n..2 * n + 2).filter(|digits| !digits.starts_with('+'));
                digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()).is_some_and(|value| {
                    *byte = value;
                    true
                })
            });
        if is_object_id { Self::ObjectId(bytes) } else { Self::Other(id.into()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_id_is_remembered_in_twelve_bytes_and_anything_else_as_it_is() {
        let is_small = |id| matches!(Seen::new(id), Seen::ObjectId(_));
        assert!(is_small("6064d5c43910cc082d903f6c"));
        assert!(!is_small("6064d5c43910cc082d903f6"));
        assert!(!is_small("6064d5c43910cc082d903f6g"));
        assert!(!is_small("+064d5c43910cc082d903f6c"));
        assert!(Seen::new("6064d5c43910cc082d903f6c") != Seen::new("6064d5c43910cc082d903f6d"));
    }
}
