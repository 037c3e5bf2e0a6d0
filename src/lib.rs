//! `intercom-bulk` moves users between files and an Intercom workspace.

pub mod intercom;
pub mod mapping;
pub mod pace;
pub mod rows;
pub mod sandbox;
