//! The leads that a run creates, in the workspace's intents.

use std::io;
use std::path::{Path, PathBuf};

use crate::intercom::INDEX_LAG_SECONDS;
use crate::intercom::LeadJournal;
use crate::intercom::Recalled;
use crate::ledger::IntentError;
use crate::ledger::Intents;
use crate::ledger::Known;
use crate::rows::OutputError;

/// Remembers leads over the end of a run, however it ends.
#[derive(Debug)]
pub struct LeadIntents {
    intents: Intents,
    path: PathBuf,
}

impl LeadIntents {
    /// Opens the intents in a file; `now` is in seconds since 1970.
    ///
    /// # Errors
    /// As [`IntentError`].
    pub fn open(path: &Path, now: u64) -> Result<Self, IntentError> {
        let intents = Intents::open(path, now, INDEX_LAG_SECONDS)?;
        Ok(Self { intents, path: path.into() })
    }
}

impl LeadJournal for LeadIntents {
    fn recall(&self, email: &str) -> Recalled {
        match self.intents.known(&key(email)) {
            None => Recalled::Nothing,
            Some(Known::Begun { at }) => Recalled::Begun { at },
            Some(Known::Done { result }) => Recalled::Created { id: result },
        }
    }

    fn begin(&self, email: &str, at: u64) -> io::Result<()> {
        self.intents.begin(&key(email), at).map_err(|error| OutputError::named(&self.path, error))
    }

    fn end(&self, email: &str, id: Option<&str>) -> io::Result<()> {
        self.intents.end(&key(email), id).map_err(|error| OutputError::named(&self.path, error))
    }
}

fn key(email: &str) -> String {
    format!("lead {email}")
}
