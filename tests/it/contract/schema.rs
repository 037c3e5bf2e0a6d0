//! Schemas of OpenAPI 3.0 as JSON schemas of draft 2020-12, and what an instance has against them.
//!
//! Stricter than the description: an object has only the keys that are described, and an answer has all of them. Laxer:
//! an instance may fit several schemas of a `oneOf`, because the description's often have no key that must be there.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use jsonschema::Validator;
use jsonschema::error::ValidationErrorKind;
use serde_json::{Map, Value, json};

/// A schema, compiled at its first use.
pub struct Schema {
    document: Value,
    validator: OnceLock<Validator>,
}

/// One thing that an instance has against its schema.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// Where, as a JSON pointer with `*` for places in a list.
    pub place: String,
    pub what: String,
}

/// Who says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The description says which keys must be there.
    Request,
    /// Every key that is described must be there.
    Answer,
}

impl Schema {
    /// Takes a translated schema, whose references lead into `definitions`.
    pub fn new(mut document: Value, definitions: &Value) -> Self {
        document["$defs"] = definitions.clone();
        Self { document, validator: OnceLock::new() }
    }

    /// Lists what an instance has against the schema, each thing once.
    pub fn faults(&self, instance: &Value) -> BTreeSet<Fault> {
        let compiled = || jsonschema::draft202012::new(&self.document).expect("a schema of the description");
        let validator = self.validator.get_or_init(compiled);
        if validator.is_valid(instance) {
            return BTreeSet::new();
        }
        validator.iter_errors(instance).flat_map(|error| faults(&error)).collect()
    }
}

fn faults(error: &jsonschema::ValidationError<'_>) -> Vec<Fault> {
    let place = anywhere_in_lists(error.instance_path().as_str());
    match error.kind() {
        ValidationErrorKind::UnevaluatedProperties { unexpected }
        | ValidationErrorKind::AdditionalProperties { unexpected } => unexpected
            .iter()
            .map(|key| Fault { place: format!("{place}/{key}"), what: "is not described".into() })
            .collect(),
        ValidationErrorKind::Required { property } => {
            let key = property.as_str().unwrap_or_default();
            vec![Fault { place: format!("{place}/{key}"), what: "is missing".into() }]
        }
        // Of several schemas, the one is meant that it is nearest to.
        ValidationErrorKind::AnyOf { context } => {
            let of_each = context.iter().map(|errors| errors.iter().flat_map(faults).collect::<Vec<_>>());
            of_each.min_by_key(Vec::len).unwrap_or_default()
        }
        // Without the value, which differs from test to test.
        ValidationErrorKind::Type { .. } => {
            vec![Fault { place, what: format!("is {}", kind_of(error.instance())) }]
        }
        _ => vec![Fault { place, what: error.to_string() }],
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn anywhere_in_lists(pointer: &str) -> String {
    let star = |segment| if str::parse::<usize>(segment).is_ok() { "*" } else { segment };
    pointer.split('/').map(star).collect::<Vec<_>>().join("/")
}

/// Returns `$defs` of the description's schemas: each as a request may be, and each as an answer must be.
pub fn definitions(schemas: &Value) -> Value {
    let each = schemas.as_object().expect("components/schemas is an object").iter();
    let both = |(name, schema): (&String, &Value)| {
        let (asked, told) =
            (Translator { schemas, side: Side::Request }, Translator { schemas, side: Side::Answer });
        [(name.clone(), asked.whole(schema)), (format!("{name}.answer"), told.whole(schema))]
    };
    Value::Object(each.flat_map(both).collect())
}

/// Translates the schemas of one side.
pub struct Translator<'a> {
    /// What references lead to.
    pub schemas: &'a Value,
    pub side: Side,
}

impl Translator<'_> {
    /// Translates a schema that is all that is said of an instance.
    pub fn whole(&self, schema: &Value) -> Value {
        if let Some(name) = referenced(schema) {
            let suffix = if self.side == Side::Answer { ".answer" } else { "" };
            return json!({ "$ref": format!("#/$defs/{name}{suffix}") });
        }
        let described = self.merged(schema);
        let mut schema = self.keywords(&described);
        self.close(&mut schema);
        if described.get("nullable") == Some(&true.into()) { or_null(schema) } else { Value::Object(schema) }
    }

    /// Says that there are no other keys, and that an answer has them all.
    fn close(&self, schema: &mut Map<String, Value>) {
        let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return };
        if self.side == Side::Answer {
            let all = properties.keys().cloned().collect();
            schema.insert("required".into(), all);
        }
        if !schema.contains_key("additionalProperties") {
            let closed =
                if schema.contains_key("anyOf") { "unevaluatedProperties" } else { "additionalProperties" };
            schema.insert(closed.into(), false.into());
        }
    }

    fn keywords(&self, described: &Map<String, Value>) -> Map<String, Value> {
        let is_part = described.contains_key("properties");
        described.iter().filter_map(|(key, value)| self.keyword(key, value, is_part)).collect()
    }

    /// Translates one keyword; `None` for those that only explain.
    fn keyword(&self, key: &str, value: &Value, is_part: bool) -> Option<(String, Value)> {
        let value = match key {
            "properties" => {
                let properties = value.as_object()?.iter();
                Value::Object(properties.map(|(name, schema)| (name.clone(), self.whole(schema))).collect())
            }
            "items" | "additionalProperties" => self.whole(value),
            "anyOf" | "oneOf" => {
                // Beside properties, a branch is a part: keys that it does not know are the whole's.
                let branch = |branch: &Value| match branch.as_object() {
                    Some(part) if is_part => Value::Object(self.keywords(part)),
                    _ => self.whole(branch),
                };
                return Some(("anyOf".into(), value.as_array()?.iter().map(branch).collect()));
            }
            "type" | "enum" | "required" | "pattern" => value.clone(),
            "minimum" | "maximum" | "minLength" | "maxLength" | "minItems" | "maxItems" => value.clone(),
            _ => return None,
        };
        Some((key.into(), value))
    }

    /// Puts what a schema says and what the schemas of its `allOf` say into one.
    fn merged(&self, schema: &Value) -> Map<String, Value> {
        let schema = referenced(schema).map_or(schema, |name| &self.schemas[name]);
        let mut merged = schema.as_object().cloned().unwrap_or_default();
        for part in merged.remove("allOf").as_ref().and_then(Value::as_array).into_iter().flatten() {
            for (key, value) in self.merged(part) {
                match (merged.get_mut(&key), value) {
                    (Some(Value::Object(ours)), Value::Object(theirs)) => ours.extend(theirs),
                    (Some(_), _) => {}
                    (None, value) => drop(merged.insert(key, value)),
                }
            }
        }
        merged
    }
}

fn referenced(schema: &Value) -> Option<&str> {
    schema.get("$ref").and_then(Value::as_str).and_then(|reference| reference.rsplit('/').next())
}

fn or_null(mut schema: Map<String, Value>) -> Value {
    let Some(kind) = schema.get("type").cloned() else {
        return json!({ "anyOf": [{ "type": "null" }, schema] });
    };
    schema.insert("type".into(), json!([kind, "null"]));
    if let Some(Value::Array(options)) = schema.get_mut("enum") {
        options.push(Value::Null);
    }
    Value::Object(schema)
}
