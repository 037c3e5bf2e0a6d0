//! The integration tests: one binary, a module a feature. Each runs the built program against a sandbox of its own.

#![allow(clippy::unwrap_used, clippy::disallowed_methods)] // A test may panic, and looks at the clock.

mod import;
mod layers;
mod sandbox;
mod support;
