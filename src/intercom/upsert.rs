//! Creating or updating one user: what may be asked, what may come of it, and which engine does it.

use std::fmt;
use std::io;

use serde_json::value::RawValue;

use super::contacts_engine::Delivery;
use super::users_engine::UserDelivery;
use super::{ApiError, Client, Contact, Engine, Field, Raw, Refusal, Remembered, Trace, UserFields};

/// What may happen to a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// Create it, or update it if it exists.
    #[default]
    Upsert,
    /// Create it; one that exists is refused.
    Create,
    /// Update it; one that does not exist is refused.
    Update,
}

/// What a contact is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Role {
    /// Somebody known, unique by email and external id.
    #[default]
    User,
    /// Somebody who may become one; never unique.
    Lead,
}

impl Role {
    /// Returns the API's word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Lead => "lead",
        }
    }
}

/// What to do with a contact that is archived and still holds the identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Archived {
    /// Leave it, and count the row as unchanged.
    Skip,
    /// Bring it back, and update it.
    Unarchive,
    /// Refuse the row.
    #[default]
    Reject,
}

/// What to do with the companies of a contact that a row does not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OtherCompanies {
    /// The contact stays in them.
    #[default]
    Keep,
    /// The contact is taken out of them, if the row names companies at all.
    Detach,
}

/// How users are to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Policy {
    /// What may happen to a user.
    pub mode: Mode,
    /// What a row without a role of its own is.
    pub role: Role,
    /// What to do with archived contacts.
    pub archived: Archived,
    /// What to do with companies that a row does not name.
    pub other_companies: OtherCompanies,
}

/// What happened to a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Upserted {
    /// It is new.
    Created,
    /// At least one field was written.
    Updated,
    /// Every field had its value already; nothing was written.
    Unchanged,
}

impl fmt::Display for Upserted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
        })
    }
}

/// Something about a delivery that people want to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remark {
    /// The contact had been merged; the one that it was merged into was written.
    Merged {
        /// Intercom's id of the contact that was meant.
        from: String,
        /// Intercom's id of the contact that was written.
        into: String,
    },
    /// The contact was archived, and was brought back.
    Unarchived,
    /// The contact is archived, and was left so.
    ArchivedSkipped,
    /// The contact was a lead, and is a user now.
    Promoted,
    /// The contact is a lead, and keeps the external id that Intercom gave it.
    ExternalIdKept,
    /// Intercom took the request, and does not show what was sent in these fields.
    NotKept(Vec<Field>),
    /// The contact was compared with what an earlier run had delivered, and has it still.
    Verified,
    /// The contact was compared with what an earlier run had delivered, had something else, and was written anew.
    Drifted,
}

/// A user that is as it should be, but for its tags.
#[derive(Debug, Clone)]
pub struct Delivered {
    /// What happened.
    pub outcome: Upserted,
    /// The contact as it was last seen; `None` if it was left archived.
    pub contact: Option<Box<Raw<Contact>>>,
    /// What was done besides the contact's own fields: ``attach company `c1` ``.
    pub done: Vec<String>,
    /// Whether something was written after `contact` was seen.
    pub is_stale: bool,
    /// The tags that the user still lacks; see [`Client::tag`].
    pub missing_tags: Vec<String>,
    /// What people want to know.
    pub remarks: Vec<Remark>,
}

impl Delivered {
    /// Returns the delivery to a contact that was seen after it.
    #[must_use]
    pub fn new(outcome: Upserted, contact: Raw<Contact>) -> Self {
        Self {
            outcome,
            contact: Some(Box::new(contact)),
            done: Vec::new(),
            is_stale: false,
            missing_tags: Vec::new(),
            remarks: Vec::new(),
        }
    }

    /// Returns the delivery to a contact that was not seen; of a new one, not even the id is known.
    #[must_use]
    pub fn unseen(outcome: Upserted, id: Option<&str>) -> Self {
        let json = || RawValue::from_string("{}".into()).expect("an empty object is JSON").into();
        let contact = |id: &str| Raw { value: Contact { id: id.into(), ..Contact::default() }, json: json() };
        Self {
            outcome,
            contact: id.map(contact).map(Box::new),
            remarks: Vec::new(),
            ..Self::archived_skipped()
        }
    }

    pub(super) fn archived_skipped() -> Self {
        Self {
            outcome: Upserted::Unchanged,
            contact: None,
            done: Vec::new(),
            is_stale: false,
            missing_tags: Vec::new(),
            remarks: vec![Remark::ArchivedSkipped],
        }
    }

    pub(super) fn remark(mut self, remark: Option<Remark>) -> Self {
        self.remarks.extend(remark);
        self
    }

    /// Notes that the contact was archived, and was brought back.
    pub(super) fn unarchived(mut self) -> Self {
        if self.outcome == Upserted::Unchanged {
            self.outcome = Upserted::Updated;
        }
        self.remark(Some(Remark::Unarchived))
    }

    /// Notes that something besides the contact's own fields was written.
    pub(super) fn touched(&mut self) {
        self.is_stale = true;
        if self.outcome == Upserted::Unchanged {
            self.outcome = Upserted::Updated;
        }
    }
}

/// A part of a delivery that failed: `company `c2``, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedPart {
    /// What was not done: ``attach company `c2` ``.
    pub what: String,
    /// Why.
    pub error: ApiError,
}

