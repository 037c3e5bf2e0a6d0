//! One job: its tasks, its state at a moment, and until when it takes more. Pure.

use serde::Serialize;
use serde_json::Value;

use crate::sandbox::clock::Moment;
use crate::sandbox::errors::Refusal;

/// How long a 1.x job takes more items: `closing_at` is 900 s after `created_at` [C intercom-ruby].
const USERS_OPEN_FOR_SECONDS: u64 = 900;

/// Which API a job belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sandbox) enum Family {
    /// Preview's `/contacts/bulk`.
    Contacts,
    /// 1.x's `/bulk/users`.
    Users,
}

/// A job.
#[derive(Debug)]
pub(in crate::sandbox) struct Job {
    pub(in crate::sandbox) family: Family,
    number: u64,
    pub(in crate::sandbox) created_at: Moment,
    pub(in crate::sandbox) tasks: Vec<Task>,
}

/// The items of one request.
#[derive(Debug)]
pub(in crate::sandbox) struct Task {
    pub(in crate::sandbox) number: u64,
    pub(in crate::sandbox) item_count: usize,
    pub(in crate::sandbox) created_at: Moment,
    pub(super) starts_at: Moment,
    pub(super) completes_at: Moment,
    pub(in crate::sandbox) failures: Vec<Failure>,
}

/// An item that was refused.
#[derive(Debug)]
pub(in crate::sandbox) struct Failure {
    pub(in crate::sandbox) item: Value,
    pub(in crate::sandbox) refusal: Refusal,
}

/// How far a job or a task is [S0].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::sandbox) enum State {
    Pending,
    Running,
    Completed,
    CompletedWithErrors,
}

impl Job {
    pub(super) fn new(family: Family, number: u64, now: Moment) -> Job {
        Job { family, number, created_at: now, tasks: Vec::new() }
    }

    pub(in crate::sandbox) fn id(&self) -> String {
        match self.family {
            Family::Contacts => format!("job_v2_{}", self.number),
            Family::Users => format!("job_{:016x}", self.number),
        }
    }

    /// Returns when a job stops taking items: in 1.x after 900 s, in Preview when it is complete [X].
    pub(in crate::sandbox) fn closing_at(&self) -> Moment {
        match self.family {
            Family::Users => Moment(self.created_at.0 + USERS_OPEN_FOR_SECONDS * 1000),
            Family::Contacts => self.last_task_completes_at(),
        }
    }

    pub(in crate::sandbox) fn is_closed(&self, now: Moment) -> bool {
        self.closing_at() <= now
    }

    fn last_task_completes_at(&self) -> Moment {
        self.tasks.iter().map(|task| task.completes_at).max().unwrap_or(self.created_at)
    }

    /// Returns when the job was complete, if it is. One of 1.x is not before it has closed: in a recorded one the task
    /// was done long before the job was [C intercom-ruby job_spec].
    pub(in crate::sandbox) fn completed_at(&self, now: Moment) -> Option<Moment> {
        Some(self.last_task_completes_at().max(self.closing_at())).filter(|completed_at| *completed_at <= now)
    }

    pub(in crate::sandbox) fn state(&self, now: Moment) -> State {
        let failed = self.tasks.iter().any(|task| !task.failures.is_empty());
        match self.completed_at(now) {
            Some(_) if failed => State::CompletedWithErrors,
            Some(_) => State::Completed,
            None if self.tasks.iter().any(|task| task.starts_at <= now) => State::Running,
            None => State::Pending,
        }
    }

    /// Returns when anything about the job changed last.
    pub(in crate::sandbox) fn updated_at(&self, now: Moment) -> Moment {
        let of_tasks =
            self.tasks.iter().flat_map(|task| [task.created_at, task.starts_at, task.completes_at]);
        let past = of_tasks.chain(self.completed_at(now)).filter(|moment| *moment <= now);
        past.max().unwrap_or(self.created_at)
    }
}

impl Task {
    pub(in crate::sandbox) fn started_at(&self, now: Moment) -> Option<Moment> {
        Some(self.starts_at).filter(|moment| *moment <= now)
    }

    pub(in crate::sandbox) fn completed_at(&self, now: Moment) -> Option<Moment> {
        Some(self.completes_at).filter(|moment| *moment <= now)
    }

    pub(in crate::sandbox) fn state(&self, now: Moment) -> State {
        match (self.started_at(now), self.completed_at(now)) {
            (None, _) => State::Pending,
            (Some(_), None) => State::Running,
            (Some(_), Some(_)) if self.failures.is_empty() => State::Completed,
            (Some(_), Some(_)) => State::CompletedWithErrors,
        }
    }
}
