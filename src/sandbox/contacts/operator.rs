//! The operators of a search, and which field has which [S]. Pure.

use super::day::Day;
use super::values::Found;
use super::values::Kind;

/// What a time is compared by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Precision {
    Exact,
    Day,
}

/// A comparison's operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    In,
    NotIn,
    Contains,
    NotContains,
    StartsWith,
    EndsWith,
    Greater,
    Less,
    GreaterOrEqual,
    LessOrEqual,
}

impl Operator {
    /// Reads an operator; `None` if no field has it.
    pub(super) fn read(text: &str) -> Option<Operator> {
        Some(match text {
            "=" => Operator::Equal,
            "!=" => Operator::NotEqual,
            "IN" => Operator::In,
            "NIN" => Operator::NotIn,
            "~" => Operator::Contains,
            "!~" => Operator::NotContains,
            "^" => Operator::StartsWith,
            "$" => Operator::EndsWith,
            ">" => Operator::Greater,
            "<" => Operator::Less,
            ">=" => Operator::GreaterOrEqual,
            "<=" => Operator::LessOrEqual,
            _ => return None,
        })
    }

    /// Says whether a field has the operator [S].
    pub(super) fn suits(self, kind: Kind, precision: Precision) -> bool {
        use Operator as O;
        let equality = matches!(self, O::Equal | O::NotEqual);
        let list = matches!(self, O::In | O::NotIn);
        let comparison = matches!(self, O::Greater | O::Less | O::GreaterOrEqual | O::LessOrEqual);
        match (kind, precision) {
            (Kind::Text | Kind::Segment, _) => !comparison,
            (Kind::Boolean, _) => equality || list,
            (Kind::Number, _) => equality || list || comparison,
            (Kind::Tag, _) => equality,
            (Kind::Timestamp | Kind::Day, Precision::Day) => {
                matches!(self, O::Equal | O::Greater | O::Less)
            }
            (Kind::Timestamp | Kind::Day, Precision::Exact) => equality || comparison,
        }
    }

    /// Compares a value with one operand, or with those of `IN` and `NIN`.
    pub(super) fn holds(self, found: &Found<'_>, operands: &[Found<'_>]) -> bool {
        let one = operands.first().unwrap_or(&Found::Null);
        match self {
            Operator::Equal => found == one,
            Operator::NotEqual => found != one,
            Operator::In => operands.contains(found),
            Operator::NotIn => !operands.contains(found),
            Operator::Contains => text_test(found, one, |text, part| text.contains(part)),
            Operator::NotContains => !text_test(found, one, |text, part| text.contains(part)),
            Operator::StartsWith => text_test(found, one, |text, part| text.starts_with(part)),
            Operator::EndsWith => text_test(found, one, |text, part| text.ends_with(part)),
            Operator::Greater => number_test(found, one, |found, other| other < found),
            Operator::Less => number_test(found, one, |found, other| found < other),
            Operator::GreaterOrEqual => number_test(found, one, |found, other| other <= found),
            Operator::LessOrEqual => number_test(found, one, |found, other| found <= other),
        }
    }

    /// Returns the operator of which this one is the opposite, if it is an opposite.
    pub(super) fn denied(self) -> Option<Operator> {
        match self {
            Operator::NotEqual => Some(Operator::Equal),
            Operator::NotIn => Some(Operator::In),
            Operator::NotContains => Some(Operator::Contains),
            _ => None,
        }
    }

    /// Compares a time with a day: `=` is the whole day, `>` starts with the next one, `<` ends where it begins
    /// [S 2.16 #625].
    pub(super) fn holds_by_day(self, time: f64, day: &Day) -> bool {
        match self {
            Operator::Greater => day.end <= time,
            Operator::Less => time < day.start,
            _ => day.start <= time && time < day.end,
        }
    }
}

/// Compares numbers; null is on no side of anything.
fn number_test(found: &Found<'_>, operand: &Found<'_>, test: impl Fn(f64, f64) -> bool) -> bool {
    match (found, operand) {
        (Found::Number(found), Found::Number(operand)) => test(*found, *operand),
        _ => false,
    }
}

fn text_test(found: &Found<'_>, operand: &Found<'_>, test: impl Fn(&str, &str) -> bool) -> bool {
    match (found, operand) {
        (Found::Text(found), Found::Text(operand)) => test(found, operand),
        _ => false,
    }
}
