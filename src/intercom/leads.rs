//! Leads, which Intercom never matches: a second create makes a second lead, so that what was begun is remembered.
//!
//! A lead is found by email through the search, whose index lags by minutes. So a create leaves an intent first, and its
//! answer the id: the same lead further down the file, or in the next run, is known without the index.

use std::collections::HashMap;
use std::io;
use std::sync::{Mutex, PoisonError};

use super::upsert::{Delivered, Role, UpsertError, Upserted};
use super::{ApiError, Client, Contact, Field, Raw, Trace, UserFields};

/// After this many seconds a lead that was created shows in the index: creates take "a few minutes" (the API's description).
pub const INDEX_LAG_SECONDS: u64 = 600;

/// Remembers the leads that were created, by email in lower case.
pub trait LeadJournal: Send + Sync {
    /// Returns what is known of a lead.
    fn recall(&self, email: &str) -> Recalled;

    /// Notes, durably, that a create is about to be sent. `at` is in seconds since 1970, by the server's clock.
    ///
    /// # Errors
    /// When it cannot be noted; the create is not sent then.
    fn begin(&self, email: &str, at: u64) -> io::Result<()>;

    /// Notes what became of it: the lead's id, or `None` if it was not created.
    ///
    /// # Errors
    /// When it cannot be noted.
    fn end(&self, email: &str, id: Option<&str>) -> io::Result<()>;
}

/// What is known of a lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recalled {
    /// Nothing.
    Nothing,
    /// A create was begun, and nobody knows its end.
    Begun {
        /// When, in seconds since 1970, by the server's clock.
        at: u64,
    },
    /// It was created.
    Created {
        /// Intercom's id.
        id: String,
    },
}

/// A journal that ends with the process.
#[derive(Debug, Default)]
pub(super) struct Memory(Mutex<HashMap<String, Recalled>>);

impl Memory {
    fn set(&self, email: &str, recalled: Recalled) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(email.into(), recalled);
    }
}

impl LeadJournal for Memory {
    fn recall(&self, email: &str) -> Recalled {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(email).cloned().unwrap_or(Recalled::Nothing)
    }

    fn begin(&self, email: &str, at: u64) -> io::Result<()> {
        self.set(email, Recalled::Begun { at });
        Ok(())
    }

    fn end(&self, email: &str, id: Option<&str>) -> io::Result<()> {
        let recalled = id.map_or(Recalled::Nothing, |id| Recalled::Created { id: id.into() });
        self.set(email, recalled);
        Ok(())
    }
}

impl Client {
    /// Finds the lead with an email: by what is remembered, else through the search.
    pub(super) fn find_lead(
        &self,
        email: &str,
        trace: &mut Trace,
    ) -> Result<Option<Raw<Contact>>, UpsertError> {
        let recalled = self.leads.recall(email);
        if let Recalled::Created { id } = &recalled
            && let Some(lead) = self.living_lead(id, email, trace)?
        {
            return Ok(Some(lead));
        }
        let mut hits = self.search_by(&Field::Email, email, Some(Role::Lead.name()), trace)?;
        if hits.len() > 1 {
            return Err(UpsertError::Ambiguous { role: Role::Lead, email: email.into(), count: hits.len() });
        }
        let found = match hits.pop() {
            Some(hit) => self.living_lead(&hit.value.id, email, trace)?,
            None => None,
        };
        match (found, recalled) {
            (None, Recalled::Begun { at }) if self.server_time() < at + INDEX_LAG_SECONDS => {
                Err(UpsertError::MayExist { email: email.into(), begun_at: at })
            }
            (found, _) => Ok(found),
        }
    }

    /// Reads the lead behind an id that was remembered or found in the lagging index. It may be gone, merged into a
    /// user, or somebody with another email by now: then it is not the lead that is meant.
    fn living_lead(
        &self,
        id: &str,
        email: &str,
        trace: &mut Trace,
    ) -> Result<Option<Raw<Contact>>, UpsertError> {
        let is_meant = |contact: &Contact| {
            contact.is_lead()
                && contact.email.as_deref().is_some_and(|theirs| theirs.eq_ignore_ascii_case(email))
        };
        match self.read(id, trace) {
            Ok(lead) => Ok(Some(lead).filter(|lead| is_meant(&lead.value))),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Creates a lead, leaving an intent first.
    pub(super) fn create_noted_lead(
        &self,
        fields: &UserFields,
        trace: &mut Trace,
    ) -> Result<Delivered, UpsertError> {
        let email = fields.text(&Field::Email).unwrap_or_default();
        self.leads.begin(email, self.server_time()).map_err(UpsertError::not_noted)?;
        let result = self.create_lead(fields, trace);
        // An end that cannot be noted leaves the intent open: whoever comes next looks before it creates.
        let _ = match &result {
            Ok(lead) => self.leads.end(email, Some(&lead.value.id)),
            Err(error) if !is_open(error, trace) => self.leads.end(email, None),
            Err(_) => Ok(()),
        };
        Ok(Delivered::new(Upserted::Created, result?))
    }
}

/// Returns whether a lead may have been created although the request failed.
fn is_open(error: &ApiError, trace: &Trace) -> bool {
    let is_lost =
        matches!(error, ApiError::AnswerLost { .. } | ApiError::NotIntercom { .. } | ApiError::Outage { .. });
    is_lost && trace.is_uncertain
}
