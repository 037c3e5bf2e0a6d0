//! The integration tests: one binary, a module a feature. Each runs the built program against a sandbox of its own.

// A test may panic, and looks at the clock; nothing here is anybody's API.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, unreachable_pub)]

mod attributes;
mod bad_files;
mod bad_rows;
mod bad_server;
mod bulk;
mod changing_files;
mod contract;
mod disk;
mod duplicates;
mod engines;
mod export;
mod faults;
mod folders;
mod import;
mod kill;
mod layers;
mod ledger;
mod limits;
mod lock;
mod modes;
mod pacing;
mod plan;
mod readme;
mod report;
mod retry;
mod sandbox;
mod serve;
mod signals;
mod support;
mod verbs;
