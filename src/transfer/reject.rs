//! A row that did not end well: which, why, and what to do about it.

use super::Outcome;
use crate::intercom::ApiError;
use crate::intercom::Field;
use crate::intercom::Refusal;
use crate::intercom::Role;
use crate::intercom::Trace;
use crate::intercom::UpsertError;
use crate::mapping::Fault;
use crate::mapping::Identity;
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

    /// Describes a row of a user whom the row on another line is about as well.
    pub(super) fn of_duplicate(row: Row, key: &Identity, other: u64) -> Self {
        Self {
            key: Some(key.to_string()),
            code: "duplicate".into(),
            field: Some(key.field().to_string()),
            message: format!("`{key}` is on {} as well", row.position().words_for(other)),
            suggestion: Some("keep one of the rows, or let the last one count: --duplicates last".into()),
            ..Self::new(SourceRow::Row(row), Stage::Map, Outcome::Invalid)
        }
    }

    /// Describes a lead among rows that are written in bulk.
    pub(super) fn of_lead_in_bulk(row: Row, key: String) -> Self {
        Self {
            key: Some(key),
            code: "lead_in_bulk".into(),
            field: Some(Field::Role.to_string()),
            message: "the engine `bulk` writes no leads".into(),
            suggestion: Some("import the leads with --engine contacts".into()),
            ..Self::new(SourceRow::Row(row), Stage::Validate, Outcome::Invalid)
        }
    }

    /// Describes a row that was not delivered.
    pub(super) fn of_upsert(row: Row, key: String, error: &UpsertError, trace: &Trace) -> Self {
        let refusal = refusal(error);
        let outcome = outcome(error, trace);
        Self {
            key: Some(key),
            code: code_of(error),
            http_status: refusal.map(|refusal| refusal.status).or_else(|| lost_status(error)),
            field: refusal.and_then(|refusal| refusal.field.clone()).or_else(|| field(error)),
            message: message(error),
            request_id: refusal
                .and_then(|refusal| refusal.request_id.clone())
                .or_else(|| trace.request_id.clone()),
            attempts: trace.attempts,
            is_retryable: outcome != Outcome::Rejected,
            suggestion: suggestion(error),
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
        UpsertError::MayExist { .. } => Outcome::Unknown,
        UpsertError::NotNoted { .. } => Outcome::Pending,
        UpsertError::Api(error) => outcome_of_request(error, trace),
        UpsertError::Partial { failed, .. } => {
            let outcomes = failed.iter().map(|part| outcome_of_request(&part.error, trace));
            // What the server refused will not get better by running again; the rest may.
            outcomes.min_by_key(|outcome| *outcome != Outcome::Rejected).unwrap_or(Outcome::Rejected)
        }
        _ => Outcome::Rejected,
    }
}

fn outcome_of_request(error: &ApiError, trace: &Trace) -> Outcome {
    match error {
        ApiError::Refused(_) => Outcome::Rejected,
        _ if trace.is_uncertain => Outcome::Unknown,
        _ => Outcome::Pending,
    }
}

fn refusal(error: &UpsertError) -> Option<&Refusal> {
    match error {
        UpsertError::Api(error) => error.refusal(),
        UpsertError::Archived { refusal, .. }
        | UpsertError::Deleted { refusal, .. }
        | UpsertError::Vanished { refusal } => Some(refusal),
        UpsertError::Exists { refusal, .. } => refusal.as_deref(),
        UpsertError::Partial { failed, .. } => failed.iter().find_map(|part| part.error.refusal()),
        UpsertError::Mismatch { .. }
        | UpsertError::Missing { .. }
        | UpsertError::Ambiguous { .. }
        | UpsertError::MayExist { .. }
        | UpsertError::NotNoted { .. } => None,
    }
}

/// Returns the field that a part of the delivery belongs to.
fn field(error: &UpsertError) -> Option<String> {
    let UpsertError::Partial { failed, .. } = error else { return None };
    let part = failed.first()?;
    let field = if part.what.contains("tag") { Field::Tags } else { Field::Companies };
    Some(field.to_string())
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
        UpsertError::Partial { failed, .. } => failed.iter().find_map(|part| match &part.error {
            ApiError::AnswerLost { status, .. } => *status,
            _ => None,
        }),
        _ => None,
    }
}

