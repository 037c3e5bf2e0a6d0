//! The four verbs on one user at a time: find, upsert, update, list. What a wrapper library offers, and what the
//! commands of the same names do.
//!
//! Values go through the same mapping as those of a file, so that types, suggestions and faults are the same as in an
//! import. Knows nothing of arguments and of output.

mod client;
mod error;
mod fields;
mod write;

pub use client::{Answer, Client, Page};
pub use error::{ConnectError, VerbError};
pub use fields::{Fields, NotAField};
pub use write::{Partly, Terms, Written};

use crate::intercom::DataAttribute;
use crate::mapping::Attribute;
use crate::mapping::AttributeType;

/// Returns the workspace's attributes as a mapping sees them.
#[must_use]
pub fn attributes_of(workspace: &[DataAttribute]) -> Vec<Attribute> {
    workspace
        .iter()
        .map(|attribute| Attribute {
            name: attribute.name.clone(),
            data_type: match attribute.data_type.as_str() {
                "integer" => AttributeType::Integer,
                "float" => AttributeType::Float,
                "boolean" => AttributeType::Boolean,
                "date" | "datetime" => AttributeType::Date,
                // A type that is newer than this program takes text, and the server says if it does not.
                _ => AttributeType::String,
            },
            archived: attribute.archived,
            options: attribute.options.clone(),
        })
        .collect()
}
