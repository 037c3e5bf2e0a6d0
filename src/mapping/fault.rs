//! Why one row cannot be imported, cell by cell.
//!
//! The file and the line are added by the layer that knows them.

use std::fmt;
use std::sync::Arc;

use super::DateFormat;
use super::Key;
use super::date;
use super::suggest::{ignore_flag, map_flag, nearest, ticked};
use crate::intercom::Field;
use crate::intercom::MAX_COMPANIES;
use crate::rows::CellError;

/// How much of a value a message shows.
const SHOWN: usize = 40;

/// One thing that is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The column, unless the row as a whole is meant.
    pub column: Option<String>,
    /// The field that the column is mapped to.
    pub field: Option<Field>,
    /// What is wrong.
    pub kind: FaultKind,
    /// The cell, shortened and without control characters.
    pub value: String,
}

/// What is wrong with a cell, or with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultKind {
    /// Neither ISO 8601 nor seconds since 1970, or not of the format that the user gave.
    NotADate {
        /// The format, if there is one.
        format: Option<DateFormat>,
    },
    /// A number that can only be milliseconds where seconds are meant.
    Milliseconds,
    /// A number that is a date to the eye (`20240131`), and seconds by the rules.
    AmbiguousDate,
    /// Not a whole number.
    NotAnInteger,
    /// A whole number that does not fit into 64 bits.
    TooLarge,
    /// Not a finite number.
    NotANumber,
    /// A number with separators between thousands, or with a comma for the decimal point.
    FormattedNumber {
        /// The number as it should be written, where that is certain (`1,234` may be 1.234).
        plain: Option<String>,
    },
    /// Not one of the ten spellings of yes and no.
    NotABoolean,
    /// Not one of the options of a list.
    NotAnOption {
        /// The options, as Intercom lists them.
        options: Arc<[String]>,
    },
    /// Not an email address.
    NotAnEmail,
    /// An avatar that is not an https URL.
    NotHttps,
    /// A role that does not exist.
    NotARole,
    /// A field that the engine cannot write.
    NotWritable {
        /// Why.
        why: &'static str,
        /// The rule that keeps the column.
        instead: String,
    },
    /// A telephone number that is none.
    NotAPhone,
    /// A list whose separator is not the comma, and which has one.
    CommaInList,
    /// A list whose separator is the comma, and which has a semicolon.
    SemicolonInList,
    /// What begins as a JSON array of names, and is none.
    NotAList,
    /// More companies than a contact may be in.
    TooManyCompanies {
        /// How many there are.
        count: usize,
    },
    /// A lead that is to be matched by what Intercom does not keep of it.
    LeadByExternalId,
    /// A lead without an email.
    LeadWithoutEmail,
    /// An admin's id that is not a number.
    NotAnOwnerId,
    /// More characters than Intercom keeps.
    TooLong {
        /// How many there are.
        length: usize,
        /// How many there may be.
        limit: usize,
    },
    /// An array or an object where one value belongs.
    NotOneValue,
    /// A field that Intercom does not clear.
    NotClearable,
    /// Bytes that are not text.
    NotText(CellError),
    /// Nothing to match the row by.
    NoKey {
        /// What rows are matched by.
        key: Key,
    },
}

impl FaultKind {
    /// Returns the stable name of the fault, as the rejects file shows it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotADate { .. } => "not_a_date",
            Self::Milliseconds => "milliseconds",
            Self::AmbiguousDate => "ambiguous_date",
            Self::NotAnInteger => "not_an_integer",
            Self::TooLarge => "too_large",
            Self::NotANumber => "not_a_number",
            Self::FormattedNumber { .. } => "formatted_number",
            Self::NotABoolean => "not_a_boolean",
            Self::NotAnOption { .. } => "not_an_option",
            Self::NotAnEmail => "not_an_email",
            Self::NotHttps => "not_https",
            Self::NotARole => "not_a_role",
            Self::NotWritable { .. } => "not_writable",
            Self::NotAPhone => "not_a_phone",
            Self::CommaInList => "comma_in_list",
            Self::SemicolonInList => "semicolon_in_list",
            Self::NotAList => "not_a_list",
            Self::TooManyCompanies { .. } => "too_many_companies",
            Self::LeadByExternalId => "lead_by_external_id",
            Self::LeadWithoutEmail => "no_key",
            Self::NotAnOwnerId => "not_an_owner_id",
            Self::TooLong { .. } => "too_long",
            Self::NotOneValue => "not_one_value",
            Self::NotClearable => "not_clearable",
            Self::NotText(_) => "not_text",
            Self::NoKey { .. } => "no_key",
        }
    }
}

