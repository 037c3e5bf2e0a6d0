//! A workspace, or none at all, and the verbs that read.

use super::error::{ConnectError, VerbError};
use crate::intercom::Client as Api;
use crate::intercom::Connection;
use crate::intercom::Contact;
use crate::intercom::Cursor;
use crate::intercom::Field;
use crate::intercom::Listing;
use crate::intercom::Raw;
use crate::intercom::Role;
use crate::intercom::Trace;
use crate::intercom::Walk;
use crate::mapping::Identity;
use crate::pace::Allowance;
use crate::pace::Clock;
use crate::pace::Halt;
use crate::pace::Limiter;

/// One workspace, one user at a time: [`find`](Self::find), [`upsert`](Self::upsert), [`update`](Self::update),
/// [`list`](Self::list).
///
/// Every request waits its turn under the workspace's quota, and is sent again where that is safe. A client that is
/// [`disabled`](Self::disabled) answers everything without a request, and its answers say so.
///
/// ```
/// use intercom_bulk::sandbox::{Config, Sandbox};
/// use intercom_bulk::{Client, Fields, Terms};
///
/// let sandbox = Sandbox::start(Config::default())?;
/// let client = Client::connect(&sandbox.url(), sandbox.token())?;
/// let ann = Fields::default().with("email", "ann@example.com");
/// assert!(!client.upsert(&ann, &Terms::default())?.is_disabled());
/// assert!(Client::disabled().upsert(&ann, &Terms::default())?.is_disabled());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Client(Option<Api>);

/// What a verb brought. A client that is disabled brings nothing, which must not be taken for an empty answer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Answer<T> {
    /// What the workspace said.
    Live(T),
    /// Nothing was asked: the client is disabled.
    Disabled,
}

/// One page of contacts.
pub type Page = Listing;

impl<T> Answer<T> {
    /// Returns what the workspace said; `None` if nothing was asked.
    #[must_use]
    pub fn live(self) -> Option<T> {
        match self {
            Self::Live(value) => Some(value),
            Self::Disabled => None,
        }
    }

    /// Returns whether nothing was asked.
    #[must_use]
    pub fn is_disabled(&self) -> bool {
        matches!(self, Self::Disabled)
    }
}

impl Client {
    /// Connects to a workspace of the 2.x API, under the quota that every workspace has. Nothing is sent yet.
    ///
    /// # Errors
    /// When the address or the token is none.
    pub fn connect(base_url: &str, token: &str) -> Result<Self, ConnectError> {
        let connection = Connection::to(base_url, token)?;
        let limiter = Limiter::new(Allowance::default(), Clock::system(), Halt::default());
        let api =
            Api::new(connection, limiter).map_err(|error| ConnectError::NotPrepared(error.to_string()))?;
        Ok(Self::over(api))
    }

    /// Returns the verbs over a client that somebody set up: its version of the API, its quota, its way to stop.
    #[must_use]
    pub fn over(api: Api) -> Self {
        Self(Some(api))
    }

    /// Returns a client that succeeds at everything without a single request.
    #[must_use]
    pub fn disabled() -> Self {
        Self(None)
    }

    /// Returns the users, and unless a role is given the leads, that somebody is known by. Nobody is an empty list.
    ///
    /// An email is looked for in an index that trails writes by seconds to minutes; ids are not.
    ///
    /// ```
    /// # use intercom_bulk::sandbox::{Config, Lag, Sandbox};
    /// # use intercom_bulk::{Client, Fields, Identity, Terms};
    /// # let sandbox = Sandbox::start(Config { users: 3, lag: Lag::NONE, ..Config::default() })?;
    /// # let client = Client::connect(&sandbox.url(), sandbox.token())?;
    /// # client.upsert(&Fields::default().with("external_id", "u-1").with("custom.plan", "pro"), &Terms::default())?;
    /// let found = client.find(&Identity::ExternalId("u-1".into()), None)?.live().unwrap();
    /// assert_eq!(Some("u-1"), found[0].value.external_id.as_deref());
    /// assert!(found[0].json.get().contains(r#""plan":"pro""#)); // As the server wrote it.
    /// assert!(client.find(&Identity::Email("nobody@example.com".into()), None)?.live().unwrap().is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`VerbError::Api`].
    pub fn find(&self, who: &Identity, role: Option<Role>) -> Result<Answer<Vec<Raw<Contact>>>, VerbError> {
        let Some(api) = self.api() else { return Ok(Answer::Disabled) };
        let (key, value) = parts(who);
        Ok(Answer::Live(api.find(&key, value, role, &mut Trace::default())?))
    }

    /// Returns one page of the contacts, or of those with a role: `page_size` of them at most, after the cursor that the
    /// page before gave.
    ///
    /// ```
    /// # use intercom_bulk::sandbox::{Config, Lag, Sandbox};
    /// # use intercom_bulk::{Client, Fields, Identity, Terms};
    /// # let sandbox = Sandbox::start(Config { users: 3, lag: Lag::NONE, ..Config::default() })?;
    /// # let client = Client::connect(&sandbox.url(), sandbox.token())?;
    /// let first = client.list(None, 2, None)?.live().unwrap();
    /// let second = client.list(None, 2, first.next.as_ref())?.live().unwrap();
    /// assert_eq!((2, 1, None), (first.contacts.len(), second.contacts.len(), second.next));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`VerbError::Api`].
    pub fn list(
        &self,
        role: Option<Role>,
        page_size: u32,
        starting_after: Option<&Cursor>,
    ) -> Result<Answer<Page>, VerbError> {
        let Some(api) = self.api() else { return Ok(Answer::Disabled) };
        Ok(Answer::Live(api.listing(role, page_size, starting_after, &mut Trace::default())?))
    }

    /// Walks over all contacts, or those with a role, each once.
    pub fn walk(&self, role: Option<Role>) -> Answer<Walk<'_>> {
        self.api().map_or(Answer::Disabled, |api| Answer::Live(api.walk(role)))
    }

    /// Returns how many requests were sent so far.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.api().map_or(0, |api| api.traffic().requests)
    }

    pub(super) fn api(&self) -> Option<&Api> {
        self.0.as_ref()
    }
}

/// Returns the field and the value that somebody is known by.
pub(super) fn parts(who: &Identity) -> (Field, &str) {
    match who {
        Identity::Id(value) => (Field::Id, value),
        Identity::ExternalId(value) => (Field::ExternalId, value),
        Identity::Email(value) => (Field::Email, value),
    }
}
