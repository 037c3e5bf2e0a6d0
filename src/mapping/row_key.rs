//! What a row is matched by, with nothing else of it looked at: for a reading that only wants to know who is there.

use super::Identity;
use super::Mapping;
use super::plan::role_of_text;
use crate::intercom::Field;
use crate::intercom::Role;
use crate::intercom::Value;
use crate::rows::Row;

/// Whose a row is. The same email is somebody else as a lead's and as a user's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowKey {
    /// What the row is.
    pub role: Role,
    /// What it is matched by.
    pub identity: Identity,
}

/// A cell that the key depends on cannot be read.
struct Unreadable;

impl Mapping {
    /// Returns the key that [`apply`](Self::apply) would match the row by, whatever is wrong with its other cells; `None`
    /// if it has none, or none that can be read.
    #[must_use]
    pub fn key_of(&self, row: &Row) -> Option<RowKey> {
        let role = role_of_text(self.text_of(row, &Field::Role).ok()?.as_deref(), self.role);
        for field in self.key.of_role(role).ok()?.fields() {
            if let Some(text) = self.text_of(row, field).ok()? {
                let identity = match field {
                    Field::ExternalId => Identity::ExternalId(text),
                    Field::Email => Identity::Email(text),
                    _ => Identity::Id(text),
                };
                return Some(RowKey { role, identity });
            }
        }
        None
    }

    fn text_of(&self, row: &Row, field: &Field) -> Result<Option<String>, Unreadable> {
        let Some(column) = self.columns.iter().find(|column| column.field == *field) else { return Ok(None) };
        match column.read(&row.cell(column.index)) {
            Ok(Some(Value::Text(text))) => Ok(Some(text.into())),
            Ok(_) => Ok(None),
            Err(_) => Err(Unreadable),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::{Key, MappingSpec};
    use crate::rows::{Read, ReadOptions, Rows};

    /// Shows the key of the only row, which is the one that `apply` gives if the row is valid.
    #[track_caller]
    fn check(file: &'static str, key: Key, role: Role, expected: &str) {
        let mut rows =
            Rows::from_reader("memory", Box::new(file.as_bytes()), &ReadOptions::default()).unwrap();
        let spec = MappingSpec { role, ..MappingSpec::default() };
        let mapping = Mapping::compile(rows.columns(), &spec, &[], key).unwrap();
        let Some(Ok(Read::Row(row))) = rows.next() else { panic!("there is a row") };
        let found = mapping.key_of(&row);
        let shown = found.as_ref().map(|key| format!("{:?} {}", key.role, key.identity));
        assert_eq!(expected, shown.as_deref().unwrap_or("-"));
        if let Ok(fields) = mapping.apply(&row) {
            assert_eq!(Some(mapping.identity(&fields)), found.map(|key| key.identity));
        }
    }

    #[test]
    fn the_key_is_the_one_that_the_row_is_matched_by() {
        check("external_id,email\nu-1,a@x.test\n", Key::Auto, Role::User, "User external_id u-1");
        check("external_id,email\n, A@X.test \n", Key::Auto, Role::User, "User email a@x.test");
        check("external_id,email\nu-1,a@x.test\n", Key::Email, Role::User, "User email a@x.test");
        check("external_id,email\nu-1,a@x.test\n", Key::Auto, Role::Lead, "Lead email a@x.test");
        check("external_id,email,role\nu-1,a@x.test,lead\n", Key::Auto, Role::User, "Lead email a@x.test");
        check("external_id,email,role\nu-1,a@x.test,\n", Key::Auto, Role::User, "User external_id u-1");
        check("{\"email\":\"A@x.test\",\"name\":7}\n", Key::Auto, Role::User, "User email a@x.test");
    }

    #[test]
    fn a_row_that_is_invalid_elsewhere_has_its_key() {
        check("email,signed_up_at\na@x.test,soon\n", Key::Auto, Role::User, "User email a@x.test");
    }

    #[test]
    fn a_row_whose_key_cannot_be_read_has_none() {
        check("email,name\n,Ann\n", Key::Auto, Role::User, "-");
        check("email,name\nno,Ann\n", Key::Auto, Role::User, "-");
        check("external_id,email\n\\N,a@x.test\n", Key::Auto, Role::User, "-");
        check("email,role\na@x.test,king\n", Key::Auto, Role::User, "-");
        check("external_id,role\nu-1,lead\n", Key::ExternalId, Role::User, "-");
    }
}
