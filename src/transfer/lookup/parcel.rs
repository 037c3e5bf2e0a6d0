//! Rows on their way to a worker: one, or some that are searched for together.

use crate::mapping::Identity;
use crate::transfer::feed::Job;
use crate::transfer::order::Admitted;

/// What a worker takes at a time.
pub(in crate::transfer) struct Parcel {
    /// The rows, one after the other.
    pub(in crate::transfer) jobs: Vec<Admitted<Job>>,
    /// Whether they are to be searched for before; they have one kind of key then.
    pub(in crate::transfer) is_searched: bool,
}

impl Parcel {
    pub(in crate::transfer) fn of_one(admitted: Admitted<Job>) -> Self {
        Self { jobs: vec![admitted], is_searched: false }
    }
}

/// Rows that wait until they are enough for a search, by the kind of their key.
#[derive(Default)]
pub(in crate::transfer) struct Parcels {
    by_external_id: Vec<Admitted<Job>>,
    by_email: Vec<Admitted<Job>>,
}

impl Parcels {
    pub(in crate::transfer) fn is_empty(&self) -> bool {
        self.by_external_id.is_empty() && self.by_email.is_empty()
    }

    /// Adds a row. Returns those that are enough by now.
    pub(in crate::transfer) fn add(&mut self, admitted: Admitted<Job>, enough: usize) -> Option<Parcel> {
        let jobs = match admitted.job.identity {
            Identity::Email(_) => &mut self.by_email,
            _ => &mut self.by_external_id,
        };
        jobs.push(admitted);
        (jobs.len() >= enough).then(|| Parcel { jobs: std::mem::take(jobs), is_searched: true })
    }

    /// Returns rows that will not be more.
    pub(in crate::transfer) fn take(&mut self) -> Option<Parcel> {
        let all = [&mut self.by_external_id, &mut self.by_email];
        let jobs = all.into_iter().find(|jobs| !jobs.is_empty())?;
        Some(Parcel { jobs: std::mem::take(jobs), is_searched: true })
    }
}
