//! `report.json`: one run as an object, for scripts. The same object is what `--json` prints.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};

use super::ErrorGroup;
use super::human::moment;
use super::prospect;
use super::run_dir::timestamp;
use crate::transfer::{Exported, LookupUse, Prospect, Remarks, Snapshot, Tally, Traffic};

/// Raised when a key changes its meaning; new keys do not raise it.
const SCHEMA: u32 = 1;

/// One run.
#[derive(Debug, Clone, Serialize)]
pub struct RunReport {
    schema: u32,
    run_id: Option<String>,
    state: RunState,
    command: &'static str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    disabled: bool,
    version: &'static str,
    workspace: Option<String>,
    #[serde(flatten)]
    headline: Option<Headline>,
    started_at: String,
    finished_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resumed_from: Option<String>,
    input: Vec<InputReport>,
    rows: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    remarks: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lookup: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<Value>,
    http: HttpReport,
    quota: QuotaReport,
    errors: Vec<ErrorGroup>,
    files: BTreeMap<&'static str, String>,
}

/// Whether the run is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RunState {
    /// It is not, or it was killed; in a report of one that was killed, the workspace's next run writes `died`.
    Running,
    /// It is.
    Finished,
}

/// How a run ended, for a scheduler.
#[derive(Debug, Clone, Serialize)]
pub struct Headline {
    /// The exit code.
    pub exit_code: u8,
    /// Its name.
    pub exit_name: &'static str,
    /// Whether the same command may do better later.
    pub retryable: bool,
    /// The command to run next, if there is one.
    pub next_command: Option<String>,
    /// What stopped the run before its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// One input as it was read.
#[derive(Debug, Clone, Serialize)]
#[allow(missing_docs)] // The names say it all.
pub struct InputReport {
    pub path: String,
    pub bytes: u64,
    pub sha256: String,
    pub rows: u64,
}

/// What the requests came to.
#[derive(Debug, Clone, Default, Serialize)]
#[allow(missing_docs)] // The names say it all.
pub struct HttpReport {
    pub requests: u64,
    pub by_status: BTreeMap<u16, u64>,
    pub retries: u64,
    pub throttled_429: u64,
    pub latency_ms: BTreeMap<&'static str, u64>,
}

/// What the quota came to.
#[derive(Debug, Clone, Default, Serialize)]
pub struct QuotaReport {
    /// Requests that the server grants in ten seconds; null if it did not say.
    pub limit_per_window: Option<u32>,
    /// Requests that this run spent.
    pub used_by_us: u64,
    /// Requests of others that the headers showed.
    pub others_seen: u64,
    /// How long requests waited for the quota.
    pub waited_seconds: f64,
    /// How bulk requests were used, if there were any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bulk: Option<BulkReport>,
}

/// What bulk requests came to.
#[derive(Debug, Clone, Default, Serialize)]
pub struct BulkReport {
    /// Requests that were taken.
    pub requests: u64,
    /// The contacts in them.
    pub contacts: u64,
    /// What one contact spent of the quota beyond the request, from 0 to 1; null if the headers did not tell.
    pub contact_cost: Option<f64>,
}

impl RunReport {
    pub(super) fn begin(
        run_id: Option<&str>,
        command: &'static str,
        workspace: Option<String>,
        now: Duration,
    ) -> Self {
        Self {
            schema: SCHEMA,
            run_id: run_id.map(Into::into),
            state: RunState::Running,
            command,
            disabled: false,
            version: env!("CARGO_PKG_VERSION"),
            workspace,
            headline: None,
            started_at: timestamp(now).to_string(),
            finished_at: None,
            resumed_from: None,
            input: Vec::new(),
            rows: match command {
                "export" => rows_of_export(&Exported::default()),
                _ => rows_of_import(&Tally::default()),
            },
            remarks: None,
            lookup: None,
            plan: None,
            http: HttpReport::default(),
            quota: QuotaReport::default(),
            errors: Vec::new(),
            files: BTreeMap::new(),
        }
    }

    /// Returns the report of a run that was switched off. `now` is since 1970.
    #[must_use]
    pub fn of_disabled(command: &'static str, headline: Headline, now: Duration) -> Self {
        Self { disabled: true, ..Self::of_failure(command, headline, now) }
    }

    /// Returns the report of a run that ended before it had a folder. `now` is since 1970.
    #[must_use]
    pub fn of_failure(command: &'static str, headline: Headline, now: Duration) -> Self {
        let mut report = Self::begin(None, command, None, now);
        report.finish(headline, now);
        report
    }

