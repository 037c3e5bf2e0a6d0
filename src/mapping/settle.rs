//! What one column means. The order of precedence is described in `mod.rs`.

use super::Attribute;
use super::AttributeType;
use super::Key;
use super::Kind;
use super::MappingError;
use super::MappingSpec;
use super::Rule;
use super::Unknown;
use super::UnknownColumn;
use super::names;
use super::suggest;
use super::value::Converter;
use crate::intercom::Field;
use crate::intercom::Unwritable;

/// What becomes of a column.
#[derive(Debug)]
pub(super) enum Decision {
    /// It becomes a field.
    Map { field: Field, converter: Converter, notice: Option<String> },
    /// It becomes an attribute that the workspace does not have, or that nobody looked up.
    MapNew { name: String, data_type: Option<AttributeType>, converter: Converter },
    /// It is left out, because the user said so.
    Ignore,
    /// It is left out, because Intercom reports it and does not take it.
    ReadOnly,
    /// It is left out, because it has no name that a rule could mention.
    Nameless,
    /// Somebody has to say what it is.
    Unknown(UnknownColumn),
}

/// What a decision depends on besides the column.
#[derive(Debug, Clone, Copy)]
pub(super) struct Circumstances<'a> {
    pub(super) spec: &'a MappingSpec,
    pub(super) attributes: &'a [Attribute],
    pub(super) key: Key,
}

impl Circumstances<'_> {
    /// Decides what becomes of a column.
    pub(super) fn decide(&self, column: &str) -> Result<Decision, MappingError> {
        if let Some(rule) = self.spec.rules.iter().rev().find(|rule| rule.is_for(column)) {
            return self.by_rule(column, rule);
        }
        if self.spec.ignore.iter().any(|ignored| ignored.trim() == column.trim()) {
            return Ok(Decision::Ignore);
        }
        match column.trim() {
            "" => Ok(Decision::Nameless),
            name => self.by_name(column, name),
        }
    }

    fn by_rule(&self, column: &str, rule: &Rule) -> Result<Decision, MappingError> {
        if rule.field == Field::Id && self.key != Key::Id {
            return Err(MappingError::NotWritable {
                column: column.to_owned(),
                field: "id".into(),
                why: names::ID_IS_ASSIGNED.into(),
                instead: "custom.id".into(),
                other_engine: None,
            });
        }
        if let Some(unwritable) = self.spec.dialect.refuses(&rule.field) {
            return Err(MappingError::NotWritable {
                column: column.to_owned(),
                field: rule.field.to_string(),
                why: unwritable.why.into(),
                instead: names::stand_in(&rule.field),
                other_engine: unwritable.other_engine,
            });
        }
        self.map(column, rule.field.clone(), rule.kind.as_ref())
    }

    fn by_name(&self, column: &str, name: &str) -> Result<Decision, MappingError> {
        match names::field(name) {
            Some(Field::Id) if self.key != Key::Id => return Ok(Decision::ReadOnly),
            Some(field) if self.spec.dialect.refuses(&field).is_none() => {
                return self.map(column, field, None);
            }
            _ => {}
        }
        if names::is_read_only(name) {
            return Ok(Decision::ReadOnly);
        }
        if let Some(reported) = self.reported_only(column, name) {
            return Ok(reported);
        }
        if self.attribute(name).is_some_and(|attribute| !attribute.archived) {
            return self.map(column, Field::Custom(name.into()), None);
        }
        if let Some(known) = names::not_writable(name) {
            return Ok(Decision::Unknown(not_writable(column, known)));
        }
        // Before the usual names: with an attribute `Mobile`, nobody knows which of the two `mobile` is.
        if self.attribute(name).is_none() && self.has_like_named_attribute(name) {
            return Ok(Decision::Unknown(self.unknown(column, None)));
        }
        match names::alias(name) {
            Some(field) => match self.spec.dialect.refuses(&field) {
                Some(unwritable) => Ok(Decision::Unknown(unwritable_column(column, &field, unwritable))),
                None => self.map(column, field, None),
            },
            None => self.stranger(column, name),
        }
    }

    /// Decides about a column that the server reports and this version of it does not take: our own export has it, most
    /// often empty. A row that has a value there is not sent.
    fn reported_only(&self, column: &str, name: &str) -> Option<Decision> {
        let field = names::field(name).filter(|field| *field == Field::LanguageOverride)?;
        let why = self.spec.dialect.refuses(&field)?.why;
        let instead = names::stand_in(&field);
        let converter = Converter::Nothing { why, instead: suggest::rule(column, &instead) };
        Some(Decision::Map { field, converter, notice: None })
    }

    /// Decides about a column that is neither a field nor an attribute in use.
    fn stranger(&self, column: &str, name: &str) -> Result<Decision, MappingError> {
        let is_archived = self.attribute(name).is_some();
        let is_refused = self.spec.unknown == Unknown::Refuse || self.is_slip(name);
        if is_refused && !is_archived {
            return Ok(Decision::Unknown(self.unknown(column, None)));
        }
        self.map(column, Field::Custom(name.into()), None)
    }

    /// Decides about a column whose field is known.
    fn map(&self, column: &str, field: Field, kind: Option<&Kind>) -> Result<Decision, MappingError> {
        let Field::Custom(name) = &field else {
            let rule = || suggest::rule(column, &target(&field, kind));
            let converter = Converter::of_field(&field, kind, self.spec)
                .map_err(|why| MappingError::BadRule { rule: rule(), why })?;
            return Ok(Decision::Map { field, converter, notice: None });
        };
        match self.attribute(name) {
            Some(attribute) if attribute.archived => Err(MappingError::ArchivedAttribute {
                column: column.to_owned(),
                attribute: attribute.name.clone(),
            }),
            Some(attribute) => {
                let converter = Converter::of_attribute(attribute, kind);
                let notice = kind.and_then(|kind| disagreement(column, kind, attribute));
                Ok(Decision::Map { field, converter, notice })
            }
            None if self.spec.unknown == Unknown::Refuse => {
                Ok(Decision::Unknown(self.unknown(column, Some(name))))
            }
            None => Ok(Decision::MapNew {
                name: name.as_ref().to_owned(),
                data_type: kind.map(Kind::data_type),
                converter: kind.map_or(Converter::Any, Converter::of_kind),
            }),
        }
    }

    fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }

    /// Returns the attribute in use whose name differs from this one in nothing but case.
    pub(super) fn in_other_case(&self, name: &str) -> Option<&Attribute> {
        let lower = name.to_lowercase();
        let mut in_use = self.attributes.iter().filter(|attribute| !attribute.archived);
        in_use.find(|attribute| attribute.name != name && attribute.name.to_lowercase() == lower)
    }

    fn has_like_named_attribute(&self, name: &str) -> bool {
        let folded = names::fold(name);
        self.attributes.iter().filter(|attribute| !attribute.archived).any(|attribute| {
            let known = names::fold(&attribute.name);
            known == folded || names::is_slip(&known, &folded)
        })
    }

    /// Returns whether a name looks like a misspelt field or attribute, which nobody wants as a new attribute.
    fn is_slip(&self, name: &str) -> bool {
        names::slip_of(name).is_some() || self.has_like_named_attribute(name)
    }

    fn unknown(&self, column: &str, attribute: Option<&str>) -> UnknownColumn {
        let name = attribute.unwrap_or(column).trim();
        let mut nearest = suggest::targets(name, self.attributes, self.key);
        nearest.retain(|target| {
            names::field(target).is_none_or(|field| self.spec.dialect.refuses(&field).is_none())
        });
        let in_other_case = self.in_other_case(name).map(|known| known.name.clone());
        if let Some(known) = &in_other_case {
            // The only one that it can be meant for.
            nearest = vec![Field::Custom(known.as_str().into()).to_string()];
        }
        UnknownColumn {
            column: column.to_owned(),
            attribute: attribute.map(str::to_owned),
            nearest,
            in_other_case,
            why: None,
            is_creatable: attribute.is_some() || !self.is_slip(column),
            other_engine: None,
        }
    }
}

