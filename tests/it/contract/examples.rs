//! The description's own examples: where they say more than the schemas, they count as described.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::schema::Fault;

/// What the examples of one answer show.
#[derive(Debug, Clone, Default)]
pub struct Examples {
    /// By place, the keys of every object that stands there.
    objects: BTreeMap<String, Vec<BTreeSet<String>>>,
    nulls: BTreeSet<String>,
}

impl Examples {
    /// Takes the content of an answer, as the description has it.
    pub fn of(content: &Value) -> Self {
        let mut examples = Self::default();
        let shown = content.get("examples").and_then(Value::as_object).into_iter().flatten();
        for (_, example) in shown {
            examples.add("", &example["value"]);
        }
        examples
    }

    /// Adds what other examples show.
    pub fn extend(&mut self, others: &Self) {
        for (place, objects) in &others.objects {
            self.objects.entry(place.clone()).or_default().extend(objects.iter().cloned());
        }
        self.nulls.extend(others.nulls.iter().cloned());
    }

    fn add(&mut self, place: &str, value: &Value) {
        match value {
            Value::Null => drop(self.nulls.insert(place.to_owned())),
            Value::Array(values) => values.iter().for_each(|value| self.add(&format!("{place}/*"), value)),
            Value::Object(object) => {
                let keys = object.keys().cloned().collect();
                self.objects.entry(place.to_owned()).or_default().push(keys);
                object.iter().for_each(|(key, value)| self.add(&format!("{place}/{key}"), value));
            }
            _ => {}
        }
    }

    /// Says whether an example has the same against its schema.
    pub fn share(&self, fault: &Fault) -> bool {
        let Some((parent, key)) = fault.place.rsplit_once('/') else { return false };
        let mut objects = self.objects.get(parent).into_iter().flatten();
        match fault.what.as_str() {
            "is not described" => objects.any(|keys| keys.contains(key)),
            "is missing" => objects.any(|keys| !keys.contains(key)),
            "is null" => self.nulls.contains(&fault.place),
            _ => false,
        }
    }
}
