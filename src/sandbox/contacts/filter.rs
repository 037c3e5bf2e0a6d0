//! The query of a search: read and checked against the grammar [S], then asked about one contact at a time. Pure.
//!
//! Groups nest two deep and hold 15 filters at most [S]. Codes and texts of refusals other than `invalid_field` are [X].

use jiff::tz::TimeZone;
use serde_json::Value;

use super::day::Day;
use super::membership::Membership;
use super::operator::Operator;
use super::operator::Precision;
use super::values::Found;
use super::values::Kind;
use super::values::SearchField;
use crate::sandbox::attributes::Attributes;
use crate::sandbox::clock::Moment;
use crate::sandbox::contact::Contact;
use crate::sandbox::errors::Refusal;
use crate::sandbox::identities::Key;
use crate::sandbox::index::Seconds;
use crate::sandbox::tag::Tags;
use crate::sandbox::unknowns::UnknownOperator;
use crate::sandbox::unknowns::Unknowns;
use crate::sandbox::versions::Version;

/// How deep groups nest [S].
const MAX_DEPTH: usize = 2;
/// How many filters a group holds [S].
const MAX_FILTERS: usize = 15;

/// A query.
#[derive(Debug)]
pub(super) enum Filter {
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Leaf(Leaf),
    Segments(Membership),
}

/// One comparison.
#[derive(Debug)]
pub(super) struct Leaf {
    field: SearchField,
    operator: Operator,
    /// One, or those of `IN` and `NIN`.
    operands: Vec<Found<'static>>,
    /// The day of the operand, where times are compared by whole days.
    day: Option<Day>,
}

/// What a query is read with.
#[derive(Clone, Copy)]
pub(super) struct Grammar<'a> {
    pub(super) attributes: &'a Attributes,
    pub(super) version: Version,
    /// The workspace's, in which a day begins.
    pub(super) zone: &'a TimeZone,
    pub(super) unknowns: &'a Unknowns,
    /// The workspace's, on which segments hang.
    pub(super) tags: &'a Tags,
    pub(super) now: Moment,
}

impl Grammar<'_> {
    /// Returns what a field is compared by: before Preview every time by its day, in Preview date attributes only [S].
    fn precision(self, kind: Kind) -> Precision {
        match kind {
            Kind::Day => Precision::Day,
            Kind::Timestamp if self.version != Version::PREVIEW => Precision::Day,
            _ => Precision::Exact,
        }
    }

    /// Returns the day of an operand: the workspace's, in Preview UTC's [S][S0 #627].
    fn day(
        self,
        operand: Option<&Found<'_>>,
        precision: Precision,
        name: &str,
    ) -> Result<Option<Day>, Refusal> {
        match (precision, operand) {
            (Precision::Day, Some(Found::Number(seconds))) => {
                let zone = if self.version == Version::PREVIEW { &TimeZone::UTC } else { self.zone };
                Day::of(*seconds, zone).map(Some).ok_or_else(|| invalid_value(name))
            }
            _ => Ok(None),
        }
    }
}

impl Filter {
    /// Reads a query.
    pub(super) fn read(query: &Value, grammar: Grammar<'_>) -> Result<Filter, Refusal> {
        read_at(query, grammar, 0)
    }

    /// Says whether a contact is meant.
    pub(super) fn matches(&self, contact: &Contact) -> bool {
        match self {
            Filter::All(filters) => filters.iter().all(|filter| filter.matches(contact)),
            Filter::Any(filters) => filters.iter().any(|filter| filter.matches(contact)),
            Filter::Leaf(leaf) => leaf.matches(contact),
            Filter::Segments(membership) => membership.matches(contact),
        }
    }

    /// Returns the seconds among which every match has its value of a field.
    pub(super) fn seconds(&self, field: &str) -> Seconds {
        match self {
            Filter::All(filters) => {
                filters.iter().map(|filter| filter.seconds(field)).fold(Seconds::ALL, Seconds::and)
            }
            Filter::Any(filters) => {
                filters.iter().map(|filter| filter.seconds(field)).reduce(Seconds::or).unwrap_or(Seconds::ALL)
            }
            Filter::Leaf(leaf) if leaf.field.is(field) => leaf.seconds(),
            Filter::Leaf(_) | Filter::Segments(_) => Seconds::ALL,
        }
    }

    /// Returns keys of which every match has one; `None` if only a look at every contact can tell.
    pub(super) fn keys(&self) -> Option<Vec<Key<'_>>> {
        match self {
            Filter::All(filters) => filters.iter().find_map(Filter::keys),
            Filter::Any(filters) => {
                filters.iter().map(Filter::keys).collect::<Option<Vec<_>>>().map(|keys| keys.concat())
            }
            Filter::Leaf(leaf) => leaf.keys(),
            Filter::Segments(_) => None,
        }
    }
}

