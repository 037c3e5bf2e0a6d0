//! What has been delivered, and what is about to be: for now the intents of writes that must not be repeated blindly.
//! Knows no HTTP and no CSV.

mod intents;

pub use intents::{IntentError, Intents, Known};
