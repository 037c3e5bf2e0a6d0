//! Intercom's API as a typed client.

mod fields;

pub use fields::{Field, UserFields, Value};
