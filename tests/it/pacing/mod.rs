//! How the server's quota is used: all of it that is free, shared with whoever else is there, and never overdrawn.

mod headers;
mod quota;
mod simulated;
mod simulation;
