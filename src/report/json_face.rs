//! The face for programs: an object every second on stderr, one a line.

use std::io::{self, Write};
use std::time::Duration;

use serde_json::json;

use super::Subject;
use crate::transfer::{Event, Total};

const INTERVAL: Duration = Duration::from_secs(1);

/// Writes objects to stderr.
pub struct JsonFace {
    subject: Subject,
    next: Duration,
}

impl JsonFace {
    pub(super) fn new(subject: Subject) -> Self {
        Self { subject, next: INTERVAL }
    }

    pub(super) fn tell(&self, text: &str) {
        let (command, file) = (self.subject.command, &self.subject.file);
        let object = json!({ "event": "notice", "command": command, "file": file, "message": text });
        // Nobody may be listening; the run goes on all the same.
        let _ = writeln!(io::stderr(), "{object}");
    }

    pub(super) fn show(&mut self, event: &Event, elapsed: Duration) {
        if elapsed < self.next {
            return;
        }
        self.next = elapsed + INTERVAL;
        let (mut object, traffic) = match event {
            Event::Row(_) | Event::Unchanged(_) | Event::Notice(_) | Event::Seen(_) | Event::Planned(_) => {
                return;
            }
            Event::Progress(snapshot) => {
                let total = snapshot.total.map(|total| match total {
                    Total::Exact(rows) | Total::About(rows) => rows,
                });
                let rows = super::run_report::rows_of_import(&snapshot.tally);
                (json!({ "counted": snapshot.counting, "rows": rows, "total": total }), &snapshot.traffic)
            }
            Event::Exported(exported) => {
                let rows = super::run_report::rows_of_export(exported);
                let waiting = exported.waiting.map(|left| left.as_secs());
                (json!({ "rows": rows, "waiting_seconds": waiting }), &exported.traffic)
            }
        };
        if let Some(lasting) = traffic.paused {
            object["paused_seconds"] = lasting.as_secs_f64().into();
        }
        object["requests"] = traffic.requests.into();
        object["event"] = "progress".into();
        object["command"] = self.subject.command.into();
        object["file"] = self.subject.file.clone().into();
        object["elapsed_seconds"] = elapsed.as_secs_f64().into();
        // Nobody may be listening; the run goes on all the same.
        let _ = writeln!(io::stderr(), "{object}");
    }
}
