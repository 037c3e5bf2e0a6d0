//! A row that did not end well: which, why, and what to do about it.

use super::Outcome;
use crate::intercom::ApiError;
use crate::intercom::Field;
use crate::intercom::Refusal;
use crate::intercom::Trace;
use crate::intercom::UpsertError;
use crate::mapping::Fault;
use crate::rows::BadRow;
use crate::rows::Row;

/// The step at which a row failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Its bytes are not a row, or not text.
    Decode,
    /// It lacks what it is matched by.
    Map,
    /// A value is not what its field takes.
    Validate,
    /// The server did not take it.
    Send,
}

impl Stage {
    /// Returns the word that the rejects file uses.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Decode => "decode",
            Self::Map => "map",
            Self::Validate => "validate",
            Self::Send => "send",
        }
    }
}

/// The row behind a reject, as it was read.
#[derive(Debug, Clone)]
pub enum SourceRow {
    /// With its cells.
    Row(Row),
    /// Bytes only.
    Bad(BadRow),
}

impl SourceRow {
    /// Returns the row byte for byte, with the line ending if it had one.
    #[must_use]
    pub fn raw(&self) -> &[u8] {
        match self {
            Self::Row(row) => row.raw(),
            Self::Bad(row) => &row.raw,
        }
    }
}

/// Why a row did not end well.
#[derive(Debug, Clone)]
pub struct Reject {
    /// The row.
    pub row: SourceRow,
    /// Who it is, as far as that is known: `external_id u-1`.
    pub key: Option<String>,
    /// The step at which it failed.
    pub stage: Stage,
    /// What it ended as.
    pub outcome: Outcome,
    /// A stable word for the reason: ours, or Intercom's.
    pub code: String,
    /// The status of the answer.
    pub http_status: Option<u16>,
    /// The field in question.
    pub field: Option<String>,
    /// The reason, for people.
    pub message: String,
    /// Intercom's id of the request.
    pub request_id: Option<String>,
    /// How often the request was tried.
    pub attempts: u32,
    /// Whether the same row may succeed later.
    pub is_retryable: bool,
    /// What to do.
    pub suggestion: Option<String>,
}

impl Reject {
    /// Describes bytes that are not a row.
    pub(super) fn of_bad_row(row: BadRow) -> Self {
        let (code, message) = (row.fault.code().into(), row.fault.to_string());
        let suggestion = row.fault.hint().map(Into::into);
        Self { code, message, suggestion, ..Self::new(SourceRow::Bad(row), Stage::Decode, Outcome::Invalid) }
    }

    /// Describes a row that cannot be sent. The first fault gives the code; the message tells all.
    pub(super) fn of_faults(row: Row, key: Option<String>, faults: &[Fault]) -> Self {
        let messages: Vec<String> = faults.iter().map(Fault::to_string).collect();
        let (code, stage) = faults.first().map_or(("invalid", Stage::Validate), |fault| {
            let stage = match fault.code() {
                "no_key" => Stage::Map,
                "not_text" => Stage::Decode,
                _ => Stage::Validate,
            };
            (fault.code(), stage)
        });
        Self {
            key,
            code: code.into(),
            field: faults.iter().find_map(|fault| fault.field.as_ref()).map(ToString::to_string),
            message: messages.join("; "),
            suggestion: hints(faults),
            ..Self::new(SourceRow::Row(row), stage, Outcome::Invalid)
        }
    }

    /// Describes a row that was not delivered.
    pub(super) fn of_upsert(row: Row, key: String, error: &UpsertError, trace: &Trace) -> Self {
        let refusal = refusal(error);
        let outcome = outcome(error, trace);
        Self {
            key: Some(key),
            code: code(error),
            http_status: refusal.map(|refusal| refusal.status).or_else(|| lost_status(error)),
            field: refusal.and_then(|refusal| refusal.field.clone()),
            message: message(error),
            request_id: refusal
                .and_then(|refusal| refusal.request_id.clone())
                .or_else(|| trace.request_id.clone()),
            attempts: trace.attempts,
            is_retryable: outcome != Outcome::Rejected,
            suggestion: suggestion(error).map(Into::into),
            ..Self::new(SourceRow::Row(row), Stage::Send, outcome)
        }
    }

