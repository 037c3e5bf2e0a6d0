//! Intercom's description of its API, cut to operations: method, path, and a schema for the request and each answer.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::differences::AMENDMENTS;
use super::examples::Examples;
use super::schema::{Fault, Schema, Side, Translator, definitions};

/// What one version of the API is said to be.
pub struct Description {
    /// As the header `Intercom-Version` has it.
    pub version: String,
    pub operations: Vec<Operation>,
    /// What every refusal looks like, for statuses that an operation does not describe.
    pub error: Answer,
}

/// What is said of an answer.
pub struct Answer {
    /// `None` for an answer without a body.
    pub schema: Option<Schema>,
    pub examples: Examples,
}

/// A method on a path.
pub struct Operation {
    pub method: String,
    /// With names for ids, as `/contacts/{contact_id}`.
    pub path: String,
    pub request: Option<Schema>,
    /// By status.
    pub answers: BTreeMap<u16, Answer>,
}

impl Description {
    /// Reads a description in YAML.
    pub fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut document: Value = serde_saphyr::from_str(&text).unwrap();
        amend(&mut document);
        let schemas = &document["components"]["schemas"];
        let definitions = definitions(schemas);
        let schema = |side, described: &Value| {
            Schema::new(Translator { schemas, side }.whole(described), &definitions)
        };
        let paths = document["paths"].as_object().unwrap().iter();
        let operations = paths.flat_map(|(path, methods)| {
            let methods = methods.as_object().unwrap().iter();
            methods.map(|(method, described)| Operation::new(method, path, described, &schema))
        });
        let mut operations: Vec<Operation> = operations.collect();
        let mut refusals = Examples::default();
        for operation in &operations {
            operation.answers.range(400..).for_each(|(_, answer)| refusals.extend(&answer.examples));
        }
        // Every refusal looks the same, and some are described without an example.
        for operation in &mut operations {
            operation.answers.range_mut(400..).for_each(|(_, answer)| answer.examples.extend(&refusals));
        }
        Self {
            version: document["info"]["version"].as_str().unwrap().to_owned(),
            operations,
            error: Answer { schema: Some(schema(Side::Answer, &schemas["error"])), examples: refusals },
        }
    }

    /// Finds the operation that a request means. A path with fewer ids is meant rather than one with more.
    pub fn operation(&self, method: &str, path: &str) -> Option<&Operation> {
        let path = path.split('?').next().unwrap_or_default().trim_end_matches('/');
        let meant = |operation: &&Operation| operation.method == method && operation.has_path(path);
        self.operations.iter().filter(meant).min_by_key(|operation| operation.path.matches('{').count())
    }
}

/// Lets answers fit the schemas that they are known to fit as well.
fn amend(document: &mut Value) {
    for (pointer, reference) in AMENDMENTS {
        if let Some(schema) = document.pointer_mut(pointer) {
            *schema = json!({ "anyOf": [schema.take(), { "$ref": reference }] });
        }
    }
}

impl Answer {
    /// Lists what an answer has against its schema, but for what the description's examples have against it too.
    pub fn faults(&self, answer: &Value) -> BTreeSet<Fault> {
        match &self.schema {
            Some(schema) => {
                schema.faults(answer).into_iter().filter(|fault| !self.examples.share(fault)).collect()
            }
            None if answer.is_null() => BTreeSet::new(),
            None => [Fault { place: String::new(), what: "has a body".into() }].into(),
        }
    }
}

impl Operation {
    fn new(method: &str, path: &str, described: &Value, schema: &impl Fn(Side, &Value) -> Schema) -> Self {
        let json = |content: &'_ Value| content.pointer("/content/application~1json").cloned();
        let answer = |content: &Value| {
            let json = json(content).unwrap_or_default();
            let schema = json.get("schema").map(|described| schema(Side::Answer, described));
            Answer { schema, examples: Examples::of(&json) }
        };
        let request = described.get("requestBody").and_then(json);
        let answers = described["responses"].as_object().unwrap().iter();
        Self {
            method: method.to_uppercase(),
            path: path.to_owned(),
            request: request.map(|json| schema(Side::Request, &json["schema"])),
            answers: answers.map(|(status, content)| (status.parse().unwrap(), answer(content))).collect(),
        }
    }

    fn has_path(&self, path: &str) -> bool {
        let (named, asked) = (self.path.split('/'), path.split('/'));
        self.path.split('/').count() == path.split('/').count()
            && named.zip(asked).all(|(name, segment)| name.starts_with('{') || name == segment)
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}
