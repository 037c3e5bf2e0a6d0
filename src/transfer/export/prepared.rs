//! Contacts as rows of the output, made on the thread that fetched them.

use std::io;

use super::Export;
use super::RoleFilter;
use crate::intercom::ApiError;
use crate::intercom::Contact;
use crate::intercom::Names;
use crate::intercom::Trace;
use crate::ledger::Note;
use crate::ledger::StoredRow;
use crate::rows::OutputCell;
use crate::rows::RowWriter;
use crate::transfer::columns::{Listed, is_cut};
use crate::transfer::recall::seen;

/// What is done with a contact, as the pages keep it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It is written.
    Whole = 0,
    /// It is written, with a list that leaves some out.
    Cut = 1,
    /// It has another role.
    OtherRole = 2,
    /// It was not updated since.
    Older = 3,
}

impl Kind {
    pub(super) fn of(number: i64) -> Self {
        match number {
            1 => Self::Cut,
            2 => Self::OtherRole,
            3 => Self::Older,
            _ => Self::Whole,
        }
    }
}

/// A page of contacts.
pub(super) enum Prepared {
    Rows(Vec<Row>),
    /// As they came: most of them are here already, and nothing is asked for on their account.
    Bare(Vec<Contact>),
}

/// One contact.
pub(super) struct Row {
    id: String,
    created_at: i64,
    updated_at: i64,
    pub(super) kind: Kind,
    row: Option<Vec<u8>>,
    /// Attributes that the workspace does not list.
    pub(super) unlisted: Vec<String>,
    /// What the ledger learns: an import of this user is spared the looking for it.
    pub(super) notes: Vec<Note>,
}

impl Row {
    pub(super) fn stored(&self) -> StoredRow<'_> {
        StoredRow {
            created_at: self.created_at,
            id: &self.id,
            updated_at: self.updated_at,
            kind: self.kind as i64,
            row: self.row.as_deref(),
        }
    }
}

/// Returns where a contact stands; one without a time of creation comes first.
pub(super) fn place(contact: &Contact) -> (i64, &str) {
    (contact.created_at.unwrap_or_default(), &contact.id)
}

/// Makes rows of contacts, and finds out what their companies and tags are called.
pub(super) fn prepare(job: &Export<'_>, contacts: Vec<Contact>) -> Result<Vec<Row>, ApiError> {
    let mut writer = RowWriter::continuing(job.format, job.columns.names(), Vec::new());
    let mut trace = Trace::default();
    contacts.into_iter().map(|contact| row(job, contact, &mut writer, &mut trace)).collect()
}

fn row(
    job: &Export<'_>,
    contact: Contact,
    writer: &mut RowWriter<Vec<u8>>,
    trace: &mut Trace,
) -> Result<Row, ApiError> {
    let notes = seen(&contact).collect();
    let kind = job.kind(&contact);
    let mut listed = Listed { contact, names: Names::default() };
    let (mut text, mut unlisted, mut kind) = (None, Vec::new(), kind);
    if kind == Kind::Whole {
        listed.names = job.client.names(&listed, job.expand, trace)?;
        unlisted.extend(job.columns.unlisted(&listed).map(str::to_owned));
        kind = if is_cut(&listed) { Kind::Cut } else { Kind::Whole };
        text = Some(written(job, &listed, writer).expect("memory takes every row of the header's width"));
    }
    let (created_at, _) = place(&listed);
    let updated_at = listed.updated_at.unwrap_or_default();
    Ok(Row { id: listed.contact.id, created_at, updated_at, kind, row: text, unlisted, notes })
}

fn written(job: &Export<'_>, listed: &Listed, writer: &mut RowWriter<Vec<u8>>) -> io::Result<Vec<u8>> {
    let before = writer.written()?.len();
    let cells: Vec<OutputCell<'_>> = job.columns.cells(listed).collect();
    writer.write_row(&cells)?;
    Ok(writer.written()?[before..].to_vec())
}

impl Export<'_> {
    pub(super) fn kind(&self, contact: &Contact) -> Kind {
        let is_older = self.since.is_some_and(|since| contact.updated_at.is_some_and(|at| at < since));
        match self.role.admits(contact) {
            _ if is_older => Kind::Older,
            true => Kind::Whole,
            false => Kind::OtherRole,
        }
    }
}

impl RoleFilter {
    fn admits(self, contact: &Contact) -> bool {
        match self {
            Self::Any => true,
            Self::Lead => contact.is_lead(),
            Self::User => !contact.is_lead(),
        }
    }
}
