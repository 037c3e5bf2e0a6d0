//! Which workspace, through which of Intercom's APIs, and how fast.

use clap::Args;

use super::DurationArg;
use crate::intercom::Engine;
use crate::intercom::Region;
use crate::pace::Rate;

#[derive(Debug, Args)]
#[command(next_help_heading = "Connection")]
pub(in crate::cli) struct ConnectArgs {
    /// Work with an embedded sandbox instead, whatever else is said; its users are kept between runs
    #[arg(long)]
    pub(in crate::cli) sandbox: bool,
    /// Succeed at once, without a single request, and say `disabled` on every output
    #[arg(long)]
    pub(in crate::cli) disabled: bool,
    /// Reach the workspace in this region: us, eu or au
    #[arg(long, value_name = "REGION", default_value = "us")]
    pub(in crate::cli) region: Region,
    /// Reach the API at this root instead of a region's
    #[arg(long, value_name = "URL")]
    pub(in crate::cli) base_url: Option<String>,
    #[command(flatten)]
    pub(in crate::cli) dialect: DialectArgs,
    /// Spend at most this many requests a minute, or auto: what the server grants
    #[arg(long, value_name = "N/min", default_value = "auto")]
    pub(in crate::cli) rate: RateArg,
    /// Use at most this part of the quota, 0.1 to 1, and leave the rest to others
    #[arg(long, value_name = "SHARE", default_value = "1")]
    pub(in crate::cli) quota_share: ShareArg,
    /// Keep at most this many rows in flight, or auto: as many as the rate needs, up to 128
    #[arg(long, value_name = "N", default_value = "auto")]
    pub(in crate::cli) concurrency: ConcurrencyArg,
    /// Give up an attempt whose answer takes longer than this [default: 60s]
    #[arg(long, value_name = "TIME")]
    pub(in crate::cli) timeout: Option<DurationArg>,
    /// Wait at most this long for a server that is away [default: 15m for import and export]
    #[arg(long, value_name = "TIME")]
    pub(in crate::cli) max_outage: Option<DurationArg>,
}

/// Which of Intercom's APIs is spoken.
#[derive(Debug, Args)]
#[command(next_help_heading = "Connection")]
pub(in crate::cli) struct DialectArgs {
    /// Write users through contacts (2.x), users (1.x) or bulk (Preview, a hundred a request), or auto: by --api-version, else contacts
    #[arg(long, value_name = "ENGINE", default_value = "auto")]
    pub(in crate::cli) engine: EngineArg,
    /// Pin this version of the API [default: 2.16, 1.4 for the engine users, Preview for bulk]
    #[arg(long, value_name = "VERSION")]
    pub(in crate::cli) api_version: Option<String>,
}

/// `--engine`.
#[derive(Debug, Clone, Copy)]
pub(in crate::cli) enum EngineArg {
    /// By the version.
    Auto,
    /// What the user says.
    Exactly(Engine),
}

impl std::str::FromStr for EngineArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "auto" { Ok(Self::Auto) } else { text.parse().map(Self::Exactly) }
    }
}

/// `--rate`.
#[derive(Debug, Clone, Copy)]
pub(in crate::cli) enum RateArg {
    /// What a workspace grants.
    Auto,
    /// What the user grants.
    AtMost(Rate),
}

impl std::str::FromStr for RateArg {
    type Err = crate::pace::RateError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "auto" { Ok(Self::Auto) } else { text.parse().map(Self::AtMost) }
    }
}

/// `--quota-share`.
#[derive(Debug, Clone, Copy)]
pub(in crate::cli) struct ShareArg(pub(in crate::cli) f64);

impl std::str::FromStr for ShareArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let share = text.parse().ok().filter(|share| (0.1..=1.0).contains(share));
        share.map(Self).ok_or_else(|| "write a part from 0.1 to 1, as in 0.5".into())
    }
}

/// `--concurrency`.
#[derive(Debug, Clone, Copy)]
pub(in crate::cli) enum ConcurrencyArg {
    /// By the rate.
    Auto,
    /// What the user says.
    Exactly(usize),
}

impl std::str::FromStr for ConcurrencyArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse() {
            _ if text == "auto" => Ok(Self::Auto),
            // More threads than that wait for each other, not for the server.
            Ok(n @ 1..=512) => Ok(Self::Exactly(n)),
            _ => Err("write a number from 1 to 512, or `auto`".into()),
        }
    }
}
