//! Companies of a contact: upserted once by the caller's id, attached by Intercom's.

use std::collections::HashSet;

use reqwest::Method;
use serde::Deserialize;
use serde_json::json;

use super::call::Effect;
use super::flight::Flights;
use super::{ApiError, Client, Contact, Trace};

/// The most companies that one contact belongs to ("Unversioned changes" of the documentation).
pub const MAX_COMPANIES: usize = 1_000;

/// Intercom's ids of the companies that this run has met, by the caller's ids. Grows with the companies, not the rows.
pub(super) type CompanyIds = Flights<String, String>;

/// Remembers Intercom's ids of companies, by the caller's ids, from run to run.
pub trait CompanyBook: Send + Sync {
    /// Returns a company's id, if it is known.
    fn recall(&self, company_id: &str) -> Option<String>;

    /// Notes a company's id; `None` if the one that was known is nobody's any more.
    fn learn(&self, company_id: &str, id: Option<&str>);
}

/// A book that remembers nothing: one run asks once for a company in any case.
pub(super) struct NoBook;

impl CompanyBook for NoBook {
    fn recall(&self, _: &str) -> Option<String> {
        None
    }

    fn learn(&self, _: &str, _: Option<&str>) {}
}

/// A company, as far as this program needs it.
#[derive(Debug, Clone, Deserialize)]
pub struct Company {
    /// Intercom's id.
    pub id: String,
    /// The caller's id.
    #[serde(default)]
    pub company_id: Option<String>,
    /// What people call it.
    #[serde(default)]
    pub name: Option<String>,
}

/// One page of the companies of a contact, or of all.
#[derive(Debug, Deserialize)]
pub(super) struct CompanyPage {
    // The API's examples say `data`, its schema says `companies`.
    #[serde(alias = "companies")]
    pub(super) data: Vec<Company>,
    pages: Option<Pages>,
}

#[derive(Debug, Deserialize)]
struct Pages {
    #[serde(default)]
    page: u32,
    #[serde(default)]
    total_pages: u32,
}

/// The companies that a contact belongs to, by Intercom's ids.
#[derive(Debug, Clone, Default)]
pub(super) struct Membership {
    ids: HashSet<String>,
}

impl Membership {
    pub(super) fn has(&self, id: &str) -> bool {
        self.ids.contains(id)
    }

    /// Walks the companies that are not among `kept`.
    pub(super) fn others<'a>(&'a self, kept: &'a HashSet<String>) -> impl Iterator<Item = &'a str> {
        self.ids.iter().filter(|id| !kept.contains(*id)).map(String::as_str)
    }
}

impl Client {
    /// Returns Intercom's id of a company, creating the company if there is none. One request a company, and none if an
    /// earlier run knows it.
    pub(super) fn company(&self, company_id: &str, trace: &mut Trace) -> Result<String, ApiError> {
        self.companies.get(&company_id.to_owned(), || {
            if let Some(id) = self.company_book.recall(company_id) {
                return Ok(id);
            }
            let call = self
                .call(Method::POST, Effect::Writes, &["companies"])
                .json(&json!({ "company_id": company_id }));
            let company: Company = self.send(&call, trace)?;
            self.company_book.learn(company_id, Some(&company.id));
            Ok(company.id)
        })
    }

    /// Adds a contact to a company. One that it belongs to already is no error.
    pub(super) fn attach(&self, contact: &str, company_id: &str, trace: &mut Trace) -> Result<(), ApiError> {
        let id = self.company(company_id, trace)?;
        match self.attach_by_id(contact, &id, trace) {
            // The company was deleted since its id was looked up.
            Err(ApiError::Refused(refusal)) if refusal.code == "company_not_found" => {
                self.company_book.learn(company_id, None);
                self.companies.forget(&company_id.to_owned());
                let id = self.company(company_id, trace)?;
                self.attach_by_id(contact, &id, trace)
            }
            result => result,
        }
    }

    fn attach_by_id(&self, contact: &str, id: &str, trace: &mut Trace) -> Result<(), ApiError> {
        let call = self
            .call(Method::POST, Effect::Writes, &["contacts", contact, "companies"])
            .json(&json!({ "id": id }));
        self.send::<Company>(&call, trace).map(drop)
    }

    /// Takes a contact out of a company, by Intercom's id of it. One that it does not belong to is no error.
    pub(super) fn detach(&self, contact: &str, id: &str, trace: &mut Trace) -> Result<(), ApiError> {
        let path = ["contacts", contact, "companies", id];
        match self.send::<Company>(&self.call(Method::DELETE, Effect::Writes, &path), trace) {
            Err(error) if error.is_not_found() => Ok(()),
            result => result.map(drop),
        }
    }

    /// Returns the companies of a contact, reading those that the contact does not show.
    pub(super) fn membership(&self, contact: &Contact, trace: &mut Trace) -> Result<Membership, ApiError> {
        let Some(list) = &contact.companies else { return Ok(Membership::default()) };
        if !list.has_more {
            return Ok(Membership { ids: list.ids().into_iter().collect() });
        }
        let companies = self.companies_of(&contact.id, trace)?;
        Ok(Membership { ids: companies.into_iter().map(|company| company.id).collect() })
    }

    /// Returns all companies of a contact, 50 a request.
    ///
    /// # Errors
    /// As [`ApiError`].
    pub fn companies_of(&self, contact: &str, trace: &mut Trace) -> Result<Vec<Company>, ApiError> {
        let mut companies = Vec::new();
        for page in 1_u32.. {
            let call = self
                .call(Method::GET, Effect::Reads, &["contacts", contact, "companies"])
                .query("page", &page.to_string())
                .query("per_page", "50");
            let answer: CompanyPage = self.send(&call, trace)?;
            let is_last = answer.pages.as_ref().is_none_or(|pages| pages.total_pages <= pages.page.max(page));
            let is_empty = answer.data.is_empty();
            companies.extend(answer.data);
            if is_last || is_empty {
                break;
            }
        }
        Ok(companies)
    }
}
