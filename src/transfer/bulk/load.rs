//! Rows on their way through the depot, and what is told of them.

use crate::intercom::BulkJob;
use crate::intercom::BulkKind;
use crate::intercom::Field;
use crate::intercom::Policy;
use crate::intercom::UserFields;
use crate::intercom::Way;
use crate::mapping::Identity;
use crate::transfer::feed::Job;
use crate::transfer::order::{Admitted, Keyed};

/// A row in the depot.
pub(super) struct Load {
    pub(super) job: Job,
    pub(super) place: u64,
    /// What the row was admitted with.
    pub(super) identities: Vec<Identity>,
    /// Intercom's id of the user, if it is to be updated.
    pub(super) id: Option<String>,
    /// What is to be written, if it is less than what the row says.
    pub(super) changed: Option<UserFields>,
    /// Tags that are to be made first, and are put on afterwards.
    pub(super) late_tags: Vec<String>,
}

/// How rows were sent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sent {
    pub(super) kind: BulkKind,
    /// The server's time before that, in seconds since 1970.
    pub(super) begun_at: u64,
    pub(super) end: End,
}

/// What is known of the end of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// All of it was carried out.
    Clean,
    /// Something in it was not, or nobody knows.
    Unclear,
}

/// Rows that were sent together.
pub(super) struct Batch {
    pub(super) sent: Sent,
    pub(super) loads: Vec<Load>,
}

/// Rows whose contacts are looked for in the index.
pub(super) struct Lookup {
    pub(super) sent: Sent,
    pub(super) loads: Vec<Load>,
    /// How often it was looked.
    pub(super) n_looks: u32,
}

/// What the clerk hears.
pub(super) enum Told {
    /// A row that nothing was done with.
    Row(Load),
    /// There are no more rows to be read.
    FeedIsOver,
    /// A request was taken as a task of a job.
    Submitted { lane: usize, job: BulkJob, batch: Batch },
    /// A request was not taken; its rows were seen to.
    NotSubmitted { lane: usize },
    /// The server knows no such requests.
    NoSuchEndpoint { lane: usize, loads: Vec<Load> },
    /// The answer to a request was lost.
    Lost { lane: usize, batch: Batch },
    /// How far a job is; `None` if nobody will tell.
    Polled { id: String, job: Option<BulkJob> },
    /// Not yet.
    PollLater { id: String },
    /// The index does not show these rows as they should be.
    NotShown(Lookup),
    /// The user exists, and is to be updated.
    Exists(Load),
    /// A row has its outcome, and these waited for it.
    Ended { freed: Vec<Admitted<Job>> },
    /// A worker has done what it was asked for.
    Free,
}

impl Load {
    pub(super) fn new(admitted: Admitted<Job>) -> Self {
        let (place, identities) = (admitted.place(), admitted.job.identities());
        Self { job: admitted.job, place, identities, id: None, changed: None, late_tags: Vec::new() }
    }

    pub(super) fn key(&self) -> Field {
        self.job.identity.field()
    }

    pub(super) fn way(&self, policy: &Policy) -> Way<'_> {
        Way::of(&self.job.fields, &self.key(), self.job.entry.remembered(), policy)
    }

    /// Leaves an email that the row is matched by as it is: the contact may have another one by now, and another contact
    /// this one.
    pub(super) fn leave_out_key(&mut self) {
        if self.key() == Field::Email {
            let mut fields = self.job.fields.clone();
            fields.remove(&Field::Email);
            self.changed = Some(fields);
        }
    }

    /// Returns what the row's contact is found by in the index.
    pub(super) fn value_of(&self, field: &Field) -> String {
        match field {
            Field::Id => self.id.clone().unwrap_or_default(),
            field => self.job.fields.text(field).unwrap_or_default().to_lowercase(),
        }
    }
}

impl Sent {
    /// The time of what was not sent.
    pub(super) const NEVER: u64 = u64::MAX;

    /// Nothing was sent: somebody is looked for who is there, or is not.
    pub(super) const NOTHING: Self =
        Self { kind: BulkKind::Create, begun_at: Self::NEVER, end: End::Unclear };

    /// Returns what rows that were sent so are found by in the index.
    pub(super) fn index_key(&self) -> Field {
        match self.kind {
            BulkKind::Create => Field::Email,
            BulkKind::Update => Field::Id,
        }
    }

    pub(super) fn is_clean(&self) -> bool {
        self.end == End::Clean
    }
}