impl Fault {
    /// Returns the stable name of the fault, as the rejects file shows it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.kind.code()
    }

    /// Returns what is wrong, without the column.
    #[must_use]
    pub fn message(&self) -> String {
        let value = &self.value;
        match &self.kind {
            FaultKind::NotADate { format: None } => format!("`{value}` is not a date"),
            FaultKind::NotADate { format: Some(format) } => {
                format!("`{value}` is not a date of the form `{format}`")
            }
            FaultKind::Milliseconds => format!("`{value}` is milliseconds, where seconds are expected"),
            FaultKind::AmbiguousDate => format!("`{value}` could be a date or seconds since 1970"),
            FaultKind::NotAnInteger => format!("`{value}` is not a whole number"),
            FaultKind::TooLarge => format!("`{value}` is too large for a whole number"),
            FaultKind::NotANumber => format!("`{value}` is not a number"),
            FaultKind::FormattedNumber { .. } => format!("`{value}` is not a plain number"),
            FaultKind::NotABoolean => format!("`{value}` is neither yes nor no"),
            FaultKind::NotAnOption { .. } => format!("`{value}` is not an option of this list"),
            FaultKind::NotAnEmail => format!("`{value}` is not an email address"),
            FaultKind::NotHttps => format!("`{value}` is not an https URL"),
            FaultKind::NotARole => format!("`{value}` is not a role"),
            FaultKind::NotWritable { why, .. } => format!("`{value}` cannot be written: {why}"),
            FaultKind::NotAPhone => format!("`{value}` is not a telephone number"),
            FaultKind::CommaInList | FaultKind::SemicolonInList => {
                format!("`{value}` may be one name or several")
            }
            FaultKind::NotAList => format!("`{value}` is neither names nor a JSON array of names"),
            FaultKind::TooManyCompanies { count } => {
                format!("{count} companies, and Intercom lets a contact be in {MAX_COMPANIES}")
            }
            FaultKind::LeadWithoutEmail => "a lead is matched by its email, and the row has none".into(),
            FaultKind::LeadByExternalId => {
                "a lead cannot be matched by external_id: Intercom gives each lead one of its own".into()
            }
            FaultKind::NotAnOwnerId => format!("`{value}` is not the id of an admin"),
            FaultKind::TooLong { length, limit } => {
                format!("`{value}` has {length} characters, and Intercom keeps {limit}")
            }
            FaultKind::NotOneValue => format!("`{value}` is not one value"),
            FaultKind::NotClearable => "Intercom does not clear this field".into(),
            FaultKind::NotText(error) => error.to_string(),
            FaultKind::NoKey { key } => no_key(*key),
        }
    }

    /// Returns what to do about it, if there is something that can be said.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match &self.kind {
            FaultKind::NotADate { format: None } => {
                let format = date::guess_format(&self.value).unwrap_or_else(|| "%d/%m/%Y".into());
                let flag = self.map_flag(&format!("date({format})"))?;
                Some(format!("dates are read as YYYY-MM-DD; say otherwise with {flag}"))
            }
            FaultKind::Milliseconds => Some(format!(
                "divide by 1000, or say that it is milliseconds with {}",
                self.map_flag("date(ms)")?
            )),
            FaultKind::AmbiguousDate => Some(format!(
                "say which: {} or {}",
                self.map_flag("date(%Y%m%d)")?,
                self.map_flag("date(%s)")?
            )),
            FaultKind::FormattedNumber { plain: Some(plain) } => Some(format!("write `{plain}`")),
            FaultKind::FormattedNumber { plain: None } => {
                Some("write it without separators, and with a point for the decimals".into())
            }
            FaultKind::NotABoolean => Some("write true, yes, y, on, 1 or false, no, n, off, 0".into()),
            FaultKind::NotAnOption { options } => Some(options_hint(&self.value, options)),
            FaultKind::NotHttps => Some("give an address that begins with https://".into()),
            FaultKind::NotARole => Some("write `user` or `lead`, or leave the cell empty".into()),
            FaultKind::NotWritable { instead, .. } => Some(format!(
                "keep it with --map '{instead}', or leave it out with {}",
                ignore_flag(self.column.as_ref()?)
            )),
            FaultKind::NotAPhone => Some(
                "write it as in +442071838750, or send whatever is there, as it is, with --lenient".into(),
            ),
            FaultKind::SemicolonInList => Some(format!(
                "separate the names of all rows in one way; one name: write it as `[\"{}\"]`",
                self.value
            )),
            FaultKind::NotAList => Some(r#"write names as `vip;beta`, or as `["vip","beta"]`"#.into()),
            FaultKind::CommaInList => Some(format!(
                "several names: {}; one name: write it as `[\"{}\"]`",
                self.map_flag("list(,)")?,
                self.value
            )),
            FaultKind::LeadWithoutEmail => Some("give it one, or match by Intercom's id: --key id".into()),
            FaultKind::LeadByExternalId => Some("match by email: --key auto".into()),
            FaultKind::NotAnOwnerId => Some("give the number of an admin of the workspace".into()),
            FaultKind::NotClearable => Some(r"leave the cell empty instead of `\N`".into()),
            FaultKind::NotText(CellError::Undecodable { .. }) => {
                Some("say which encoding the file has: --encoding windows-1252".into())
            }
            FaultKind::NoKey { key: Key::ExternalId } => {
                Some("match by email where there is none: --key auto".into())
            }
            FaultKind::NoKey { key: Key::Email } => {
                Some("match by external_id where there is one: --key auto".into())
            }
            _ => None,
        }
    }

    /// Returns the flag that reads this column in another way.
    fn map_flag(&self, kind: &str) -> Option<String> {
        let (column, field) = (self.column.as_ref()?, self.field.as_ref()?);
        Some(map_flag(column, format_args!("{field}:{kind}")))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(column) = &self.column {
            write!(f, "column `{column}`: ")?;
        }
        f.write_str(&self.message())
    }
}