/// Why a user was not written. A variant is a different thing to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UpsertError {
    /// The request failed.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// Another user has the row's email or id.
    #[error(
        "the row is {row}, but Intercom's contact {id} with the same details is {contact}: nothing was written"
    )]
    Mismatch {
        /// Who the row says it is.
        row: String,
        /// Who the contact is.
        contact: String,
        /// Intercom's id of the contact.
        id: String,
    },
    /// The contact was archived, or deleted, and still holds the identity.
    #[error("{}", refusal.message)]
    Archived {
        /// Intercom's id of the contact.
        id: String,
        /// The server's words.
        refusal: Box<Refusal>,
    },
    /// The contact was deleted, holds its identity for some days more, and cannot be brought back.
    #[error("contact {id} was deleted, and keeps its email and external_id for some days: {}", refusal.message)]
    Deleted {
        /// Intercom's id of the contact.
        id: String,
        /// The server's words.
        refusal: Box<Refusal>,
    },
    /// The user exists, and only new ones were asked for.
    #[error("{message}")]
    Exists {
        /// The server's words, or ours where it was not asked to create.
        message: String,
        /// The server's refusal, if there was one.
        refusal: Option<Box<Refusal>>,
    },
    /// The user does not exist, and only existing ones were asked for.
    #[error("there is no {role} with {field} `{value}`", role = role.name())]
    Missing {
        /// What was looked for.
        role: Role,
        /// The key that was looked for.
        field: Field,
        /// Its value in the row.
        value: String,
    },
    /// The contact was archived, deleted or merged between two requests of its row, and again when it was tried anew.
    #[error("the contact was archived, deleted or merged while its row was being written: {}", refusal.message)]
    Vanished {
        /// The server's words.
        refusal: Box<Refusal>,
    },
    /// Several contacts have the row's email.
    #[error("{count} contacts have the email `{email}`: the row does not say which is meant")]
    Ambiguous {
        /// What was looked for.
        role: Role,
        /// The email.
        email: String,
        /// How many have it.
        count: usize,
    },
    /// A lead was about to be created, its answer was lost, and the index does not show yet whether it was.
    #[error("a lead with the email `{email}` may have been created; the index does not show it yet")]
    MayExist {
        /// The email.
        email: String,
        /// When the create was begun, in seconds since 1970.
        begun_at: u64,
    },
    /// An intent could not be written, and without one no lead is created.
    #[error("the intent to create a lead cannot be written: {reason}")]
    NotNoted {
        /// What the operating system says.
        reason: String,
    },
    /// The contact's own fields are written, but not all that belongs to it.
    #[error("{}", partly(*outcome, done, failed))]
    Partial {
        /// What happened to the contact's own fields.
        outcome: Upserted,
        /// Intercom's id of the contact.
        id: String,
        /// What else was done.
        done: Vec<String>,
        /// What was not, at least one.
        failed: Vec<FailedPart>,
    },
}

impl UpsertError {
    #[expect(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
    pub(super) fn not_noted(error: io::Error) -> Self {
        Self::NotNoted { reason: error.to_string() }
    }

    /// Returns whether the contact was there for one request of its row, and not for a later one.
    pub(super) fn is_about_a_gone_contact(&self) -> bool {
        let is_gone = |error: &ApiError| {
            error.is_not_found()
                && !error.is_anybodys()
                && error.refusal().is_some_and(|it| it.code != "company_not_found")
        };
        match self {
            Self::Api(error) => is_gone(error),
            Self::Partial { failed, .. } => failed.iter().any(|part| is_gone(&part.error)),
            _ => false,
        }
    }

    /// Returns the error of a request that is behind this one.
    #[must_use]
    pub fn api(&self) -> Option<&ApiError> {
        match self {
            Self::Api(error) => Some(error),
            Self::Partial { failed, .. } => failed.first().map(|part| &part.error),
            _ => None,
        }
    }
}

/// Says what was done and what was not: `the contact was created, attach company `c1` done; attach company `c2`: …`.
fn partly(outcome: Upserted, done: &[String], failed: &[FailedPart]) -> String {
    let state = match outcome {
        Upserted::Created => "the contact was created",
        Upserted::Updated => "the contact was updated",
        Upserted::Unchanged => "the contact's fields had their values",
    };
    let done: String = done.iter().map(|what| format!(", {what}: done")).collect();
    let failed: Vec<String> = failed
        .iter()
        .map(|part| {
            let why = part.error.refusal().map_or_else(|| part.error.to_string(), |it| it.message.clone());
            format!("{}: {why}", part.what)
        })
        .collect();
    format!("{state}{done}; not done: {}", failed.join("; "))
}

impl Client {
    /// Writes one user, matched by `key` (`ExternalId`, `Email` or `Id`), with the fewest requests that are safe: a new
    /// user costs one, an existing one two or three, each company that it is not in one more.
    ///
    /// Tags are left to the caller, who can apply one to many users at a time: [`Delivered::missing_tags`].
    ///
    /// # Errors
    /// As [`UpsertError`]. When the server's answer was lost for good, `trace` says whether a write may have happened.
    pub fn upsert(
        &self,
        fields: &UserFields,
        key: &Field,
        policy: &Policy,
        trace: &mut Trace,
    ) -> Result<Delivered, UpsertError> {
        self.upsert_remembered(fields, key, Remembered::Nothing, policy, trace)
    }

    /// Writes one user as [`upsert`](Self::upsert) does, of whom something is remembered from an earlier run: with its
    /// id, one request does. `trace` says whether the id turned out to be wrong.
    ///
    /// # Errors
    /// As [`upsert`](Self::upsert).
    pub fn upsert_remembered(
        &self,
        fields: &UserFields,
        key: &Field,
        remembered: Remembered<'_>,
        policy: &Policy,
        trace: &mut Trace,
    ) -> Result<Delivered, UpsertError> {
        match self.engine() {
            Engine::Contacts | Engine::Bulk => {
                Delivery { client: self, fields, key, policy }.run_remembered(remembered, trace)
            }
            // One request does it all, whoever it is.
            Engine::Users => UserDelivery { client: self, fields, key, policy }.run(trace),
        }
    }
}
