//! What could not be established about Intercom [X], one named switch each.
//!
//! Each switch stands at the outcome that is harsher to a client, unless its sentence says why not: a tool that survives
//! it survives the other one too. None of these may be quoted as a fact about Intercom.
//!
//! To add one, add an entry to the list below: a sentence, `field: Type = "name" [grade] { Default = "outcome", … }`.
//! That makes the enum and the field; where it matters, say `unknowns.field == Type::Outcome`, with
//! `world.unknowns()` or an argument `unknowns: &Unknowns`. `sandbox serve --unknown name=outcome` and `--explain` know
//! it then.

mod setting;

use std::collections::BTreeMap;

pub use setting::UnknownSetting;
pub use setting::UnknownSettingError;

/// The documented length of a custom attribute's text [D help/179].
pub(super) const MAX_ATTRIBUTE_TEXT: usize = 255;

/// The length of a standard text field that 1.x documents [D 1.4 Users].
pub(super) const MAX_FIELD_TEXT: usize = 255;

/// The first number of seconds that is taken for milliseconds: the year 5138.
pub(super) const FIRST_MILLISECONDS: i64 = 100_000_000_000;

/// One switch, as people are told of it.
#[derive(Debug)]
pub(super) struct Switch {
    pub(super) name: &'static str,
    pub(super) grade: &'static str,
    pub(super) sentence: &'static str,
    /// The default first.
    pub(super) outcomes: &'static [&'static str],
}

