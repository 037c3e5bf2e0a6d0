//! Parses, runs, prints the error, picks the exit code; nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    intercom_bulk::cli::run()
}
