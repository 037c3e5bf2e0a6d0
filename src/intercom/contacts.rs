//! The verbs on contacts, one request each.

use reqwest::Method;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::body::ContactBody;
use super::call::{Call, Effect};
use super::{ApiError, Client, Contact, Cursor, Field, Page, Raw, Trace, UserFields};

/// How often a merged contact may have been merged again (the API's description).
const MAX_HOPS: u32 = 3;

/// Who the token belongs to.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Me {
    /// The workspace.
    pub app: Option<App>,
}

/// A workspace.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct App {
    /// Its id.
    pub id_code: String,
    /// The time zone in which its days begin, as in `Europe/Berlin`.
    #[serde(default)]
    pub timezone: Option<String>,
}

/// A search: a query in the API's grammar, and where to go on.
#[derive(Serialize)]
struct Search<'a> {
    query: &'a serde_json::Value,
    pagination: Pagination<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sort: Option<Sort>,
}

/// The order of a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sort {
    /// By what.
    pub field: SortField,
    /// Which end comes first.
    pub order: Order,
}

/// What a search is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // The API's own names.
pub enum SortField {
    CreatedAt,
    UpdatedAt,
}

/// Which end of a search comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // The API's own names.
pub enum Order {
    Ascending,
    Descending,
}

#[derive(Serialize)]
struct Pagination<'a> {
    per_page: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    starting_after: Option<&'a str>,
}

impl<'a> Search<'a> {
    fn new(query: &'a serde_json::Value, per_page: u32, starting_after: Option<&'a Cursor>) -> Self {
        let pagination = Pagination { per_page, starting_after: starting_after.map(Cursor::as_str) };
        Self { query, pagination, sort: None }
    }
}

impl Client {
    /// The most contacts that one page holds (2.x).
    pub const PAGE_SIZE: u32 = 150;

    /// What a page is halved down to where larger ones are not answered.
    pub const SMALL_PAGE: u32 = 10;

    /// Returns who the token belongs to: the cheapest proof that it works. Gives up sooner than other requests, and
    /// waits for no server that is away.
    ///
    /// # Errors
    /// As [`ApiError`].
    pub fn me(&self, trace: &mut Trace) -> Result<Me, ApiError> {
        self.send(&self.call(Method::GET, Effect::Reads, &["me"]).brief().impatient(), trace)
    }

    /// Creates a contact; one that exists is refused with `conflict`.
    ///
    /// # Errors
    /// As [`ApiError`].
    pub fn create(&self, fields: &UserFields, trace: &mut Trace) -> Result<Raw<Contact>, ApiError> {
        let call = self.call(Method::POST, Effect::Writes, &["contacts"]).json(&ContactBody(fields));
        self.send_raw(&call, trace)
    }

    /// Creates a lead. It is sent once, whatever becomes of the answer: Intercom would take a second one as well.
    ///
    /// # Errors
    /// As [`ApiError`].
    pub(super) fn create_lead(
        &self,
        fields: &UserFields,
        trace: &mut Trace,
    ) -> Result<Raw<Contact>, ApiError> {
        let call = self.call(Method::POST, Effect::Writes, &["contacts"]).json(&ContactBody(fields));
        self.send_raw(&call.never_twice(), trace)
    }

    /// Reads a contact by Intercom's id: always what was last written. One that was merged into another is read there.
    ///
    /// # Errors
    /// As [`ApiError`]; archived and deleted contacts are not found.
    pub fn read(&self, id: &str, trace: &mut Trace) -> Result<Raw<Contact>, ApiError> {
        let mut id = id.to_owned();
        for _ in 0..MAX_HOPS {
            let call = self.call(Method::GET, Effect::Reads, &["contacts", &id]);
            match self.send_raw(&call, trace) {
                Err(error) => match error.canonical() {
                    Some(canonical) => id = canonical.into(),
                    None => return Err(error),
                },
                found => return found,
            }
        }
        self.send_raw(&self.call(Method::GET, Effect::Reads, &["contacts", &id]), trace)
    }

    /// Reads a user by the caller's own id. Needs version 2.13; does not find leads.
    ///
    /// # Errors
    /// As [`ApiError`].
    pub fn find_by_external_id(
        &self,
        external_id: &str,
        trace: &mut Trace,
    ) -> Result<Raw<Contact>, ApiError> {
        let path = ["contacts", "find_by_external_id", external_id];
        match self.send_raw(&self.call(Method::GET, Effect::Reads, &path), trace) {
            Err(error) => match error.canonical() {
                Some(canonical) => self.read(canonical, trace),
                None => Err(error),
            },
            found => found,
        }
    }

