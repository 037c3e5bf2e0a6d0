//! The official description of the API against all that the sandbox and the program say to each other in these tests.
//!
//! The description is not part of the project: the check needs `openapi` in a folder `shared` beside it, and says that
//! it was skipped where that is absent. What differs on purpose is in `differences.rs`, each with its reason.

mod description;
mod differences;
mod examples;
mod journey;
mod liars;
mod schema;
mod story;

use std::collections::BTreeSet;
use std::fmt;
use std::io::Write;
use std::path::Path;
use std::sync::LazyLock;

use serde_json::Value;

use description::{Description, Operation};
use differences::DIFFERENCES;
use schema::Fault;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/openapi");

/// Every description there is; none where the folder is absent.
static DESCRIPTIONS: LazyLock<Vec<Description>> = LazyLock::new(|| {
    let folder = Path::new(FOLDER);
    if !folder.is_dir() {
        // Past the test harness, which shows nothing of a test that passes.
        let _ = writeln!(std::io::stderr(), "contract check SKIPPED: there is no folder {FOLDER}");
        return Vec::new();
    }
    let files = ["intercom-2.16.yaml", "intercom-preview-bulk.yaml"];
    files.iter().map(|file| Description::read(&folder.join(file))).collect()
});

/// Something that the description does not say, or says otherwise.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    operation: String,
    /// `request`, or the answer's status.
    side: String,
    fault: Fault,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: `{}` {}", self.operation, self.side, self.fault.place, self.fault.what)
    }
}

/// Whether there is anything to check against.
pub fn is_possible() -> bool {
    !DESCRIPTIONS.is_empty()
}

/// Checks every exchange of a sandbox; `ours` is the id of the program's token, whose requests are checked too.
#[track_caller]
pub fn check<'a>(exchanges: impl IntoIterator<Item = &'a Value>, ours: &str) {
    let mut unexplained: BTreeSet<String> = BTreeSet::new();
    for exchange in exchanges {
        let findings = findings(&DESCRIPTIONS, exchange, ours).into_iter();
        let findings = findings.filter(|finding| !DIFFERENCES.iter().any(|row| row.explains(finding)));
        unexplained.extend(findings.map(|finding| format!("{finding}, as in {exchange:.400}")));
    }
    let unexplained = unexplained.into_iter().collect::<Vec<_>>().join("\n");
    assert!(
        unexplained.is_empty(),
        "the description says otherwise; be as described, or explain it in tests/it/contract/differences.rs:\n{unexplained}"
    );
}

/// Lists what one exchange has against its description. 1.x has no description.
fn findings(descriptions: &[Description], exchange: &Value, ours: &str) -> BTreeSet<Finding> {
    let Some((description, operation)) = meant(descriptions, exchange) else { return BTreeSet::new() };
    let mut findings = answer_findings(description, operation, exchange);
    if exchange["token_id"] == ours {
        let request = operation.request.as_ref().map(|schema| schema.faults(&exchange["request"]));
        findings.extend(named(operation, "request", request.unwrap_or_default()));
    }
    findings
}

/// Finds the operation that an exchange is about; none if the answer is not meant to be Intercom's.
fn meant<'a>(descriptions: &'a [Description], exchange: &Value) -> Option<(&'a Description, &'a Operation)> {
    let is_strictness =
        exchange.pointer("/response/errors/0/code").is_some_and(|code| code == "sandbox_strict");
    if is_strictness || !exchange["fault"].is_null() {
        return None;
    }
    let text = |key: &str| exchange[key].as_str().unwrap_or_default();
    // Who may not ask is not told a version. Preview's paths look like ids to the stable versions, so it comes first.
    let is_meant =
        |description: &&Description| exchange["version"].as_str().is_none_or(|it| it == description.version);
    let operation = |description: &'a Description| description.operation(text("method"), text("path"));
    let mut candidates = descriptions.iter().rev().filter(is_meant);
    candidates.find_map(|description| Some((description, operation(description)?)))
}

fn answer_findings(description: &Description, operation: &Operation, exchange: &Value) -> BTreeSet<Finding> {
    let status = u16::try_from(exchange["status"].as_u64().unwrap_or_default()).unwrap();
    let (answer, side) = (&exchange["response"], status.to_string());
    match operation.answers.get(&status) {
        Some(described) => named(operation, &side, described.faults(answer)).collect(),
        None => {
            let unknown = Fault { place: String::new(), what: "is a status that is not described".into() };
            let faults = std::iter::once(unknown).chain(description.error.faults(answer));
            named(operation, &side, faults).collect()
        }
    }
}

fn named(
    operation: &Operation,
    side: &str,
    faults: impl IntoIterator<Item = Fault>,
) -> impl Iterator<Item = Finding> {
    let operation = operation.to_string();
    faults.into_iter().map(move |fault| Finding {
        operation: operation.clone(),
        side: side.to_owned(),
        fault,
    })
}
