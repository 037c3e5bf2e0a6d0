//! Companies: written at once, listed after their lag.

use std::sync::Arc;

use axum::http::StatusCode;

use super::Store;
use crate::sandbox::clock::Moment;
use crate::sandbox::company::Company;
use crate::sandbox::company::CompanyId;
use crate::sandbox::contact::Contact;
use crate::sandbox::contact::ContactId;
use crate::sandbox::errors::Refusal;
use crate::sandbox::journal::Change;
use crate::sandbox::links::Linked;
use crate::sandbox::unknowns::CompanyLink;

/// How many companies a contact can have [S].
const MAX_COMPANIES_OF_A_CONTACT: usize = 1000;

/// Whether a change of a contact's links counts as an update of the contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sandbox) enum Touch {
    Touches,
    Leaves,
}

impl Store {
    /// Returns a company by the id that Intercom gave it: its owner's id is not known here [S].
    pub(in crate::sandbox) fn company(&self, id: &str) -> Result<&Arc<Company>, Refusal> {
        let company = id.parse().ok().and_then(|id| self.companies.get(id));
        company.ok_or_else(Refusal::company_not_found)
    }

    /// Creates the company that its owner calls `company_id`, or updates it [S].
    pub(in crate::sandbox) fn upsert_company(
        &mut self,
        company_id: &str,
        now: Moment,
        change: impl FnOnce(&mut Company),
    ) -> Result<Arc<Company>, Refusal> {
        match self.companies.with_own_id(company_id).cloned() {
            Some(known) => self.update_company(known.id, now, change),
            None => {
                let mut company = Company::new(self.new_id(now), company_id, now.seconds());
                change(&mut company);
                self.save_company(company, now)
            }
        }
    }

    /// Updates a company; a change that changes nothing is not written.
    pub(in crate::sandbox) fn update_company(
        &mut self,
        id: CompanyId,
        now: Moment,
        change: impl FnOnce(&mut Company),
    ) -> Result<Arc<Company>, Refusal> {
        let known = self.companies.get(id).cloned().ok_or_else(Refusal::company_not_found)?;
        let mut company = (*known).clone();
        change(&mut company);
        if company == *known {
            return Ok(known);
        }
        company.updated_at = now.seconds();
        self.save_company(company, now)
    }

    fn save_company(&mut self, company: Company, now: Moment) -> Result<Arc<Company>, Refusal> {
        self.write(Change::Company(&company))?;
        self.last_number = self.last_number.max(company.id.number);
        let company = self.companies.put(company);
        self.list_company(company.id, now);
        Ok(company)
    }

    /// Detaches a company from all who have it, and takes it away [S].
    pub(in crate::sandbox) fn archive_company(&mut self, id: CompanyId, now: Moment) -> Result<(), Refusal> {
        let has = |contact: &&Arc<Contact>| contact.links.companies.contains(&id);
        let holders: Vec<ContactId> = self.contacts.values().filter(has).map(|contact| contact.id).collect();
        for contact in holders {
            self.detach_company(contact, id, now)?;
        }
        self.write(Change::CompanyGone(id))?;
        self.companies.remove(id);
        Ok(())
    }

    /// Tells the index how a company is, or whether it is listed.
    pub(super) fn list_company(&mut self, id: CompanyId, now: Moment) {
        if let Some(company) = self.companies.get(id) {
            let listed = self.companies.listed(company);
            self.company_index.change(Arc::new(listed), now);
        }
    }

    /// Attaches a company; one that is attached stays so [D].
    pub(in crate::sandbox) fn attach_company(
        &mut self,
        contact: ContactId,
        company: CompanyId,
        now: Moment,
    ) -> Result<Arc<Contact>, Refusal> {
        let known = self.contacts.get(&contact).ok_or_else(Refusal::user_not_found)?;
        let attached = known.links.companies.contains(&company);
        if !attached && MAX_COMPANIES_OF_A_CONTACT <= known.links.companies.len() {
            return Err(too_many_companies());
        }
        self.link(contact, self.unknowns.company_link.into(), now, |links| {
            if !attached {
                links.companies.push(company);
            }
        })
    }

    /// Detaches a company, if it is attached.
    pub(in crate::sandbox) fn detach_company(
        &mut self,
        contact: ContactId,
        company: CompanyId,
        now: Moment,
    ) -> Result<Arc<Contact>, Refusal> {
        self.link(contact, self.unknowns.company_link.into(), now, |links| {
            links.companies.retain(|id| *id != company);
        })
    }

    /// Changes what hangs on a contact; a change that changes nothing is not written.
    pub(in crate::sandbox) fn link(
        &mut self,
        contact: ContactId,
        touch: Touch,
        now: Moment,
        change: impl FnOnce(&mut Linked),
    ) -> Result<Arc<Contact>, Refusal> {
        let known = self.contacts.get(&contact).cloned().ok_or_else(Refusal::user_not_found)?;
        let mut changed = (*known).clone();
        changed.links.edit(change);
        if changed.links == known.links {
            return Ok(known);
        }
        if touch == Touch::Touches {
            changed.updated_at = now.seconds();
        }
        self.save(changed, now)
    }

    /// Returns the live contacts of a company, oldest first.
    pub(in crate::sandbox) fn contacts_of(&self, company: CompanyId) -> Vec<Arc<Contact>> {
        let contact = |id: ContactId| self.contacts.get(&id).cloned();
        self.companies.members(company).filter_map(contact).collect()
    }
}

impl From<CompanyLink> for Touch {
    fn from(outcome: CompanyLink) -> Touch {
        match outcome {
            CompanyLink::Unseen => Touch::Leaves,
            CompanyLink::Touches => Touch::Touches,
        }
    }
}

/// 400; before February 2026 the surplus was dropped in silence [D Unversioned changes].
fn too_many_companies() -> Refusal {
    let message = "Contact has reached the maximum of 1000 company associations";
    Refusal::new(StatusCode::BAD_REQUEST, "contact_company_limit_exceeded", message)
}
