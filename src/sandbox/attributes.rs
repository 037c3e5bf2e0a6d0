//! The workspace's data attributes: the standard ones, the custom ones, and which values they take.
//!
//! A write that names an undefined attribute is refused as a whole [D][C]. Names are compared with their case [D help/179].

use std::sync::Arc;

use serde::Deserialize;
use serde::Serialize;
use serde_json::Map;
use serde_json::Value;

use super::clock::Moment;
use super::contact::AttributeValue;
use super::contact::Scalar;
use super::errors::Refusal;
use super::unknowns;
use super::unknowns::ArchivedAttribute;
use super::unknowns::LongAttributeText;
use super::unknowns::Milliseconds;
use super::unknowns::NegativeTimestamp;
use super::unknowns::Unknowns;
use super::unknowns::ValueOutsideOptions;

/// The limit of active custom attributes [D help/179].
pub(super) const MAX_ACTIVE: usize = 250;

/// How long the list may not show a new attribute [X].
const SECONDS_UNTIL_LISTED: i64 = 3;

/// A custom attribute of contacts or companies.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
pub(super) struct Attribute {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) model: Model,
    pub(super) data_type: DataType,
    /// The allowed values of a list; empty for other attributes.
    pub(super) options: Vec<String>,
    pub(super) description: String,
    pub(super) messenger_writable: bool,
    pub(super) archived: bool,
    pub(super) created_at: i64,
    pub(super) updated_at: i64,
}

/// What an attribute belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Model {
    Contact,
    Company,
}

/// What an attribute holds. Lists are strings with options; a date is Unix seconds [R].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum DataType {
    String,
    Integer,
    Float,
    Boolean,
    Date,
}

/// Every custom attribute of the workspace.
#[derive(Debug, Default)]
pub(super) struct Attributes {
    defined: Vec<Definition>,
    /// The last id that the list shows, however new.
    last_settled: u64,
}

/// An attribute, with its name as contacts share it.
#[derive(Debug)]
struct Definition {
    attribute: Attribute,
    name: Arc<str>,
}

impl Attributes {
    pub(super) fn all(&self) -> impl Iterator<Item = &Attribute> + Clone {
        self.defined.iter().map(|definition| &definition.attribute)
    }

    pub(super) fn with_id(&self, id: u64) -> Option<&Attribute> {
        self.all().find(|attribute| attribute.id == id)
    }

    /// Returns the id of a new attribute.
    pub(super) fn new_id(&self) -> u64 {
        self.all().map(|attribute| attribute.id).max().unwrap_or(0) + 1
    }

    /// Lets the list show all that there are.
    pub(super) fn settle(&mut self) {
        self.last_settled = self.new_id() - 1;
    }

    /// Says whether the list shows an attribute if it shows a new one only after a while.
    pub(super) fn is_settled(&self, attribute: &Attribute, now: Moment) -> bool {
        attribute.id <= self.last_settled || attribute.created_at + SECONDS_UNTIL_LISTED <= now.seconds()
    }

    /// Adds an attribute, or replaces the one with the same id.
    pub(super) fn put(&mut self, attribute: Attribute) {
        let name = attribute.name.as_str().into();
        let place = self.defined.iter().position(|definition| definition.attribute.id == attribute.id);
        match place {
            Some(place) => self.defined[place] = Definition { attribute, name },
            None => self.defined.push(Definition { attribute, name }),
        }
    }

    /// Returns the name of an attribute as all who have it share it; the same text if it is not defined.
    pub(super) fn shared_name(&self, model: Model, name: &str) -> Arc<str> {
        self.definition(model, name).map_or_else(|| name.into(), |definition| Arc::clone(&definition.name))
    }

    /// Checks the custom attributes of a write against their definitions.
    pub(super) fn check(
        &self,
        model: Model,
        values: &Map<String, Value>,
        unknowns: &Unknowns,
    ) -> Result<Vec<AttributeValue>, Refusal> {
        let archived_too = unknowns.archived_attribute == ArchivedAttribute::Stored;
        let check = |(name, value): (&String, &Value)| {
            let definition = self
                .definition(model, name)
                .filter(|definition| archived_too || !definition.attribute.archived)
                .ok_or_else(|| undefined(name))?;
            let value = definition.attribute.scalar(value, unknowns)?;
            Ok(AttributeValue { name: Arc::clone(&definition.name), value })
        };
        values.iter().map(check).collect()
    }

    fn definition(&self, model: Model, name: &str) -> Option<&Definition> {
        let named = |definition: &&Definition| {
            definition.attribute.model == model && definition.attribute.name == name
        };
        self.defined.iter().find(named)
    }
}

fn undefined(name: &str) -> Refusal {
    Refusal::parameter_invalid(format!("Custom attribute '{name}' does not exist"))
}

impl Attribute {
    /// Reads a value as this attribute's type. That a wrong type is 400 is expected, its text is [X].
    fn scalar(&self, value: &Value, unknowns: &Unknowns) -> Result<Scalar, Refusal> {
        match (self.data_type, value) {
            (_, Value::Null) => Ok(Scalar::Null),
            (DataType::String, Value::String(text)) => self.text(text, unknowns),
            (DataType::Boolean, Value::Bool(truth)) => Ok(Scalar::Boolean(*truth)),
            (DataType::Float, Value::Number(number)) => {
                number.as_f64().map(Scalar::Float).ok_or_else(|| self.wrong_type())
            }
            (DataType::Integer, Value::Number(number)) => {
                number.as_i64().map(Scalar::Integer).ok_or_else(|| self.wrong_type())
            }
            (DataType::Date, Value::Number(number)) => {
                let seconds = number.as_i64().filter(|seconds| is_seconds(*seconds, unknowns));
                seconds.map(Scalar::Integer).ok_or_else(|| self.wrong_type())
            }
            _ => Err(self.wrong_type()),
        }
    }

    fn text(&self, text: &str, unknowns: &Unknowns) -> Result<Scalar, Refusal> {
        let outside = !self.options.is_empty() && !self.options.iter().any(|option| option == text);
        if outside && unknowns.value_outside_options == ValueOutsideOptions::Refused {
            let message = format!("Custom attribute '{}' does not have the option '{text}'", self.name);
            return Err(Refusal::parameter_invalid(message));
        }
        if text.chars().count() <= unknowns::MAX_ATTRIBUTE_TEXT {
            return Ok(Scalar::Text(text.to_owned()));
        }
        if unknowns.long_attribute_text == LongAttributeText::Refused {
            let message = format!("Custom attribute '{}' is longer than 255 characters", self.name);
            return Err(Refusal::parameter_invalid(message));
        }
        Ok(Scalar::Text(text.chars().take(unknowns::MAX_ATTRIBUTE_TEXT).collect()))
    }

    fn wrong_type(&self) -> Refusal {
        let message = format!("Custom attribute '{}' must be of type {}", self.name, self.data_type.name());
        Refusal::parameter_invalid(message)
    }
}

/// Says whether a timestamp can be seconds.
pub(super) fn is_seconds(timestamp: i64, unknowns: &Unknowns) -> bool {
    let too_large = unknowns::FIRST_MILLISECONDS <= timestamp.saturating_abs();
    let negative = timestamp < 0;
    !(too_large && unknowns.milliseconds == Milliseconds::Refused
        || negative && unknowns.negative_timestamp == NegativeTimestamp::Refused)
}

impl DataType {
    pub(super) fn name(self) -> &'static str {
        match self {
            DataType::String => "string",
            DataType::Integer => "integer",
            DataType::Float => "float",
            DataType::Boolean => "boolean",
            DataType::Date => "date",
        }
    }
}
