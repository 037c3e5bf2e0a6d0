//! The mapping file. Unknown keys are errors, and every error knows its line.

use std::fmt::Display;

use toml::Spanned;
use toml::de::DeArray;
use toml::de::DeTable;
use toml::de::DeValue;

use super::MappingError;
use super::MappingSpec;
use super::Rule;

/// The keys of a mapping file.
const KEYS: [&str; 3] = ["columns", "ignore", "empty"];
/// The keys of a column that is written as a table.
const COLUMN_KEYS: [&str; 2] = ["field", "type"];

/// Reads a mapping file.
pub(super) fn parse(text: &str) -> Result<MappingSpec, MappingError> {
    let file = File { text };
    let table = DeTable::parse(text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        MappingError::Syntax(error.message().trim().to_owned()).at_line(file.line(offset))
    })?;
    let mut spec = MappingSpec::default();
    for (key, value) in in_order(table.get_ref()) {
        match key.get_ref().as_ref() {
            "columns" => spec.rules = file.columns(value)?,
            "ignore" => spec.ignore = file.texts(value)?,
            "empty" => {
                let empty = file.text(value)?;
                spec.empty = Some(empty.parse().map_err(|error: MappingError| file.at(value, error))?);
            }
            other => {
                return Err(file.at(key, MappingError::unknown_word("key of a mapping file", other, &KEYS)));
            }
        }
    }
    Ok(spec)
}

/// A mapping file's text, for the lines.
struct File<'a> {
    text: &'a str,
}

impl<'a> File<'a> {
    fn columns(&self, value: &Spanned<DeValue<'a>>) -> Result<Vec<Rule>, MappingError> {
        let table = value.get_ref().as_table().ok_or_else(|| self.expected("a table of columns", value))?;
        in_order(table).into_iter().map(|(column, target)| self.rule(column.get_ref(), target)).collect()
    }

    fn rule(&self, column: &str, target: &Spanned<DeValue<'a>>) -> Result<Rule, MappingError> {
        let (field, kind) = match target.get_ref() {
            DeValue::String(field) => (field.as_ref(), None),
            DeValue::Table(table) => self.field_and_type(column, target, table)?,
            _ => return Err(self.expected("a field, as text or as { field = …, type = … }", target)),
        };
        Rule::new(column, field, kind).map_err(|error| self.at(target, error))
    }

    fn field_and_type<'t>(
        &self,
        column: &str,
        target: &Spanned<DeValue<'a>>,
        table: &'t DeTable<'a>,
    ) -> Result<(&'t str, Option<&'t str>), MappingError> {
        let (mut field, mut kind) = (None, None);
        for (key, value) in in_order(table) {
            match key.get_ref().as_ref() {
                "field" => field = Some(self.text(value)?),
                "type" => kind = Some(self.text(value)?),
                other => {
                    return Err(
                        self.at(key, MappingError::unknown_word("key of a column", other, &COLUMN_KEYS))
                    );
                }
            }
        }
        let why = "it has no `field`".to_owned();
        let field =
            field.ok_or_else(|| self.at(target, MappingError::BadRule { rule: column.to_owned(), why }))?;
        Ok((field, kind))
    }

    fn texts(&self, value: &Spanned<DeValue<'a>>) -> Result<Vec<String>, MappingError> {
        let array: &DeArray<'a> =
            value.get_ref().as_array().ok_or_else(|| self.expected("a list of columns", value))?;
        array.iter().map(|text| self.text(text).map(str::to_owned)).collect()
    }

    fn text<'t>(&self, value: &'t Spanned<DeValue<'a>>) -> Result<&'t str, MappingError> {
        value.get_ref().as_str().ok_or_else(|| self.expected("text", value))
    }

    fn expected(&self, what: impl Display, value: &Spanned<DeValue<'a>>) -> MappingError {
        let found = value.get_ref().type_str();
        self.at(value, MappingError::Syntax(format!("expected {what}, found {found}")))
    }

    fn at<T>(&self, place: &Spanned<T>, error: MappingError) -> MappingError {
        error.at_line(self.line(place.span().start))
    }

    fn line(&self, offset: usize) -> usize {
        self.text.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count() + 1
    }
}

