//! Writing one user or lead through the contacts of 2.x.
//!
//! Create first, because the server's uniqueness check is immediate while its search lags by minutes; what a conflict
//! leads to is in `conflict.rs`. Then the companies that the contact is not in yet.

use std::collections::HashSet;

use super::body::ContactBody;
use super::conflict;
use super::diff::differences;
use super::upsert::{
    Archived, Delivered, FailedPart, Mode, OtherCompanies, Policy, Remark, Role, UpsertError, Upserted,
};
use super::{ApiError, Client, Contact, Field, Raw, Trace, UserFields};

/// One user on its way.
#[derive(Clone, Copy)]
pub(super) struct Delivery<'a> {
    pub(super) client: &'a Client,
    pub(super) fields: &'a UserFields,
    pub(super) key: &'a Field,
    pub(super) policy: &'a Policy,
}

impl Delivery<'_> {
    pub(super) fn run(&self, trace: &mut Trace) -> Result<Delivered, UpsertError> {
        let delivered = match self.attempt(trace) {
            // The contact vanished between two requests of this row: archived, deleted or merged. Once more from the
            // start, where the server's uniqueness check tells which. There is none for leads.
            Err(error) if error.is_about_a_gone_contact() && !self.has_made_a_lead(&error) => {
                self.attempt(trace)
            }
            attempted => attempted,
        };
        delivered.map_err(|error| self.in_words_of_the_row(error))
    }

    fn has_made_a_lead(&self, error: &UpsertError) -> bool {
        let is_new = matches!(error, UpsertError::Partial { outcome: Upserted::Created, .. });
        is_new && self.role() == Role::Lead
    }

    fn attempt(&self, trace: &mut Trace) -> Result<Delivered, UpsertError> {
        let delivered = self.write(trace)?;
        self.complete(delivered, trace)
    }

    fn write(&self, trace: &mut Trace) -> Result<Delivered, UpsertError> {
        match (self.role(), self.key, self.policy.mode) {
            (_, Field::Id, _) => self.write_known(trace),
            (Role::User, _, Mode::Update) => {
                let contact = self.find(trace)?;
                self.write_differences(contact, trace)
            }
            (Role::Lead, ..) => self.write_lead(trace),
            (Role::User, ..) => match self.client.create(self.fields, trace) {
                Ok(contact) => Ok(Delivered::new(Upserted::Created, contact)),
                Err(error) => match error.conflict() {
                    Some(refusal) => self.settle_conflict(refusal, trace),
                    None => Err(error.into()),
                },
            },
        }
    }

    /// A known id needs no look before: all fields are written at once, and the contact's own time tells whether that
    /// changed anything, for a write of equal values does not touch it (recorded).
    fn write_known(&self, trace: &mut Trace) -> Result<Delivered, UpsertError> {
        let id = self.fields.text(&Field::Id).unwrap_or_default();
        let nothing_of_its_own = !self.fields.iter().any(|(field, _)| ContactBody::holds(field));
        let begun = self.client.server_time();
        if nothing_of_its_own || begun == 0 {
            return self.write_found(trace);
        }
        match self.client.update(id, self.fields, trace) {
            Ok(contact) => {
                let updated_at = contact.value.updated_at.and_then(|time| u64::try_from(time).ok());
                let is_touched = updated_at.is_none_or(|time| time >= begun);
                let outcome = if is_touched { Upserted::Updated } else { Upserted::Unchanged };
                Ok(Delivered::new(outcome, contact))
            }
            Err(error) if error.is_not_found() => self.write_found(trace),
            Err(error) => Err(error.into()),
        }
    }

    /// Finds the contact first: it may have been merged, archived or deleted.
    fn write_found(&self, trace: &mut Trace) -> Result<Delivered, UpsertError> {
        let contact = match self.find(trace) {
            Err(UpsertError::Missing { .. }) if self.policy.archived == Archived::Unarchive => {
                return self.bring_back(self.fields.text(&Field::Id).unwrap_or_default(), trace);
            }
            found => found?,
        };
        let merged = self.merged(&contact.value);
        self.write_differences(contact, trace).map(|delivered| delivered.remark(merged))
    }

    /// An id that is not found may be an archived contact's; the attempt to bring it back tells.
    pub(super) fn bring_back(&self, id: &str, trace: &mut Trace) -> Result<Delivered, UpsertError> {
        match self.client.unarchive(id, trace) {
            Err(error) if error.is_not_found() => Err(self.missing(self.role())),
            Err(error) => Err(conflict::not_restored(id, error)),
            Ok(()) => self.write_restored(self.client.read(id, trace)?, trace),
        }
    }

    /// A lead is looked for before it is created: the server would take another one.
    fn write_lead(&self, trace: &mut Trace) -> Result<Delivered, UpsertError> {
        let email = self.fields.text(&Field::Email).unwrap_or_default();
        match (self.client.find_lead(email, trace)?, self.policy.mode) {
            (Some(_), Mode::Create) => {
                let message = format!("a lead with the email `{email}` exists");
                Err(UpsertError::Exists { message, refusal: None })
            }
            (Some(lead), _) => self.write_differences(lead, trace),
            (None, Mode::Update) => Err(self.missing(Role::Lead)),
            (None, _) => {
                let role = (Field::Role, super::Value::Text(Role::Lead.name().into()));
                let mut fields = self.fields.clone().or(&[role].into_iter().collect());
                fields.remove(&Field::ExternalId);
                self.client.create_noted_lead(&fields, trace)
            }
        }
    }

    /// Writes what differs, if anything does.
    pub(super) fn write_differences(
        &self,
        contact: Raw<Contact>,
        trace: &mut Trace,
    ) -> Result<Delivered, UpsertError> {
        let mut changed = differences(self.fields, &contact.value);
        if self.role() == Role::Lead {
            // The server keeps the id that it gave, without saying so [R].
            changed.remove(&Field::ExternalId);
        }
        if changed.is_empty() {
            return Ok(Delivered::new(Upserted::Unchanged, contact));
        }
        let was_lead = contact.value.is_lead();
        let written = self.client.update(&contact.value.id, &changed, trace)?;
        let promoted = (was_lead && !written.value.is_lead()).then_some(Remark::Promoted);
        Ok(Delivered::new(Upserted::Updated, written).remark(promoted))
    }

    /// Attaches the companies that are missing, and finds the tags that are.
    pub(super) fn complete(
        &self,
        mut delivered: Delivered,
        trace: &mut Trace,
    ) -> Result<Delivered, UpsertError> {
        let Some(contact) = delivered.contact.take() else { return Ok(delivered) };
        let mut parts = Parts::default();
        if !self.fields.texts(&Field::Companies).is_empty() {
            match self.client.membership(&contact.value, trace) {
                Ok(membership) => self.settle_companies(&contact.value.id, &membership, &mut parts, trace),
                Err(error) => parts.failed.push(FailedPart { what: "read the companies".into(), error }),
            }
        }
        if !parts.done.is_empty() {
            delivered.touched();
        }
        match self.client.missing_tags(self.fields, &contact.value, trace) {
            Ok(tags) => delivered.missing_tags = tags,
            Err(error) => parts.failed.push(FailedPart { what: "read the tags".into(), error }),
        }
        if !parts.failed.is_empty() {
            let (id, outcome) = (contact.value.id.clone(), delivered.outcome);
            return Err(UpsertError::Partial { outcome, id, done: parts.done, failed: parts.failed });
        }
        let kept = self.external_id_kept(&contact.value);
        delivered.contact = Some(contact);
        delivered.done = parts.done;
        Ok(delivered.remark(kept))
    }

    /// Says that a lead has not got the row's external id: what is not written is not dropped in silence.
    fn external_id_kept(&self, contact: &Contact) -> Option<Remark> {
        let wanted = self.fields.text(&Field::ExternalId).filter(|_| contact.is_lead())?;
        (contact.external_id.as_deref() != Some(wanted)).then_some(Remark::ExternalIdKept)
    }

    fn settle_companies(
        &self,
        contact: &str,
        membership: &super::companies::Membership,
        parts: &mut Parts,
        trace: &mut Trace,
    ) {
        let mut kept = HashSet::new();
        for company_id in self.fields.texts(&Field::Companies) {
            let what = format!("attach company `{company_id}`");
            let id = match self.client.company(company_id, trace) {
                Ok(id) => id,
                Err(error) => {
                    parts.failed.push(FailedPart { what, error });
                    continue;
                }
            };
            // A company that is named twice is attached once.
            if kept.insert(id.clone()) && !membership.has(&id) {
                parts.note(what, self.client.attach(contact, company_id, trace));
            }
        }
        // Without an answer for each company of the row, nobody knows which are the others.
        if self.policy.other_companies == OtherCompanies::Detach && parts.failed.is_empty() {
            for id in membership.others(&kept) {
                parts.note(format!("detach company {id}"), self.client.detach(contact, id, trace));
            }
        }
    }

    /// Finds the contact of a row without writing to any.
    fn find(&self, trace: &mut Trace) -> Result<Raw<Contact>, UpsertError> {
        let value = self.fields.text(self.key).unwrap_or_default();
        let found = match self.key {
            Field::Id => self.client.read(value, trace),
            Field::ExternalId => self.client.find_by_external_id(value, trace),
            _ => return self.find_by_email(value, trace),
        };
        match found {
            Err(error) if error.is_not_found() => Err(self.missing(self.role())),
            found => Ok(found?),
        }
    }

    /// Finds a user through the index, and then reads it: what the index shows may be minutes old, and what differs
    /// from that is not what has to be written.
    fn find_by_email(&self, email: &str, trace: &mut Trace) -> Result<Raw<Contact>, UpsertError> {
        let mut hits = self.client.search_by(&Field::Email, email, Some(Role::User.name()), trace)?;
        // A row that says `user` may mean a lead that is to become one.
        if hits.is_empty() && self.fields.text(&Field::Role) == Some(Role::User.name()) {
            hits = self.client.search_by(&Field::Email, email, Some(Role::Lead.name()), trace)?;
        }
        let hit = match (hits.pop(), hits.len()) {
            (Some(contact), 0) => contact,
            (Some(_), others) => {
                let (role, count) = (Role::User, others + 1);
                return Err(UpsertError::Ambiguous { role, email: email.into(), count });
            }
            (None, _) => return Err(self.missing(Role::User)),
        };
        match self.client.read(&hit.value.id, trace) {
            Err(error) if error.is_not_found() => Err(self.missing(Role::User)),
            Err(error) => Err(error.into()),
            Ok(contact) if conflict::is_same_person(self.fields, self.key, &contact.value) => Ok(contact),
            Ok(contact) => Err(self.mismatch(&contact.value)),
        }
    }

    /// Returns what the row is: what it says, else what the run says.
    pub(super) fn role(&self) -> Role {
        match self.fields.text(&Field::Role) {
            Some("lead") => Role::Lead,
            Some(_) => Role::User,
            None => self.policy.role,
        }
    }

    fn merged(&self, contact: &Contact) -> Option<Remark> {
        let from = self.fields.text(&Field::Id).filter(|id| *self.key == Field::Id && *id != contact.id)?;
        Some(Remark::Merged { from: from.into(), into: contact.id.clone() })
    }

    fn missing(&self, role: Role) -> UpsertError {
        let value = self.fields.text(self.key).unwrap_or_default().into();
        UpsertError::Missing { role, field: self.key.clone(), value }
    }

    /// Says of a contact that is not found what the row makes of that: nobody to update, or somebody who went away.
    fn in_words_of_the_row(&self, error: UpsertError) -> UpsertError {
        match error {
            UpsertError::Api(ApiError::Refused(refusal)) if matches!(refusal.status, 404 | 410) => {
                match (self.key, self.policy.mode) {
                    (Field::Id, _) | (_, Mode::Update) => self.missing(self.role()),
                    _ => UpsertError::Vanished { refusal },
                }
            }
            error => error,
        }
    }
}

/// What was done besides the contact's own fields, and what was not.
#[derive(Default)]
struct Parts {
    done: Vec<String>,
    failed: Vec<FailedPart>,
}

impl Parts {
    fn note(&mut self, what: String, result: Result<(), ApiError>) {
        match result {
            Ok(()) => self.done.push(what),
            Err(error) => self.failed.push(FailedPart { what, error }),
        }
    }
}
