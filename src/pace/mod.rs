//! When a request may start, and whether a failed one may start again.
//!
//! A token bucket is the ceiling, the server's own window is the truth, and one turnstile stands before both; a gate
//! before them all is shut while the server is away. Knows no HTTP: the client hands in what the headers said.

mod bucket;
mod clock;
mod halt;
mod limiter;
mod outage;
mod rate;
mod retry;
mod window;

pub use clock::Clock;
pub use halt::{Halt, Halted};
pub use limiter::{Limiter, Ticket, Turn};
pub use outage::{Finding, Outages, Outset};
pub use rate::{Rate, RateError};
pub use retry::{Failure, RetryPolicy, Uncertain};
pub use window::{QuotaHeaders, QuotaUse};
