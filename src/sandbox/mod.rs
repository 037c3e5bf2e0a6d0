//! An Intercom-shaped server. Speaks JSON; shares no type with `intercom`; names nothing of the crate.
