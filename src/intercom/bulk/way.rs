//! Which way a row goes that is to be written in bulk. Pure.

use super::BulkKind;
use super::item::holds;
use crate::intercom::{Field, Mode, Policy, Remembered, Role, UserFields, Value};

/// The way of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way<'a> {
    /// In bulk, as a new contact.
    Create,
    /// In bulk, to the contact with this id.
    Update(&'a str),
    /// Its contact is looked for first: nobody is to be created.
    Look,
    /// By itself, through the contacts engine: a bulk request does not take what it says.
    Alone,
    /// No way: it is a lead.
    Refused,
}

impl<'a> Way<'a> {
    /// Returns the way of a row; `key` is what it is matched by.
    #[must_use]
    pub fn of(fields: &'a UserFields, key: &Field, remembered: Remembered<'a>, policy: &Policy) -> Self {
        let is_lead = match fields.text(&Field::Role) {
            Some(role) => role == Role::Lead.name(),
            None => policy.role == Role::Lead,
        };
        match remembered {
            _ if is_lead => Self::Refused,
            Remembered::Delivered(_) => Self::Alone,
            _ if *key == Field::Id => match fields.text(&Field::Id) {
                // Of somebody whom the ledger does not know, a role may be a promotion.
                Some(id) if is_taken_by_update(fields) && fields.value(&Field::Role).is_none() => {
                    Self::Update(id)
                }
                _ => Self::Alone,
            },
            Remembered::Id(id) if policy.mode != Mode::Create => match is_taken_by_update(fields) {
                true => Self::Update(id),
                false => Self::Alone,
            },
            _ if policy.mode == Mode::Update => Self::Look,
            _ => Self::Create,
        }
    }
}

/// Returns whether an update in bulk can say all of this: it takes no times, and whether an empty value clears a field
/// is not said (the API's description). The role is that of a known user.
#[must_use]
pub fn is_taken_by_update(fields: &UserFields) -> bool {
    let is_taken = |field: &Field, value: &Value| match field {
        Field::SignedUpAt | Field::LastSeenAt => false,
        Field::Role => matches!(value, Value::Text(role) if role == Role::User.name()),
        _ => *value != Value::Clear,
    };
    let says_something =
        |field: &Field| holds(BulkKind::Update, field) || matches!(field, Field::Companies | Field::Tags);
    fields.iter().all(|(field, value)| is_taken(field, value))
        && fields.iter().any(|(field, _)| says_something(field))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(field: Field, text: &str) -> (Field, Value) {
        (field, Value::Text(text.into()))
    }

    #[track_caller]
    fn check(fields: &[(Field, Value)], key: &Field, remembered: Remembered<'_>, mode: Mode, way: Way<'_>) {
        let fields = fields.iter().cloned().collect();
        let policy = Policy { mode, ..Policy::default() };
        assert_eq!(way, Way::of(&fields, key, remembered, &policy));
    }

    #[test]
    fn a_row_is_created_unless_its_id_is_known() {
        let ann = [text(Field::ExternalId, "u-1"), text(Field::Name, "Ann")];
        let check_ann = |remembered, mode, way| check(&ann, &Field::ExternalId, remembered, mode, way);
        check_ann(Remembered::Nothing, Mode::Upsert, Way::Create);
        check_ann(Remembered::Nothing, Mode::Create, Way::Create);
        check_ann(Remembered::Nothing, Mode::Update, Way::Look);
        check_ann(Remembered::Id("6064"), Mode::Upsert, Way::Update("6064"));
        check_ann(Remembered::Id("6064"), Mode::Create, Way::Create);
        check_ann(Remembered::Delivered("6064"), Mode::Upsert, Way::Alone);
        let by_id = [text(Field::Id, "6064"), text(Field::Name, "Ann")];
        check(&by_id, &Field::Id, Remembered::Nothing, Mode::Upsert, Way::Update("6064"));
    }

    #[test]
    fn what_an_update_in_bulk_does_not_take_goes_alone() {
        let key = text(Field::ExternalId, "u-1");
        for field in [(Field::SignedUpAt, Value::Integer(1)), (Field::Phone, Value::Clear)] {
            let fields = [key.clone(), field];
            check(&fields, &Field::ExternalId, Remembered::Id("6064"), Mode::Upsert, Way::Alone);
            check(&fields, &Field::ExternalId, Remembered::Nothing, Mode::Upsert, Way::Create);
        }
        let user = [key.clone(), text(Field::Role, "user")];
        check(&user, &Field::ExternalId, Remembered::Id("6064"), Mode::Upsert, Way::Update("6064"));
        let promoted = [text(Field::Id, "6064"), text(Field::Role, "user")];
        check(&promoted, &Field::Id, Remembered::Nothing, Mode::Upsert, Way::Alone);
        let lead = [key, text(Field::Role, "lead")];
        check(&lead, &Field::ExternalId, Remembered::Nothing, Mode::Upsert, Way::Refused);
    }
}
