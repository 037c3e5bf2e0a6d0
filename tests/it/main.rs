//! The integration tests: one binary, a module a feature.

#![allow(clippy::unwrap_used, clippy::disallowed_methods)] // A test may panic, and looks at the clock.

mod sandbox;
