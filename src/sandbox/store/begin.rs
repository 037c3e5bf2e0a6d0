//! How a workspace begins: fresh, or as its data file has it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Beginning;
use super::Store;
use crate::sandbox::SandboxError;
use crate::sandbox::admins;
use crate::sandbox::attributes::Attributes;
use crate::sandbox::attributes::Model;
use crate::sandbox::clock::Moment;
use crate::sandbox::company::Companies;
use crate::sandbox::contact::AttributeValue;
use crate::sandbox::contact::Contact;
use crate::sandbox::contact::ContactId;
use crate::sandbox::identities::Identities;
use crate::sandbox::index::Index;
use crate::sandbox::jobs::Jobs;
use crate::sandbox::journal;
use crate::sandbox::journal::Change;
use crate::sandbox::journal::Entry;
use crate::sandbox::journal::Journal;
use crate::sandbox::note::Notes;
use crate::sandbox::replica::Replica;
use crate::sandbox::scroll::Scrolls;
use crate::sandbox::seed;
use crate::sandbox::tag::Tags;

/// The middle of every id, where an ObjectId names its machine; the last three bytes count.
const FIRST_NUMBER: u64 = 0x4b4a_359d_4d00_0000;

impl Store {
    /// Opens the data file if there is one, else begins a fresh workspace.
    pub(in crate::sandbox) fn open(beginning: &Beginning, now: Moment) -> Result<Store, SandboxError> {
        let mut store = Store::empty(beginning);
        let Some(path) = &beginning.data else {
            store.begin(beginning, now);
            return Ok(store);
        };
        let replayed = journal::replay(path, |entry| store.replay(entry))?;
        if replayed.n_entries == 0 {
            store.begin(beginning, now);
        } else {
            store.begin_indexes();
        }
        store.journal = Some(Journal::go_on(path, replayed, store.everything())?);
        Ok(store)
    }

    /// Throws everything away and begins again, the data file included.
    pub(in crate::sandbox) fn reset(
        &mut self,
        beginning: &Beginning,
        now: Moment,
    ) -> Result<(), SandboxError> {
        let mut fresh = Store::empty(beginning);
        fresh.workspace.clone_from(&self.workspace);
        fresh.begin(beginning, now);
        if let Some(journal) = &self.journal {
            fresh.journal = Some(Journal::write_anew(journal.path(), fresh.everything())?);
        }
        *self = fresh;
        Ok(())
    }

    fn empty(beginning: &Beginning) -> Store {
        Store {
            workspace: beginning.workspace.clone(),
            attributes: Attributes::default(),
            admins: Vec::new(),
            tags: Tags::default(),
            companies: Companies::default(),
            notes: Notes::default(),
            index: Index::new(beginning.lag, beginning.seed),
            company_index: Index::new(beginning.lag, beginning.seed),
            contacts: BTreeMap::new(),
            unknowns: beginning.unknowns,
            jobs: Jobs::default(),
            scrolls: Scrolls::default(),
            replica: Replica::default(),
            identities: Identities::default(),
            journal: None,
            last_number: FIRST_NUMBER,
            chance: fastrand::Rng::with_seed(beginning.seed),
        }
    }

    fn begin(&mut self, beginning: &Beginning, now: Moment) {
        self.admins = admins::fresh();
        seed::attributes(now).into_iter().for_each(|attribute| self.attributes.put(attribute));
        for contact in seed::contacts(beginning, &self.attributes, now) {
            let number = self.last_number + 1;
            let seconds = u32::try_from(contact.created_at).unwrap_or(u32::MAX);
            self.keep(Contact { id: ContactId { seconds, number }, ..contact });
        }
        self.begin_indexes();
    }

    fn begin_indexes(&mut self) {
        self.attributes.settle();
        self.index.begin(self.contacts.values().cloned());
        let listed = self.companies.all().map(|company| Arc::new(self.companies.listed(company)));
        self.company_index.begin(listed);
    }

    fn replay(&mut self, entry: Entry) {
        match entry {
            Entry::SandboxJournal { workspace, .. } => self.workspace = workspace,
            Entry::Admin(admin) => self.admins.push(admin),
            Entry::Attribute(attribute) => self.attributes.put(attribute),
            Entry::Forgotten(id) => self.drop_contact(id),
            Entry::Tag(tag) => self.tags.put(tag),
            Entry::TagGone(id) => self.tags.remove(id),
            Entry::Note(note) => self.notes.put(note),
            Entry::CompanyGone(id) => self.companies.remove(id),
            Entry::Company(mut company) => {
                self.share_names(Model::Company, &mut company.custom_attributes);
                self.last_number = self.last_number.max(company.id.number);
                self.companies.put(company);
            }
            Entry::Contact(mut contact) => {
                self.share_names(Model::Contact, &mut contact.custom_attributes);
                self.keep(contact);
            }
        }
    }

    fn share_names(&self, model: Model, values: &mut [AttributeValue]) {
        for attribute in values {
            attribute.name = self.attributes.shared_name(model, &attribute.name);
        }
    }

    /// Returns the journal of a workspace that is as this one is now.
    fn everything(&self) -> impl Iterator<Item = Change<'_>> + Clone {
        std::iter::once(Change::header(&self.workspace))
            .chain(self.admins.iter().map(Change::Admin))
            .chain(self.attributes.all().map(Change::Attribute))
            .chain(self.tags.all().map(Change::Tag))
            .chain(self.companies.all().map(|company| Change::Company(company)))
            .chain(self.notes.all().map(Change::Note))
            .chain(self.contacts.values().map(|contact| Change::Contact(contact)))
    }
}