    pub(super) fn set_traffic(&mut self, traffic: &Traffic) {
        let latency = traffic.latency;
        let milliseconds = |duration: Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        self.http = HttpReport {
            requests: traffic.requests,
            by_status: traffic.by_status.clone(),
            retries: traffic.retries,
            throttled_429: traffic.throttled,
            latency_ms: [
                ("p50", latency.p50),
                ("p90", latency.p90),
                ("p99", latency.p99),
                ("max", latency.max),
            ]
            .into_iter()
            .map(|(name, value)| (name, milliseconds(value)))
            .collect(),
        };
        self.quota = QuotaReport {
            limit_per_window: traffic.quota.limit,
            used_by_us: traffic.requests,
            others_seen: traffic.quota.others_seen,
            waited_seconds: (traffic.waited.as_secs_f64() * 1_000.0).round() / 1_000.0,
            bulk: (traffic.bulk.requests > 0).then_some(BulkReport {
                requests: traffic.bulk.requests,
                contacts: traffic.bulk.contacts,
                contact_cost: traffic.bulk.contact_cost,
            }),
        };
    }

    pub(super) fn set_rows(&mut self, rows: Value) {
        self.rows = rows;
    }

    /// Tells what people want to know of rows that ended well, if there are any.
    pub(super) fn set_remarks(&mut self, remarks: &Remarks) {
        self.remarks = (*remarks != Remarks::default()).then(|| remarks_of(remarks));
    }

    /// Tells what an import would come to, at the end of a plan.
    pub(super) fn set_prospect(&mut self, end: &Snapshot) {
        let json = |prospect: &Prospect| prospect::json(prospect, &end.tally, &end.traffic);
        self.plan = end.prospect.as_deref().map(json);
    }

    /// Tells how it was learnt which users exist.
    pub(super) fn set_lookup(&mut self, lookup: Option<&LookupUse>) {
        self.lookup = lookup.map(lookup_of);
    }

    pub(super) fn set_resumed_from(&mut self, run_id: String) {
        self.resumed_from = Some(run_id);
    }

    pub(super) fn set_errors(&mut self, errors: Vec<ErrorGroup>) {
        self.errors = errors;
    }

    pub(super) fn set_file(&mut self, name: &'static str, path: String) {
        self.files.insert(name, path);
    }

    pub(super) fn set_inputs(&mut self, inputs: Vec<InputReport>) {
        self.input = inputs;
    }

    pub(super) fn finish(&mut self, headline: Headline, now: Duration) {
        self.state = RunState::Finished;
        self.finished_at = Some(timestamp(now).to_string());
        self.headline = Some(headline);
    }

    /// Says of a run that is over that it ended otherwise.
    pub fn end_with(&mut self, headline: Headline) {
        self.headline = Some(headline);
    }

    /// Returns the report as JSON, one key a line.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("a report has text keys and finite numbers");
        text.push('\n');
        text
    }
}

pub(super) fn rows_of_import(tally: &Tally) -> Value {
    json!({
        "read": tally.read,
        "created": tally.created,
        "updated": tally.updated,
        "unchanged": tally.unchanged,
        "invalid": tally.invalid,
        "rejected": tally.rejected,
        "unknown": tally.unknown,
        "pending": tally.pending,
    })
}

fn remarks_of(remarks: &Remarks) -> Value {
    json!({
        "archived_skipped": remarks.archived_skipped,
        "unarchived": remarks.unarchived,
        "merged": remarks.merged,
        "promoted": remarks.promoted,
        "external_id_kept": remarks.external_id_kept,
        "not_kept": remarks.not_kept,
        "verified": remarks.verified,
        "drifted": remarks.drifted,
        "superseded": remarks.superseded,
    })
}

fn lookup_of(lookup: &LookupUse) -> Value {
    json!({
        "policy": lookup.policy,
        "used": lookup.used.iter().map(|it| it.name()).collect::<Vec<_>>(),
        "why": lookup.why,
        "searches": lookup.searches,
        "batch": lookup.batch,
        "searched": lookup.searched,
        "found": lookup.found,
        "pages": lookup.pages,
        "listed": lookup.listed,
        "contacts": lookup.contacts,
        "trouble": lookup.trouble,
    })
}

pub(super) fn rows_of_export(exported: &Exported) -> Value {
    json!({
        "written": exported.written,
        "duplicates_dropped": exported.duplicates_dropped,
        "other_role": exported.other_role,
        "older": exported.older,
        "changed_meanwhile": exported.changed_meanwhile,
        "server_total": exported.server_total,
        "complete_until": exported.complete_until.map(moment),
        "notices": exported.notices,
    })
}
