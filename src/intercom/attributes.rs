//! The workspace's data attributes: which custom attributes there are, and of what type.

use reqwest::Method;
use serde::{Deserialize, Serialize};

use super::client::Effect;
use super::{ApiError, Client, Trace};

/// A custom attribute of contacts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct DataAttribute {
    /// The name, case-sensitive.
    pub name: String,
    /// `string`, `integer`, `float`, `boolean` or `date`; a list of options shows as `string`.
    #[serde(default)]
    pub data_type: String,
    /// Whether people made it, rather than Intercom.
    #[serde(default)]
    pub custom: bool,
    /// Whether it was put away; a write to it is refused.
    #[serde(default)]
    pub archived: bool,
}

/// A custom attribute to be created.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewAttribute {
    /// The name, case-sensitive; letters, digits, currency symbols, hyphens and underscores.
    pub name: String,
    /// `string`, `integer`, `float`, `boolean` or `date`; can never be changed.
    pub data_type: String,
}

#[derive(Deserialize)]
struct Listing {
    data: Vec<DataAttribute>,
}

#[derive(Serialize)]
struct Creation<'a> {
    model: &'static str,
    #[serde(flatten)]
    attribute: &'a NewAttribute,
}

impl Client {
    /// Returns the custom attributes of contacts, archived ones included.
    ///
    /// # Errors
    /// As [`ApiError`].
    pub fn custom_attributes(&self, trace: &mut Trace) -> Result<Vec<DataAttribute>, ApiError> {
        let call = self
            .call(Method::GET, Effect::Reads, &["data_attributes"])
            .query("model", "contact")
            .query("include_archived", "true");
        let listing: Listing = self.send(&call, trace)?;
        Ok(listing.data.into_iter().filter(|attribute| attribute.custom).collect())
    }

    /// Creates a custom attribute of contacts.
    ///
    /// # Errors
    /// As [`ApiError`]; a name that exists is refused with `parameter_invalid`.
    pub fn create_attribute(
        &self,
        attribute: &NewAttribute,
        trace: &mut Trace,
    ) -> Result<DataAttribute, ApiError> {
        let call = self
            .call(Method::POST, Effect::Writes, &["data_attributes"])
            .json(&Creation { model: "contact", attribute });
        self.send(&call, trace)
    }
}
