//! `intercom-bulk` moves users between files and an Intercom workspace.

pub mod cli;
pub mod intercom;
pub mod mapping;
pub mod pace;
pub mod report;
pub mod rows;
pub mod sandbox;
pub mod transfer;
