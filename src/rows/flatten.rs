//! Takes a JSON object apart: nested objects become dotted keys, everything else is a value. Pure.
//!
//! Two walks over the same shape: one collects the keys and looks at no value, one fills a row.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// Names of columns in order of first appearance.
#[derive(Debug, Clone, Default)]
pub(crate) struct Keys {
    index: HashMap<String, usize>,
    names: Vec<String>,
}

impl Keys {
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// Adds the names that only the other keys have.
    pub(crate) fn add_those_of(&mut self, other: &Keys) {
        for name in &other.names {
            if !self.index.contains_key(name) {
                self.add(name);
            }
        }
    }

    /// Returns the column of a key. The one after the last key's is looked at first: keys are mostly in the
    /// same order in every row, and comparing is cheaper than hashing.
    fn find(&self, name: &str, likely: usize) -> Option<usize> {
        match self.names.get(likely) {
            Some(column) if column == name => Some(likely),
            _ => self.index.get(name).copied(),
        }
    }

    fn add(&mut self, name: &str) -> usize {
        let column = self.names.len();
        self.index.insert(name.to_owned(), column);
        self.names.push(name.to_owned());
        column
    }
}

/// What happens to the value at the end of a dotted key.
trait Leaf {
    /// Whether values are wanted at all; if not, `Value::Null` stands for each.
    const WANTS_VALUES: bool;
    fn leaf(&mut self, name: &str, value: Value);
}

/// The keys seen so far, while one more row is looked at.
struct Collecting<'a> {
    keys: &'a mut Keys,
    likely: usize,
}

impl Leaf for Collecting<'_> {
    const WANTS_VALUES: bool = false;
    fn leaf(&mut self, name: &str, _: Value) {
        let column = self.keys.find(name, self.likely).unwrap_or_else(|| self.keys.add(name));
        self.likely = column + 1;
    }
}

/// The cells of one row, and what was wrong with its keys.
struct Cells<'a> {
    keys: &'a Keys,
    likely: usize,
    values: Vec<Option<Value>>,
    problem: Option<KeyProblem>,
}

/// What is wrong with a key of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum KeyProblem {
    Duplicate(String),
    Unknown(String),
}

impl Leaf for Cells<'_> {
    const WANTS_VALUES: bool = true;
    fn leaf(&mut self, name: &str, value: Value) {
        let Some(column) = self.keys.find(name, self.likely) else {
            self.problem.get_or_insert_with(|| KeyProblem::Unknown(name.to_owned()));
            return;
        };
        if self.values[column].replace(value).is_some() {
            self.problem.get_or_insert_with(|| KeyProblem::Duplicate(name.to_owned()));
        }
        self.likely = column + 1;
    }
}

/// Adds the keys of one object; of a line that is not an object, those before the mistake.
pub(crate) fn collect(line: &str, keys: &mut Keys) {
    // The mistake is reported when the row is read.
    let _ = walk(line, &mut Collecting { keys, likely: 0 });
}

/// Returns the values of one object in the order of the columns.
pub(crate) fn fill(line: &str, keys: &Keys) -> serde_json::Result<Result<Vec<Option<Value>>, KeyProblem>> {
    let mut cells = Cells { keys, likely: 0, values: vec![None; keys.names.len()], problem: None };
    walk(line, &mut cells)?;
    Ok(cells.problem.map_or(Ok(cells.values), Err))
}

fn walk(line: &str, leaf: &mut impl Leaf) -> serde_json::Result<()> {
    let mut json = serde_json::Deserializer::from_str(line);
    let mut name = String::new();
    json.deserialize_map(Object { leaf, name: &mut name })?;
    json.end()
}

/// Walks an object whose key so far is `name`.
struct Object<'a, L> {
    leaf: &'a mut L,
    name: &'a mut String,
}

impl<'de, L: Leaf> Visitor<'de> for Object<'_, L> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let length = self.name.len();
        while let Some(key) = map.next_key_seed(Key)? {
            if length > 0 {
                self.name.push('.');
            }
            self.name.push_str(&key);
            map.next_value_seed(Member { leaf: self.leaf, name: self.name })?;
            self.name.truncate(length);
        }
        Ok(())
    }
}

/// A key that is borrowed from the line unless it has escapes.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

/// Walks the value of a key: an object goes deeper, anything else is a leaf.
struct Member<'a, L> {
    leaf: &'a mut L,
    name: &'a mut String,
}

impl<'de, L: Leaf> DeserializeSeed<'de> for Member<'_, L> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de, L: Leaf> Visitor<'de> for Member<'_, L> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        MapAccessDeserializer::new(map).deserialize_map(Object { leaf: self.leaf, name: self.name })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<(), A::Error> {
        let seq = SeqAccessDeserializer::new(seq);
        let value = if L::WANTS_VALUES {
            serde::Deserialize::deserialize(seq)?
        } else {
            seq.deserialize_any(IgnoredAny)?;
            Value::Null
        };
        self.leaf.leaf(self.name, value);
        Ok(())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        let value = if L::WANTS_VALUES { Value::String(text.to_owned()) } else { Value::Null };
        self.leaf.leaf(self.name, value);
        Ok(())
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.leaf.leaf(self.name, Value::Bool(value));
        Ok(())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.leaf.leaf(self.name, value.into());
        Ok(())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.leaf.leaf(self.name, value.into());
        Ok(())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.leaf.leaf(self.name, value.into());
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.leaf.leaf(self.name, Value::Null);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(lines: &[&str], expected: &[&str]) {
        let mut keys = Keys::default();
        lines.iter().for_each(|line| collect(line, &mut keys));
        assert_eq!(expected, keys.names());
    }

    #[test]
    fn keys_are_collected_in_order_of_first_appearance() {
        check(&[r#"{"a":1,"b":{"c":[{"x":1}],"d":{}}}"#, r#"{"e":"","a":2}"#], &["a", "b.c", "e"]);
        check(&[r#"{"a":1,"a":2}"#, "7", "", r#"{"b":1,"#], &["a", "b"]);
    }

    #[test]
    fn values_go_to_their_columns_in_any_order() {
        let mut keys = Keys::default();
        collect(r#"{"a":1,"b":{"c":2},"d":3}"#, &mut keys);
        let values = fill(r#"{"d":"x","b":{"c":null},"a":[1]}"#, &keys).unwrap().unwrap();
        let expected = [serde_json::json!([1]), Value::Null, Value::from("x")].map(Some);
        assert_eq!(expected, *values);
        assert_eq!(vec![None, None, None], fill("{}", &keys).unwrap().unwrap());
    }

    #[test]
    fn keys_that_cannot_be_placed_are_named() {
        let mut keys = Keys::default();
        collect(r#"{"a":1}"#, &mut keys);
        assert_eq!(Err(KeyProblem::Unknown("b".to_owned())), fill(r#"{"a":1,"b":2}"#, &keys).unwrap());
        assert_eq!(Err(KeyProblem::Duplicate("a".to_owned())), fill(r#"{"a":1,"a":2}"#, &keys).unwrap());
        assert!(fill("[]", &keys).unwrap_err().is_data());
    }
}
