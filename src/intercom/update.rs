//! Updating one contact that exists, found by a key that need not be among the fields that are written.

use super::body::ContactBody;
use super::contacts_engine::Delivery;
use super::upsert::{Delivered, Policy, Remark, UpsertError, Upserted};
use super::users_engine::UserDelivery;
use super::{Archived, Client, Contact, Engine, Field, Mode, Role, Trace, UserFields, Value};

impl Client {
    /// Writes fields to the one contact with a value in a key (`Id`, `ExternalId` or `Email`), and creates none.
    ///
    /// By id it is written at once, which costs one request; by the others it is read first, and only what differs is
    /// written.
    ///
    /// # Errors
    /// As [`UpsertError`]: `Missing` if there is none, `Ambiguous` if there are several.
    pub fn update_only(
        &self,
        key: &Field,
        value: &str,
        fields: &UserFields,
        policy: &Policy,
        trace: &mut Trace,
    ) -> Result<Delivered, UpsertError> {
        let delivery = Delivery { client: self, fields, key: &Field::Id, policy };
        if self.engine() != Engine::Users
            && *key == Field::Id
            && fields.iter().any(|(field, _)| ContactBody::holds(field))
        {
            let delivered = self.write_by_id(&delivery, value, trace)?;
            return delivery.complete(delivered, trace);
        }
        let role = (*key != Field::Id).then_some(policy.role);
        let mut found = self.find(key, value, role, trace)?;
        let contact = match (found.pop(), found.len()) {
            (Some(contact), 0) => contact,
            (Some(_), others) => {
                let (role, count) = (policy.role, others + 1);
                return Err(UpsertError::Ambiguous { role, email: value.into(), count });
            }
            (None, _) => return Err(missing(key, value, policy.role)),
        };
        let merged = merged(value, &contact.value, *key == Field::Id);
        let delivered = match self.engine() {
            Engine::Contacts | Engine::Bulk => {
                // What the index shows may be minutes old: it is not what the fields are compared with.
                let contact = match key {
                    key if *key == Field::Email || contact.value.is_lead() => match self
                        .read(&contact.value.id, trace)
                    {
                        Err(error) if error.is_not_found() => return Err(missing(key, value, policy.role)),
                        read => read?,
                    },
                    _ => contact,
                };
                let written = delivery.write_differences(contact, trace)?;
                delivery.complete(written, trace)?
            }
            Engine::Users => self.write_in_1_x(&contact.value.id, fields, policy, trace)?,
        };
        Ok(delivered.remark(merged))
    }

    /// Writes without reading first; follows a merge, and brings an archived contact back if that is asked for.
    fn write_by_id(
        &self,
        delivery: &Delivery<'_>,
        id: &str,
        trace: &mut Trace,
    ) -> Result<Delivered, UpsertError> {
        let error = match self.update(id, delivery.fields, trace) {
            Ok(contact) => return Ok(Delivered::new(Upserted::Updated, contact)),
            Err(error) if error.is_not_found() && !error.is_anybodys() => error,
            Err(error) => return Err(error.into()),
        };
        // Of a merged contact only the reading tells where it lives on [S].
        let contact = match self.read(error.canonical().unwrap_or(id), trace) {
            Err(error) if !error.is_not_found() => return Err(error.into()),
            Ok(contact) => contact,
            Err(_) if delivery.policy.archived == Archived::Unarchive => {
                return delivery.bring_back(id, trace);
            }
            Err(_) => return Err(missing(&Field::Id, id, delivery.policy.role)),
        };
        let merged = merged(id, &contact.value, true);
        Ok(delivery.write_differences(contact, trace)?.remark(merged))
    }

    /// `POST /users` with an id creates nobody [D 1.4].
    fn write_in_1_x(
        &self,
        id: &str,
        fields: &UserFields,
        policy: &Policy,
        trace: &mut Trace,
    ) -> Result<Delivered, UpsertError> {
        let mut fields = fields.clone();
        fields.push(Field::Id, Value::Text(id.into()));
        let policy = &Policy { mode: Mode::Upsert, ..*policy };
        let mut delivered =
            UserDelivery { client: self, fields: &fields, key: &Field::Id, policy }.run(trace)?;
        if delivered.outcome == Upserted::Created {
            // A user that was created in this very second, before it was found.
            delivered.outcome = Upserted::Updated;
        }
        Ok(delivered)
    }
}

fn missing(key: &Field, value: &str, role: Role) -> UpsertError {
    UpsertError::Missing { role, field: key.clone(), value: value.into() }
}

fn merged(id: &str, contact: &Contact, is_by_id: bool) -> Option<Remark> {
    (is_by_id && contact.id != id).then(|| Remark::Merged { from: id.into(), into: contact.id.clone() })
}
