//! What the companies and tags of a contact are called: a contact shows Intercom's ids of the first ten only.

use std::collections::HashMap;
use std::sync::Arc;

use reqwest::Method;
use serde::{Deserialize, Serialize};

use super::call::Effect;
use super::companies::Company;
use super::flight::Flights;
use super::{ApiError, Client, Contact, NestedList, Trace};

/// Names of what contacts show ids of, each looked up at most once a run. Grows with the companies and tags.
#[derive(Default)]
pub(super) struct NameBook {
    tags: Flights<(), Arc<HashMap<String, String>>>,
    /// All companies that have contacts, a hundred a request.
    companies: Flights<(), Arc<HashMap<String, String>>>,
    /// Those that the walk over all did not show.
    strays: Flights<String, Option<String>>,
}

/// Which lists are to be whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expand {
    /// All companies rather than the first ten: one request for fifty of each contact that has more.
    pub companies: Whole,
    /// All tags rather than the first ten: one request for each contact that has more.
    pub tags: Whole,
}

/// How much of a list is wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Whole {
    /// What the contact shows.
    #[default]
    AsShown,
    /// All of it.
    Yes,
}

/// The names of what belongs to a contact.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// The caller's ids of its companies, sorted.
    pub companies: Vec<String>,
    /// The names of its tags, sorted.
    pub tags: Vec<String>,
    /// How many of the two lists leave some out.
    pub cut: u32,
}

/// One step of a scroll over all companies.
#[derive(Deserialize)]
struct Step {
    #[serde(alias = "companies")]
    data: Vec<Company>,
    scroll_param: Option<String>,
}

impl Client {
    /// Returns the names of the companies and tags of a contact.
    ///
    /// # Errors
    /// As [`ApiError`].
    pub fn names(&self, contact: &Contact, expand: Expand, trace: &mut Trace) -> Result<Names, ApiError> {
        let mut names = Names::default();
        if let Some(list) = contact.tags.as_ref().filter(|list| !list.data.is_empty()) {
            names.tags = match (list.has_more, expand.tags) {
                (true, Whole::Yes) => {
                    self.tags_of(&contact.id, trace)?.into_iter().map(|tag| tag.name).collect()
                }
                _ => self.tag_names(list, trace)?,
            };
            names.cut += u32::from(list.has_more && expand.tags == Whole::AsShown);
        }
        if let Some(list) = contact.companies.as_ref().filter(|list| !list.data.is_empty()) {
            names.companies = match (list.has_more, expand.companies) {
                (true, Whole::Yes) => {
                    let companies = self.companies_of(&contact.id, trace)?;
                    companies.into_iter().filter_map(|company| company.company_id).collect()
                }
                _ => self.company_ids(list, trace)?,
            };
            names.cut += u32::from(list.has_more && expand.companies == Whole::AsShown);
        }
        // The API's order is nobody's: one export differs from the next in what changed only.
        names.tags.sort_unstable();
        names.companies.sort_unstable();
        Ok(names)
    }

    fn tag_names(&self, list: &NestedList, trace: &mut Trace) -> Result<Vec<String>, ApiError> {
        let entries = list.entries();
        // 1.x says the names with the ids.
        if entries.iter().all(|entry| entry.name.is_some()) {
            return Ok(entries.into_iter().filter_map(|entry| entry.name).collect());
        }
        let book = self.names.tags.get(&(), || {
            Ok(Arc::new(self.tags(trace)?.into_iter().map(|tag| (tag.id, tag.name)).collect()))
        })?;
        Ok(entries.iter().filter_map(|entry| book.get(entry.id.as_ref()?).cloned()).collect())
    }

    fn company_ids(&self, list: &NestedList, trace: &mut Trace) -> Result<Vec<String>, ApiError> {
        let entries = list.entries();
        if entries.iter().all(|entry| entry.company_id.is_some()) {
            return Ok(entries.into_iter().filter_map(|entry| entry.company_id).collect());
        }
        let book = self.names.companies.get(&(), || self.all_companies(trace).map(Arc::new))?;
        let mut ids = Vec::with_capacity(entries.len());
        for id in entries.into_iter().filter_map(|entry| entry.id) {
            let company_id = match book.get(&id) {
                Some(company_id) => Some(company_id.clone()),
                None => self.names.strays.get(&id, || self.company_id(&id, trace))?,
            };
            ids.extend(company_id);
        }
        Ok(ids)
    }

    /// Walks over all companies. Somebody else's walk, or a lost answer, ends it early: what is missing then is asked
    /// for one by one.
    fn all_companies(&self, trace: &mut Trace) -> Result<HashMap<String, String>, ApiError> {
        let (mut book, mut param) = (HashMap::new(), None::<String>);
        loop {
            let mut call = self.call(Method::GET, Effect::Reads, &["companies", "scroll"]).never_twice();
            if let Some(param) = &param {
                call = call.query("scroll_param", param);
            }
            let step: Step = match self.send(&call, trace) {
                Ok(step) => step,
                Err(ApiError::Refused(_) | ApiError::AnswerLost { .. }) => return Ok(book),
                Err(error) => return Err(error),
            };
            if step.data.is_empty() || step.scroll_param.is_none() {
                return Ok(book);
            }
            param = step.scroll_param;
            book.extend(step.data.into_iter().filter_map(|it| Some((it.id, it.company_id?))));
        }
    }

    /// Returns the caller's id of a company; `None` if the company is gone.
    fn company_id(&self, id: &str, trace: &mut Trace) -> Result<Option<String>, ApiError> {
        match self.send::<Company>(&self.call(Method::GET, Effect::Reads, &["companies", id]), trace) {
            Ok(company) => Ok(company.company_id),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }
}
