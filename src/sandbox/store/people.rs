//! Finding contacts in ways that only 1.x and Preview have.

use std::sync::Arc;

use super::Store;
use crate::sandbox::contact::Contact;
use crate::sandbox::contact::ContactId;
use crate::sandbox::contact::Role;

impl Store {
    /// Returns the live leads with an external id.
    pub(in crate::sandbox) fn leads_with_external_id(&self, external_id: &str) -> Vec<Arc<Contact>> {
        self.live_leads(self.identities.with_external_id(external_id))
    }

    /// Returns the live leads with an email.
    pub(in crate::sandbox) fn leads_with_email(&self, email: &str) -> Vec<Arc<Contact>> {
        self.live_leads(self.identities.with_email(email))
    }

    fn live_leads(&self, ids: &[ContactId]) -> Vec<Arc<Contact>> {
        let contacts = ids.iter().filter_map(|id| self.contacts.get(id));
        contacts.filter(|contact| contact.is_live() && contact.role == Role::Lead).cloned().collect()
    }

    /// Returns every contact of which anything is known, whatever became of it.
    pub(in crate::sandbox) fn ever(&self) -> Vec<Arc<Contact>> {
        self.contacts.values().cloned().collect()
    }
}
