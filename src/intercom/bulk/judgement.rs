//! What became of a row, by what was read of its contact. Pure.

use super::BulkKind;
use crate::intercom::conflict::is_same_person;
use crate::intercom::diff::differences;
use crate::intercom::{Contact, Field, Upserted, UserFields};

/// What became of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Landed {
    /// The contact is as the row says.
    As(Upserted),
    /// It is the row's, and has other values in these fields.
    Differs(UserFields),
    /// It is somebody else.
    SomebodyElse,
}

/// Compares a row with a contact as it is after the row was sent; `begun_at` is the server's time before that.
///
/// Whoever changes the same contact between the two looks like this row.
#[must_use]
pub fn judge(kind: BulkKind, fields: &UserFields, key: &Field, contact: &Contact, begun_at: u64) -> Landed {
    if contact.is_lead() || (*key != Field::Id && !is_same_person(fields, key, contact)) {
        return Landed::SomebodyElse;
    }
    let mut changed = differences(fields, contact);
    if *key == Field::Email {
        changed.remove(&Field::Email);
    }
    if !changed.is_empty() {
        return Landed::Differs(changed);
    }
    let since = |time: Option<i64>| {
        time.and_then(|time| u64::try_from(time).ok()).is_some_and(|time| time >= begun_at)
    };
    Landed::As(match kind {
        BulkKind::Create if since(contact.created_at) => Upserted::Created,
        BulkKind::Update if since(contact.updated_at) => Upserted::Updated,
        _ => Upserted::Unchanged,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intercom::Value;

    #[track_caller]
    fn check(kind: BulkKind, contact: &str, expected: &Landed) {
        let fields = [("external_id", "u-1"), ("name", "Ann")];
        let field = |name: &str| if name == "name" { Field::Name } else { Field::ExternalId };
        let fields =
            fields.map(|(name, value)| (field(name), Value::Text(value.into()))).into_iter().collect();
        let contact = serde_json::from_str(contact).unwrap();
        assert_eq!(*expected, judge(kind, &fields, &Field::ExternalId, &contact, 100));
    }

    #[test]
    fn the_times_of_a_contact_tell_who_wrote_it() {
        let ann = |times: &str| format!(r#"{{"external_id":"u-1","name":"Ann",{times}}}"#);
        check(BulkKind::Create, &ann(r#""created_at":100"#), &Landed::As(Upserted::Created));
        check(
            BulkKind::Create,
            &ann(r#""created_at":99,"updated_at":100"#),
            &Landed::As(Upserted::Unchanged),
        );
        check(BulkKind::Update, &ann(r#""created_at":9,"updated_at":100"#), &Landed::As(Upserted::Updated));
        check(BulkKind::Update, &ann(r#""created_at":9,"updated_at":99"#), &Landed::As(Upserted::Unchanged));
    }

    #[test]
    fn another_value_or_another_person_is_no_delivery() {
        let changed = [(Field::Name, Value::Text("Ann".into()))].into_iter().collect();
        check(BulkKind::Create, r#"{"external_id":"u-1","created_at":100}"#, &Landed::Differs(changed));
        check(BulkKind::Create, r#"{"external_id":"u-2","name":"Ann"}"#, &Landed::SomebodyElse);
        check(BulkKind::Update, r#"{"external_id":"u-1","role":"lead"}"#, &Landed::SomebodyElse);
    }
}
