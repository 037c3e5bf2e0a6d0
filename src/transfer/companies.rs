//! The companies that earlier runs have met, in the workspace's ledger.

use crate::intercom::CompanyBook;
use crate::ledger::Companies;

/// Remembers companies from run to run.
#[derive(Debug)]
pub struct KnownCompanies(Companies);

impl KnownCompanies {
    /// Returns a book over those of a ledger.
    #[must_use]
    pub fn new(companies: Companies) -> Self {
        Self(companies)
    }
}

impl CompanyBook for KnownCompanies {
    fn recall(&self, company_id: &str) -> Option<String> {
        // What cannot be read is asked for; the writer will hear of the ledger's state soon enough.
        self.0.id(company_id).ok().flatten()
    }

    fn learn(&self, company_id: &str, id: Option<&str>) {
        self.0.note(company_id, id);
    }
}