impl std::error::Error for Fault {}

/// Names the options of a list, the nearest one first; a long list is cut to what anyone reads.
fn options_hint(value: &str, options: &[String]) -> String {
    const MOST: usize = 12;
    let known = match options.len().checked_sub(MOST) {
        None | Some(0) => ticked(options),
        Some(more) => format!("{} and {more} more", ticked(&options[..MOST])),
    };
    match nearest(value, options.iter().map(String::as_str)).first() {
        Some(nearest) => format!("did you mean `{nearest}`? the options are {known}"),
        None => format!("the options are {known}; another one is added in Intercom"),
    }
}

fn no_key(key: Key) -> String {
    let [first, rest @ ..] = key.fields() else { return "nothing to match on".into() };
    let others: String = rest.iter().map(|field| format!(" and no {}", ticked([field]))).collect();
    format!("no `{first}`{others}, so there is nothing to match on")
}

/// Returns a value as messages show it: at most 40 characters, none of them a control character.
pub(super) fn shorten(text: &str) -> String {
    let clean = |character: char| if character.is_control() { ' ' } else { character };
    match text.char_indices().nth(SHOWN) {
        None => text.chars().map(clean).collect(),
        Some(_) => text.chars().take(SHOWN - 1).map(clean).chain(['…']).collect(),
    }
}

#[cfg(test)]
mod tests;
