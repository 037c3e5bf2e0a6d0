//! Where requests are sent, one at a time a lane, and the open job of each. Pure.

use std::collections::HashSet;

use crate::intercom::BulkJob;
use crate::intercom::BulkKind;
use crate::intercom::BulkState;

/// Requests of one kind that are sent at the same time, each to a job of its own: at 0.3 s each, 1,300 rows a second.
const LANES: usize = 4;

/// The tasks of one job: its answers name them all.
const MOST_TASKS: usize = 100;

/// All lanes.
pub(super) struct Lanes {
    lanes: Vec<Lane>,
    /// How many requests are sent at the same time.
    most_busy: usize,
}

/// A place where one request at a time is sent, and its open job.
struct Lane {
    kind: BulkKind,
    job: Option<String>,
    /// The tasks of the job that are known.
    tasks: HashSet<String>,
    is_busy: bool,
}

/// A lane that was taken, and the job that it goes to.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Taken {
    pub(super) lane: usize,
    pub(super) job: Option<String>,
}

impl Lanes {
    /// Returns lanes of which one is open: the first request goes alone, so that the headers tell what it spends.
    pub(super) fn new() -> Self {
        Self { lanes: Vec::new(), most_busy: 1 }
    }

    /// Opens all lanes, or none but one: where a contact costs a request, the quota is the limit, and several lanes would
    /// only meet closed jobs after a wait.
    pub(super) fn open(&mut self, costs_a_contact: bool) {
        self.most_busy = if costs_a_contact { 1 } else { 2 * LANES };
    }

    /// Takes a lane where nothing is being sent, rather one with an open job; `None` if there are enough.
    pub(super) fn take(&mut self, kind: BulkKind) -> Option<Taken> {
        if self.lanes.iter().filter(|lane| lane.is_busy).count() >= self.most_busy {
            return None;
        }
        let is_free = |lane: &Lane| lane.kind == kind && !lane.is_busy;
        let open = self.lanes.iter().position(|lane| is_free(lane) && lane.job.is_some());
        let lane = open.or_else(|| self.lanes.iter().position(is_free)).or_else(|| self.add(kind))?;
        self.lanes[lane].is_busy = true;
        Some(Taken { lane, job: self.lanes[lane].job.clone() })
    }

    fn add(&mut self, kind: BulkKind) -> Option<usize> {
        if self.lanes.iter().filter(|lane| lane.kind == kind).count() == LANES {
            return None;
        }
        self.lanes.push(Lane { kind, job: None, tasks: HashSet::new(), is_busy: false });
        Some(self.lanes.len() - 1)
    }

    /// Hears that the request of a lane was not taken.
    pub(super) fn free(&mut self, lane: usize) {
        self.lanes[lane].is_busy = false;
    }

    /// Hears which job the request of a lane has become a task of. Returns the task, or several, if an answer was lost.
    pub(super) fn note(&mut self, lane: usize, job: &BulkJob) -> HashSet<String> {
        let lane = &mut self.lanes[lane];
        lane.is_busy = false;
        if lane.job.as_ref() != Some(&job.id) {
            lane.tasks.clear();
        }
        let told: HashSet<String> = job.tasks.iter().map(|task| task.id.clone()).collect();
        let new = told.difference(&lane.tasks).cloned().collect();
        lane.tasks.extend(told);
        let takes_more = job.state == BulkState::Open && lane.tasks.len() < MOST_TASKS;
        lane.job = takes_more.then(|| job.id.clone());
        new
    }

    /// Forgets a job: one of which all is done takes no more, and a request to it would be spent for nothing.
    pub(super) fn forget(&mut self, id: &str) {
        for lane in self.lanes.iter_mut().filter(|lane| lane.job.as_deref() == Some(id)) {
            lane.job = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(tasks: &str) -> BulkJob {
        let tasks: Vec<_> =
            tasks.split(' ').map(|id| format!(r#"{{"id":"{id}","state":"running"}}"#)).collect();
        let text = format!(r#"{{"id":"j","state":"running","tasks":[{}]}}"#, tasks.join(","));
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn a_request_goes_to_the_open_job_and_knows_its_own_task() {
        let mut lanes = Lanes::new();
        assert_eq!(Some(Taken { lane: 0, job: None }), lanes.take(BulkKind::Create));
        assert_eq!(None, lanes.take(BulkKind::Update), "the first one goes alone");
        assert_eq!(HashSet::from(["t1".to_owned()]), lanes.note(0, &job("t1")));
        lanes.open(false);
        assert_eq!(Some(Taken { lane: 0, job: Some("j".into()) }), lanes.take(BulkKind::Create));
        assert_eq!(Some(Taken { lane: 1, job: None }), lanes.take(BulkKind::Update));
        assert_eq!(HashSet::from(["t2".to_owned()]), lanes.note(0, &job("t1 t2")));
        lanes.forget("j");
        assert_eq!(Some(Taken { lane: 0, job: None }), lanes.take(BulkKind::Create));
    }

    #[test]
    fn where_a_contact_costs_a_request_one_goes_at_a_time() {
        let mut lanes = Lanes::new();
        lanes.open(true);
        assert!(lanes.take(BulkKind::Create).is_some() && lanes.take(BulkKind::Create).is_none());
        lanes.open(false);
        let more: Vec<_> = std::iter::from_fn(|| lanes.take(BulkKind::Create)).collect();
        assert_eq!(LANES - 1, more.len());
    }
}
