//! What can be wrong with a mapping, found before the first row is read.

use super::Key;
use super::suggest::{ignore_flag, map_flag, nearest, ticked};
use crate::intercom::Engine;
use crate::intercom::Field;

/// The types that a rule may give, for hints.
const KINDS: &str = "text, integer, float, boolean, date, date(%d/%m/%Y), list(;)";

/// Why a mapping cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// Columns that nothing is known about; all of them at once.
    #[error("{}", unknown_columns(.0))]
    UnknownColumns(Vec<UnknownColumn>),
    /// Two columns for one field.
    #[error("{}", same_field(.field, .first, .second))]
    SameField {
        /// The field that both mean.
        field: Field,
        /// The column that stands first in the file.
        first: String,
        /// The other one.
        second: String,
    },
    /// A rule for a field that does not exist.
    #[error("column `{column}` is mapped to `{field}`, which is not a field")]
    UnknownField {
        /// The rule's column.
        column: String,
        /// What the rule calls the field.
        field: String,
        /// The fields that look like it.
        nearest: Vec<String>,
    },
    /// A rule for a field that Intercom does not take.
    #[error("column `{column}` cannot be written to `{field}`: {why}")]
    NotWritable {
        /// The rule's column.
        column: String,
        /// Intercom's name of the field.
        field: String,
        /// Why it cannot be written.
        why: String,
        /// What it is best written to instead, as a rule names it.
        instead: String,
        /// The engine that writes it, where this one does not.
        other_engine: Option<Engine>,
    },
    /// A rule for a column that the file does not have.
    #[error("the file has no column `{column}`, which is mapped to `{field}`")]
    NoSuchColumn {
        /// The rule's column.
        column: String,
        /// The rule's field.
        field: Field,
        /// The columns of the file.
        columns: Vec<String>,
    },
    /// A column to be left out that the file does not have, and that looks like one that it has.
    #[error("the file has no column `{column}`, which is to be left out")]
    NoSuchIgnored {
        /// The column that is to be left out.
        column: String,
        /// The column of the file that is probably meant.
        nearest: String,
    },
    /// A column for an attribute that takes no values.
    #[error("column `{column}`: the custom attribute `{attribute}` is archived")]
    ArchivedAttribute {
        /// The column.
        column: String,
        /// The attribute's name.
        attribute: String,
    },
    /// No column that rows could be matched by.
    #[error("no column is {}, so there is nothing to match on; the columns are {}", wanted(*.key), listed(.columns))]
    NoKeyColumn {
        /// What rows are to be matched by.
        key: Key,
        /// The columns of the file.
        columns: Vec<String>,
    },
    /// Leads are to be matched by what Intercom does not keep of them.
    #[error("leads cannot be matched by `external_id`: Intercom gives each lead one of its own")]
    LeadKey,
    /// Leads through the API of users.
    #[error("the engine `users` writes no leads: 1.x would make another one of each, every time")]
    LeadEngine,
    /// Leads, which nothing keeps from being made twice, in jobs whose end may not be heard of.
    #[error(
        "the engine `bulk` writes no leads: a job does not say which it has made, and none is found in time"
    )]
    LeadInBulk,
    /// A rule that cannot be read.
    #[error("`{rule}` is not a mapping: {why}")]
    BadRule {
        /// The rule, as it was written.
        rule: String,
        /// What is wrong with it.
        why: String,
    },
    /// A word that is not one of a few.
    #[error("`{word}` is not {}", article(.what))]
    UnknownWord {
        /// What the word should be: `type`, `key`.
        what: &'static str,
        /// The word.
        word: String,
        /// The words that look like it.
        nearest: Vec<String>,
        /// What there is to choose from.
        known: String,
    },
    /// A mapping file that is not TOML, or holds a value of the wrong kind.
    #[error("{0}")]
    Syntax(String),
    /// Something wrong in a mapping file, with its place.
    #[error("line {line}: {error}")]
    Toml {
        /// The line of the mapping file, from 1.
        line: usize,
        /// What is wrong there.
        error: Box<MappingError>,
    },
}

/// A column that nothing is known about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownColumn {
    /// The column.
    pub column: String,
    /// The custom attribute that it is mapped to, if it is, and which the workspace does not have.
    pub attribute: Option<String>,
    /// What it may be meant for, as a rule names it.
    pub nearest: Vec<String>,
    /// The attribute of the workspace whose name differs from the column's, or the rule's, in nothing but case.
    pub in_other_case: Option<String>,
    /// Why it is not simply taken, where there is more to say than that nobody knows it.
    pub why: Option<String>,
    /// Whether `--create-attributes` would make a custom attribute of it.
    pub is_creatable: bool,
    /// The engine that writes it, where this one does not.
    pub other_engine: Option<Engine>,
}

