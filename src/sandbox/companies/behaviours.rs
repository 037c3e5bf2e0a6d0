//! What is said of companies by `--explain`.

use crate::sandbox::behaviours::Behaviour;
use crate::sandbox::behaviours::it;

/// What the routes of companies do.
pub(in crate::sandbox) const BEHAVIOURS: &[Behaviour] = &[
    it(
        "POST /companies",
        "S",
        "Upsert by company_id; an unknown key at the top is 400 \"bad 'x' parameter\" with a null request_id.",
    ),
    it(
        "GET /companies",
        "S",
        "One by company_id or name, else a list; companies without contacts are in no list, though they exist.",
    ),
    it("POST /companies/list", "S", "By page number, 15 a page, 60 at most, 10,000 deep."),
    it(
        "GET /companies/scroll",
        "S",
        "100 a page; one at a time for a workspace, ended by a minute of silence; the parameter stays the same.",
    ),
    it("DELETE /companies/{company_id}", "S", "Says deleted at once."),
    it("GET /companies/{company_id}/segments", "S", "None: no rule of a segment looks at companies."),
    it("GET /companies/{company_id}", "S", "By Intercom's id; 404 company_not_found."),
    it("PUT /companies/{company_id}", "S", "Partial; company_id never changes."),
    it("GET /contacts/{id}/companies", "S", "By page number; next is null on the last page."),
    it(
        "POST /contacts/{id}/companies",
        "S",
        "By Intercom's id only; attached again is 200; the 1001st is 400 contact_company_limit_exceeded.",
    ),
    it(
        "DELETE /contacts/{id}/companies/{company_id}",
        "S",
        "Answers the company; 404 if it is not attached.",
    ),
];
