//! Writing a user whose id is known from an earlier run: one request, for there is nobody to look for.
//!
//! An id that turns out to be nobody's, or somebody else's by now, is told of and forgotten, and the user is written as
//! if it had never been known.

use super::body::ContactBody;
use super::contacts_engine::Delivery;
use super::upsert::{Delivered, Mode, Remark, Role, UpsertError, Upserted};
use super::{ApiError, Contact, Field, Raw, Trace, UserFields};

/// What is known of a user before anything is sent: from an earlier run, or from a look at the index.
#[derive(Debug, Clone, Copy, Default)]
pub enum Remembered<'a> {
    /// Nothing.
    #[default]
    Nothing,
    /// Intercom's id.
    Id(&'a str),
    /// Intercom's id, and that these very values were delivered: they are to be compared with what the contact has now.
    Delivered(&'a str),
    /// What the index shows of the user.
    Shown(&'a Raw<Contact>),
}

impl Delivery<'_> {
    pub(super) fn run_remembered(
        &self,
        remembered: Remembered<'_>,
        trace: &mut Trace,
    ) -> Result<Delivered, UpsertError> {
        let delivered = match remembered {
            // Who asks for new users only is told by the server that one exists.
            Remembered::Id(_) if self.policy.mode == Mode::Create => None,
            Remembered::Id(_) if *self.key == Field::Id => None,
            Remembered::Id(id) => self.write_remembered(id, trace)?,
            Remembered::Delivered(id) => self.write_compared(id, trace)?,
            Remembered::Shown(contact) => self.write_shown(contact, trace)?,
            Remembered::Nothing => None,
        };
        let Some(delivered) = delivered else { return self.run(trace) };
        match self.complete(delivered, trace) {
            Err(error) if error.is_about_a_gone_contact() => self.run_forgetting(trace),
            Ok(delivered) if matches!(remembered, Remembered::Delivered(_)) => Ok(delivered.compared()),
            completed => completed,
        }
    }

    /// Writes all fields to the contact. Returns `None` if it is not the row's any more.
    pub(super) fn write_remembered(
        &self,
        id: &str,
        trace: &mut Trace,
    ) -> Result<Option<Delivered>, UpsertError> {
        let fields = self.without_identity();
        let begun = self.client.server_time();
        if begun == 0 || !fields.iter().any(|(field, _)| ContactBody::holds(field)) {
            return self.write_compared(id, trace);
        }
        let written = self.client.update(id, &fields, trace);
        let Some(contact) = self.unless_stale(written, trace)? else { return Ok(None) };
        let updated_at = contact.value.updated_at.and_then(|time| u64::try_from(time).ok());
        // A write of equal values does not touch the contact's time (recorded).
        let is_touched = updated_at.is_none_or(|time| time >= begun);
        let outcome = if is_touched { Upserted::Updated } else { Upserted::Unchanged };
        Ok(Some(Delivered::new(outcome, contact)))
    }

    /// Reads the contact, and writes what differs. Returns `None` if it is not the row's any more.
    fn write_compared(&self, id: &str, trace: &mut Trace) -> Result<Option<Delivered>, UpsertError> {
        let read = self.client.read(id, trace);
        let Some(contact) = self.unless_stale(read, trace)? else { return Ok(None) };
        self.write_differences(contact, trace).map(Some)
    }

    /// Forgets an id that nobody has any more, that somebody was merged into, or whose contact has another identity.
    fn unless_stale(
        &self,
        answer: Result<Raw<Contact>, ApiError>,
        trace: &mut Trace,
    ) -> Result<Option<Raw<Contact>>, UpsertError> {
        match answer {
            Ok(contact) if self.is_still_meant(&contact.value) => return Ok(Some(contact)),
            Ok(_) => {}
            // What is no word of Intercom's says nothing about the contact.
            Err(error) if error.is_not_found() && !error.is_anybodys() => {}
            // Another contact has the row's external id by now: creating finds it.
            Err(error) if error.conflict().is_some() => {}
            Err(error) => return Err(error.into()),
        }
        trace.is_id_stale = true;
        Ok(None)
    }

    fn run_forgetting(&self, trace: &mut Trace) -> Result<Delivered, UpsertError> {
        trace.is_id_stale = true;
        self.run(trace)
    }

    /// A row that is matched by email does not write it: the contact may have another one by now, and another contact
    /// this one, which the server would not mind (it compares emails at create only).
    fn without_identity(&self) -> UserFields {
        let mut fields = self.fields.clone();
        if *self.key == Field::Email {
            fields.remove(&Field::Email);
        }
        if self.role() == Role::Lead {
            fields.remove(&Field::ExternalId);
        }
        fields
    }

    fn is_still_meant(&self, contact: &Contact) -> bool {
        let has = |wanted: Option<&str>, theirs: Option<&str>| match (wanted, theirs) {
            (Some(ours), Some(theirs)) => ours.eq_ignore_ascii_case(theirs),
            _ => false,
        };
        match self.key {
            Field::Email => {
                let is_of_role = contact.is_lead() == (self.role() == Role::Lead);
                is_of_role && has(self.fields.text(&Field::Email), contact.email.as_deref())
            }
            Field::ExternalId => has(self.fields.text(&Field::ExternalId), contact.external_id.as_deref()),
            _ => true,
        }
    }
}

impl Delivered {
    /// Notes that the contact was compared with what had been delivered.
    pub(super) fn compared(self) -> Self {
        let remark = if self.outcome == Upserted::Unchanged { Remark::Verified } else { Remark::Drifted };
        self.remark(Some(remark))
    }
}
