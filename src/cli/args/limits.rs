//! What ends a run before its work is done.

use std::str::FromStr;

use clap::Args;

use super::DurationArg;
use crate::cli::memory::PercentArg;
use crate::transfer::ErrorLimit;

#[derive(Debug, Args)]
#[command(next_help_heading = "Limits")]
pub(in crate::cli) struct LimitArgs {
    #[command(flatten)]
    pub(in crate::cli) time: TimeArgs,
    /// Stop when more rows than this are invalid, rejected or unknown: a number, or a percentage as in 5%, which counts
    /// once 100 rows have ended
    #[arg(long, value_name = "N|P%", value_parser = error_limit)]
    pub(in crate::cli) max_errors: Option<ErrorLimit>,
    /// Send nothing if more rows would be written than this share of the rows of the job's last run, as in 10%
    #[arg(long, value_name = "P%")]
    pub(in crate::cli) max_change: Option<PercentArg>,
    /// Accept an input with less than half of the rows of the job's last run
    #[arg(long)]
    pub(in crate::cli) allow_shrunken: bool,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Limits")]
pub(in crate::cli) struct TimeArgs {
    /// Stop after so much time, as in 2h; the same command goes on from there
    #[arg(long, value_name = "DURATION", value_parser = DurationArg::from_str)]
    pub(in crate::cli) max_duration: Option<DurationArg>,
}

fn error_limit(text: &str) -> Result<ErrorLimit, String> {
    let limit = match text.trim().strip_suffix('%') {
        Some(percent) => percent.parse().ok().filter(|p| (0.0..=100.0).contains(p)).map(ErrorLimit::Percent),
        None => text.trim().parse().ok().map(ErrorLimit::Rows),
    };
    limit.ok_or_else(|| {
        format!("`{text}` is neither a number of rows nor a percentage; write it as in `100` or `5%`")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<ErrorLimit>) {
        assert_eq!(expected, error_limit(text).ok());
    }

    #[test]
    fn a_limit_is_a_number_of_rows_or_a_percentage() {
        check("0", Some(ErrorLimit::Rows(0)));
        check("100", Some(ErrorLimit::Rows(100)));
        check("5%", Some(ErrorLimit::Percent(5.0)));
        check("0.5%", Some(ErrorLimit::Percent(0.5)));
        for text in ["", "-1", "1.5", "%", "101%", "-1%", "NaN%", "many"] {
            check(text, None);
        }
    }
}
