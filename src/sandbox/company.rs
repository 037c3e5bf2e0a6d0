//! A company as the store keeps it, and which contacts belong to it.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::collections::HashMap;
use std::sync::Arc;

use serde::Deserialize;
use serde::Serialize;

use super::contact::AttributeValue;
use super::contact::Contact;
use super::contact::ContactId;
use super::contact::Role;
use super::contact::attribute_values;
use super::index::Indexed;
use super::index::Place;
use super::object_id::ObjectId;
use super::tag::AppliedTag;

/// The id that Intercom gives to a company.
pub(super) type CompanyId = ObjectId;

/// A company.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
pub(super) struct Company {
    pub(super) id: CompanyId,
    /// The id that its owner gives; it never changes [S].
    pub(super) company_id: String,
    pub(super) name: Option<String>,
    pub(super) plan: Option<String>,
    pub(super) size: Option<i64>,
    pub(super) website: Option<String>,
    pub(super) industry: Option<String>,
    pub(super) monthly_spend: i64,
    pub(super) remote_created_at: Option<i64>,
    pub(super) last_request_at: Option<i64>,
    pub(super) created_at: i64,
    pub(super) updated_at: i64,
    #[serde(with = "attribute_values")]
    pub(super) custom_attributes: Vec<AttributeValue>,
    pub(super) tags: Vec<AppliedTag>,
}

impl Company {
    /// Returns a company that has nothing but its ids.
    pub(super) fn new(id: CompanyId, company_id: &str, now: i64) -> Company {
        Company {
            id,
            company_id: company_id.to_owned(),
            name: None,
            plan: None,
            size: None,
            website: None,
            industry: None,
            monthly_spend: 0,
            remote_created_at: None,
            last_request_at: None,
            created_at: now,
            updated_at: now,
            custom_attributes: Vec::new(),
            tags: Vec::new(),
        }
    }

    /// Sets one custom attribute and leaves the others alone.
    pub(super) fn set_attribute(&mut self, changed: AttributeValue) {
        match self.custom_attributes.iter_mut().find(|attribute| attribute.name == changed.name) {
            Some(attribute) => attribute.value = changed.value,
            None => self.custom_attributes.push(changed),
        }
    }
}

/// A company as lists see it: only one with users is listed [S].
#[derive(Debug)]
pub(super) struct ListedCompany {
    pub(super) company: Arc<Company>,
    has_users: bool,
}

impl Indexed for ListedCompany {
    fn place(&self) -> Place {
        (self.company.created_at, self.company.id)
    }

    fn is_listed(&self) -> bool {
        self.has_users
    }
}

/// Every company of the workspace, and its members.
#[derive(Debug, Default)]
pub(super) struct Companies {
    by_id: BTreeMap<CompanyId, Arc<Company>>,
    by_own_id: HashMap<Box<str>, CompanyId>,
    members: HashMap<CompanyId, Members>,
}

/// The live contacts of a company.
#[derive(Debug, Default)]
struct Members {
    contacts: BTreeSet<ContactId>,
    users: usize,
}

impl Companies {
    pub(super) fn all(&self) -> impl Iterator<Item = &Arc<Company>> + Clone {
        self.by_id.values()
    }

    pub(super) fn get(&self, id: CompanyId) -> Option<&Arc<Company>> {
        self.by_id.get(&id)
    }

    /// Finds a company by the id that its owner gave it.
    pub(super) fn with_own_id(&self, company_id: &str) -> Option<&Arc<Company>> {
        self.by_own_id.get(company_id).and_then(|id| self.by_id.get(id))
    }

    /// Adds a company, or replaces the one with the same id.
    pub(super) fn put(&mut self, company: Company) -> Arc<Company> {
        let company = Arc::new(company);
        self.by_own_id.insert(company.company_id.as_str().into(), company.id);
        self.by_id.insert(company.id, Arc::clone(&company));
        company
    }

    pub(super) fn remove(&mut self, id: CompanyId) {
        if let Some(company) = self.by_id.remove(&id) {
            self.by_own_id.remove(company.company_id.as_str());
            self.members.remove(&id);
        }
    }

    /// Returns the live contacts of a company, oldest id first.
    pub(super) fn members(&self, id: CompanyId) -> impl Iterator<Item = ContactId> {
        self.members.get(&id).into_iter().flat_map(|members| members.contacts.iter().copied())
    }

    /// Returns how many live users a company has; leads do not count.
    pub(super) fn n_users(&self, id: CompanyId) -> usize {
        self.members.get(&id).map_or(0, |members| members.users)
    }

    /// Returns a company as lists see it now.
    pub(super) fn listed(&self, company: &Arc<Company>) -> ListedCompany {
        ListedCompany { company: Arc::clone(company), has_users: 0 < self.n_users(company.id) }
    }

    /// Hears of a contact's change; returns the companies that got their first user or lost their last one.
    pub(super) fn hear_of(&mut self, old: Option<&Contact>, new: Option<&Contact>) -> Vec<CompanyId> {
        let had = member_of(old);
        let has = member_of(new);
        let touched: BTreeSet<CompanyId> = had.iter().chain(has).copied().collect();
        let before: Vec<_> = touched.iter().map(|id| (*id, self.n_users(*id))).collect();
        for (ids, contact, joins) in [(had, old, Joins::Leaves), (has, new, Joins::Enters)] {
            let Some(contact) = contact else { continue };
            ids.iter().for_each(|id| self.members.entry(*id).or_default().change(contact, joins));
        }
        let turned = |(id, users): &(CompanyId, usize)| (*users == 0) != (self.n_users(*id) == 0);
        before.iter().filter(|company| turned(company)).map(|(id, _)| *id).collect()
    }
}

/// Whether a contact becomes a member or ends to be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Joins {
    Enters,
    Leaves,
}

impl Members {
    fn change(&mut self, contact: &Contact, joins: Joins) {
        let changed = match joins {
            Joins::Enters => self.contacts.insert(contact.id),
            Joins::Leaves => self.contacts.remove(&contact.id),
        };
        if !changed || contact.role != Role::User {
            return;
        }
        match joins {
            Joins::Enters => self.users += 1,
            Joins::Leaves => self.users -= 1,
        }
    }
}

/// Returns the companies that a contact counts in: none unless it is live.
fn member_of(contact: Option<&Contact>) -> &[CompanyId] {
    contact.filter(|contact| contact.is_live()).map_or(&[], |contact| &contact.links.companies)
}
