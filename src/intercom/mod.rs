//! Intercom's REST API (2.x contacts) as a typed client.
//!
//! [`Client`] is the one choke point: every request of the program goes through it, takes one token for every attempt,
//! and comes back as a typed value or a typed error. Facts and their sources are named where they are used; the API's
//! description is at <https://developers.intercom.com/docs/references/rest-api/api.intercom.io>.

mod answer;
mod attributes;
mod client;
mod connection;
mod contact;
mod contacts;
mod diff;
mod error;
mod fields;
mod new_attributes;
mod pages;
mod token;
mod traffic;
mod upsert;

pub use crate::pace::QuotaUse;
pub use attributes::{Attributes, DataAttribute, Model};
pub use client::{Client, Trace};
pub use connection::{Connection, Region};
pub use contact::{Address, Contact, NestedList};
pub use contacts::{App, Me};
pub use error::{ApiError, Refusal};
pub use fields::{Field, UserFields, Value};
pub use new_attributes::{Creation, NewAttribute, NotListed};
pub use pages::{Cursor, Page, pages};
pub use token::AccessToken;
pub use traffic::{Latency, Traffic};
pub use upsert::{Mode, UpsertError, Upserted};