/// Returns the stable word for why a user was not written: ours, or Intercom's.
#[must_use]
pub fn code_of(error: &UpsertError) -> String {
    let ours = match error {
        UpsertError::Api(error) => return code_of_request(error),
        UpsertError::Partial { failed, .. } => {
            return failed.first().map_or_else(String::new, |part| code_of_request(&part.error));
        }
        UpsertError::Mismatch { .. } => "identity_mismatch",
        UpsertError::Archived { .. } => "archived",
        UpsertError::Deleted { .. } => "deleted",
        UpsertError::Exists { .. } => "exists",
        UpsertError::Missing { .. } => "not_found",
        UpsertError::Vanished { .. } => "vanished",
        UpsertError::Ambiguous { .. } => "ambiguous",
        UpsertError::MayExist { .. } => "may_exist",
        UpsertError::NotNoted { .. } => "intent_not_written",
    };
    ours.into()
}

fn code_of_request(error: &ApiError) -> String {
    let ours = match error {
        ApiError::Refused(refusal) | ApiError::NotAllowed(refusal) => return refusal.code.clone(),
        ApiError::Unreachable { .. } => "unreachable",
        ApiError::NoSuchHost { .. } => "no_such_host",
        ApiError::NotTrusted { .. } => "not_trusted",
        ApiError::Outage { .. } => "outage",
        ApiError::AnswerLost { .. } => "answer_lost",
        ApiError::Redirected { .. } => "redirected",
        ApiError::NotIntercom { .. } => "not_intercom",
        ApiError::Halted(_) => "not_attempted",
    };
    ours.into()
}

/// Returns what to do about a row that was not delivered.
#[must_use]
pub fn suggestion(error: &UpsertError) -> Option<String> {
    let text = match error {
        UpsertError::Api(error) => return suggestion_for_request(error).map(Into::into),
        UpsertError::Partial { failed, .. } => {
            let part = failed.first()?;
            let wrong_by_itself =
                "the rest of the row is written; correct this part, then import the row again";
            return Some(suggestion_for_request(&part.error).unwrap_or(wrong_by_itself).into());
        }
        UpsertError::Mismatch { .. } => "correct the external_id or the email of one of the two",
        UpsertError::Archived { id, .. } => {
            return Some(format!(
                "bring contact {id} back with --archived unarchive, or leave it with --archived skip"
            ));
        }
        UpsertError::Deleted { .. } => {
            "remove the row, or import it again when Intercom has let go of the identity, about a week after the deletion"
        }
        UpsertError::Ambiguous { role: Role::Lead, .. } => "say which by Intercom's id: --key id",
        UpsertError::Ambiguous { role: Role::User, .. } => "give the row an external_id",
        UpsertError::Vanished { .. } => {
            "find out who else works on these contacts, then import the row again"
        }
        UpsertError::Missing { field: Field::Id, .. } => {
            "remove the row, or match by external_id or email: --key auto; an archived contact is found with \
             --archived unarchive"
        }
        UpsertError::Missing { .. } => "import it with --mode upsert",
        UpsertError::MayExist { .. } => {
            "run the same command again in ten minutes: it looks before it creates"
        }
        UpsertError::NotNoted { .. } => "make room in the state folder, then run the same command again",
        UpsertError::Exists { .. } => return None,
    };
    Some(text.into())
}

fn suggestion_for_request(error: &ApiError) -> Option<&'static str> {
    match error {
        ApiError::AnswerLost { .. } | ApiError::Outage { .. } => {
            Some("run the same command again: it looks before it writes")
        }
        ApiError::Halted(_) | ApiError::Unreachable { .. } | ApiError::NoSuchHost { .. } => {
            Some("run the same command again")
        }
        ApiError::Refused(refusal) => suggestion_for_refusal(refusal),
        _ => None,
    }
}

/// What helps against some of Intercom's own words.
fn suggestion_for_refusal(refusal: &Refusal) -> Option<&'static str> {
    match refusal.code.as_str() {
        "contact_company_limit_exceeded" => {
            Some("a contact is in at most 1,000 companies: detach some first")
        }
        "parameter_invalid" if refusal.message.contains("owner") => Some(
            "give the id of an admin of this workspace, as in the address of the admin's page in Intercom",
        ),
        "parameter_invalid" if refusal.message.starts_with("Custom attribute") => {
            Some("create the attribute first: --create-attributes")
        }
        _ => None,
    }
}
