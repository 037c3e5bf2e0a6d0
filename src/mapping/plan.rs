//! The compiled mapping: what is done to each row.

use super::Empty;
use super::Fault;
use super::FaultKind;
use super::Identity;
use super::Key;
use super::NewAttribute;
use super::fault::shorten;
use super::json;
use super::value::Converter;
use crate::intercom::Field;
use crate::intercom::MAX_COMPANIES;
use crate::intercom::Role;
use crate::intercom::UserFields;
use crate::intercom::Value;
use crate::rows::Cell;
use crate::rows::CellError;
use crate::rows::Row;

/// The cell that clears its field, whatever empty cells do; MySQL and PostgreSQL write NULL so.
const CLEAR: &str = r"\N";

/// A mapping that fits one file: which cell becomes which field, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct Mapping {
    pub(super) columns: Vec<PlannedColumn>,
    pub(super) key: Key,
    pub(super) role: Role,
    pub(super) notices: Vec<String>,
    pub(super) new_attributes: Vec<NewAttribute>,
}

/// One column that becomes a field.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PlannedColumn {
    pub(super) index: usize,
    pub(super) name: String,
    pub(super) field: Field,
    pub(super) converter: Converter,
    pub(super) empty: Empty,
}

impl Mapping {
    /// Turns a row into fields, in the order of its columns.
    ///
    /// A cell that is missing, and one that is empty unless [`Empty::Clear`] says otherwise, leaves its field alone. In
    /// an NDJSON row `null` and `[]` count as empty.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the row, in the order of its columns, a missing key last.
    pub fn apply(&self, row: &Row) -> Result<UserFields, Vec<Fault>> {
        self.apply_cells(|column| row.cell(column))
    }

    /// Turns cells into fields, as [`apply`](Self::apply) does with those of a row.
    ///
    /// # Errors
    ///
    /// As [`apply`](Self::apply).
    pub fn apply_cells<'c>(
        &self,
        cell: impl Fn(usize) -> Result<Cell<'c>, CellError>,
    ) -> Result<UserFields, Vec<Fault>> {
        let mut fields = UserFields::with_capacity(self.columns.len());
        let mut faults = Vec::new();
        for column in &self.columns {
            let cell = cell(column.index);
            match column.read(&cell) {
                Ok(Some(Value::List(names))) if column.field.is_list() => {
                    fields.extend_texts(column.field.clone(), names);
                }
                Ok(Some(value)) => fields.push(column.field.clone(), value),
                Ok(None) => {}
                Err(kind) => faults.push(column.fault(kind, &cell)),
            }
        }
        faults.extend(self.missing_key(&fields, &faults));
        faults.extend(too_many_companies(&fields));
        if faults.is_empty() { Ok(fields) } else { Err(faults) }
    }

    /// Returns the fault of a row without a key, unless it would have one but for another fault.
    fn missing_key(&self, fields: &UserFields, faults: &[Fault]) -> Option<Fault> {
        let role = role_of(fields, self.role);
        let kind = match self.key.of_role(role) {
            Err(kind) => kind,
            Ok(key) => {
                let is_key =
                    |fault: &Fault| fault.field.as_ref().is_some_and(|field| key.fields().contains(field));
                if key.is_in(fields) || faults.iter().any(is_key) {
                    return None;
                }
                match (role, key) {
                    (Role::Lead, Key::Email) => FaultKind::LeadWithoutEmail,
                    _ => FaultKind::NoKey { key },
                }
            }
        };
        Some(Fault { column: None, field: None, kind, value: String::new() })
    }

    /// Returns what a row is matched by, and its identity, of fields that [`apply`](Self::apply) returned.
    #[must_use]
    pub fn identity(&self, fields: &UserFields) -> Identity {
        let key = self.key.of_role(role_of(fields, self.role));
        key.ok().and_then(|key| key.of(fields)).expect("a row without its key is a fault")
    }

    /// Names the user of a row that may be faulty elsewhere, as far as its key can be read: `email a@x.test`.
    #[must_use]
    pub fn name_of(&self, row: &Row) -> Option<String> {
        self.key.fields().iter().find_map(|field| {
            let column = self.columns.iter().find(|column| column.field == *field)?;
            match column.read(&row.cell(column.index)).ok()?? {
                Value::Text(text) => Some(format!("{field} {text}")),
                _ => None,
            }
        })
    }

    /// Returns what the user should know about columns that were left out or taken on trust.
    #[must_use]
    pub fn notices(&self) -> &[String] {
        &self.notices
    }

    /// Returns the columns that need a custom attribute which the workspace does not have, as far as anyone looked.
    ///
    /// With [`Unknown::CreateAttribute`](super::Unknown::CreateAttribute): find their types, create them, and compile
    /// again with the attributes; until then their cells are not checked.
    #[must_use]
    pub fn new_attributes(&self) -> &[NewAttribute] {
        &self.new_attributes
    }

    /// Walks the columns, from 0, that must be empty because the engine cannot write their field.
    pub fn must_be_empty(&self) -> impl Iterator<Item = usize> {
        let is_unwritable = |column: &&PlannedColumn| matches!(column.converter, Converter::Nothing { .. });
        self.columns.iter().filter(is_unwritable).map(|column| column.index)
    }

    /// Returns what is wrong with one cell of a row, as [`apply`](Self::apply) does with all.
    #[must_use]
    pub fn fault_of(&self, row: &Row, index: usize) -> Option<Fault> {
        let column = self.columns.iter().find(|column| column.index == index)?;
        let cell = row.cell(index);
        column.read(&cell).err().map(|kind| column.fault(kind, &cell))
    }

    /// Returns whether a row may be a lead.
    #[must_use]
    pub fn may_write_leads(&self) -> bool {
        self.role == Role::Lead || self.column(&Field::Role).is_some()
    }

    /// Returns what rows are matched by.
    #[must_use]
    pub fn key(&self) -> Key {
        self.key
    }

    /// Returns the column that a field comes from.
    #[must_use]
    pub fn column(&self, field: &Field) -> Option<&str> {
        self.columns.iter().find(|column| column.field == *field).map(|column| column.name.as_str())
    }

    /// Walks the columns that become fields, by their place in the file, from 0.
    pub fn indexed_columns(&self) -> impl Iterator<Item = (usize, &Field)> {
        self.columns.iter().map(|column| (column.index, &column.field))
    }

    /// Walks the columns that become fields, in the order of the file.
    pub fn columns(&self) -> impl Iterator<Item = (&str, &Field)> {
        self.columns.iter().map(|column| (column.name.as_str(), &column.field))
    }
}

