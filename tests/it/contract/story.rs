//! The sandbox, driven along everything it has, against the description; and the check itself, against liars.

use std::collections::BTreeSet;

use serde_json::Value;

use super::differences::DIFFERENCES;
use super::journey::journey;
use super::{DESCRIPTIONS, Finding, findings, is_possible, meant};

/// What the description has and the sandbox is not asked for, with the reason. `*` is every status.
const UNSEEN: &[(&str, &str, &str)] = &[
    ("/admins/activity_log_event_types", "*", "about teammates, not about users"),
    ("/admins/activity_logs", "*", "about teammates, not about users"),
    ("/admins/activity_logs/search", "*", "about teammates, not about users"),
    ("/admins/{admin_id}/away", "*", "about teammates, not about users"),
    ("/companies/{company_id}/notes", "*", "nobody moves notes about companies in bulk"),
    ("/banners", "*", "what the Messenger shows, not what users are"),
    ("/banners/{view_id}/dismiss", "*", "what the Messenger shows, not what users are"),
    ("PUT /data_attributes/{data_attribute_id}", "422", "nothing in a sandbox depends on an attribute"),
    (
        "/contacts/find_by_external_id/{external_id}",
        "410",
        "only leads are merged away, and none is found so",
    ),
];

#[test]
fn the_sandbox_answers_as_described() {
    if !is_possible() {
        return;
    }
    let journey = journey();
    let found: BTreeSet<Finding> =
        journey.iter().flat_map(|exchange| findings(&DESCRIPTIONS, exchange, "nobody's")).collect();
    let never_met: Vec<&str> = DIFFERENCES
        .iter()
        .filter(|row| !found.iter().any(|finding| row.explains(finding)))
        .map(|row| row.why)
        .collect();
    assert!(never_met.is_empty(), "rows that explain nothing:\n{}", never_met.join("\n"));
    every_answer_was_given(&journey);
}

/// Every operation and status that is described was seen, or there is a reason why not; and no other reason.
fn every_answer_was_given(journey: &[Value]) {
    let seen: BTreeSet<(String, String)> = journey.iter().filter_map(seen).collect();
    let described =
        DESCRIPTIONS.iter().flat_map(|description| &description.operations).flat_map(|operation| {
            operation.answers.keys().map(|status| (operation.to_string(), status.to_string()))
        });
    let unseen: Vec<(String, String)> = described.filter(|pair| !seen.contains(pair)).collect();
    let excuses = |(end, side, _): &(&str, &str, &str), (operation, status): &(String, String)| {
        operation.ends_with(end) && (*side == "*" || side == status)
    };
    let without = unseen.iter().filter(|pair| !UNSEEN.iter().any(|row| excuses(row, pair)));
    assert_eq!(Vec::<&(String, String)>::new(), without.collect::<Vec<_>>(), "never seen, without a reason");
    let needless = UNSEEN.iter().filter(|row| !unseen.iter().any(|pair| excuses(row, pair)));
    assert_eq!(Vec::<&(&str, &str, &str)>::new(), needless.collect::<Vec<_>>(), "seen after all");
}

/// Returns the operation and the status of an exchange.
fn seen(exchange: &Value) -> Option<(String, String)> {
    let (_, operation) = meant(&DESCRIPTIONS, exchange)?;
    Some((operation.to_string(), exchange["status"].to_string()))
}
