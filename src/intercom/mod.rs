//! Intercom's REST API as a typed client: the contacts of 2.x, and the users of 1.x.
//!
//! [`Client`] is the one choke point: every request of the program goes through it, takes one token for every attempt,
//! and comes back as a typed value or a typed error. Which of the two APIs writes the users is an [`Engine`]; who asks
//! learns outcomes only. Facts and their sources are named where they are used; the API's description is at
//! <https://developers.intercom.com/docs/references/rest-api/api.intercom.io>.

mod answer;
mod attributes;
mod body;
mod bulk;
mod call;
mod client;
mod companies;
mod conflict;
mod connection;
mod contact;
mod contacts;
mod contacts_engine;
mod diff;
mod engine;
mod error;
mod fields;
mod find;
mod flight;
mod foresight;
mod leads;
mod listing;
mod names;
mod new_attributes;
mod outage;
mod pages;
mod remembered;
mod seen;
mod shown;
mod tags;
mod token;
mod traffic;
mod transport;
mod update;
mod upsert;
mod user;
mod users;
mod users_engine;
mod walk;

pub use crate::pace::QuotaUse;
pub use attributes::{Attributes, DataAttribute, Model};
pub use bulk::{
    BULK_MAX, BulkItem, BulkJob, BulkKind, BulkState, BulkTask, BulkUse, Extent, Landed, Submission, Way,
    is_taken_by_update, judge,
};
pub use client::{Client, Trace};
pub use companies::{Company, CompanyBook, MAX_COMPANIES};
pub use connection::{Connection, ConnectionError, Region};
pub use contact::{Address, Contact, NestedList, Raw};
pub use contacts::{App, Me, Order, Sort, SortField};
pub use engine::{Dialect, Engine, Unwritable, WrongVersion};
pub use error::{ApiError, Refusal};
pub use fields::{Field, UserFields, Value};
pub use foresight::{Change, Foreseen};
pub use leads::{INDEX_LAG_SECONDS, LeadJournal, Recalled};
pub use listing::Listing;
pub use names::{Expand, Names, Whole};
pub use new_attributes::{Creation, NewAttribute, NotListed};
pub use pages::{Cursor, Page};
pub use remembered::Remembered;
pub use seen::SeenIds;
pub use shown::SEARCH_BATCH;
pub use tags::{TAG_BATCH, Tag};
pub use token::AccessToken;
pub use traffic::{Latency, Traffic};
pub use upsert::{
    Archived, Delivered, FailedPart, Mode, OtherCompanies, Policy, Remark, Role, UpsertError, Upserted,
};
pub use walk::{Step, Walk};
