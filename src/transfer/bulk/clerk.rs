//! The one thread that knows where every row is: it fills requests, watches jobs, and says what is to be settled how.

use std::collections::HashMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use super::lanes::{Lanes, Taken};
use super::load::{Batch, End, Load, Lookup, Sent, Told};
use super::room::Room;
use super::watch::Watch;
use super::worker::Worker;
use crate::intercom::BulkJob;
use crate::intercom::BulkKind;
use crate::intercom::Field;
use crate::intercom::Trace;
use crate::intercom::Way;
use crate::pace::Clock;
use crate::transfer::Event;
use crate::transfer::deliver::HEARD;

/// When nothing has come for so long although there are rows to be read, reading waits for what has not been sent.
const STUCK: Duration = Duration::from_secs(1);

/// How long it takes until the index is looked into again, and twice as long each time.
const FIRST_LOOK: Duration = Duration::from_secs(5);
const LONGEST_LOOK: Duration = Duration::from_secs(40);

/// How often the index is looked into: for 155 s, and every recorded one was up to date after 120.
const MOST_LOOKS: u32 = 7;

/// So few rows are asked for one by one at once: waiting would cost as many requests, and minutes.
const FEW: usize = 5;

/// See [the module](self).
pub(super) struct Clerk<'a, 'scope> {
    worker: &'scope Worker<'scope>,
    room: &'a Room,
    workers: &'a rayon::Scope<'scope>,
    clock: &'a Clock,
    creates: Vec<Load>,
    updates: Vec<Load>,
    looks: Vec<Load>,
    lanes: Lanes,
    watches: HashMap<String, Watch>,
    lookups: Vec<(Duration, Lookup)>,
    n_open: usize,
    n_working: usize,
    /// How many rows a request is to have.
    size: usize,
    heard_at: Duration,
    is_feed_over: bool,
    /// The server knows no bulk requests: every row goes by itself.
    is_alone: bool,
}

impl<'a, 'scope> Clerk<'a, 'scope> {
    pub(super) fn new(
        worker: &'scope Worker<'scope>,
        room: &'a Room,
        workers: &'a rayon::Scope<'scope>,
        clock: &'a Clock,
    ) -> Self {
        Self {
            worker,
            room,
            workers,
            clock,
            creates: Vec::new(),
            updates: Vec::new(),
            looks: Vec::new(),
            lanes: Lanes::new(),
            watches: HashMap::new(),
            lookups: Vec::new(),
            n_open: 0,
            n_working: 0,
            size: worker.courier.client.bulk_size(),
            heard_at: clock.now(),
            is_feed_over: false,
            is_alone: false,
        }
    }

    /// Works until every row has its outcome.
    pub(super) fn run(mut self, inbox: &Receiver<Told>) {
        while !(self.is_feed_over && self.n_open == 0) {
            match inbox.recv_timeout(self.longest_wait()) {
                Ok(told) => self.hear(told),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
            }
            if self.is_stopping() {
                self.send_nothing_new();
            }
            if self.n_working == 0 && (self.is_feed_over || self.is_stuck()) {
                self.send(1);
            }
            self.ask_where_due();
        }
    }

    fn is_stopping(&self) -> bool {
        self.worker.courier.stop.is_asked_for()
    }

    fn is_stuck(&self) -> bool {
        self.clock.now().saturating_sub(self.heard_at) >= STUCK
    }

    fn longest_wait(&self) -> Duration {
        let dues = self.watches.values().filter_map(Watch::due).chain(self.lookups.iter().map(|it| it.0));
        let now = self.clock.now();
        dues.map(|due| due.saturating_sub(now)).chain([STUCK]).min().unwrap_or(STUCK)
    }

    fn hear(&mut self, told: Told) {
        self.heard_at = self.clock.now();
        match told {
            Told::Row(load) => {
                self.n_open += 1;
                self.take(load);
            }
            Told::FeedIsOver => {
                self.is_feed_over = true;
                self.send(1);
            }
            Told::Submitted { lane, job, batch } => self.watch(lane, &job, batch),
            Told::NotSubmitted { lane } => self.lanes.free(lane),
            Told::NoSuchEndpoint { lane, loads } => self.go_alone(lane, loads),
            Told::Lost { lane, batch } => {
                self.lanes.free(lane);
                self.settle(batch);
            }
            Told::Polled { id, job } => self.hear_of_job(&id, job.as_ref()),
            Told::PollLater { id } => {
                let now = self.clock.now();
                let given_up = self.watches.get_mut(&id).map(|watch| watch.hear_nothing(now));
                given_up.into_iter().flatten().for_each(|batch| self.settle(batch));
            }
            Told::NotShown(lookup) => self.look_again(lookup),
            Told::Exists(load) => self.updates.push(load),
            Told::Ended { freed } => {
                self.n_open -= 1;
                self.room.leave();
                for admitted in freed {
                    self.n_open += 1;
                    self.room.squeeze_in();
                    self.take(Load::new(admitted));
                }
            }
            Told::Free => self.n_working -= 1,
        }
        self.send(self.size);
    }

    /// Finds out where a row goes.
    fn take(&mut self, mut load: Load) {
        if self.is_alone || self.is_stopping() {
            return self.spawn(move |worker| worker.send_alone(load, Trace::default()));
        }
        match load.way(self.worker.courier.policy) {
            Way::Refused => self.worker.refuse(load),
            Way::Alone => self.spawn(move |worker| worker.send_alone(load, Trace::default())),
            Way::Create => self.creates.push(load),
            Way::Update(id) => {
                load.id = Some(id.to_owned());
                load.leave_out_key();
                self.updates.push(load);
            }
            Way::Look if load.key() == Field::ExternalId => {
                self.spawn(move |worker| worker.read(load, Sent::NOTHING));
            }
            Way::Look => self.looks.push(load),
        }
    }

