//! Where the sandbox differs from the description on purpose: one row a difference, with its reason and the grade of its
//! evidence, as in the sandbox: [R] recorded, [S] described elsewhere in the same description, [D] documented, [I] reported.
//!
//! A row that explains nothing any more fails `story::the_sandbox_answers_as_described`: there every row must be met.

use super::Finding;

/// A difference that is known.
pub struct Difference {
    /// The end of the operation; the method is a part of it.
    operation: &'static str,
    /// The answer's status, or `request`; `*` for any.
    side: &'static str,
    /// The end of the place.
    place: &'static str,
    what: &'static str,
    /// Why the sandbox is right.
    pub why: &'static str,
}

/// Answers that the description's text has and its schema lacks: where in the document, and the schema that fits as well.
pub const AMENDMENTS: &[(&str, &str)] = &[
    // One company, where a company id or a name is given [S].
    ("/paths/~1companies/get/responses/200/content/application~1json/schema", "#/components/schemas/company"),
];

const UNKNOWN_STATUS: &str = "is a status that is not described";
const EXTRA: &str = "is not described";
const MISSING: &str = "is missing";

const NESTED: &str = "[S] the examples of one contact have it; those of lists hold no contact";

pub const DIFFERENCES: &[Difference] = &[
    // Statuses.
    row("POST /contacts", "409", "", UNKNOWN_STATUS, "[R][D] a user with one of the identifiers exists"),
    row("POST /contacts", "400", "", UNKNOWN_STATUS, "[D] an attribute that does not exist"),
    row(
        "PUT /contacts/{contact_id}",
        "409",
        "",
        UNKNOWN_STATUS,
        "[X] another user has the external id: a switch",
    ),
    row("PUT /contacts/{contact_id}", "400", "", UNKNOWN_STATUS, "[R] a user does not become a lead"),
    row("/contacts/{contact_id}", "404", "", UNKNOWN_STATUS, "[R] unknown, archived or deleted"),
    row("/find_by_external_id/{external_id}", "404", "", UNKNOWN_STATUS, "[S] 2.15 has it for an unknown id"),
    row("GET /contacts", "400", "", UNKNOWN_STATUS, "[D] a cursor that is none"),
    row("/unarchive", "400", "", UNKNOWN_STATUS, "[R] what was deleted does not come back"),
    row("/me", "401", "", UNKNOWN_STATUS, "[S] every other path has it"),
    row("", "406", "", UNKNOWN_STATUS, "[I intercom-ruby#241] no `Accept` that admits JSON"),
    row("", "415", "", UNKNOWN_STATUS, "[D HTTP responses] a body that says it is no JSON"),
    row("", "429", "", UNKNOWN_STATUS, "[D Rate limiting] a window without quota"),
    row("/me", "400", "", UNKNOWN_STATUS, "[C airbyte] a version that does not exist"),
    row("POST /contacts", "403", "", UNKNOWN_STATUS, "[D] a development workspace is full: a switch"),
    row(
        "/contacts/search",
        "500",
        "",
        UNKNOWN_STATUS,
        "[I intercom-node#344] an operator that does not exist",
    ),
    row("/contacts/search", "504", "", UNKNOWN_STATUS, "[I estuary/connectors#3027] a page of 150: a switch"),
    row("/unarchive", "500", "", UNKNOWN_STATUS, "[R] what was deleted does not come back: a switch"),
    row("/contacts/bulk/{id}", "404", "", UNKNOWN_STATUS, "[S] adding to an unknown job has it"),
    row("/contacts/activities", "400", "", UNKNOWN_STATUS, "[D] a cursor that is none, as in other lists"),
    row("/contacts/merge", "404", "", UNKNOWN_STATUS, "[R] a contact that is not there, as everywhere"),
    row("/archive", "404", "", UNKNOWN_STATUS, "[R] a contact that is not there, as everywhere"),
    row("/unarchive", "404", "", UNKNOWN_STATUS, "[R] a contact that is not there, as everywhere"),
    row("/notes", "400", "", UNKNOWN_STATUS, "[X] a note without a body, which is required"),
    row("/subscriptions", "400", "", UNKNOWN_STATUS, "[X] a consent of the other kind"),
    row("POST /tags", "404", "", UNKNOWN_STATUS, "[S] a tag that is not there, as on other paths"),
    row(
        "PUT /companies/{company_id}",
        "400",
        "",
        UNKNOWN_STATUS,
        "[S] its text: the company id never changes",
    ),
    row("/companies/scroll", "400", "", UNKNOWN_STATUS, "[D] a scroll is open: there is one at a time"),
    row("/companies/scroll", "404", "", UNKNOWN_STATUS, "[D] a scroll that has expired"),
    row("/companies/list", "400", "", UNKNOWN_STATUS, "[S] its text: no page is beyond 10,000 companies"),
    // A contact.
    row("", "200", "/email", "is null", "[R] a contact without one"),
    row("", "200", "/email_domain", "is null", "[R] a contact without an email"),
    row("", "200", "/object", EXTRA, "[R] beside `type`, which the versions before 2.7 lack"),
    // A contact in a list.
    row("", "200", "/data/*/utm_campaign", EXTRA, NESTED),
    row("", "200", "/data/*/utm_content", EXTRA, NESTED),
    row("", "200", "/data/*/utm_medium", EXTRA, NESTED),
    row("", "200", "/data/*/utm_source", EXTRA, NESTED),
    row("", "200", "/data/*/utm_term", EXTRA, NESTED),
    row("", "200", "/data/*/referrer", EXTRA, NESTED),
    row("", "200", "/data/*/enabled_push_messaging", EXTRA, NESTED),
    row("", "200", "/data/*/opted_in_subscription_types", EXTRA, NESTED),
    row("", "200", "/data/*/opted_out_subscription_types", EXTRA, NESTED),
    row("", "200", "/data/*/location/country_code", EXTRA, NESTED),
    row("", "200", "/data/*/location/continent_code", EXTRA, NESTED),
    row("", "200", "/data/*/social_profiles/type", EXTRA, NESTED),
    row("", "200", "/data/*/tags/type", EXTRA, NESTED),
    row("", "200", "/data/*/notes/type", EXTRA, NESTED),
    row("", "200", "/data/*/companies/type", EXTRA, NESTED),
    row(
        "",
        "200",
        "/data/*/merge_history",
        MISSING,
        "[S] it is sent to who asks with `include_merge_history`",
    ),
    // What is not there.
    row("", "200", "/name", MISSING, "[S] the examples leave out what a company does not have"),
    row("", "200", "/remote_created_at", MISSING, "[S] the examples leave out what a company does not have"),
    row(
        "PUT /data_attributes/{data_attribute_id}",
        "200",
        "/options",
        MISSING,
        "[S] only a list has options",
    ),
    row("/merge_history", "200", "/next_cursor", MISSING, "[S] it is absent from the last page"),
    // A company.
    row(
        "",
        "200",
        "/custom_attributes/tier",
        "is a number",
        "[S] an attribute has the type that it was made with",
    ),
    row(
        "GET /companies",
        "200",
        "/plan/id",
        MISSING,
        "[S] other examples have an empty plan where there is none",
    ),
    row(
        "GET /companies",
        "200",
        "/plan/type",
        MISSING,
        "[S] other examples have an empty plan where there is none",
    ),
    // Pages.
    row(
        "POST /companies/list",
        "200",
        "/pages/next",
        "is text",
        "[C] the SDKs follow numbered pages, not a cursor",
    ),
    row("/contacts/activities", "200", "/pages/next", MISSING, "[S] it is absent from the last page"),
    row("", "200", "/pages/next/page", EXTRA, "[R] a number beside the cursor"),
    row("", "200", "/pages/next/per_page", MISSING, "[R] it is beside `next`, not in it"),
];

const fn row(
    operation: &'static str,
    side: &'static str,
    place: &'static str,
    what: &'static str,
    why: &'static str,
) -> Difference {
    Difference { operation, side, place, what, why }
}

impl Difference {
    /// Says whether a finding is this difference.
    pub fn explains(&self, finding: &Finding) -> bool {
        finding.operation.ends_with(self.operation)
            && (self.side == "*" || self.side == finding.side)
            && finding.fault.place.ends_with(self.place)
            && finding.fault.what == self.what
    }
}
