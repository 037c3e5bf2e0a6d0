//! How an import learns which users exist.

use clap::{Args, ValueEnum};

use crate::cli::error::Error;
use crate::cli::exit::Exit;
use crate::intercom::Engine;
use crate::transfer::LookupPolicy;
use crate::transfer::Strategy;

#[derive(Debug, Args)]
#[command(next_help_heading = "Lookup")]
pub(in crate::cli) struct LookupArgs {
    /// Learn which users exist this way, of those that the ledger does not know: auto (what costs the fewest requests),
    /// create, find or list
    #[arg(long, value_name = "HOW", default_value = "auto")]
    pub(in crate::cli) lookup: LookupArg,
}

/// `--lookup`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum LookupArg {
    /// What costs the fewest requests, by what earlier rows have shown
    Auto,
    /// Create each, and learn from the refusal
    Create,
    /// Search for 15 at a time
    Find,
    /// List the whole workspace before
    List,
}

impl LookupArgs {
    /// Returns how users are looked up.
    ///
    /// # Errors
    /// When the engine looks nobody up, and it is to.
    pub(in crate::cli) fn policy(&self, engine: Engine) -> Result<LookupPolicy, Error> {
        if engine != Engine::Contacts && self.lookup != LookupArg::Auto {
            let message = format!("--lookup: the engine `{engine}` looks nobody up before it writes");
            return Err(
                Error::new(Exit::Usage, message).hint("leave --lookup out, or write with --engine contacts")
            );
        }
        Ok(match self.lookup {
            LookupArg::Auto => LookupPolicy::Auto,
            LookupArg::Create => LookupPolicy::Always(Strategy::Create),
            LookupArg::Find => LookupPolicy::Always(Strategy::Find),
            LookupArg::List => LookupPolicy::Always(Strategy::List),
        })
    }
}