    /// Writes the given fields of a contact and leaves the others alone.
    ///
    /// # Errors
    /// As [`ApiError`].
    pub fn update(&self, id: &str, fields: &UserFields, trace: &mut Trace) -> Result<Raw<Contact>, ApiError> {
        let call = self.call(Method::PUT, Effect::Writes, &["contacts", id]).json(&ContactBody(fields));
        self.send_raw(&call, trace)
    }

    /// Brings an archived contact back. A deleted one is refused, with 400 or with a 500 that stays one (recorded).
    ///
    /// # Errors
    /// As [`ApiError`].
    pub(super) fn unarchive(&self, id: &str, trace: &mut Trace) -> Result<(), ApiError> {
        let path = ["contacts", id, "unarchive"];
        let call = self.call(Method::POST, Effect::Writes, &path).json(&json!({}));
        self.send::<IgnoredAny>(&call.brief(), trace).map(drop)
    }

    /// Archives a contact.
    ///
    /// # Errors
    /// As [`ApiError`].
    pub(super) fn archive(&self, id: &str, trace: &mut Trace) -> Result<(), ApiError> {
        let path = ["contacts", id, "archive"];
        let call = self.call(Method::POST, Effect::Writes, &path).json(&json!({}));
        self.send::<IgnoredAny>(&call, trace).map(drop)
    }

    /// Returns one page of all contacts, users and leads. The index behind it lags seconds to minutes.
    ///
    /// # Errors
    /// As [`ApiError`]; a stale cursor is refused with `client_error`.
    pub fn list(
        &self,
        per_page: u32,
        starting_after: Option<&Cursor>,
        trace: &mut Trace,
    ) -> Result<Page<Contact>, ApiError> {
        let mut call =
            self.call(Method::GET, Effect::Reads, &["contacts"]).query("per_page", &per_page.to_string());
        if let Some(cursor) = starting_after {
            call = call.query("starting_after", cursor.as_str());
        }
        self.send(&call.sized(per_page), trace)
    }

    /// Returns one page of the contacts that match a query, in an order; as [`Client::search`].
    ///
    /// # Errors
    /// As [`ApiError`]; a stale cursor is refused with `client_error`.
    pub fn search_sorted(
        &self,
        query: &serde_json::Value,
        sort: Sort,
        per_page: u32,
        starting_after: Option<&Cursor>,
        trace: &mut Trace,
    ) -> Result<Page<Contact>, ApiError> {
        let call = self.call(Method::POST, Effect::Reads, &["contacts", "search"]);
        let search = Search::new(query, per_page, starting_after);
        self.send(&call.json(&Search { sort: Some(sort), ..search }).sized(per_page), trace)
    }

    /// Returns one page of the contacts that match a query, from the same lagging index.
    ///
    /// Pagination goes into the body: the API ignores it in the query string.
    ///
    /// # Errors
    /// As [`ApiError`].
    pub fn search(
        &self,
        query: &serde_json::Value,
        per_page: u32,
        starting_after: Option<&Cursor>,
        trace: &mut Trace,
    ) -> Result<Page<Raw<Contact>>, ApiError> {
        self.send(&self.search_call(query, per_page, starting_after), trace)
    }

    pub(super) fn search_call(
        &self,
        query: &serde_json::Value,
        per_page: u32,
        starting_after: Option<&Cursor>,
    ) -> Call {
        let search = Search::new(query, per_page, starting_after);
        self.call(Method::POST, Effect::Reads, &["contacts", "search"]).json(&search)
    }

    /// Returns the contacts whose field equals a value, of one role if one is given, as the lagging index shows them.
    ///
    /// # Errors
    /// As [`ApiError`].
    pub(super) fn search_by(
        &self,
        field: &Field,
        value: &str,
        role: Option<&str>,
        trace: &mut Trace,
    ) -> Result<Vec<Raw<Contact>>, ApiError> {
        let is = |field: &str, value: &str| json!({"field": field, "operator": "=", "value": value});
        let query = match role {
            Some(role) => json!({
                "operator": "AND",
                "value": [is(field.api_name(), value), is("role", role)],
            }),
            None => is(field.api_name(), value),
        };
        Ok(self.search(&query, Self::PAGE_SIZE, None, trace)?.items)
    }
}
