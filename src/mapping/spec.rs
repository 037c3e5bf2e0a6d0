//! What the user asked for: rules for columns, and what to do where there is none.

use std::fmt;
use std::str::FromStr;

use super::AttributeType;
use super::DateFormat;
use super::MappingError;
use super::names;
use super::suggest;
use crate::intercom::Dialect;
use crate::intercom::Field;
use crate::intercom::Role;

/// A mapping as the user wrote it, not yet compared with any file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MappingSpec {
    /// The rules; for the same column the later one wins.
    pub rules: Vec<Rule>,
    /// Columns to leave out; one with a rule is not left out.
    pub ignore: Vec<String>,
    /// What an empty cell means; `None` where nobody said, which is [`Empty::Leave`].
    pub empty: Option<Empty>,
    /// What to do with a column that nothing is known about.
    pub unknown: Unknown,
    /// Which engine writes the fields, and in which version of the API.
    pub dialect: Dialect,
    /// What a row without a role of its own is.
    pub role: Role,
    /// What to do with a phone number that is none.
    pub phones: Phones,
    /// The time that `now` means, in seconds since 1970.
    pub now: i64,
}

/// What to do with a phone number that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Phones {
    /// The row is invalid.
    #[default]
    Checked,
    /// It is sent as it is.
    AsTheyAre,
}

impl MappingSpec {
    /// Reads a mapping file.
    ///
    /// ```toml
    /// ignore = ["notes"]
    /// empty = "leave"
    ///
    /// [columns]
    /// "Mail" = "email"
    /// "Signed up" = "signed_up_at:date(%d/%m/%Y)"
    /// "a=b" = { field = "custom.tags", type = "list(;)" }
    /// ```
    ///
    /// # Errors
    ///
    /// If the text is not TOML, or has a key, a field or a type that does not exist; with the line.
    pub fn from_toml(text: &str) -> Result<Self, MappingError> {
        super::toml_file::parse(text)
    }

    /// Lays another specification over this one: its rules, and its word on columns to ignore, win.
    #[must_use]
    pub fn merge(mut self, over: Self) -> Self {
        self.rules.retain(|rule| !over.ignore.iter().any(|column| rule.is_for(column)));
        self.ignore.retain(|column| !over.rules.iter().any(|rule| rule.is_for(column)));
        self.rules.extend(over.rules);
        self.ignore.extend(over.ignore);
        self.empty = over.empty.or(self.empty);
        Self { rules: self.rules, ignore: self.ignore, empty: self.empty, ..over }
    }
}

/// What an empty cell means. The cell `\N` clears its field in either case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Empty {
    /// The field keeps the value that Intercom has.
    #[default]
    Leave,
    /// The field is cleared, unless rows are told apart by it (`id`, `external_id`, `email`) or it is the role.
    Clear,
}

impl Empty {
    /// The spellings, as `--empty` takes them.
    pub const NAMES: [&'static str; 2] = ["leave", "clear"];
}

impl fmt::Display for Empty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Leave => "leave",
            Self::Clear => "clear",
        })
    }
}

impl FromStr for Empty {
    type Err = MappingError;

    fn from_str(text: &str) -> Result<Self, MappingError> {
        match text {
            "leave" => Ok(Self::Leave),
            "clear" => Ok(Self::Clear),
            other => Err(MappingError::unknown_word("answer to empty cells", other, &Self::NAMES)),
        }
    }
}

/// What to do with a column that nothing is known about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unknown {
    /// It is an error, with suggestions.
    #[default]
    Refuse,
    /// It is taken for a custom attribute of unknown type, because there is no workspace to ask; unless it looks like a
    /// slip of the pen.
    AssumeAttribute,
    /// It becomes a new custom attribute, listed in [`Mapping::new_attributes`](super::Mapping::new_attributes); unless
    /// it looks like a slip of the pen, because an attribute can never be deleted.
    CreateAttribute,
}

/// Which field one column is written to.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// The column, by its exact name.
    pub column: String,
    /// The field.
    pub field: Field,
    /// How its cells are read; by the field's or the attribute's type if `None`.
    pub kind: Option<Kind>,
}

impl Rule {
    /// Reads the part behind the column: `field` or `field:type`, where `type` may also be given separately.
    pub(super) fn new(column: &str, target: &str, kind: Option<&str>) -> Result<Self, MappingError> {
        let (name, inline) = match target.split_once(':') {
            Some((name, inline)) if kind.is_none() => (name, Some(inline)),
            _ => (target, None),
        };
        let field = target_field(column, name.trim())?;
        let kind = kind.or(inline).map(Kind::from_str).transpose()?;
        Ok(Self { column: column.to_owned(), field, kind })
    }

