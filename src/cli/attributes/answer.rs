//! The answer of `attributes check`: what was found, for people and for programs. Pure.

use serde::Serialize;

use super::Stock;
use super::create::{ROOM_HINT, rename_flag, room_message};
use crate::intercom::Field;
use crate::mapping::Finding;
use crate::mapping::Inspection;
use crate::mapping::MOST_ATTRIBUTES;
use crate::mapping::Mapping;
use crate::mapping::Misfit;
use crate::mapping::NewAttribute;
use crate::mapping::Survey;
use crate::mapping::UnknownColumn;
use crate::mapping::ignore_flag;
use crate::mapping::map_flag;
use crate::report::count;
use crate::report::plural;

/// Everything that there is to say about a file.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    pub(super) schema: u8,
    pub(super) file: String,
    pub(super) workspace: String,
    pub(super) rows: u64,
    pub(super) valid_rows: u64,
    /// How much room there is, if any attribute is missing.
    pub(super) attributes: Option<Room>,
    pub(super) notices: Vec<String>,
    pub(super) findings: Vec<Found>,
    #[serde(rename = "next_command", serialize_with = "command")]
    pub(super) next: Next,
}

/// The command to run next.
#[derive(Debug)]
pub(super) enum Next {
    /// At once.
    Run(String),
    /// After something else has been mended.
    Mend(String),
}

/// The custom attributes in use, and those that would have to be created.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Room {
    pub(super) in_use: usize,
    pub(super) missing: usize,
}

/// One thing that the workspace would not take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Found {
    /// A stable word: what is wrong.
    pub(super) code: &'static str,
    pub(super) column: Option<String>,
    pub(super) field: Option<String>,
    /// How many rows, if rows are meant rather than the column.
    pub(super) rows: Option<u64>,
    /// Where the first five of them stand.
    pub(super) lines: Vec<u64>,
    pub(super) message: String,
    pub(super) hint: Option<String>,
    /// The flags that settle it, if flags do.
    #[serde(skip)]
    pub(super) flags: Vec<String>,
    /// Whether `attributes create` settles it.
    #[serde(skip)]
    pub(super) is_creatable: bool,
}

/// Lists everything that was found: the columns in their order, the limit, then the rows.
pub(super) fn found(survey: &Survey, inspection: &Inspection, stock: Option<&Stock>) -> Vec<Found> {
    let mut guesses = inspection.guesses.iter();
    let columns = survey.misfits.iter().map(|misfit| match misfit {
        Misfit::Missing(attribute) => {
            let guess = guesses.next().map(ToString::to_string).unwrap_or_default();
            missing(attribute, &guess, stock)
        }
        Misfit::OtherCase { column, name, known } => other_case(column, name, known, &survey.mapping),
        Misfit::Archived { column, attribute } => archived(column, attribute),
        Misfit::OtherType { column, message } => Found {
            hint: Some("leave the type out of the rule".into()),
            ..Found::new("other_type", column, message.clone())
        },
        Misfit::Unknown(column) => unknown(column),
    });
    let mut found: Vec<Found> = columns.collect();
    found.extend(stock.and_then(|stock| limit(stock.in_use, survey.mapping.new_attributes().len())));
    found.extend(inspection.findings.iter().map(of_rows));
    found
}

fn missing(attribute: &NewAttribute, guess: &str, stock: Option<&Stock>) -> Found {
    let NewAttribute { name, column, data_type, .. } = attribute;
    if let Some(why) = stock.and_then(|stock| stock.name_fault(attribute)) {
        return Found {
            hint: Some(format!("give it another name: {}", rename_flag(attribute))),
            ..Found::new(
                "bad_name",
                column,
                format!("there is no custom attribute `{name}`, and there can be none: {why}"),
            )
        };
    }
    let data_type = match data_type {
        Some(data_type) => format!("{data_type}, as it is mapped"),
        None => guess.to_owned(),
    };
    Found {
        field: Some(format!("custom.{name}")),
        hint: Some(format!(
            "make it with `attributes create`, say what it is with {}, or leave it out with {}",
            map_flag(column, "FIELD"),
            ignore_flag(column)
        )),
        is_creatable: true,
        ..Found::new(
            "missing",
            column,
            format!("there is no custom attribute `{name}`; it would be {data_type}"),
        )
    }
}

fn other_case(column: &str, name: &str, known: &str, mapping: &Mapping) -> Found {
    let target = Field::Custom(known.into());
    let what = if name == column { "the column" } else { "the rule" };
    let message = format!("the workspace has `{known}`, {what} is `{name}`");
    // Another column may be that attribute already.
    let is_free = mapping.column(&target).is_none_or(|other| other == column);
    let (hint, flags) = match is_free {
        true => (map_flag(column, &target), vec!["--map".into(), format!("{column}={target}")]),
        false => (ignore_flag(column), vec!["--ignore-column".into(), column.into()]),
    };
    Found { hint: Some(hint), flags, ..Found::new("other_case", column, message) }
}