impl MappingError {
    /// Returns what to do about it, with flags that can be copied.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::UnknownColumns(columns) => Some(unknown_columns_hint(columns)),
            Self::SameField { first, second, .. } => same_field_hint(first, second),
            Self::UnknownField { column, field, nearest } => Some(unknown_field_hint(column, field, nearest)),
            Self::NotWritable { column, instead, other_engine, .. } => {
                let mut ways = vec![
                    format!("map with {}", map_flag(column, instead)),
                    format!("leave out with {}", ignore_flag(column)),
                ];
                ways.extend(other_engine.map(engine_hint));
                Some(ways.join(", or "))
            }
            Self::LeadEngine | Self::LeadInBulk => {
                Some("write leads through the contacts of 2.x: --engine contacts".into())
            }
            Self::LeadKey => Some("match leads by their email or Intercom's id: --key email".into()),
            Self::NoSuchColumn { column, field, columns } => {
                Some(no_such_column_hint(column, field, columns))
            }
            Self::NoSuchIgnored { nearest, .. } => Some(format!("did you mean {}?", ignore_flag(nearest))),
            Self::ArchivedAttribute { column, .. } => Some(format!(
                "unarchive it in Intercom, or leave the column out with {}",
                ignore_flag(column)
            )),
            Self::NoKeyColumn { key, columns } => no_key_hint(*key, columns),
            Self::BadRule { .. } => Some(format!(
                "write --map 'Column=field' or --map 'Column=field:type'; the types are {KINDS}"
            )),
            Self::UnknownWord { nearest, known, .. } => Some(unknown_word_hint(nearest, known)),
            Self::Syntax(_) => None,
            Self::Toml { error, .. } => error.hint(),
        }
    }

    /// Returns the line of the mapping file that is wrong, if one is.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        match self {
            Self::Toml { line, .. } => Some(*line),
            _ => None,
        }
    }

    /// Returns the error itself, for those who tell its place in their own way.
    #[must_use]
    pub fn without_line(&self) -> &Self {
        match self {
            Self::Toml { error, .. } => error,
            other => other,
        }
    }

    /// Returns the error for a word that is not one of the known ones.
    pub(super) fn unknown_word(what: &'static str, word: &str, known: &[&str]) -> Self {
        Self::UnknownWord {
            what,
            word: word.to_owned(),
            nearest: nearest(word, known.iter().copied()).into_iter().map(str::to_owned).collect(),
            known: known.join(", "),
        }
    }

    /// Returns the error for a type that a rule may not give.
    pub(super) fn unknown_kind(word: &str) -> Self {
        let known = ["text", "integer", "float", "boolean", "date", "list"];
        match Self::unknown_word("type", word, &known) {
            Self::UnknownWord { what, word, nearest, .. } => {
                Self::UnknownWord { what, word, nearest, known: KINDS.to_owned() }
            }
            other => other,
        }
    }

    /// Adds the line of the mapping file.
    pub(super) fn at_line(self, line: usize) -> Self {
        Self::Toml { line, error: Box::new(self) }
    }
}

fn unknown_columns(columns: &[UnknownColumn]) -> String {
    let described: Vec<String> = columns.iter().map(unknown_column).collect();
    let count =
        if columns.len() == 1 { "1 column has".into() } else { format!("{} columns have", columns.len()) };
    format!("{count} no field in Intercom: {}", described.join(", "))
}

fn unknown_column(unknown: &UnknownColumn) -> String {
    let UnknownColumn { column, attribute, nearest, in_other_case, why, .. } = unknown;
    if let Some(known) = in_other_case {
        let what = if attribute.is_some() { "the rule" } else { "the column" };
        let name = attribute.as_ref().unwrap_or(column).trim();
        return format!("`{column}` (the workspace has `{known}`, {what} is `{name}`)");
    }
    match (why, attribute, nearest.as_slice()) {
        (Some(why), ..) => format!("`{column}` ({why})"),
        (None, Some(attribute), []) => format!("`{column}` (there is no custom attribute `{attribute}`)"),
        (None, Some(attribute), nearest) => format!(
            "`{column}` (there is no custom attribute `{attribute}`; did you mean {}?)",
            ticked(nearest)
        ),
        (None, None, []) => format!("`{column}`"),
        (None, None, nearest) => format!("`{column}` (did you mean {}?)", ticked(nearest)),
    }
}

