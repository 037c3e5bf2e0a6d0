//! The workspace's data attributes: which there are, and of what type.

use reqwest::Method;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use super::call::Effect;
use super::{ApiError, Client, Trace};

/// A data attribute of contacts or companies.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct DataAttribute {
    /// The name, case-sensitive.
    pub name: String,
    /// The name with its place: `custom_attributes.plan`, `location.city`.
    #[serde(default)]
    pub full_name: String,
    /// `string`, `integer`, `float`, `boolean` or `date`; a list of options shows as `string`.
    #[serde(default)]
    pub data_type: String,
    /// Whether people made it, rather than Intercom.
    #[serde(default)]
    pub custom: bool,
    /// Whether it was put away; a write to it is refused.
    #[serde(default)]
    pub archived: bool,
    /// Whether the API takes values for it.
    #[serde(default)]
    pub api_writable: bool,
    /// The texts that a list takes; empty for everything else.
    #[serde(default, deserialize_with = "options")]
    pub options: Vec<String>,
}

/// What an attribute belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Model {
    /// Users and leads.
    Contact,
    /// Companies.
    Company,
}

/// All attributes of a model, as the server gave them and as this program reads them.
#[derive(Debug, Clone)]
pub struct Attributes {
    /// The answer, byte for byte.
    pub json: Box<RawValue>,
    /// What it lists.
    pub all: Vec<DataAttribute>,
}

#[derive(Deserialize)]
struct Listing {
    data: Vec<DataAttribute>,
}

impl Model {
    fn name(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::Company => "company",
        }
    }
}

impl Client {
    /// Returns every attribute of a model: the list has no pages.
    ///
    /// # Errors
    /// As [`ApiError`].
    pub fn attributes(
        &self,
        model: Model,
        with_archived: bool,
        trace: &mut Trace,
    ) -> Result<Attributes, ApiError> {
        let call = self
            .call(Method::GET, Effect::Reads, &["data_attributes"])
            .in_2_x_if_1_x(self.engine())
            .query("model", model.name())
            .query("include_archived", if with_archived { "true" } else { "false" });
        self.send(&call, trace)
    }

    /// Returns the custom attributes of contacts, archived ones included.
    ///
    /// # Errors
    /// As [`ApiError`].
    pub fn custom_attributes(&self, trace: &mut Trace) -> Result<Vec<DataAttribute>, ApiError> {
        let attributes = self.attributes(Model::Contact, true, trace)?;
        Ok(attributes.all.into_iter().filter(|attribute| attribute.custom).collect())
    }
}

impl<'de> Deserialize<'de> for Attributes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Box::<RawValue>::deserialize(deserializer)?;
        let listing: Listing = serde_json::from_str(json.get()).map_err(serde::de::Error::custom)?;
        Ok(Self { json, all: listing.data })
    }
}

// The specification has both shapes [S].
/// Reads options as the list shows them, texts, and as a creation names them, `{"value":…}`; `null` is none.
fn options<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Item {
        Text(String),
        Object { value: String },
    }
    let items = Option::<Vec<Item>>::deserialize(deserializer)?.unwrap_or_default();
    let text = |item| match item {
        Item::Text(text) | Item::Object { value: text } => text,
    };
    Ok(items.into_iter().map(text).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(options: &str, expected: &[&str]) {
        let json = format!(r#"{{"name":"tier","data_type":"string"{options}}}"#);
        let attribute: DataAttribute = serde_json::from_str(&json).unwrap();
        assert_eq!(expected, attribute.options);
    }

    #[test]
    fn options_are_read_in_either_shape() {
        check("", &[]);
        check(r#","options":null"#, &[]);
        check(r#","options":["Basic","Gold"]"#, &["Basic", "Gold"]);
        check(r#","options":[{"value":"Basic"}]"#, &["Basic"]);
    }

    #[test]
    fn a_listing_is_kept_as_it_was_sent() {
        let sent = r#"{"type":"list","data":[{"name":"plan","id":1}]}"#;
        let attributes: Attributes = serde_json::from_str(sent).unwrap();
        assert_eq!((sent, 1), (attributes.json.get(), attributes.all.len()));
    }
}
