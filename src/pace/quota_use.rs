//! How the quota was used, as far as the headers tell.

/// How the quota was used, as far as the headers tell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QuotaUse {
    /// The requests that the server grants a window; `None` before the first answer with headers.
    pub limit: Option<u32>,
    /// What the whole workspace used in the last window that is over, or so far in the first.
    pub used: u32,
    /// The part of `used` that was not ours.
    pub others: u32,
    /// What others used in all windows seen.
    pub others_seen: u64,
    /// How often the server said 429.
    pub throttled: u64,
}