/// Returns what a rule names: a field, and a type where one is given.
fn target(field: &Field, kind: Option<&Kind>) -> String {
    let kind = kind.map_or_else(String::new, |kind| format!(":{kind}"));
    format!("{field}{kind}")
}

fn unwritable_column(column: &str, field: &Field, unwritable: Unwritable) -> UnknownColumn {
    UnknownColumn {
        column: column.to_owned(),
        attribute: None,
        nearest: vec![names::stand_in(field)],
        in_other_case: None,
        why: Some(unwritable.why.to_owned()),
        is_creatable: false,
        other_engine: unwritable.other_engine,
    }
}

fn not_writable(column: &str, known: names::NotWritable) -> UnknownColumn {
    UnknownColumn {
        column: column.to_owned(),
        attribute: None,
        nearest: vec![format!("custom.{}", known.name)],
        in_other_case: None,
        why: Some(known.why.to_owned()),
        is_creatable: false,
        other_engine: None,
    }
}

/// Returns what to tell a user whose rule and whose workspace disagree about the type of an attribute.
fn disagreement(column: &str, kind: &Kind, attribute: &Attribute) -> Option<String> {
    let agrees = match (kind, attribute.data_type) {
        // Lists of ids are references to custom objects, whose attributes have no type of their own.
        (Kind::List(_), _) | (Kind::Integer, AttributeType::Float | AttributeType::Date) => true,
        (kind, data_type) => kind.data_type() == data_type,
    };
    let Attribute { name, data_type, .. } = attribute;
    (!agrees).then(|| {
        format!("column `{column}` is read as {kind}, and the custom attribute `{name}` is {data_type}")
    })
}