/// Returns a table's keys in the order of the file; the parser sorts them by name.
fn in_order<'t, 'a>(
    table: &'t DeTable<'a>,
) -> Vec<(&'t Spanned<std::borrow::Cow<'a, str>>, &'t Spanned<DeValue<'a>>)> {
    let mut keys: Vec<_> = table.iter().collect();
    keys.sort_by_key(|(key, _)| key.span().start);
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let actual = match MappingSpec::from_toml(text) {
            Ok(spec) => {
                let rules: Vec<String> = spec.rules.iter().map(ToString::to_string).collect();
                format!("{} ignore {:?} empty {:?}", rules.join(" "), spec.ignore, spec.empty)
            }
            Err(error) => {
                assert!(error.line().is_some());
                error.hint().map_or(error.to_string(), |hint| format!("{error}\n{hint}"))
            }
        };
        assert_eq!(expected, actual);
    }

    #[test]
    fn a_mapping_file_has_columns_and_columns_to_ignore() {
        check("", " ignore [] empty None");
        check(
            "ignore = ['notes', 'x']\nempty = 'clear'\n[columns]\n'b' = 'email'\n'a' = 'custom.a:integer'\n",
            r#"b=email a=custom.a:integer ignore ["notes", "x"] empty Some(Clear)"#,
        );
        check(
            "[columns]\n'a=b' = { field = 'custom.tags', type = 'list(=)' }\nc = { field = 'custom.a:b', type = 'text' }",
            "a=b=custom.tags:list(=) c=custom.a:b:text ignore [] empty None",
        );
        check("[columns.Mail]\nfield = 'email'", "Mail=email ignore [] empty None");
    }

    #[test]
    fn an_unknown_key_is_an_error_with_the_nearest_and_the_line() {
        check(
            "empty = 'leave'\n[colums]\na = 'email'\n",
            "line 2: `colums` is not a key of a mapping file\n\
             did you mean `columns`? it is one of columns, ignore, empty",
        );
        check(
            "[columns]\na = { field = 'email', typ = 'text' }",
            "line 2: `typ` is not a key of a column\ndid you mean `type`? it is one of field, type",
        );
        check(
            "empty = 'cleer'",
            "line 1: `cleer` is not an answer to empty cells\ndid you mean `clear`? it is one of leave, clear",
        );
    }

    #[test]
    fn a_wrong_rule_is_an_error_with_its_line() {
        check(
            "[columns]\n\n'Mail' = 'emial'",
            "line 3: column `Mail` is mapped to `emial`, which is not a field\n\
             did you mean --map 'Mail=email'? a custom attribute is written --map 'Mail=custom.emial'",
        );
        check(
            "[columns]\na = 5",
            "line 2: expected a field, as text or as { field = …, type = … }, found integer",
        );
        check("ignore = 'notes'", "line 1: expected a list of columns, found string");
        check("ignore = [1]", "line 1: expected text, found integer");
        check("columns = 'a'", "line 1: expected a table of columns, found string");
    }

    #[test]
    fn a_column_without_a_field_is_an_error() {
        check(
            "[columns]\na = { type = 'text' }",
            "line 2: `a` is not a mapping: it has no `field`\nwrite --map 'Column=field' or --map 'Column=field:type'; \
             the types are text, integer, float, boolean, date, date(%d/%m/%Y), list(;)",
        );
    }

    #[test]
    fn what_is_not_toml_is_an_error_with_its_line() {
        let error = MappingSpec::from_toml("[columns]\na = email\n").unwrap_err();
        assert_eq!(error.line(), Some(2));
        let twice = MappingSpec::from_toml("[columns]\na = 'email'\na = 'name'\n").unwrap_err();
        assert_eq!(twice.to_string(), "line 3: duplicate key");
    }
}