    /// Sends rows of one kind together where there are enough of them.
    fn send(&mut self, at_least: usize) {
        let size = self.size;
        for kind in [BulkKind::Create, BulkKind::Update] {
            while self.queue(kind).len() >= at_least
                && let Some(Taken { lane, job }) = self.lanes.take(kind)
            {
                let queue = self.queue(kind);
                let loads: Vec<Load> = queue.drain(..queue.len().min(size)).collect();
                self.spawn(move |worker| worker.submit(lane, job.as_deref(), kind, loads));
            }
        }
        while self.looks.len() >= at_least {
            let loads: Vec<Load> = self.looks.drain(..self.looks.len().min(size)).collect();
            let lookup = Lookup { sent: Sent::NOTHING, loads, n_looks: MOST_LOOKS };
            self.spawn(move |worker| worker.look(lookup));
        }
    }

    fn queue(&mut self, kind: BulkKind) -> &mut Vec<Load> {
        match kind {
            BulkKind::Create => &mut self.creates,
            BulkKind::Update => &mut self.updates,
        }
    }

    /// Gives up what was not sent; what was is settled.
    fn send_nothing_new(&mut self) {
        let unsent = [&mut self.creates, &mut self.updates, &mut self.looks].map(std::mem::take);
        for load in unsent.into_iter().flatten() {
            self.spawn(move |worker| worker.send_alone(load, Trace::default()));
        }
        for (_, lookup) in std::mem::take(&mut self.lookups) {
            self.spawn(move |worker| worker.give_up_looking(lookup));
        }
    }

    fn go_alone(&mut self, lane: usize, loads: Vec<Load>) {
        self.lanes.free(lane);
        if !self.is_alone {
            self.is_alone = true;
            let notice =
                "the server knows no bulk requests: every row goes by itself, through the engine contacts";
            self.worker.events.send(Event::Notice(notice.into())).expect(HEARD);
        }
        let unsent = [&mut self.creates, &mut self.updates, &mut self.looks].map(std::mem::take);
        for load in loads.into_iter().chain(unsent.into_iter().flatten()) {
            self.spawn(move |worker| worker.send_alone(load, Trace::default()));
        }
    }

    /// Watches the job that rows have become a task of.
    fn watch(&mut self, lane: usize, job: &BulkJob, batch: Batch) {
        let client = self.worker.courier.client;
        self.lanes.open(client.bulk_use().costs_a_contact());
        self.size = client.bulk_size();
        let tasks = self.lanes.note(lane, job);
        let now = self.clock.now();
        self.watches.entry(job.id.clone()).or_insert_with(|| Watch::new(now)).add(tasks, batch);
        self.hear_of_job(&job.id, Some(job));
    }

    fn hear_of_job(&mut self, id: &str, job: Option<&BulkJob>) {
        let Some(watch) = self.watches.get_mut(id) else { return };
        let ended = match job {
            Some(job) => watch.hear(job, self.clock.now()),
            None => watch.give_up(),
        };
        if watch.is_empty() {
            self.watches.remove(id);
            self.lanes.forget(id);
        }
        ended.into_iter().for_each(|batch| self.settle(batch));
    }

    fn ask_where_due(&mut self) {
        let now = self.clock.now();
        let due: Vec<String> = self
            .watches
            .iter_mut()
            .filter(|(_, watch)| watch.due().is_some_and(|due| due <= now))
            .map(|(id, watch)| {
                watch.is_asked();
                id.clone()
            })
            .collect();
        for id in due {
            self.spawn(move |worker| worker.poll(id));
        }
        let (due, later) = std::mem::take(&mut self.lookups).into_iter().partition(|(due, _)| *due <= now);
        self.lookups = later;
        let due: Vec<(Duration, Lookup)> = due;
        for (_, lookup) in due {
            self.spawn(move |worker| worker.look(lookup));
        }
    }

    /// Finds out what became of rows whose task is done, or of which nobody tells.
    fn settle(&mut self, Batch { sent, loads }: Batch) {
        let mut looked_for = Vec::new();
        for load in loads {
            match (sent.kind, sent.end, load.key()) {
                (BulkKind::Create, _, Field::ExternalId) => self.spawn(move |worker| worker.read(load, sent)),
                // An email may be another contact's by now, which the index tells.
                (BulkKind::Update, End::Clean, Field::Email) => looked_for.push(load),
                (BulkKind::Update, End::Clean, _) => self.worker.settle_clean(load),
                _ => looked_for.push(load),
            }
        }
        if !looked_for.is_empty() {
            let lookup = Lookup { sent, loads: looked_for, n_looks: 0 };
            self.spawn(move |worker| worker.look(lookup));
        }
    }

    /// Lets the index catch up, if that is likely to save requests.
    fn look_again(&mut self, lookup: Lookup) {
        if lookup.loads.is_empty() {
            return;
        }
        let needs_no_request = lookup.sent.kind == BulkKind::Create && lookup.sent.is_clean();
        let is_few = lookup.loads.len() <= FEW && !needs_no_request;
        if is_few || lookup.n_looks >= MOST_LOOKS || self.is_stopping() {
            return self.spawn(move |worker| worker.give_up_looking(lookup));
        }
        let wait = (FIRST_LOOK * 2_u32.pow(lookup.n_looks.saturating_sub(1))).min(LONGEST_LOOK);
        self.lookups.push((self.clock.now() + wait, lookup));
    }

    fn spawn(&mut self, deed: impl FnOnce(&Worker<'scope>) + Send + 'scope) {
        let worker = self.worker;
        self.n_working += 1;
        self.workers.spawn(move |_| {
            deed(worker);
            worker.tell(Told::Free);
        });
    }
}
