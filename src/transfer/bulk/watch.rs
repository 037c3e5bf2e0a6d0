//! The tasks of one job that are not done, and when to ask for them again. Pure: time is an argument.

use std::collections::HashSet;
use std::time::Duration;

use super::load::{Batch, End};
use crate::intercom::BulkJob;
use crate::intercom::BulkState;

/// Between two questions after something has happened; half as long again each time nothing has.
const SHORTEST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(10);

/// How long a job may stand still until its rows are looked for without it.
const PATIENCE: Duration = Duration::from_secs(900);

/// One job with the batches in it.
pub(super) struct Watch {
    tasks: Vec<Task>,
    interval: Duration,
    /// When to ask; `None` while somebody does.
    due: Option<Duration>,
    moved_at: Duration,
}

/// One batch, and the tasks that it became: none if the server does not tell of tasks, several if an answer was lost.
struct Task {
    ids: HashSet<String>,
    batch: Batch,
}

impl Watch {
    pub(super) fn new(now: Duration) -> Self {
        Self { tasks: Vec::new(), interval: SHORTEST, due: Some(now + SHORTEST), moved_at: now }
    }

    pub(super) fn add(&mut self, ids: HashSet<String>, batch: Batch) {
        self.tasks.push(Task { ids, batch });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    /// Returns when somebody is to ask.
    pub(super) fn due(&self) -> Option<Duration> {
        self.due
    }

    /// Notes that somebody asks.
    pub(super) fn is_asked(&mut self) {
        self.due = None;
    }

    /// Hears how far the job is. Returns the batches that are done.
    pub(super) fn hear(&mut self, job: &BulkJob, now: Duration) -> Vec<Batch> {
        let (done, open) = std::mem::take(&mut self.tasks).into_iter().partition(|task| task.is_done(job));
        self.tasks = open;
        let done: Vec<Task> = done;
        let has_moved = !done.is_empty();
        self.ask_later(has_moved, now);
        done.into_iter().map(|task| task.ended_as(job)).collect()
    }

    /// Hears that nobody can tell now. Returns all batches if nobody has told for too long.
    pub(super) fn hear_nothing(&mut self, now: Duration) -> Vec<Batch> {
        self.ask_later(false, now);
        if now.saturating_sub(self.moved_at) < PATIENCE { Vec::new() } else { self.give_up() }
    }

    /// Returns all batches: nobody will tell of them.
    pub(super) fn give_up(&mut self) -> Vec<Batch> {
        std::mem::take(&mut self.tasks).into_iter().map(|task| task.batch).collect()
    }

    fn ask_later(&mut self, has_moved: bool, now: Duration) {
        self.interval = if has_moved { SHORTEST } else { (self.interval * 3 / 2).min(LONGEST) };
        if has_moved {
            self.moved_at = now;
        }
        self.due = Some(now + self.interval);
    }
}

impl Task {
    fn is_done(&self, job: &BulkJob) -> bool {
        let mine = || job.tasks.iter().filter(|task| self.ids.contains(&task.id));
        let are_told = !self.ids.is_empty() && mine().count() == self.ids.len();
        job.state != BulkState::Open || (are_told && mine().all(|task| task.state != BulkState::Open))
    }

    fn ended_as(mut self, job: &BulkJob) -> Batch {
        let mine = || job.tasks.iter().filter(|task| self.ids.contains(&task.id));
        let is_clean = match mine().count() {
            0 => job.state == BulkState::Completed,
            _ => mine().all(|task| task.state == BulkState::Completed),
        };
        self.batch.sent.end = if is_clean { End::Clean } else { End::Unclear };
        self.batch
    }
}

#[cfg(test)]
mod tests {
    use super::super::load::Sent;
    use super::*;
    use crate::intercom::BulkKind;

    fn seconds(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    fn batch(begun_at: u64) -> Batch {
        Batch { sent: Sent { kind: BulkKind::Create, begun_at, end: End::Unclear }, loads: Vec::new() }
    }

    /// A job with two tasks in it, of which one is told of by name.
    fn watch() -> Watch {
        let mut watch = Watch::new(seconds(0));
        watch.add(["t1".to_owned()].into(), batch(1));
        watch.add(["t2".to_owned()].into(), batch(2));
        watch
    }

    #[track_caller]
    fn check(job: &str, expected: &[(u64, End)]) {
        let done = watch().hear(&serde_json::from_str(job).unwrap(), seconds(1));
        let actual: Vec<_> = done.iter().map(|batch| (batch.sent.begun_at, batch.sent.end)).collect();
        assert_eq!(expected, actual);
    }

    #[test]
    fn a_task_is_done_before_its_job() {
        let tasks = r#"[{"id":"t1","state":"completed"},{"id":"t2","state":"running"}]"#;
        check(&format!(r#"{{"id":"j","state":"running","tasks":{tasks}}}"#), &[(1, End::Clean)]);
        let tasks = r#"[{"id":"t1","state":"completed"},{"id":"t2","state":"completed_with_errors"}]"#;
        check(
            &format!(r#"{{"id":"j","state":"completed_with_errors","tasks":{tasks}}}"#),
            &[(1, End::Clean), (2, End::Unclear)],
        );
    }

    #[test]
    fn a_job_without_tasks_speaks_for_them() {
        check(r#"{"id":"j","state":"running"}"#, &[]);
        check(r#"{"id":"j","state":"a word of tomorrow"}"#, &[]);
        check(r#"{"id":"j","state":"completed"}"#, &[(1, End::Clean), (2, End::Clean)]);
        check(r#"{"id":"j","state":"completed_with_errors"}"#, &[(1, End::Unclear), (2, End::Unclear)]);
    }

    #[test]
    fn a_job_that_stands_still_is_asked_for_less_and_less_and_then_not_at_all() {
        let mut watch = watch();
        let mut asked = Vec::new();
        let mut now = seconds(0);
        for _ in 0..8 {
            now = watch.due().unwrap();
            asked.push(now.as_millis());
            assert!(watch.hear_nothing(now).is_empty());
        }
        assert_eq!([1_000, 2_500, 4_750, 8_125, 13_187, 20_781, 30_781, 40_781], *asked);
        assert_eq!(2, watch.hear_nothing(now + PATIENCE).len());
        assert!(watch.is_empty());
    }
}
