//! Columns to user fields: rules, typed values, suggestions. Pure.
//!
//! A [`MappingSpec`] is what the user asked for, [`Mapping::compile`] settles it against the columns of a file and the
//! attributes of a workspace, and [`Mapping::apply`] turns a row into [`UserFields`](crate::intercom::UserFields).
//! Everything that can be wrong with a mapping is found by `compile`, everything that can be wrong with a row by `apply`.
//!
//! What a column means is decided in this order:
//!
//! 1. an explicit rule (`--map`, the mapping file), then an explicit `--ignore-column`;
//! 2. Intercom's own name of a field, exactly: `email`, `signed_up_at`; read-only ones (`created_at`) are left out with
//!    a notice, so that our own export can be imported as it is;
//! 3. `custom.plan` or `custom_attributes.plan`;
//! 4. the exact, case-sensitive name of a custom attribute of the workspace;
//! 5. a usual name of a field: `E-mail address`, `Signed up`, `User ID`;
//! 6. otherwise the column is unknown, and [`Unknown`] says what happens.

mod compile;
mod date;
mod errors;
mod fault;
mod infer;
mod inspection;
mod json;
mod key;
mod names;
mod new_attribute;
mod plan;
mod row_key;
mod settle;
mod spec;
mod suggest;
mod survey;
mod toml_file;
mod value;

pub use date::DateFormat;
pub use errors::{MappingError, UnknownColumn};
pub use fault::{Fault, FaultKind};
pub use infer::TypeGuess;
pub use inspection::{Finding, Inspection};
pub use key::{Identity, Key};
pub use new_attribute::{MOST_ATTRIBUTES, NewAttribute};
pub use plan::Mapping;
pub use row_key::RowKey;
pub use spec::{Empty, Kind, MappingSpec, Phones, Rule, Unknown};
pub use suggest::{ignore_flag, map_flag, nearest};
pub use survey::{Misfit, Survey};

/// A custom attribute of the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Its case-sensitive name, without `custom_attributes.`.
    pub name: String,
    /// What its values are.
    pub data_type: AttributeType,
    /// Whether it was archived, and so takes no values.
    pub archived: bool,
    /// The texts that it takes, if it is a list; empty if it takes any.
    pub options: Vec<String>,
}

/// What the values of a custom attribute are; can never change once the attribute exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AttributeType {
    /// Text of at most 255 characters.
    String,
    /// A whole number.
    Integer,
    /// A number.
    Float,
    /// A yes or a no.
    Boolean,
    /// Seconds since 1970.
    Date,
}

impl AttributeType {
    /// Returns the API's name of the type.
    #[must_use]
    pub fn api_name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Integer => "integer",
            Self::Float => "float",
            Self::Boolean => "boolean",
            Self::Date => "date",
        }
    }
}

impl std::fmt::Display for AttributeType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.api_name())
    }
}

#[cfg(test)]
mod properties;
