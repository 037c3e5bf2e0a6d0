//! The sandbox that serves.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::sandbox::Lag;
use crate::sandbox::UnknownSetting;

#[derive(Debug, Args)]
pub(in crate::cli) struct SandboxArgs {
    #[command(subcommand)]
    pub(in crate::cli) command: SandboxCommand,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum SandboxCommand {
    /// Serve until SIGTERM or Ctrl-C; prints one line of JSON when it is ready
    Serve(ServeArgs),
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ServeArgs {
    /// Listen on this port of 127.0.0.1; 0 is any free one
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(in crate::cli) port: u16,
    /// Begin with so many users
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(in crate::cli) users: u64,
    /// Begin all chance here: users, lag, latency, faults
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(in crate::cli) seed: u64,
    /// Grant one token so many requests a minute; 0 is no limit
    #[arg(long, value_name = "N/min", default_value = "10000/min", value_parser = per_minute)]
    pub(in crate::cli) quota: u32,
    /// Grant all tokens together so many requests a minute; 0 is no limit
    #[arg(long, value_name = "N/min", default_value = "0", value_parser = per_minute)]
    pub(in crate::cli) workspace_quota: u32,
    /// Answer after this time, in the median
    #[arg(long, value_name = "TIME", default_value = "0ms", value_parser = duration)]
    pub(in crate::cli) latency: std::time::Duration,
    /// Spread the latency by this much
    #[arg(long, value_name = "TIME", default_value = "0ms", value_parser = duration)]
    pub(in crate::cli) jitter: std::time::Duration,
    /// Let lists and searches lag behind writes, as in 5s or 3s..120s; 0 is not at all
    #[arg(long, value_name = "TIME", default_value = "3s..120s")]
    pub(in crate::cli) lag: Lag,
    /// Use this version of the API where a request names none
    #[arg(long, value_name = "VERSION", default_value = "2.16")]
    pub(in crate::cli) api_version: String,
    /// Begin the days by which a search compares times in this time zone
    #[arg(long, value_name = "AREA/CITY", default_value = "UTC")]
    pub(in crate::cli) time_zone: String,
    /// Let this share of requests fail, from 0 to 1, in every way, before and after they are carried out
    #[arg(long, value_name = "P", default_value_t = 0.0, value_parser = share)]
    pub(in crate::cli) fault_rate: f64,
    /// Let something that is not known about Intercom turn out this way; see --explain
    #[arg(long, value_name = "NAME=OUTCOME", value_delimiter = ',')]
    pub(in crate::cli) unknown: Vec<UnknownSetting>,
    /// Print what the sandbox does, how each thing is known, and every --unknown; serve nothing
    #[arg(long)]
    pub(in crate::cli) explain: bool,
    /// Refuse every field, key and query parameter that Intercom would ignore
    #[arg(long)]
    pub(in crate::cli) strict: bool,
    /// Let requests meet what this TOML file says: faults, delays, moments
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) scenario: Option<PathBuf>,
    /// Keep contacts and attributes in this file between runs
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) data: Option<PathBuf>,
    /// Accept this token only [default: any that is not empty]
    #[arg(long, value_name = "TOKEN")]
    pub(in crate::cli) token: Option<String>,
}

fn per_minute(text: &str) -> Result<u32, String> {
    let number = text.strip_suffix("/min").unwrap_or(text).replace(['_', ','], "");
    number.parse().map_err(|_| "write requests a minute, as in 10000/min, or 0".into())
}

fn share(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|share| (0.0..=1.0).contains(share))
        .ok_or_else(|| "write a number from 0 to 1".into())
}

fn duration(text: &str) -> Result<std::time::Duration, String> {
    let (number, unit) = text.split_at(text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len()));
    let seconds_in_one = match unit {
        "ms" => 0.001,
        "s" => 1.0,
        "m" => 60.0,
        _ => return Err("write a time with its unit, as in 200ms or 3s".into()),
    };
    let number: f64 = number.parse().map_err(|_| format!("`{number}` is not a number"))?;
    std::time::Duration::try_from_secs_f64(number * seconds_in_one)
        .map_err(|_| "write a time of zero or more".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_with_its_unit() {
        assert_eq!(Ok(std::time::Duration::from_millis(200)), duration("200ms"));
        assert_eq!(Ok(std::time::Duration::from_millis(1_500)), duration("1.5s"));
        assert!(duration("200").is_err());
        assert!(duration("-1s").is_err());
    }
}
