//! One request at a time, and what it says of rows: sent, found, not found, or by itself.

use std::collections::HashMap;
use std::sync::mpsc::{Sender, SyncSender};

use super::load::{Batch, End, Load, Lookup, Sent, Told};
use crate::intercom::ApiError;
use crate::intercom::BulkItem;
use crate::intercom::BulkKind;
use crate::intercom::Contact;
use crate::intercom::Delivered;
use crate::intercom::Extent;
use crate::intercom::Field;
use crate::intercom::Landed;
use crate::intercom::Mode;
use crate::intercom::Raw;
use crate::intercom::Submission;
use crate::intercom::Trace;
use crate::intercom::UpsertError;
use crate::intercom::Upserted;
use crate::intercom::{is_taken_by_update, judge};
use crate::transfer::deliver::{Courier, HEARD};
use crate::transfer::{Event, Reject, RowEvent};

/// What makes requests; shared by all threads of the pool.
pub(super) struct Worker<'a> {
    pub(super) courier: &'a Courier<'a>,
    pub(super) events: SyncSender<Event>,
    pub(super) told: Sender<Told>,
}

impl Worker<'_> {
    pub(super) fn tell(&self, told: Told) {
        self.told.send(told).expect("the clerk hears until every row has ended");
    }

    /// Sends rows together.
    pub(super) fn submit(&self, lane: usize, job: Option<&str>, kind: BulkKind, mut loads: Vec<Load>) {
        let mut trace = Trace::default();
        self.doubt(&loads);
        let tags: Vec<Vec<String>> = loads.iter_mut().map(|load| self.tags(load, &mut trace)).collect();
        let result = {
            let items: Vec<BulkItem<'_>> =
                loads.iter().zip(&tags).map(|(load, tags)| load.item(kind, tags)).collect();
            self.courier.client.submit_bulk(kind, &items, job, &mut trace)
        };
        let batch = |loads| Batch { sent: Sent { kind, begun_at: trace.begun_at, end: End::Unclear }, loads };
        match result {
            Ok(Submission::Taken(job)) => {
                self.courier.stop.note_answer();
                self.tell(Told::Submitted { lane, job, batch: batch(loads) });
            }
            Ok(Submission::NoSuchEndpoint) => self.tell(Told::NoSuchEndpoint { lane, loads }),
            Err(error @ ApiError::AnswerLost { .. }) => {
                self.courier.stop.note_failure(&UpsertError::Api(error));
                self.tell(Told::Lost { lane, batch: batch(loads) });
            }
            // It may be about one of them only: each gets an answer of its own.
            Err(ApiError::Refused(_)) => {
                self.tell(Told::NotSubmitted { lane });
                loads.into_iter().for_each(|load| self.send_alone(load, Trace::default()));
            }
            Err(error) => {
                self.tell(Told::NotSubmitted { lane });
                loads.into_iter().for_each(|load| self.fail(load, error.clone().into(), &trace));
            }
        }
    }

    /// Notes who is about to be written.
    fn doubt(&self, loads: &[Load]) {
        for load in loads.iter().filter(|load| load.job.entry.is_known()) {
            if let Err(error) = self.courier.doubts.add(&load.job.entry.key) {
                // Nothing starts from now on, these rows included.
                self.courier.stop.because_of_ledger(error);
            }
        }
    }

    /// Returns the ids of a row's tags; those that have none are put on afterwards.
    fn tags(&self, load: &mut Load, trace: &mut Trace) -> Vec<String> {
        let names = load.job.fields.texts(&Field::Tags);
        if names.is_empty() {
            return Vec::new();
        }
        let ids = self.courier.client.tag_ids(names, trace).unwrap_or_else(|_| vec![None; names.len()]);
        let late = names.iter().zip(&ids).filter(|(_, id)| id.is_none());
        load.late_tags = late.map(|(name, _)| name.clone()).collect();
        ids.into_iter().flatten().collect()
    }

    /// Asks how far a job is.
    pub(super) fn poll(&self, id: String) {
        match self.courier.client.bulk_job(&id, &mut Trace::following()) {
            Ok(job) => {
                self.courier.stop.note_answer();
                self.tell(Told::Polled { id, job: Some(job) });
            }
            Err(error) if error.is_transient() => {
                self.courier.stop.note_failure(&UpsertError::Api(error));
                self.tell(Told::PollLater { id });
            }
            Err(error) => {
                self.courier.stop.note_failure(&UpsertError::Api(error));
                self.tell(Told::Polled { id, job: None });
            }
        }
    }

    /// Reads the contact of a row, and settles the row by that: from the store, which never lags.
    pub(super) fn read(&self, load: Load, sent: Sent) {
        let (client, mut trace) = (self.courier.client, Trace::following());
        let found = match (&load.id, sent.kind) {
            (Some(id), BulkKind::Update) => client.read(id, &mut trace),
            _ => client.find_by_external_id(load.job.identity.value(), &mut trace),
        };
        match found {
            Ok(contact) => {
                self.courier.stop.note_answer();
                self.settle(load, sent, contact, &mut trace);
            }
            Err(error) if error.is_not_found() => self.send_rest(load, sent),
            Err(ApiError::Refused(_)) => self.send_rest(load, sent),
            Err(error) => self.fail(load, error.into(), &unsettled(&trace)),
        }
    }

    /// Looks for the contacts of rows in the index, and settles those that it shows as they should be.
    pub(super) fn look(&self, mut lookup: Lookup) {
        let (key, mut trace) = (lookup.sent.index_key(), Trace::following());
        let values: Vec<String> = lookup.loads.iter().map(|load| load.value_of(&key)).collect();
        let found = match self.courier.client.find_among(&key, &values, &mut trace) {
            Ok(found) => found,
            // What the index does not tell, the store does.
            Err(ApiError::Refused(_)) => return self.give_up_looking(lookup),
            Err(error) => {
                let trace = unsettled(&trace);
                let loads = lookup.loads.into_iter();
                return loads.for_each(|load| self.fail(load, error.clone().into(), &trace));
            }
        };
        self.courier.stop.note_answer();
        let mut shown: HashMap<String, Vec<Raw<Contact>>> = HashMap::new();
        for contact in found {
            let value = match key {
                Field::Id => contact.value.id.clone(),
                _ => contact.value.email.clone().unwrap_or_default().to_lowercase(),
            };
            shown.entry(value).or_default().push(contact);
        }
        let mut rest = Vec::new();
        for (load, value) in lookup.loads.into_iter().zip(values) {
            match shown.remove(&value).as_deref_mut() {
                Some([contact]) if lookup.sent.is_settled_by(&load, &contact.value) => {
                    self.settle(load, lookup.sent, contact.clone(), &mut trace);
                }
                _ => rest.push(load),
            }
        }
        lookup.n_looks += 1;
        lookup.loads = rest;
        self.tell(Told::NotShown(lookup));
    }

    /// Settles rows that the index does not show, each with a request of its own.
    pub(super) fn give_up_looking(&self, lookup: Lookup) {
        for load in lookup.loads {
            self.settle_unshown(load, lookup.sent);
        }
    }

    fn settle_unshown(&self, load: Load, sent: Sent) {
        match sent.kind {
            BulkKind::Update => self.read(load, sent),
            // All of it was carried out: the user is there, under an id that the next run finds out.
            BulkKind::Create if sent.is_clean() => {
                self.end(load, Ok(Delivered::unseen(Upserted::Created, None)), &Trace::default());
            }
            BulkKind::Create => self.send_rest(load, sent),
        }
    }

    /// Settles a row of a task that was carried out whole.
    pub(super) fn settle_clean(&self, load: Load) {
        let mut delivered = Delivered::unseen(Upserted::Updated, load.id.as_deref());
        delivered.missing_tags.clone_from(&load.late_tags);
        self.end(load, Ok(delivered), &Trace::default());
    }

    /// Settles a row by what was read of its contact.
    fn settle(&self, mut load: Load, sent: Sent, contact: Raw<Contact>, trace: &mut Trace) {
        let outcome = match judge(sent.kind, &load.job.fields, &load.key(), &contact.value, sent.begun_at) {
            Landed::SomebodyElse => return self.send_rest(load, sent),
            // Values that the server has put in order, as it does with phones, are no others.
            Landed::As(_) | Landed::Differs(_) if sent.is_clean() => sent.outcome(),
            Landed::Differs(_) if sent.has_made(&contact.value) => Upserted::Created,
            Landed::As(outcome) => outcome,
            Landed::Differs(changed) => {
                load.job.entry.learn(&contact.value.id);
                let lists = [Field::Companies, Field::Tags];
                let lists = lists
                    .into_iter()
                    .filter_map(|field| Some((field.clone(), load.job.fields.value(&field)?.clone())));
                let changed = changed.or(&lists.collect());
                let is_in_bulk = sent.kind == BulkKind::Create && is_taken_by_update(&changed);
                if is_in_bulk && self.courier.policy.mode != Mode::Create {
                    load.id = Some(contact.value.id);
                    load.changed = Some(changed);
                    return self.tell(Told::Exists(load));
                }
                return self.send_rest(load, sent);
            }
        };
        let delivered = Delivered::new(outcome, contact);
        let extent = if sent.is_clean() { Extent::Tags } else { Extent::All };
        let (fields, policy) = (&load.job.fields, self.courier.policy);
        let completed = self.courier.client.complete_bulk(fields, policy, delivered, extent, trace);
        self.end(load, completed, trace);
    }

    /// Sends a row by itself that did not land with the others, so that it gets Intercom's own reason; unless the run is
    /// to stop, for that would be something new.
    fn send_rest(&self, load: Load, sent: Sent) {
        self.send_alone(
            load,
            match sent.begun_at {
                _ if self.courier.stop.is_asked_for() => Trace::default(),
                Sent::NEVER => Trace::following(),
                // The task may have made the user after all: it is this row that has, then.
                begun_at => Trace::uncertain_since(begun_at),
            },
        );
    }

    /// Sends a row by itself.
    pub(super) fn send_alone(&self, load: Load, trace: Trace) {
        let (place, identities) = (load.place, load.identities);
        self.courier.go_on(load.job, trace, &self.events);
        self.tell(Told::Ended { freed: self.courier.order.end(place, &identities) });
    }

    /// Ends a lead, of which nothing was sent.
    pub(super) fn refuse(&self, load: Load) {
        let (place, identities, position) = (load.place, load.identities, load.job.row.position());
        let reject = Reject::of_lead_in_bulk(load.job.row, load.job.identity.to_string());
        self.events.send(Event::Row(RowEvent::of_reject(position, reject))).expect(HEARD);
        self.tell(Told::Ended { freed: self.courier.order.end(place, &identities) });
    }

    fn fail(&self, load: Load, error: UpsertError, trace: &Trace) {
        self.end(load, Err(error), trace);
    }

    fn end(&self, load: Load, result: Result<Delivered, UpsertError>, trace: &Trace) {
        let (place, identities) = (load.place, load.identities);
        self.courier.conclude(load.job, result, trace, &self.events);
        self.tell(Told::Ended { freed: self.courier.order.end(place, &identities) });
    }
}

