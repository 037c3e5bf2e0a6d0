//! What could not be established about Intercom [X], one named switch each.
//!
//! Each switch stands at the outcome that is harsher to a client: a tool that survives it survives the other one too.
//! None of these may be quoted as a fact about Intercom.

/// `per_page` above the maximum is refused; the other outcome is to clamp it.
pub(super) const PER_PAGE_ABOVE_MAXIMUM_IS_REFUSED: bool = true;

/// A `PUT` may not take the `external_id` of another live user: 409. The other outcome is two users with one id.
pub(super) const UPDATE_TO_TAKEN_EXTERNAL_ID_CONFLICTS: bool = true;

/// A timestamp that can only be milliseconds is refused; the other outcome is a date in the far future.
pub(super) const MILLISECONDS_ARE_REFUSED: bool = true;

/// The first number of seconds that is taken for milliseconds: the year 5138.
pub(super) const FIRST_MILLISECONDS: i64 = 100_000_000_000;

/// Text without the shape of an address is refused as `email`; the other outcome is that it is stored.
pub(super) const UNPARSABLE_EMAIL_IS_REFUSED: bool = true;

/// An email is stored in lower case, as 1.x documents [D 1.4 Users]; the other outcome is that its case is kept. Searches
/// with upper case miss either way [I rudder#5158].
pub(super) const EMAIL_IS_STORED_IN_LOWER_CASE: bool = true;

/// An `avatar` must be an https address, as 1.x requires; the other outcome is that it is stored.
pub(super) const AVATAR_MUST_BE_HTTPS: bool = true;

/// A `role` other than `user`, `lead` and `contact` is refused; the other outcome is a user.
pub(super) const UNKNOWN_ROLE_IS_REFUSED: bool = true;

/// Text over 255 characters in a custom attribute is refused; the other outcome is that it is cut.
pub(super) const LONG_ATTRIBUTE_TEXT_IS_REFUSED: bool = true;

/// The documented length of a custom attribute's text [D help/179].
pub(super) const MAX_ATTRIBUTE_TEXT: usize = 255;

/// A standard text field over 255 characters is refused; 1.x documents the length, 2.x does not say.
pub(super) const LONG_FIELD_TEXT_IS_REFUSED: bool = true;

/// The length of a standard text field that 1.x documents [D 1.4 Users].
pub(super) const MAX_FIELD_TEXT: usize = 255;

/// A value outside the options of a list attribute is refused: documented in April 2026, then reverted [S#457, #466].
pub(super) const VALUE_OUTSIDE_OPTIONS_IS_REFUSED: bool = true;

/// Restoring a deleted contact answers 500, which looks as if a retry could help, as in January 2021 [R]. Both outcomes
/// are recorded: it stands at the later one, the 400 of March 2021 [R].
pub(super) const RESTORING_DELETED_ANSWERS_500: bool = false;

/// How long a deleted contact keeps its identifiers: seven days is one third party's statement.
pub(super) const DELETED_IDENTIFIERS_LOCKED_FOR_SECONDS: i64 = 7 * 24 * 60 * 60;
