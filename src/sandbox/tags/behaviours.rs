//! What is said of tags by `--explain`.

use crate::sandbox::behaviours::Behaviour;
use crate::sandbox::behaviours::it;

/// What the routes of tags do.
pub(in crate::sandbox) const BEHAVIOURS: &[Behaviour] = &[
    it("GET /tags", "S", "All at once."),
    it(
        "POST /tags",
        "S",
        "By name, whatever its case: creates or returns; with users it tags them, and since 2.16 skips those that are missing.",
    ),
    it("GET /tags/{tag_id}", "S", "404 Resource Not Found."),
    it("DELETE /tags/{tag_id}", "S", "400 tag_has_dependent_objects while a segment asks for it."),
    it("GET /contacts/{id}/tags", "S", "All at once."),
    it("POST /contacts/{id}/tags", "S R", "By the tag's id; it moves the contact's updated_at."),
    it("DELETE /contacts/{id}/tags/{tag_id}", "S", "Answers the tag; 404 if it is not on the contact."),
];
