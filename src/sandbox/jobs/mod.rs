//! Jobs that are answered before they are done: Preview's `/contacts/bulk` and 1.x's `/bulk/users`.
//!
//! There is no background thread. Every item has a moment at which it is due, and whoever looks at the store has all
//! due items carried out first, each as of its moment (`World::store`); so a job is as far as its state says, whatever
//! moves the clock. Jobs are not in the data file: what is not done when the sandbox ends is lost, and its client has to
//! find out, as it would have to after any lost answer.

mod job;

pub(super) use job::Family;
pub(super) use job::Job;
pub(super) use job::Task;

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use super::clock::Moment;
use super::errors::Refusal;
use super::store::Store;
use super::unknowns::BulkSpeed;
use super::versions::Version;
use job::Failure;

/// Every job since the start, and the items that wait.
#[derive(Debug, Default)]
pub(super) struct Jobs {
    jobs: Vec<Job>,
    waiting: BTreeMap<(Moment, u64), Waiting>,
    numbers: u64,
}

/// One thing to do.
#[derive(Debug)]
pub(super) struct Item {
    /// What the client sent.
    pub(super) data: Value,
    pub(super) version: Version,
    pub(super) carry_out: CarryOut,
}

/// Does an item to the store, as of its moment.
pub(super) type CarryOut = fn(&mut Store, &Item, Moment) -> Result<(), Refusal>;

/// An item that is not due, with its place.
#[derive(Debug)]
struct Waiting {
    item: Item,
    job: usize,
    task: usize,
}

/// Which job items are for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Target<'a> {
    New,
    /// One that is open, by its id.
    Open(&'a str),
}

/// Why items were not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotTaken {
    Unknown,
    Closed,
}

impl Jobs {
    /// Returns the number of a new thing.
    pub(super) fn new_number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    /// Finds a job.
    pub(super) fn find(&self, family: Family, id: &str) -> Option<&Job> {
        self.place(family, id).map(|place| &self.jobs[place])
    }

    fn place(&self, family: Family, id: &str) -> Option<usize> {
        self.jobs.iter().position(|job| job.family == family && job.id() == id)
    }

    /// Takes items as one task of a job.
    pub(super) fn submit(
        &mut self,
        family: Family,
        target: Target<'_>,
        items: Vec<Item>,
        when: When,
    ) -> Result<&Job, NotTaken> {
        let place = match target {
            Target::New => {
                let number = self.new_number();
                self.jobs.push(Job::new(family, number, when.now));
                self.jobs.len() - 1
            }
            Target::Open(id) => self.place(family, id).ok_or(NotTaken::Unknown)?,
        };
        if matches!(target, Target::Open(_)) && self.jobs[place].is_closed(when.now) {
            return Err(NotTaken::Closed);
        }
        let (starts_at, completes_at) = when.task();
        let task = Task {
            number: self.new_number(),
            item_count: items.len(),
            created_at: when.now,
            starts_at,
            completes_at,
            failures: Vec::new(),
        };
        self.wait_for(&task, place, items);
        self.jobs[place].tasks.push(task);
        Ok(&self.jobs[place])
    }

    /// Spreads a task's items over the time in which it runs; the last one is done when the task is.
    fn wait_for(&mut self, task: &Task, job: usize, items: Vec<Item>) {
        let (n_items, running) = (items.len() as u64, task.completes_at.0 - task.starts_at.0);
        let task_place = self.jobs[job].tasks.len();
        for (done, item) in (1..).zip(items) {
            let due = Moment(task.starts_at.0 + running * done / n_items);
            let number = self.new_number();
            self.waiting.insert((due, number), Waiting { item, job, task: task_place });
        }
    }

    /// Says whether anything is to be done, now or later.
    pub(super) fn are_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    fn take_due(&mut self, now: Moment) -> Option<(Moment, Waiting)> {
        let first = self.waiting.first_entry().filter(|first| first.key().0 <= now)?;
        let ((due, _), waiting) = first.remove_entry();
        Some((due, waiting))
    }
}

/// Carries out every item that is due.
pub(super) fn catch_up(store: &mut Store, now: Moment) {
    while let Some((due, Waiting { item, job, task })) = store.jobs.take_due(now) {
        if let Err(refusal) = (item.carry_out)(store, &item, due) {
            store.jobs.jobs[job].tasks[task].failures.push(Failure { item: item.data, refusal });
        }
    }
}

/// When items came, and how long a task takes.
#[derive(Debug, Clone, Copy)]
pub(super) struct When {
    pub(super) now: Moment,
    pub(super) speed: BulkSpeed,
}

impl When {
    /// Returns when a task starts and when it is complete.
    fn task(self) -> (Moment, Moment) {
        let (waits, runs) = match self.speed {
            BulkSpeed::Seconds => (2, 4),
            BulkSpeed::Minutes => (60, 60),
            BulkSpeed::AtOnce => (0, 0),
        };
        let starts_at = self.now.after(Duration::from_secs(waits));
        (starts_at, starts_at.after(Duration::from_secs(runs)))
    }
}
