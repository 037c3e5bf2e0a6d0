//! What is said of contacts by `--explain`.

use crate::sandbox::behaviours::Behaviour;
use crate::sandbox::behaviours::it;

/// What the routes of contacts do.
pub(in crate::sandbox) const BEHAVIOURS: &[Behaviour] = &[
    it(
        "GET /contacts",
        "S R",
        "10 a page, 150 at most; pages.next is an object and absent on the last page.",
    ),
    it("GET /contacts", "R", "Ordered by creation. The order is documented nowhere."),
    it("GET /contacts", "I", "`page` is ignored, and so are filters such as email."),
    it(
        "GET /contacts",
        "D",
        "A bad cursor is 400 client_error; how long a cursor lives is X (here: for ever).",
    ),
    it("POST /contacts", "S R", "Strict create, 200; without email, external_id or role lead it is 400."),
    it(
        "POST /contacts",
        "D C",
        "409 conflict with the id if a live user has the external_id or the email; which of the two is not said.",
    ),
    it("POST /contacts", "R", "Another text if the match is archived or was deleted a while ago."),
    it(
        "POST /contacts",
        "R",
        "Leads are never duplicates, and get a UUID for their own external_id; role `contact` makes a user.",
    ),
    it("POST /contacts", "X", "Which code and text bad values get, and that empty text clears a field."),
    it(
        "POST /contacts/search",
        "S",
        "Operators by type: text = != IN NIN ~ !~ ^ $; numbers = != IN NIN > < >= <=; booleans = != IN NIN; tag_id = !=.",
    ),
    it(
        "POST /contacts/search",
        "S",
        "Times and date attributes only = > <, by whole days of the workspace's --time-zone; in Preview times by the second, dates by days of UTC.",
    ),
    it(
        "POST /contacts/search",
        "S",
        "Groups nest two deep and hold 15 filters; how a breach is told is X. An empty group is 400: X.",
    ),
    it(
        "POST /contacts/search",
        "S",
        "50 a page, 150 at most, from the body only; sort descending unless said; a wrong order is 400 invalid_sort_order.",
    ),
    it("POST /contacts/search", "S0", "An unknown field is 400 invalid_field, as documented for companies."),
    it(
        "POST /contacts/search",
        "S X",
        "A value of another type, or an operator that the type does not have, is 400 parameter_invalid.",
    ),
    it(
        "POST /contacts/search",
        "X",
        "IN takes any number of values: no limit is documented. Order without a sort: by creation.",
    ),
    it("POST /contacts/search", "I", "An email in upper case is not found."),
    it(
        "POST /contacts/search",
        "X",
        "location, browser and devices are known fields for which the sandbox has no data: always null.",
    ),
    it(
        "POST /contacts/search",
        "S",
        "segment_id has the operators of text, and asks for the segments of GET /segments; a change of tags counts after its lag.",
    ),
    it("GET /contacts/find_by_external_id/{external_id}", "S", "Users only, since 2.13; 404 User Not Found."),
    it(
        "GET /contacts/find_by_external_id/{external_id}",
        "X",
        "What it sees is the switch external-id-reads.",
    ),
    it(
        "GET /contacts/{id}",
        "R",
        "What was last written, at once; 404 User Not Found if unknown, archived or deleted.",
    ),
    it(
        "PUT /contacts/{id}",
        "R",
        "Partial: absent keys stay, null clears (not external_id), custom attributes are merged one by one.",
    ),
    it(
        "PUT /contacts/{id}",
        "R",
        "A write that changes nothing leaves updated_at; the email of another user may be taken.",
    ),
    it("PUT /contacts/{id}", "R", "role user promotes a lead; role lead for a user is 400 client_error."),
    it(
        "DELETE /contacts/{id}",
        "R",
        "200 at once; gone from reads at once and from lists after their lag; its identifiers stay locked.",
    ),
    it(
        "POST /contacts/{id}/archive",
        "R",
        "200, and again 200; archived contacts are in no list, search or read.",
    ),
    it("POST /contacts/{id}/unarchive", "R", "200; a deleted contact is refused."),
    it("POST /contacts/{id}/block", "S", "Since 2.13; there are no conversations to archive."),
    it(
        "POST /contacts/merge",
        "S",
        "A lead goes into a user; since 2.16 they must share an email or a phone, else 400 invalid_merge.",
    ),
    it(
        "POST /contacts/merge",
        "S",
        "The lead is then 404, and since 2.16 410 contact_merged with a Link to the user.",
    ),
    it(
        "POST /contacts/merge",
        "X",
        "The user gets the lead's tags, companies, notes and choices; its fields by the switch merged-fields.",
    ),
    it("GET /contacts/{id}/merge_history", "S", "Users only, since 2.16; next_cursor and has_more."),
    it("GET /companies/{company_id}/contacts", "S", "The contacts of a company, page by page."),
];
