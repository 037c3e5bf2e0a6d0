//! What is said of Preview's bulk endpoints by `--explain`.

use crate::sandbox::behaviours::Behaviour;
use crate::sandbox::behaviours::it;

/// What Preview's bulk endpoints do.
pub(in crate::sandbox) const BEHAVIOURS: &[Behaviour] = &[
    it(
        "POST /contacts/bulk",
        "S0",
        "202 with a job; 100 contacts at most; strict create; no error and no id of any item.",
    ),
    it(
        "POST /contacts/bulk",
        "S0",
        "More with job.id until it closes, then 403 forbidden; unknown fields and tags are skipped.",
    ),
    it("PUT /contacts/bulk", "S0", "By Intercom's id only, else 422 field_not_found."),
    it("POST /contacts/bulk/delete", "S0", "By Intercom's id, for good."),
    it(
        "GET /contacts/bulk/{id}",
        "S0",
        "pending, running, completed or completed_with_errors; 404 job_not_found.",
    ),
    it("GET /contacts/activities", "S0", "Created, role_updated, merged, deleted; oldest first."),
];
