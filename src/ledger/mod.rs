//! What has been delivered, and what is about to be. Knows no HTTP and no CSV.
//!
//! The *ledger* is an SQLite file a workspace. For each user that a run has delivered it holds Intercom's id and the
//! fingerprint of the values, so that an unchanged row costs no request and a changed one costs one. It is written only
//! after the server's answer, by one thread, and is on the disk within a second. It is safe to delete: that costs
//! requests and loses nothing. What is not safe to delete, the *intents* of creates that must not be repeated blindly,
//! is therefore a file of its own. The *lock* lets one run at a time touch all of it. A *page store* is what an export
//! keeps its rows in until it is whole.

mod companies;
mod doubts;
mod error;
mod intents;
mod key;
mod lock;
mod overflow;
mod page_store;
mod reader;
mod record;
mod runs;
mod schema;
mod shelf;
mod writer;

#[cfg(test)]
mod tests;

pub use companies::Companies;
pub use doubts::Doubts;
pub use error::LedgerError;
pub use intents::{IntentError, Intents, Known};
pub use key::{KeyKind, UserKey};
pub use lock::{Holder, LockError, RunLock};
pub use overflow::{Overflow, OverflowError, Span};
pub use page_store::{PageStore, Put, StoredRow};
pub use reader::LedgerReader;
pub use record::{ContactId, Delivery, Fingerprint};
pub use runs::{PastRun, RunEnd, RunStart};
pub use schema::{Ledger, Opened};
pub use shelf::{Shelf, Shown};
pub use writer::{LedgerWriter, Note};
