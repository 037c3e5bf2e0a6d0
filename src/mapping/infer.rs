//! The type of a new custom attribute, from the cells of its column.
//!
//! A wrong type can never be changed again, so every doubt ends in text.

use std::fmt;

use serde_json::Value as Json;

use super::AttributeType;
use super::date;
use crate::rows::Cell;

/// What the cells of a column look like, so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TypeGuess {
    /// Whole numbers as a program writes them: at most 15 digits, no leading zero, no plus.
    pub integers: u64,
    /// Other plain decimal numbers.
    pub floats: u64,
    /// True, false, yes or no.
    pub booleans: u64,
    /// ISO 8601 dates.
    pub dates: u64,
    /// Everything else.
    pub texts: u64,
    /// Cells that are missing, empty or `\N`; they say nothing.
    pub empty: u64,
}

impl TypeGuess {
    /// Takes one cell into account.
    pub fn observe(&mut self, cell: &Cell<'_>) {
        match cell {
            Cell::Missing | Cell::Json(Json::Null) => self.empty += 1,
            Cell::Text(text) => self.observe_text(text.trim()),
            Cell::Json(Json::String(text)) => self.observe_text(text.trim()),
            Cell::Json(Json::Bool(_)) => self.booleans += 1,
            Cell::Json(Json::Number(number)) => self.observe_text(&number.to_string()),
            Cell::Json(Json::Array(_) | Json::Object(_)) => self.texts += 1,
        }
    }

    fn observe_text(&mut self, text: &str) {
        let count = if text.is_empty() || text == r"\N" {
            &mut self.empty
        } else if is_integer(text) {
            &mut self.integers
        } else if is_float(text) {
            &mut self.floats
        } else if ["true", "false", "yes", "no"].iter().any(|word| text.eq_ignore_ascii_case(word)) {
            &mut self.booleans
        } else if date::is_iso(text) {
            &mut self.dates
        } else {
            &mut self.texts
        };
        *count += 1;
    }

    /// Returns how many cells said something.
    #[must_use]
    pub fn values(&self) -> u64 {
        self.integers + self.floats + self.booleans + self.dates + self.texts
    }

    /// Returns the narrowest type that holds every cell; text if there was nothing to see.
    #[must_use]
    pub fn finish(&self) -> AttributeType {
        let values = self.values();
        if values == 0 {
            AttributeType::String
        } else if self.integers == values {
            AttributeType::Integer
        } else if self.integers + self.floats == values {
            AttributeType::Float
        } else if self.booleans == values {
            AttributeType::Boolean
        } else if self.dates == values {
            AttributeType::Date
        } else {
            AttributeType::String
        }
    }
}

impl fmt::Display for TypeGuess {
    /// Writes the type and what it rests on: `string (12 integers, 3 texts, 2 empty cells)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = [
            ("integer", self.integers),
            ("float", self.floats),
            ("boolean", self.booleans),
            ("date", self.dates),
            ("text", self.texts),
            ("empty cell", self.empty),
        ];
        let seen: Vec<String> = counts
            .iter()
            .filter(|(_, count)| *count > 0)
            .map(|(what, count)| format!("{count} {what}{}", if *count == 1 { "" } else { "s" }))
            .collect();
        let seen = if seen.is_empty() { "no cells".to_owned() } else { seen.join(", ") };
        write!(f, "{} ({seen})", self.finish())
    }
}

/// More digits than a float holds exactly are an id, not a number to count with.
const MOST_DIGITS: usize = 15;

fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    is_digits(digits) && digits.len() <= MOST_DIGITS && (digits.len() == 1 || !digits.starts_with('0'))
}

fn is_float(text: &str) -> bool {
    text.split_once('.').is_some_and(|(whole, decimals)| {
        // `-0` is no integer, and `-0.5` is a number.
        is_digits(decimals) && (is_integer(whole) || whole == "-0") && text.len() <= MOST_DIGITS + 2
    })
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(cells: &[&str], expected: &str) {
        let mut guess = TypeGuess::default();
        for cell in cells {
            guess.observe(&Cell::Text((*cell).into()));
        }
        assert_eq!(expected, guess.to_string());
    }

    #[test]
    fn the_narrowest_type_that_holds_every_cell_is_taken() {
        check(&["1", "-42", "0", ""], "integer (3 integers, 1 empty cell)");
        check(&["1", "2.5", "-0.5"], "float (1 integer, 2 floats)");
        check(&["true", "No", "YES"], "boolean (3 booleans)");
        check(&["2024-01-31", "2024-01-31T10:20:30Z", r"\N"], "date (2 dates, 1 empty cell)");
        check(&["pro", "free"], "string (2 texts)");
    }

    #[test]
    fn every_doubt_ends_in_text() {
        check(&["007", "1"], "string (1 integer, 1 text)");
        check(&["+441234"], "string (1 text)");
        check(&["1234567890123456"], "string (1 text)");
        check(&["1e5"], "string (1 text)");
        check(&["01.5"], "string (1 text)");
        check(&["1", "true"], "string (1 integer, 1 boolean)");
        check(&["31/01/2024"], "string (1 text)");
        check(&["2024-01-31", "1706659200"], "string (1 integer, 1 date)");
        check(&["y", "on"], "string (2 texts)");
        check(&["", r"\N"], "string (2 empty cells)");
        check(&[], "string (no cells)");
    }

    #[test]
    fn typed_cells_count_as_their_type() {
        let mut guess = TypeGuess::default();
        for json in [serde_json::json!(3), serde_json::json!(1.5), Json::Null] {
            guess.observe(&Cell::Json(&json));
        }
        guess.observe(&Cell::Missing);
        assert_eq!(guess.to_string(), "float (1 integer, 1 float, 2 empty cells)");
        guess.observe(&Cell::Json(&serde_json::json!({})));
        guess.observe(&Cell::Json(&serde_json::json!(true)));
        assert_eq!((guess.finish(), guess.values()), (AttributeType::String, 4));
    }
}
