//! What the sandbox does, for `--explain`: the shape of one statement, and the statements that belong to no single
//! endpoint. Those of an endpoint stand in its room.

/// One thing that the sandbox does, and how it is known.
#[derive(Debug)]
pub(super) struct Behaviour {
    /// The endpoint, as in `GET /contacts`, or a theme.
    pub(super) of: &'static str,
    /// The grade of its evidence, as in `R` or `S X`.
    pub(super) grade: &'static str,
    pub(super) text: &'static str,
}

/// Makes a statement.
pub(super) const fn it(of: &'static str, grade: &'static str, text: &'static str) -> Behaviour {
    Behaviour { of, grade, text }
}

/// What holds for every endpoint, theme by theme.
pub(super) const GENERAL: &[Behaviour] = &[
    it(
        "Requests",
        "S",
        "Bearer token; any that is not empty unless --token is given; else 401 unauthorized, without rate headers.",
    ),
    it("Requests", "I C", "Accept must admit application/json, else 406 media_type_not_acceptable."),
    it("Requests", "D", "A body of another type than JSON is 415; its code is X."),
    it(
        "Requests",
        "S R",
        "Errors come in an envelope; request_id equals X-Request-Id, and is null for \"bad 'x' parameter\".",
    ),
    it("Requests", "X", "A body that is not JSON is 400 bad_request, one above 10 MiB is 413."),
    it("Versions", "S", "1.0 to 1.4, 2.0 to 2.16 and Preview; the header beats --api-version and is echoed."),
    it("Versions", "C", "An unknown version is 400 intercom_version_invalid."),
    it(
        "Versions",
        "I",
        "What another version has is 400 intercom_version_invalid between 1.x, 2.x and Preview, 404 within 2.x.",
    ),
    it(
        "Rate limit",
        "D R",
        "Windows of 10 s aligned to the epoch; a sixth of the minute's quota each; what is left is lost.",
    ),
    it(
        "Rate limit",
        "R",
        "X-RateLimit-Limit, -Remaining and -Reset on every authenticated answer; Reset is the window's end plus 2 s.",
    ),
    it(
        "Rate limit",
        "D",
        "429 rate_limit_exceeded without Retry-After; it spends nothing. The workspace's own counter shows in no header.",
    ),
    it(
        "Lag",
        "R S",
        "Lists and searches trail every write by --lag, each by its own time; reads by id and the check for duplicates do not.",
    ),
    it(
        "Contacts",
        "R",
        "A missing external_id, phone or name is null; a cleared email is \"\" in the answer to its PUT and null later.",
    ),
    it(
        "Contacts",
        "S",
        "avatar is sent as text and shown as an object; owner_id is a number up to 2.15 and text since 2.16.",
    ),
    it("Contacts", "S", "Nested lists show 10 entries at most; total_count and has_more tell of the rest."),
    it(
        "Contacts",
        "I S",
        "Unknown and read-only keys of a write are ignored (UTM, session_count, companies, tags); --strict refuses them.",
    ),
    it(
        "Contacts",
        "C",
        "An undefined custom attribute refuses the whole write: 400 parameter_invalid \"Custom attribute 'x' does not exist\".",
    ),
    it(
        "Faults",
        "I C",
        "Only on request (--fault-rate, --scenario, /__sandbox/faults), before or after the write was carried out.",
    ),
];
