//! Tags: created once by name, put on contacts and companies.

use std::sync::Arc;

use super::Store;
use super::companies::Touch;
use crate::sandbox::clock::Moment;
use crate::sandbox::company::Company;
use crate::sandbox::company::CompanyId;
use crate::sandbox::contact::Contact;
use crate::sandbox::contact::ContactId;
use crate::sandbox::errors::Refusal;
use crate::sandbox::journal::Change;
use crate::sandbox::tag::AppliedTag;
use crate::sandbox::tag::Tag;

impl Store {
    /// Returns the tag of a name, whatever its case; creates it if there is none [S].
    pub(in crate::sandbox) fn tag_named(&mut self, name: &str) -> Result<Tag, Refusal> {
        match self.tags.named(name) {
            Some(tag) => Ok(tag.clone()),
            None => self.save_tag(Tag { id: self.tags.new_id(), name: name.to_owned() }),
        }
    }

    /// Writes a tag.
    pub(in crate::sandbox) fn save_tag(&mut self, tag: Tag) -> Result<Tag, Refusal> {
        self.write(Change::Tag(&tag))?;
        self.tags.put(tag.clone());
        Ok(tag)
    }

    /// Takes a tag off all who have it, and away.
    pub(in crate::sandbox) fn delete_tag(&mut self, tag: &Tag, now: Moment) -> Result<(), Refusal> {
        let has = |contact: &&Arc<Contact>| contact.links.tag(tag.id).is_some();
        let contacts: Vec<ContactId> = self.contacts.values().filter(has).map(|contact| contact.id).collect();
        for contact in contacts {
            self.untag_contact(contact, tag, now)?;
        }
        let companies: Vec<CompanyId> = self.companies.all().map(|company| company.id).collect();
        for company in companies {
            self.untag_company(company, tag, now)?;
        }
        self.write(Change::TagGone(tag.id))?;
        self.tags.remove(tag.id);
        Ok(())
    }

    /// Tags a contact, which touches its `updated_at` [R]; a tag that it has stays as it was applied.
    pub(in crate::sandbox) fn tag_contact(
        &mut self,
        contact: ContactId,
        tag: &Tag,
        now: Moment,
    ) -> Result<Arc<Contact>, Refusal> {
        let applied = AppliedTag { id: tag.id, applied_at: now.seconds() };
        self.link(contact, Touch::Touches, now, |links| {
            if links.tag(tag.id).is_none() {
                links.tags.push(applied);
            }
        })
    }

    /// Takes a tag off a contact.
    pub(in crate::sandbox) fn untag_contact(
        &mut self,
        contact: ContactId,
        tag: &Tag,
        now: Moment,
    ) -> Result<Arc<Contact>, Refusal> {
        self.link(contact, Touch::Touches, now, |links| links.tags.retain(|applied| applied.id != tag.id))
    }

    /// Tags a company.
    pub(in crate::sandbox) fn tag_company(
        &mut self,
        company: CompanyId,
        tag: &Tag,
        now: Moment,
    ) -> Result<Arc<Company>, Refusal> {
        let applied = AppliedTag { id: tag.id, applied_at: now.seconds() };
        self.update_company(company, now, |company| {
            if !company.tags.iter().any(|known| known.id == tag.id) {
                company.tags.push(applied);
            }
        })
    }

    /// Takes a tag off a company.
    pub(in crate::sandbox) fn untag_company(
        &mut self,
        company: CompanyId,
        tag: &Tag,
        now: Moment,
    ) -> Result<Arc<Company>, Refusal> {
        self.update_company(company, now, |company| company.tags.retain(|applied| applied.id != tag.id))
    }
}