impl PlannedColumn {
    pub(super) fn read(&self, cell: &Result<Cell<'_>, CellError>) -> Result<Option<Value>, FaultKind> {
        match cell {
            Ok(Cell::Text(text)) => self.read_text(text),
            Ok(Cell::Missing) => Ok(None),
            Ok(Cell::Json(serde_json::Value::String(text))) => self.read_text(text),
            Ok(Cell::Json(json)) if json::is_empty(json) => Ok(self.read_empty()),
            Ok(Cell::Json(json)) => self.converter.convert_json(json).map(|value| self.unless_empty(value)),
            Err(error) => Err(FaultKind::NotText(error.clone())),
        }
    }

    fn read_text(&self, text: &str) -> Result<Option<Value>, FaultKind> {
        let trimmed = trim(text);
        if trimmed.is_empty() {
            return Ok(self.read_empty());
        }
        if trimmed == CLEAR {
            return self.clear().map(Some);
        }
        self.converter.convert(text, trimmed).map(|value| self.unless_empty(value))
    }

    fn read_empty(&self) -> Option<Value> {
        match self.empty {
            Empty::Leave => None,
            Empty::Clear => Some(Value::Clear),
        }
    }

    /// Treats a list of nothing (`;`) as the empty cell that it is.
    fn unless_empty(&self, value: Value) -> Option<Value> {
        match value {
            Value::List(items) if items.is_empty() => self.read_empty(),
            value => Some(value),
        }
    }

    /// Intercom keeps an `external_id` that is set to null without saying so; a role cannot be taken away.
    fn clear(&self) -> Result<Value, FaultKind> {
        match self.field {
            Field::Id | Field::ExternalId | Field::Role | Field::Companies | Field::Tags => {
                Err(FaultKind::NotClearable)
            }
            _ => Ok(Value::Clear),
        }
    }

    #[cold]
    fn fault(&self, kind: FaultKind, cell: &Result<Cell<'_>, CellError>) -> Fault {
        let value = match cell {
            Ok(Cell::Text(text)) => shorten(text.trim()),
            Ok(Cell::Json(serde_json::Value::String(text))) => shorten(text.trim()),
            Ok(Cell::Json(json)) => shorten(&json.to_string()),
            Ok(Cell::Missing) | Err(_) => String::new(),
        };
        Fault { column: Some(self.name.clone()), field: Some(self.field.clone()), kind, value }
    }
}

/// Returns what a row is: what it says, else what the run says.
fn role_of(fields: &UserFields, otherwise: Role) -> Role {
    role_of_text(fields.text(&Field::Role), otherwise)
}

pub(super) fn role_of_text(text: Option<&str>, otherwise: Role) -> Role {
    match text {
        Some("lead") => Role::Lead,
        Some(_) => Role::User,
        None => otherwise,
    }
}

fn too_many_companies(fields: &UserFields) -> Option<Fault> {
    let count = fields.texts(&Field::Companies).len();
    (count > MAX_COMPANIES).then(|| Fault {
        column: None,
        field: Some(Field::Companies),
        kind: FaultKind::TooManyCompanies { count },
        value: String::new(),
    })
}

/// Trims as `str::trim` does, without decoding both ends of what has nothing to trim, which is most cells.
fn trim(text: &str) -> &str {
    match text.as_bytes() {
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim(),
    }
}

#[cfg(test)]
mod tests;
