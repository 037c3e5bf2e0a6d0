//! From columns, rules and attributes to a plan; everything that can be wrong with a mapping is found here.

use super::Attribute;
use super::Empty;
use super::Key;
use super::Mapping;
use super::MappingError;
use super::MappingSpec;
use super::NewAttribute;
use super::Unknown;
use super::UnknownColumn;
use super::plan::PlannedColumn;
use super::settle::{Circumstances, Decision};
use super::suggest::nearest;
use super::value::Converter;
use crate::intercom::Engine;
use crate::intercom::Field;
use crate::intercom::Role;

impl Mapping {
    /// Settles what each column of a file becomes; the order of precedence is described in [`mapping`](super).
    ///
    /// # Errors
    ///
    /// If a column or a rule does not make sense; unknown columns are reported all at once.
    pub fn compile(
        columns: &[String],
        spec: &MappingSpec,
        attributes: &[Attribute],
        key: Key,
    ) -> Result<Self, MappingError> {
        match spec.dialect.engine() {
            Engine::Users if spec.role == Role::Lead => return Err(MappingError::LeadEngine),
            Engine::Bulk if spec.role == Role::Lead => return Err(MappingError::LeadInBulk),
            _ => {}
        }
        if spec.role == Role::Lead && key == Key::ExternalId {
            return Err(MappingError::LeadKey);
        }
        let mut draft = Draft::new(columns, spec)?;
        let circumstances = Circumstances { spec, attributes, key };
        for (index, column) in columns.iter().enumerate() {
            draft.add(index, column, circumstances.decide(column)?);
        }
        draft.finish(columns, spec, key)
    }
}

fn every_rule_has_its_column(columns: &[String], spec: &MappingSpec) -> Result<(), MappingError> {
    match spec.rules.iter().find(|rule| !columns.iter().any(|column| rule.is_for(column))) {
        None => Ok(()),
        Some(rule) => Err(MappingError::NoSuchColumn {
            column: rule.column.clone(),
            field: rule.field.clone(),
            columns: columns.to_vec(),
        }),
    }
}

/// Returns the columns to be left out that the file does not have. One mapping may serve several files, so they are
/// only told of; unless one looks like a column that would be written because of a typo.
fn absent_ignored(columns: &[String], spec: &MappingSpec) -> Result<Vec<String>, MappingError> {
    let is_ignored = |column: &str| spec.ignore.iter().any(|ignored| ignored.trim() == column.trim());
    let has_rule = |column: &str| spec.rules.iter().any(|rule| rule.is_for(column));
    let is_there = |ignored: &&String| columns.iter().any(|column| column.trim() == ignored.trim());
    let absent: Vec<&String> = spec.ignore.iter().filter(|ignored| !is_there(ignored)).collect();
    for ignored in &absent {
        let written =
            columns.iter().map(String::as_str).filter(|column| !is_ignored(column) && !has_rule(column));
        if let Some(nearest) = nearest(ignored, written).first() {
            return Err(MappingError::NoSuchIgnored {
                column: (*ignored).clone(),
                nearest: (*nearest).to_owned(),
            });
        }
    }
    Ok(absent.into_iter().cloned().collect())
}

/// A plan while the columns are gone through.
#[derive(Debug, Default)]
pub(super) struct Draft {
    empty: Empty,
    planned: Vec<PlannedColumn>,
    new_attributes: Vec<NewAttribute>,
    read_only: Vec<String>,
    nameless: Vec<String>,
    absent: Vec<String>,
    disagreements: Vec<String>,
    unknown: Vec<UnknownColumn>,
}

impl Draft {
    /// Begins with what can be said of a specification before any column is looked at.
    pub(super) fn new(columns: &[String], spec: &MappingSpec) -> Result<Self, MappingError> {
        every_rule_has_its_column(columns, spec)?;
        let absent = absent_ignored(columns, spec)?;
        Ok(Self { empty: spec.empty.unwrap_or_default(), absent, ..Self::default() })
    }

