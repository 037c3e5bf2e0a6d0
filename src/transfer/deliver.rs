//! One row's way to the server, and what became of it.

use std::sync::mpsc::SyncSender;

use super::feed::Job;
use super::order::{Admitted, Keyed, Order};
use super::stop::Stop;
use super::tagging::{Tagging, Untagged};
use super::{Event, Outcome, Reject, RowEvent};
use crate::intercom::Client;
use crate::intercom::Policy;
use crate::intercom::Trace;
use crate::intercom::Upserted;

/// Why an event can always be sent.
pub(super) const HEARD: &str = "the writer hears until everybody who sends is gone";

/// What a worker needs to deliver rows; shared by all of them.
pub(super) struct Courier<'a> {
    pub(super) client: &'a Client,
    pub(super) policy: &'a Policy,
    pub(super) order: &'a Order<Job>,
    pub(super) stop: &'a Stop,
    pub(super) tagging: &'a Tagging<'a>,
}

impl Courier<'_> {
    /// Delivers a row, and then those of the same user that waited for it.
    pub(super) fn run(&self, first: Admitted<Job>, events: &SyncSender<Event>) {
        let mut free = vec![first];
        while let Some(admitted) = free.pop() {
            let place = admitted.place();
            let identities = admitted.job.identities();
            self.deliver(admitted.job, events);
            free.extend(self.order.end(place, &identities));
        }
    }

    fn deliver(&self, job: Job, events: &SyncSender<Event>) {
        let position = job.row.position();
        let mut trace = Trace::default();
        let result = self.client.upsert(&job.fields, &job.identity.field(), self.policy, &mut trace);
        let event = match result {
            Ok(delivered) => {
                self.stop.note_answer();
                match Untagged::of(&job, delivered) {
                    Ok(untagged) => return self.tagging.add(untagged, events),
                    Err(delivered) => RowEvent {
                        position,
                        outcome: delivered.outcome.into(),
                        reject: None,
                        remarks: delivered.remarks,
                    },
                }
            }
            Err(error) => {
                self.stop.note_failure(&error);
                RowEvent::of_reject(
                    position,
                    Reject::of_upsert(job.row, job.identity.to_string(), &error, &trace),
                )
            }
        };
        events.send(Event::Row(event)).expect(HEARD);
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