fn archived(column: &str, attribute: &str) -> Found {
    Found {
        field: Some(format!("custom.{attribute}")),
        hint: Some(format!("unarchive it in Intercom, or leave the column out with {}", ignore_flag(column))),
        ..Found::new("archived", column, format!("the custom attribute `{attribute}` is archived"))
    }
}

fn unknown(unknown: &UnknownColumn) -> Found {
    let UnknownColumn { column, nearest, why, .. } = unknown;
    let (code, message) = match why {
        Some(why) => ("not_writable", why.clone()),
        None => ("unknown", format!("no field has this name; did you mean `{}`?", nearest.join("`, `"))),
    };
    let map = nearest.first().map(|target| map_flag(column, target));
    let ways: Vec<String> = map.into_iter().chain([ignore_flag(column)]).collect();
    let flags = match nearest.as_slice() {
        [only] if why.is_none() => vec!["--map".into(), format!("{column}={only}")],
        _ => Vec::new(),
    };
    Found { hint: Some(ways.join(", or ")), flags, ..Found::new(code, column, message) }
}

fn limit(in_use: usize, missing: usize) -> Option<Found> {
    (in_use + missing > MOST_ATTRIBUTES).then(|| Found {
        column: None,
        hint: Some(ROOM_HINT.into()),
        ..Found::new("limit", "", room_message(in_use, missing))
    })
}

fn of_rows(finding: &Finding) -> Found {
    Found {
        column: finding.column.clone(),
        field: finding.field.as_ref().map(ToString::to_string),
        rows: Some(finding.rows),
        lines: finding.lines.clone(),
        hint: finding.hint.clone(),
        ..Found::new(finding.code, "", finding.message.clone())
    }
}

impl Found {
    fn new(code: &'static str, column: &str, message: String) -> Self {
        Self {
            code,
            column: Some(column.to_owned()),
            field: None,
            rows: None,
            lines: Vec::new(),
            message,
            hint: None,
            flags: Vec::new(),
            is_creatable: false,
        }
    }

    fn text(&self) -> String {
        let column = self.column.as_ref().map(|column| format!(" `{column}`")).unwrap_or_default();
        let rows = self.rows.map(|rows| where_they_stand(rows, &self.lines)).unwrap_or_default();
        let hint = self.hint.as_ref().map(|hint| format!("    hint: {hint}\n")).unwrap_or_default();
        format!("  {}{column}: {rows}{}\n{hint}", self.code, self.message)
    }
}

/// Says how many rows there are, and where: `1 row, line 4: `, `9 rows, first at lines 2, 3, 4, 5, 6: `.
fn where_they_stand(rows: u64, lines: &[u64]) -> String {
    let shown: Vec<String> = lines.iter().map(ToString::to_string).collect();
    let first = if rows > lines.len() as u64 { "first at " } else { "" };
    let s = if lines.len() == 1 { "" } else { "s" };
    format!("{}, {first}line{s} {}: ", plural(rows, "row"), shown.join(", "))
}

impl Answer {
    /// Returns the answer for people.
    pub(super) fn text(&self) -> String {
        let mut text: String =
            self.notices.iter().map(|notice| format!("{}: {notice}\n", self.file)).collect();
        let rows = plural(self.rows, "row");
        text += &match self.findings.len() {
            0 => format!("{}: {rows} and the attributes of {} agree\n", self.file, self.workspace),
            n => format!(
                "{}: {rows}, {} invalid; {} does not take {}\n",
                self.file,
                count(self.rows - self.valid_rows),
                self.workspace,
                plural(n as u64, "thing")
            ),
        };
        text.extend(self.findings.iter().map(Found::text));
        text += &match &self.next {
            Next::Run(command) => format!("next: `{command}`\n"),
            Next::Mend(command) => format!("next: fix that, then run `{command}` again\n"),
        };
        text
    }

    /// Returns the answer for programs.
    pub(super) fn json(&self) -> String {
        let json = serde_json::to_string_pretty(self).expect("an answer is text and numbers");
        json + "\n"
    }
}

fn command<S: serde::Serializer>(next: &Next, serializer: S) -> Result<S::Ok, S::Error> {
    let (Next::Run(command) | Next::Mend(command)) = next;
    serializer.serialize_str(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(rows: u64, lines: &[u64], expected: &str) {
        assert_eq!(expected, where_they_stand(rows, lines));
    }

    #[test]
    fn rows_are_told_with_their_first_lines() {
        check(1, &[4], "1 row, line 4: ");
        check(2, &[4, 9], "2 rows, lines 4, 9: ");
        check(9, &[2, 3, 4, 5, 6], "9 rows, first at lines 2, 3, 4, 5, 6: ");
    }
}