fn read_at(query: &Value, grammar: Grammar<'_>, depth: usize) -> Result<Filter, Refusal> {
    let operator = query.get("operator").and_then(Value::as_str).unwrap_or_default();
    let group = matches!(operator, "AND" | "OR") && query.get("field").is_none();
    if !group {
        return read_leaf(query, operator, grammar);
    }
    let Some(Value::Array(filters)) = query.get("value") else {
        return Err(Refusal::parameter_invalid("The value of AND and OR must be an array of filters"));
    };
    if MAX_DEPTH <= depth {
        return Err(Refusal::parameter_invalid("Queries cannot be nested more than 2 levels deep"));
    }
    if filters.is_empty() || MAX_FILTERS < filters.len() {
        return Err(Refusal::parameter_invalid("A group must have between 1 and 15 filters"));
    }
    let filters =
        filters.iter().map(|filter| read_at(filter, grammar, depth + 1)).collect::<Result<_, _>>()?;
    Ok(if operator == "AND" { Filter::All(filters) } else { Filter::Any(filters) })
}

fn read_leaf(query: &Value, operator: &str, grammar: Grammar<'_>) -> Result<Filter, Refusal> {
    let name = query.get("field").and_then(Value::as_str);
    let name = name.ok_or_else(|| Refusal::parameter_invalid("A filter must have a field"))?;
    let field =
        SearchField::find(name, grammar.attributes, grammar.version).ok_or_else(|| invalid_field(name))?;
    if operator.is_empty() {
        return Err(Refusal::parameter_invalid("A filter must have an operator"));
    }
    let precision = grammar.precision(field.kind);
    let known = Operator::read(operator).ok_or_else(|| unknown_operator(operator, name, grammar.unknowns))?;
    if !known.suits(field.kind, precision) {
        return Err(invalid_operator(operator, name));
    }
    let value = query.get("value").unwrap_or(&Value::Null);
    let operands = operands(value, known, field.kind).ok_or_else(|| invalid_value(name))?;
    if field.kind == Kind::Segment {
        return Ok(Filter::Segments(Membership::of(known, &operands, grammar)));
    }
    let day = grammar.day(operands.first(), precision, name)?;
    Ok(Filter::Leaf(Leaf { field, operator: known, operands, day }))
}

impl Leaf {
    fn matches(&self, contact: &Contact) -> bool {
        if self.field.kind == Kind::Tag {
            return (self.operator == Operator::Equal) == self.has_tag(contact);
        }
        let found = self.field.value(contact);
        if let (Some(day), Found::Number(time)) = (&self.day, &found) {
            return self.operator.holds_by_day(*time, day);
        }
        self.operator.holds(&found, &self.operands)
    }

    /// Says whether a contact has the tag, or, for null, none at all.
    fn has_tag(&self, contact: &Contact) -> bool {
        match self.operands.first() {
            Some(Found::Text(id)) => id.parse().is_ok_and(|id| contact.links.tag(id).is_some()),
            _ => contact.links.tags.is_empty(),
        }
    }

    fn seconds(&self) -> Seconds {
        let (start, end) = match (&self.day, self.operands.first()) {
            (Some(day), _) => (day.start as i64, day.end as i64 - 1),
            (None, Some(Found::Number(at))) => (at.floor() as i64, at.ceil() as i64),
            _ => return Seconds::ALL,
        };
        match self.operator {
            Operator::Equal => Seconds { first: start, last: end },
            Operator::Greater | Operator::GreaterOrEqual => Seconds { first: start, ..Seconds::ALL },
            Operator::Less | Operator::LessOrEqual => Seconds { last: end, ..Seconds::ALL },
            _ => Seconds::ALL,
        }
    }

    fn keys(&self) -> Option<Vec<Key<'_>>> {
        if !matches!(self.operator, Operator::Equal | Operator::In) {
            return None;
        }
        self.operands.iter().map(|operand| operand.key(&self.field)).collect()
    }
}

fn operands(value: &Value, operator: Operator, kind: Kind) -> Option<Vec<Found<'static>>> {
    let several = matches!(operator, Operator::In | Operator::NotIn);
    match value {
        Value::Array(values) if several => values.iter().map(|value| Found::operand(value, kind)).collect(),
        _ if several => None,
        value => Found::operand(value, kind).map(|operand| vec![operand]),
    }
}

/// 400; documented for companies, analogous for contacts [S0].
pub(super) fn invalid_field(name: &str) -> Refusal {
    let status = axum::http::StatusCode::BAD_REQUEST;
    Refusal::new(status, "invalid_field", format!("{name} is not a valid search field"))
}

/// An operator that no field has was told 500 once: `AND` beside a field [I node#344].
fn unknown_operator(operator: &str, name: &str, unknowns: &Unknowns) -> Refusal {
    match unknowns.unknown_operator {
        UnknownOperator::ServerError => Refusal::server_error(),
        UnknownOperator::Refused => invalid_operator(operator, name),
    }
}

/// 400 for an operator that the field's type does not have: documented as an error [S 2.16], without its text.
fn invalid_operator(operator: &str, name: &str) -> Refusal {
    Refusal::parameter_invalid(format!("'{operator}' is not a valid operator for {name}"))
}

fn invalid_value(name: &str) -> Refusal {
    Refusal::parameter_invalid(format!("The value is not valid for {name}"))
}
