//! When a request may start, and whether a failed one may start again.
//!
//! The server's own window is the truth, a token bucket is the ceiling, as many requests are in flight as the rate needs,
//! and one turnstile stands before all three; a gate before them is shut while the server is away. Knows no HTTP: the
//! client hands in what the headers said.

mod allotment;
mod allowance;
mod bucket;
mod budget;
mod clock;
mod concurrency;
mod forecast;
mod halt;
mod headers;
mod limiter;
mod offset;
mod outage;
mod pacer;
mod quota_use;
mod rate;
mod retry;
mod window;

pub use allowance::{Allowance, Ceiling};
pub use budget::{Again, Spent};
pub use clock::Clock;
pub use halt::{Halt, Halted};
pub use headers::QuotaHeaders;
pub use limiter::{Heard, Limiter, Ticket, Turn};
pub use outage::{Finding, Outages, Outset};
pub use pacer::Pacer;
pub use quota_use::QuotaUse;
pub use rate::{Rate, RateError};
pub use retry::{Failure, RetryPolicy, Uncertain};
