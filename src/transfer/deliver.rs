//! One row's way to the server, and what became of it.

use std::sync::mpsc::SyncSender;

use super::feed::Job;
use super::order::{Admitted, Keyed, Order};
use super::stop::Stop;
use super::{Event, Outcome, Reject, RowEvent};
use crate::intercom::Client;
use crate::intercom::Mode;
use crate::intercom::Trace;
use crate::intercom::Upserted;

/// Why an event can always be sent.
pub(super) const HEARD: &str = "the writer hears until everybody who sends is gone";

/// What a worker needs to deliver rows; shared by all of them.
pub(super) struct Courier<'a> {
    pub(super) client: &'a Client,
    pub(super) mode: Mode,
    pub(super) order: &'a Order<Job>,
    pub(super) stop: &'a Stop,
}

impl Courier<'_> {
    /// Delivers a row, and then those of the same user that waited for it.
    pub(super) fn run(&self, first: Admitted<Job>, events: &SyncSender<Event>) {
        let mut free = vec![first];
        while let Some(admitted) = free.pop() {
            let place = admitted.place();
            let identities = admitted.job.identities();
            let event = self.deliver(admitted.job);
            free.extend(self.order.end(place, &identities));
            events.send(Event::Row(event)).expect(HEARD);
        }
    }

    fn deliver(&self, job: Job) -> RowEvent {
        let position = job.row.position();
        let mut trace = Trace::default();
        let result = self.client.upsert(&job.fields, &job.identity.field(), self.mode, &mut trace);
        match result {
            Ok(upserted) => {
                self.stop.note_answer();
                RowEvent { position, outcome: upserted.into(), reject: None }
            }
            Err(error) => {
                self.stop.note_failure(&error);
                let reject = Reject::of_upsert(job.row, job.identity.to_string(), &error, &trace);
                RowEvent { position, outcome: reject.outcome, reject: Some(Box::new(reject)) }
            }
        }
    }
}

impl From<Upserted> for Outcome {
    fn from(upserted: Upserted) -> Self {
        match upserted {
            Upserted::Created => Self::Created,
            Upserted::Updated => Self::Updated,
            Upserted::Unchanged => Self::Unchanged,
        }
    }
}