    /// Adds a column whose field no other column has.
    pub(super) fn add_unless_taken(&mut self, index: usize, column: &str, decision: Decision) {
        match &decision {
            Decision::Map { field, .. } if self.planned.iter().any(|planned| planned.field == *field) => {}
            _ => self.add(index, column, decision),
        }
    }

    pub(super) fn add(&mut self, index: usize, column: &str, decision: Decision) {
        match decision {
            Decision::Map { field, converter, notice } => {
                self.plan(index, column, field, converter);
                self.disagreements.extend(notice);
            }
            Decision::MapNew { name, data_type, converter } => {
                self.plan(index, column, Field::Custom(name.as_str().into()), converter);
                self.new_attributes.push(NewAttribute { name, index, column: column.to_owned(), data_type });
            }
            Decision::Ignore => {}
            Decision::ReadOnly => self.read_only.push(column.trim().to_owned()),
            Decision::Nameless => self.nameless.push((index + 1).to_string()),
            Decision::Unknown(unknown) => self.unknown.push(unknown),
        }
    }

    fn plan(&mut self, index: usize, column: &str, field: Field, converter: Converter) {
        let empty = match field {
            Field::Id | Field::ExternalId | Field::Email | Field::Role | Field::Companies | Field::Tags => {
                Empty::Leave
            }
            _ => self.empty,
        };
        self.planned.push(PlannedColumn { index, name: column.to_owned(), field, converter, empty });
    }

    pub(super) fn finish(
        self,
        columns: &[String],
        spec: &MappingSpec,
        key: Key,
    ) -> Result<Mapping, MappingError> {
        if !self.unknown.is_empty() {
            return Err(MappingError::UnknownColumns(self.unknown));
        }
        if let Some(error) = self.same_field() {
            return Err(error);
        }
        let of_role = key.of_role(spec.role).unwrap_or(key);
        let has_roles = self.planned.iter().any(|column| column.field == Field::Role);
        let is_key =
            |field: &Field| of_role.fields().contains(field) || has_roles && key.fields().contains(field);
        if !self.planned.iter().any(|column| is_key(&column.field)) {
            let key = of_role;
            return Err(MappingError::NoKeyColumn { key, columns: columns.to_vec() });
        }
        let notices = self.notices(spec.unknown);
        Ok(Mapping {
            columns: self.planned,
            key,
            role: spec.role,
            notices,
            new_attributes: self.new_attributes,
        })
    }

    fn same_field(&self) -> Option<MappingError> {
        let earlier =
            |at: usize, field: &Field| self.planned[..at].iter().find(|column| column.field == *field);
        let mut single = self.planned.iter().enumerate().filter(|(_, column)| !column.field.is_list());
        single.find_map(|(at, second)| {
            earlier(at, &second.field).map(|first| MappingError::SameField {
                field: second.field.clone(),
                first: first.name.clone(),
                second: second.name.clone(),
            })
        })
    }

    fn notices(&self, unknown: Unknown) -> Vec<String> {
        let assumed: Vec<&str> = match unknown {
            Unknown::AssumeAttribute => self.new_attributes.iter().map(|new| new.name.as_str()).collect(),
            Unknown::Refuse | Unknown::CreateAttribute => Vec::new(),
        };
        [
            ("ignored, read-only in Intercom", some_of(&self.read_only)),
            ("ignored, without a name: columns", self.nameless.join(", ")),
            ("to be left out, but not in the file", some_of(&self.absent)),
            ("taken for custom attributes, unchecked without a workspace", assumed.join(", ")),
        ]
        .into_iter()
        .filter(|(_, names)| !names.is_empty())
        .map(|(what, names)| format!("{what}: {names}"))
        .chain(self.disagreements.iter().cloned())
        .collect()
    }
}

/// Lists names, the first few of them if there are many: our own export has dozens of read-only columns.
fn some_of(names: &[String]) -> String {
    const SHOWN: usize = 4;
    if names.len() <= SHOWN + 1 {
        return names.join(", ");
    }
    format!("{} and {} more", names[..SHOWN].join(", "), names.len() - SHOWN)
}

#[cfg(test)]
mod tests;