    fn new(row: SourceRow, stage: Stage, outcome: Outcome) -> Self {
        Self {
            row,
            key: None,
            stage,
            outcome,
            code: String::new(),
            http_status: None,
            field: None,
            message: String::new(),
            request_id: None,
            attempts: 0,
            is_retryable: false,
            suggestion: None,
        }
    }
}

/// Joins what helps against each fault; one that is the same for several is said once.
fn hints(faults: &[Fault]) -> Option<String> {
    let mut hints: Vec<String> = faults.iter().filter_map(Fault::hint).collect();
    hints.dedup();
    (!hints.is_empty()).then(|| hints.join("; "))
}

/// A row is rejected only by the server's word; without it, it is unknown if a write may have happened, else pending.
fn outcome(error: &UpsertError, trace: &Trace) -> Outcome {
    match error {
        UpsertError::Api(ApiError::Refused(_)) => Outcome::Rejected,
        UpsertError::Api(_) if trace.is_uncertain => Outcome::Unknown,
        UpsertError::Api(_) => Outcome::Pending,
        _ => Outcome::Rejected,
    }
}

fn refusal(error: &UpsertError) -> Option<&Refusal> {
    match error {
        UpsertError::Api(error) => error.refusal(),
        UpsertError::Archived { refusal, .. } | UpsertError::Exists(refusal) => Some(refusal),
        UpsertError::Mismatch { .. } | UpsertError::Missing { .. } | UpsertError::Ambiguous { .. } => None,
    }
}

/// Returns the reason without what has a place of its own: code, status and request id.
fn message(error: &UpsertError) -> String {
    match error {
        UpsertError::Api(ApiError::Refused(refusal) | ApiError::NotAllowed(refusal)) => {
            refusal.message.clone()
        }
        error => error.to_string(),
    }
}

fn lost_status(error: &UpsertError) -> Option<u16> {
    match error {
        UpsertError::Api(ApiError::AnswerLost { status, .. }) => *status,
        _ => None,
    }
}

fn code(error: &UpsertError) -> String {
    let ours = match error {
        UpsertError::Api(error) => match error {
            ApiError::Refused(refusal) | ApiError::NotAllowed(refusal) => return refusal.code.clone(),
            ApiError::Unreachable { .. } => "unreachable",
            ApiError::AnswerLost { .. } => "answer_lost",
            ApiError::Redirected { .. } => "redirected",
            ApiError::NotIntercom { .. } => "not_intercom",
            ApiError::Halted(_) => "not_attempted",
        },
        UpsertError::Mismatch { .. } => "identity_mismatch",
        UpsertError::Archived { .. } => "archived",
        UpsertError::Exists(_) => "exists",
        UpsertError::Missing { .. } => "not_found",
        UpsertError::Ambiguous { .. } => "ambiguous",
    };
    ours.into()
}

fn suggestion(error: &UpsertError) -> Option<&'static str> {
    match error {
        UpsertError::Api(ApiError::AnswerLost { .. }) => {
            Some("run the same command again: the user is compared before it is written")
        }
        UpsertError::Api(ApiError::Halted(_) | ApiError::Unreachable { .. }) => {
            Some("run the same command again")
        }
        UpsertError::Mismatch { .. } => Some("correct the external_id or the email of one of the two"),
        UpsertError::Archived { .. } => Some("unarchive the contact in Intercom, or remove the row"),
        UpsertError::Ambiguous { .. } => Some("give the row an external_id"),
        UpsertError::Missing { field: Field::Id, .. } => {
            Some("remove the row, or match by external_id or email: --key auto")
        }
        UpsertError::Missing { .. } => Some("import it with --mode upsert"),
        _ => None,
    }
}