/// Returns what to say of attributes that stand in for fields that cannot be written, and that nobody has made yet.
fn stand_ins_are_made(columns: &[UnknownColumn]) -> &'static str {
    let is_new = |unknown: &UnknownColumn| {
        unknown.why.is_some() && unknown.nearest.first().is_some_and(|target| target.starts_with("custom."))
    };
    if columns.iter().any(is_new) {
        " (make the attribute, if there is none, with --create-attributes)"
    } else {
        ""
    }
}

fn unknown_columns_hint(columns: &[UnknownColumn]) -> String {
    let (known, strangers): (Vec<_>, Vec<_>) =
        columns.iter().partition(|unknown| !unknown.nearest.is_empty());
    let mut maps: Vec<String> = known
        .iter()
        .filter_map(|unknown| unknown.nearest.first().map(|target| map_flag(&unknown.column, target)))
        .collect();
    // A stranger may well be a field under a name that nobody foresaw.
    maps.extend(strangers.iter().map(|unknown| map_flag(&unknown.column, "FIELD")));
    let ignores: Vec<String> = columns.iter().map(|unknown| ignore_flag(&unknown.column)).collect();
    let mut ways = Vec::new();
    if !maps.is_empty() {
        ways.push(format!("map with {}{}", maps.join(" "), stand_ins_are_made(columns)));
    }
    ways.push(format!("leave out with {}", ignores.join(" ")));
    ways.extend(columns.iter().find_map(|unknown| unknown.other_engine).map(engine_hint));
    if columns.iter().any(|unknown| unknown.is_creatable) {
        ways.push("make new custom attributes with --create-attributes".into());
    }
    ways.join(", or ")
}

fn engine_hint(engine: Engine) -> String {
    match engine {
        Engine::Users => "write it through the users of 1.x with --engine users".into(),
        Engine::Contacts | Engine::Bulk => {
            "write it through the contacts of 2.x with --engine contacts".into()
        }
    }
}

fn same_field(field: &Field, first: &str, second: &str) -> String {
    if first == second {
        format!("two columns are named `{first}`, and a user has one `{field}`")
    } else {
        format!("columns `{first}` and `{second}` are both `{field}`")
    }
}

/// There is no flag that tells two columns of one name apart.
fn same_field_hint(first: &str, second: &str) -> Option<String> {
    if first == second {
        return Some("rename one of them in the file".into());
    }
    Some(format!("keep one of them: {} or {}", ignore_flag(second), ignore_flag(first)))
}

fn unknown_field_hint(column: &str, field: &str, nearest: &[String]) -> String {
    let custom = map_flag(column, format_args!("custom.{field}"));
    match nearest.first() {
        Some(nearest) => {
            format!("did you mean {}? a custom attribute is written {custom}", map_flag(column, nearest))
        }
        None => format!("a custom attribute is written {custom}"),
    }
}

fn no_such_column_hint(column: &str, field: &Field, columns: &[String]) -> String {
    match nearest(column, columns.iter().map(String::as_str)).first() {
        Some(nearest) => format!("did you mean {}?", map_flag(nearest, field)),
        None => format!("the columns are {}", listed(columns)),
    }
}

fn no_key_hint(key: Key, columns: &[String]) -> Option<String> {
    let field = key.fields().last()?;
    let like = nearest(field.api_name(), columns.iter().map(String::as_str));
    Some(format!("say which column it is: {}", map_flag(like.first().unwrap_or(&"COLUMN"), field)))
}

/// Names the columns of a file, or as many as anyone reads.
fn listed(columns: &[String]) -> String {
    const MOST: usize = 20;
    match columns.len().checked_sub(MOST) {
        None | Some(0) => ticked(columns),
        Some(more) => format!("{} and {more} more", ticked(&columns[..MOST])),
    }
}

fn wanted(key: Key) -> String {
    key.fields().iter().map(|field| format!("`{field}`")).collect::<Vec<_>>().join(" or ")
}

fn unknown_word_hint(nearest: &[String], known: &str) -> String {
    match nearest.first() {
        Some(nearest) => format!("did you mean `{nearest}`? it is one of {known}"),
        None => format!("it is one of {known}"),
    }
}

fn article(what: &str) -> String {
    if what.starts_with(['a', 'e', 'i', 'o', 'u']) { format!("an {what}") } else { format!("a {what}") }
}