    /// Returns whether the rule is about a column; spaces around its name do not count.
    pub(super) fn is_for(&self, column: &str) -> bool {
        self.column.trim() == column.trim()
    }
}

fn target_field(column: &str, name: &str) -> Result<Field, MappingError> {
    if let Some(field) = names::field(name) {
        return Ok(field);
    }
    let not_writable = |why: &str| MappingError::NotWritable {
        column: column.to_owned(),
        field: name.to_owned(),
        why: why.to_owned(),
        instead: format!("custom.{name}"),
        other_engine: None,
    };
    if names::is_read_only(name) {
        return Err(not_writable("it is read-only in Intercom"));
    }
    if let Some(known) = names::not_writable(name) {
        return Err(not_writable(known.why));
    }
    Err(MappingError::UnknownField {
        column: column.to_owned(),
        field: name.to_owned(),
        nearest: suggest::targets(name, &[], super::Key::Auto),
    })
}

impl FromStr for Rule {
    type Err = MappingError;

    /// Reads `Column=field` or `Column=field:type`.
    ///
    /// The column ends at the last `=`, so a column may contain one; a date format or a separator that does belongs
    /// into a mapping file.
    fn from_str(text: &str) -> Result<Self, MappingError> {
        let bad = |why: &str| MappingError::BadRule { rule: text.to_owned(), why: why.to_owned() };
        let (column, target) = text.rsplit_once('=').ok_or_else(|| bad("there is no `=` in it"))?;
        let (column, target) = (column.trim(), target.trim());
        if column.is_empty() {
            return Err(bad("there is no column in front of the `=`"));
        }
        if target.is_empty() {
            return Err(bad("there is no field behind the `=`"));
        }
        Self::new(column, target, None)
    }
}

impl fmt::Display for Rule {
    /// Writes the rule as `--map` takes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.column, self.field)?;
        self.kind.as_ref().map_or(Ok(()), |kind| write!(f, ":{kind}"))
    }
}

/// How the cells of a column are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Text as it is.
    Text,
    /// A whole number.
    Integer,
    /// A number.
    Float,
    /// A yes or a no.
    Boolean,
    /// A point in time; ISO 8601 or seconds since 1970 unless a format says otherwise.
    Date(Option<DateFormat>),
    /// Texts with a separator between them.
    List(String),
    /// The time of the run where the cell says yes; nothing where it says no.
    Now,
}

impl Kind {
    /// Returns the type that a custom attribute needs to hold such values.
    #[must_use]
    pub fn data_type(&self) -> AttributeType {
        match self {
            Self::Text | Self::List(_) => AttributeType::String,
            Self::Integer => AttributeType::Integer,
            Self::Float => AttributeType::Float,
            Self::Boolean => AttributeType::Boolean,
            Self::Date(_) | Self::Now => AttributeType::Date,
        }
    }
}

impl From<AttributeType> for Kind {
    fn from(data_type: AttributeType) -> Self {
        match data_type {
            AttributeType::String => Self::Text,
            AttributeType::Integer => Self::Integer,
            AttributeType::Float => Self::Float,
            AttributeType::Boolean => Self::Boolean,
            AttributeType::Date => Self::Date(None),
        }
    }
}

impl FromStr for Kind {
    type Err = MappingError;

    /// Reads `integer`, `date`, `date(%d/%m/%Y)`, `list(;)`.
    fn from_str(text: &str) -> Result<Self, MappingError> {
        let text = text.trim();
        let (word, argument) = match text.strip_suffix(')').and_then(|text| text.split_once('(')) {
            Some((word, argument)) => (word.trim(), Some(argument)),
            None => (text, None),
        };
        match (word, argument) {
            ("text" | "string", None) => Ok(Self::Text),
            ("integer" | "int", None) => Ok(Self::Integer),
            ("float" | "number", None) => Ok(Self::Float),
            ("boolean" | "bool", None) => Ok(Self::Boolean),
            ("date", None) => Ok(Self::Date(None)),
            ("date", Some(format)) => format.parse().map(|format| Self::Date(Some(format))),
            ("now", None) => Ok(Self::Now),
            ("list", None) => Ok(Self::List(";".into())),
            ("list", Some(separator)) if !separator.is_empty() => {
                Ok(Self::List(separator.replace(r"\t", "\t")))
            }
            _ => Err(MappingError::unknown_kind(text)),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text => f.write_str("text"),
            Self::Integer => f.write_str("integer"),
            Self::Float => f.write_str("float"),
            Self::Boolean => f.write_str("boolean"),
            Self::Date(None) => f.write_str("date"),
            Self::Now => f.write_str("now"),
            Self::Date(Some(format)) => write!(f, "date({format})"),
            Self::List(separator) => write!(f, "list({})", separator.replace('\t', r"\t")),
        }
    }
}

#[cfg(test)]
mod tests;