/// Says of a row that was sent, and could not be settled, that a write may have happened.
fn unsettled(trace: &Trace) -> Trace {
    let mut trace = trace.clone();
    trace.is_uncertain = true;
    trace
}

impl Load {
    fn item<'a>(&'a self, kind: BulkKind, tags: &'a [String]) -> BulkItem<'a> {
        let fields = self.changed.as_ref().unwrap_or(&self.job.fields);
        BulkItem { kind, id: self.id.as_deref(), fields, tags }
    }
}

impl Sent {
    /// Returns what became of rows all of which were carried out.
    fn outcome(&self) -> Upserted {
        match self.kind {
            BulkKind::Create => Upserted::Created,
            BulkKind::Update => Upserted::Updated,
        }
    }

    /// Returns whether the contact was made since: it has other values where the server puts them in order, as in phones.
    fn has_made(&self, contact: &Contact) -> bool {
        let created_at = contact.created_at.and_then(|time| u64::try_from(time).ok());
        self.kind == BulkKind::Create && created_at.is_some_and(|time| time > self.begun_at)
    }

    /// Returns whether what the index shows of a row's contact is enough; it may be minutes old.
    fn is_settled_by(&self, load: &Load, contact: &Contact) -> bool {
        match judge(self.kind, &load.job.fields, &load.key(), contact, self.begun_at) {
            Landed::As(_) => true,
            // Somebody who exists is to be updated; of one who was to be updated, this may be how it was before.
            Landed::Differs(_) => self.is_clean() || self.kind == BulkKind::Create,
            Landed::SomebodyElse => false,
        }
    }
}
