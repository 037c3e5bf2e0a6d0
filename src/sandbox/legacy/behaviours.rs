//! What is said of the 1.x profile by `--explain`.

use crate::sandbox::behaviours::Behaviour;
use crate::sandbox::behaviours::it;

/// What 1.x does. Whether it still answers is not known: the last report is of July 2024 [I].
pub(in crate::sandbox) const BEHAVIOURS: &[Behaviour] = &[
    it(
        "GET /users",
        "D",
        "50 a page, 60 at most, 10,000 deep; pages.next is a URL or null. user_id finds one, email a list since 1.1.",
    ),
    it(
        "POST /users",
        "D",
        "Upsert by id, then user_id, then email; adopts a user without a user_id; companies inline.",
    ),
    it("POST /users", "D I", "Several users with the email are 409 conflict; no identifier is 400."),
    it("PUT /users", "X", "A switch: unknown, or the same as POST."),
    it("DELETE /users", "C", "Archives by user_id or email, as old clients do."),
    it(
        "GET /users/scroll",
        "D I",
        "100 a page; one scroll for a workspace; expires after a minute; the parameter stays the same.",
    ),
    it("GET /users/{id}", "D", "404 User Not Found."),
    it("DELETE /users/{id}", "D", "Archives."),
    it("POST /user_delete_requests", "D C", "Deletes for good."),
    it("GET /contacts", "D", "On 1.x: leads."),
    it("POST /contacts", "D I", "On 1.x: a lead; without an id always a new one."),
    it("PUT /contacts", "X", "On 1.x: a switch, unknown or the same as POST."),
    it("GET /contacts/scroll", "D", "As for users."),
    it("POST /contacts/convert", "D", "A lead becomes a user."),
    it("GET /contacts/{id}", "D", "On 1.x: a lead."),
    it("DELETE /contacts/{id}", "D", "On 1.x: deletes a lead."),
    it(
        "POST /bulk/users",
        "I D",
        "100 items a request; every item spends a request; a job takes more for 900 s.",
    ),
    it("GET /jobs/{id}", "C", "The job's state and tasks."),
    it("GET /jobs/{id}/error", "C", "The items that failed."),
];
