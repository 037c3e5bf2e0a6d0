//! What few contacts have: the fields of 1.x that 2.x cannot write, and the language that only Preview can write.
//!
//! Most contacts have none of it, so that it costs them one word of memory.

use std::ops::Deref;

use serde::Deserialize;
use serde::Serialize;

/// A contact's extras; read through `Deref`, changed with `edit`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(transparent)]
pub(super) struct Extras(Option<Box<Extra>>);

/// The extras of a contact that has any.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Extra {
    pub(super) language_override: Option<String>,
    /// When a lead became a user.
    pub(super) promoted_at: Option<i64>,
    pub(super) session_count: i64,
    pub(super) last_seen_ip: Option<String>,
    pub(super) user_agent: Option<String>,
    pub(super) referrer: Option<String>,
    pub(super) utm: Utm,
}

/// Where a user came from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Utm {
    pub(super) campaign: Option<String>,
    pub(super) content: Option<String>,
    pub(super) medium: Option<String>,
    pub(super) source: Option<String>,
    pub(super) term: Option<String>,
}

static NOTHING: Extra = Extra {
    language_override: None,
    promoted_at: None,
    session_count: 0,
    last_seen_ip: None,
    user_agent: None,
    referrer: None,
    utm: Utm { campaign: None, content: None, medium: None, source: None, term: None },
};

impl Extras {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Changes the extras, and gives their memory back if none is left.
    pub(super) fn edit(&mut self, change: impl FnOnce(&mut Extra)) {
        let mut extra = self.0.take().unwrap_or_default();
        change(&mut extra);
        self.0 = Some(extra).filter(|extra| **extra != NOTHING);
    }
}

impl Deref for Extras {
    type Target = Extra;

    fn deref(&self) -> &Extra {
        self.0.as_deref().unwrap_or(&NOTHING)
    }
}