/// Makes the enums, [`Unknowns`] and [`SWITCHES`] of one list.
macro_rules! unknowns {
    ($(
        #[doc = $sentence:literal]
        $field:ident: $kind:ident = $name:literal [$grade:literal] { $($outcome:ident = $text:literal),+ }
    )+) => {
        $(
            #[doc = $sentence]
            #[derive(Debug, Clone, Copy, PartialEq, Eq)]
            pub(super) enum $kind { $(#[doc = $text] $outcome),+ }

            impl $kind {
                const ALL: &[$kind] = &[$($kind::$outcome),+];
            }

            impl Default for $kind {
                fn default() -> $kind {
                    $kind::ALL[0]
                }
            }
        )+

        /// The outcome of every unknown.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        pub struct Unknowns {
            $(#[doc = $sentence] pub(super) $field: $kind,)+
        }

        /// Every switch, in the order of the list.
        pub(super) const SWITCHES: &[Switch] = &[$(
            Switch { name: $name, grade: $grade, sentence: $sentence, outcomes: &[$($text),+] },
        )+];

        impl Unknowns {
            /// Sets the switch `name` to the outcome at `place` of its list.
            fn put(&mut self, name: &str, place: usize) {
                match name {
                    $($name => self.$field = $kind::ALL[place],)+
                    _ => unreachable!("a setting is made from the list of switches"),
                }
            }

            /// Returns the place of the outcome that the switch `name` stands at.
            fn place(&self, name: &str) -> usize {
                match name {
                    $($name => self.$field as usize,)+
                    _ => unreachable!("a name is taken from the list of switches"),
                }
            }
        }
    };
}

unknowns! {
    /// A list or search asks for a `per_page` above 150.
    per_page_above_maximum: PerPageAboveMaximum = "per-page-above-maximum" ["X"] {
        Refused = "refused", Clamped = "clamped"
    }

    /// A `PUT` takes the `external_id` of another live user: 409, or two users with one id.
    taken_external_id: TakenExternalId = "taken-external-id" ["X"] { Conflict = "conflict", Stored = "stored" }

    /// A timestamp can only be milliseconds: refused, or a date in the far future.
    milliseconds: Milliseconds = "milliseconds" ["X"] { Refused = "refused", Stored = "stored" }

    /// A timestamp is before 1970.
    negative_timestamp: NegativeTimestamp = "negative-timestamp" ["X"] { Refused = "refused", Stored = "stored" }

    /// Text without the shape of an address is sent as `email`.
    unparsable_email: UnparsableEmail = "unparsable-email" ["X"] { Refused = "refused", Stored = "stored" }

    /// An email with capitals is stored in lower case, as 1.x documents [D 1.4 Users], or as it is. A search in upper case misses either way [I rudder#5158].
    email_case: EmailCase = "email-case" ["X"] { Lowered = "lowered", Kept = "kept" }

    /// Text that is no telephone number is sent as `phone`.
    invalid_phone: InvalidPhone = "invalid-phone" ["X"] { Refused = "refused", Stored = "stored" }

    /// An `avatar` is no https address; 1.x requires one [D user model].
    insecure_avatar: InsecureAvatar = "insecure-avatar" ["X"] { Refused = "refused", Stored = "stored" }

    /// A `role` is none of `user`, `lead` and `contact`: refused, or it makes a user.
    unknown_role: UnknownRole = "unknown-role" ["X"] { Refused = "refused", User = "user" }

    /// A standard text field has more than 255 characters; 1.x documents the length [D 1.4 Users], 2.x does not say.
    long_field_text: LongFieldText = "long-field-text" ["X"] { Refused = "refused", Stored = "stored" }

    /// Text of a custom attribute has more than 255 characters, the documented limit [D help/179].
    long_attribute_text: LongAttributeText = "long-attribute-text" ["X"] { Refused = "refused", Cut = "cut" }

    /// A value is none of a list attribute's options: refused was documented in April 2026, then reverted [S#457, #466].
    value_outside_options: ValueOutsideOptions = "value-outside-options" ["X"] {
        Refused = "refused", Stored = "stored"
    }

    /// A write names an archived attribute: refused as undefined, or stored.
    archived_attribute: ArchivedAttribute = "archived-attribute" ["X"] { Refused = "refused", Stored = "stored" }

    /// A search has an operator that no field has. `AND` beside a field was told 500 once [I node#344], which looks as if a retry could help.
    unknown_operator: UnknownOperator = "unknown-operator" ["I"] { ServerError = "server-error", Refused = "refused" }

    /// A search asks for 150 contacts a page: answered, or 504 as in [I estuary/connectors#3027]. It is answered because reports of it are few.
    large_search_page: LargeSearchPage = "large-search-page" ["I"] { Answered = "answered", TimesOut = "times-out" }

    /// The workspace is one for development, with room for 20 users and leads [D Import Contacts guide]. It is none because few are; how the 21st is refused is [X].
    development_cap: DevelopmentCap = "development-cap" ["D"] { None = "none", Twenty = "twenty" }

    /// A deleted contact is restored. Both are recorded [R]: the 400 of March 2021, which is the default because it is the later one, and the 500 of January 2021, which looks as if a retry could help.
    restoring_deleted: RestoringDeleted = "restoring-deleted" ["R"] {
        BadRequest = "bad-request", ServerError = "server-error"
    }

    /// How long a deleted contact keeps its identifiers. Seven days is one third party's statement [C]; nobody says that they are kept for ever.
    identifier_lock: IdentifierLock = "identifier-lock" ["X"] {
        SevenDays = "seven-days", ForEver = "for-ever", None = "none"
    }

    /// A path of 1.x is asked for on 2.x. Both were seen: 400 [I python-intercom#234, n8n#4851], and 404 [I intercom-node#265, n8n#28580], which looks like an empty workspace.
    users_on_2_x: UsersOn2x = "users-on-2.x" ["I"] { BadRequest = "bad-request", NotFound = "not-found" }

    /// `PUT` is sent to `/users` or to 1.x's `/contacts`: unknown, or the same as `POST`, as in old clients' documentation.
    legacy_put: LegacyPut = "legacy-put" ["X"] { Unknown = "unknown", Upserts = "upserts" }

    /// `utm_*`, `referrer` or `session_count` is sent to `POST /users`. They are in no list of parameters [D 1.4], but a client sends them and nobody complained of a refusal [C n8n]: dropped in silence, or stored, or refused.
    sent_utm: SentUtm = "sent-utm" ["X"] { Ignored = "ignored", Stored = "stored", Refused = "refused" }

    /// `POST /users` means a user that is archived: 409 as on 2.x, or the user comes back.
    archived_user: ArchivedUser = "archived-user" ["X"] { Conflict = "conflict", Restored = "restored" }

    /// A scroll is opened while one of another kind (users, leads, companies) is open: refused, or each kind has its own.
    open_scrolls: OpenScrolls = "open-scrolls" ["X"] { OneForAll = "one-for-all", OneEach = "one-each" }

    /// How long a task of a bulk job waits and then runs: two seconds and four, so that every state can be seen without a long wait, or a minute each, as in the description's example [S0], or no time at all.
    bulk_speed: BulkSpeed = "bulk-speed" ["X"] { Seconds = "seconds", Minutes = "minutes", AtOnce = "at-once" }

    /// What a request to Preview's `/contacts/bulk` spends: a request for each contact, as 1.x's bulk did [I ruby#332], or one.
    bulk_cost: BulkCost = "bulk-cost" ["X"] { PerItem = "per-item", PerRequest = "per-request" }

    /// A company is attached to a contact or detached: the contact's `updated_at` stays, which hides it from who reads changes, or moves. A tag moves it [R].
    company_link: CompanyLink = "company-link" ["X"] { Unseen = "unseen", Touches = "touches" }

    /// A data attribute was created: it takes writes at once, and `GET /data_attributes` shows it three seconds later, or at once. Without a --lag it is shown at once.
    new_attribute: NewAttribute = "new-attribute" ["X"] { Trails = "trails", AtOnce = "at-once" }

    /// `find_by_external_id` sees every write at once, or trails by --lag. It sees them because the check for duplicates looks the same key up, and sees them too [R].
    external_id_reads: ExternalIdReads = "external-id-reads" ["X"] { AtOnce = "at-once", Trails = "trails" }

    /// A read by id within a second of a write, without the `recent_write` cookie that the write set: as written, or as it was before. As written, because recorded reads never were stale [R]; what the cookie is for is not said.
    read_without_cookie: ReadWithoutCookie = "read-without-cookie" ["X"] { Fresh = "fresh", Stale = "stale" }

    /// A contact's choice of a subscription comes with the `consent_type` of the other kind: refused, or stored.
    other_consent: OtherConsent = "other-consent" ["X"] { Refused = "refused", Stored = "stored" }

    /// A tag is given the name of another tag: refused, or there are two of one name.
    taken_tag_name: TakenTagName = "taken-tag-name" ["X"] { Refused = "refused", Stored = "stored" }

    /// A lead is merged into a user: the user gets the fields that it lacks, or none. It gets them because nobody complained of a loss; tags, companies and notes go over either way.
    merged_fields: MergedFields = "merged-fields" ["X"] { Lacking = "lacking", None = "none" }
}

impl Unknowns {
    /// Returns the outcome that a switch stands at.
    pub(super) fn outcome(&self, switch: &Switch) -> &'static str {
        switch.outcomes[self.place(switch.name)]
    }

    /// Returns the switches that do not stand at their default, with their outcomes.
    pub(super) fn changed(&self) -> BTreeMap<&'static str, &'static str> {
        let changed = SWITCHES.iter().filter(|switch| self.place(switch.name) != 0);
        changed.map(|switch| (switch.name, self.outcome(switch))).collect()
    }
}

impl IdentifierLock {
    /// Returns the lock's length in seconds.
    pub(super) fn seconds(self) -> i64 {
        match self {
            IdentifierLock::SevenDays => 7 * 24 * 60 * 60,
            // Longer than any sandbox lives, and short enough to be added to a time.
            IdentifierLock::ForEver => i64::MAX / 2,
            IdentifierLock::None => 0,
        }
    }
}
