//! The names that a column may have: Intercom's own, the usual ones, and those that cannot be written.
//!
//! Only tables and look-ups; what follows from a name is decided in `settle.rs`.

use crate::intercom::Field;

/// The usual names of the fields, folded. A name that could as well be something else (`uid`, `id`) is not here:
/// a wrong guess at the key would write to the wrong people. See [`HINTS`].
static ALIASES: [(&str, Field); 49] = [
    ("email", Field::Email),
    ("emailaddress", Field::Email),
    ("mail", Field::Email),
    ("mailaddress", Field::Email),
    ("externalid", Field::ExternalId),
    ("userid", Field::ExternalId),
    ("name", Field::Name),
    ("fullname", Field::Name),
    ("phone", Field::Phone),
    ("phonenumber", Field::Phone),
    ("mobile", Field::Phone),
    ("mobilephone", Field::Phone),
    ("telephone", Field::Phone),
    ("telephonenumber", Field::Phone),
    ("signedup", Field::SignedUpAt),
    ("signedupat", Field::SignedUpAt),
    ("signedupdate", Field::SignedUpAt),
    ("signupdate", Field::SignedUpAt),
    ("signupat", Field::SignedUpAt),
    ("lastseen", Field::LastSeenAt),
    ("lastseenat", Field::LastSeenAt),
    ("lastseendate", Field::LastSeenAt),
    ("unsubscribed", Field::UnsubscribedFromEmails),
    ("unsubscribedfromemails", Field::UnsubscribedFromEmails),
    ("unsubscribedfromemail", Field::UnsubscribedFromEmails),
    ("ownerid", Field::OwnerId),
    ("owner", Field::OwnerId),
    ("avatar", Field::Avatar),
    ("avatarurl", Field::Avatar),
    ("avatarimage", Field::Avatar),
    ("role", Field::Role),
    ("languageoverride", Field::LanguageOverride),
    ("companies", Field::Companies),
    ("companyid", Field::Companies),
    ("companyids", Field::Companies),
    ("tags", Field::Tags),
    ("tag", Field::Tags),
    ("lastrequestat", Field::LastRequestAt),
    ("lastrequest", Field::LastRequestAt),
    ("updatelastrequestat", Field::UpdateLastRequestAt),
    ("updatelastrequest", Field::UpdateLastRequestAt),
    ("newsession", Field::NewSession),
    ("sessioncount", Field::SessionCount),
    ("sessions", Field::SessionCount),
    ("utmcampaign", Field::UtmCampaign),
    ("utmcontent", Field::UtmContent),
    ("utmmedium", Field::UtmMedium),
    ("utmsource", Field::UtmSource),
    ("utmterm", Field::UtmTerm),
];

/// Folded names that are suggested for a field, but never recognised as it.
static HINTS: [(&str, Field); 4] = [
    ("id", Field::ExternalId),
    ("uid", Field::ExternalId),
    ("customerid", Field::ExternalId),
    ("company", Field::Companies),
];

/// What Intercom reports and does not take, by exact name. The list is what the server marks `api_writable: false` in
/// `GET /data_attributes?model=contact`, and the rest of the contact object.
const READ_ONLY: [&str; 44] = [
    "type",
    "workspace_id",
    "created_at",
    "updated_at",
    "last_replied_at",
    "last_contacted_at",
    "last_email_opened_at",
    "last_email_clicked_at",
    "has_hard_bounced",
    "marked_email_as_spam",
    "email_domain",
    "email_verified",
    "formatted_phone",
    "browser",
    "browser_version",
    "browser_language",
    "os",
    "location",
    "location.type",
    "location.country",
    "location.region",
    "location.city",
    "location.country_code",
    "location.continent_code",
    "android_app_name",
    "android_app_version",
    "android_device",
    "android_os_version",
    "android_sdk_version",
    "android_last_seen_at",
    "ios_app_name",
    "ios_app_version",
    "ios_device",
    "ios_os_version",
    "ios_sdk_version",
    "ios_last_seen_at",
    "social_profiles",
    "notes",
    "opted_in_subscription_types",
    "opted_out_subscription_types",
    "sms_consent",
    "unsubscribed_from_sms",
    "unsubscribed_from_whatsapp",
    "whatsapp_consent",
];

/// Why some fields of the 1.x API can no longer be written.
const GONE: &str = "Intercom dropped it with version 2.0 of the API";

/// What people expect to be able to write and no engine can, with the reason. Unlike [`READ_ONLY`] these come from the
/// user's own data, so that leaving them out silently would lose something. What one engine writes and another does not
/// is a [`Field`]: `intercom::Dialect` knows.
const NOT_WRITABLE: [NotWritable; 9] = [
    NotWritable { name: "referrer", why: "Intercom's API does not let anyone write it" },
    NotWritable { name: "last_seen_ip", why: GONE },
    NotWritable { name: "last_seen_user_agent", why: GONE },
    NotWritable { name: "user_agent_data", why: GONE },
    NotWritable { name: "pseudonym", why: GONE },
    NotWritable { name: "anonymous", why: GONE },
    NotWritable { name: "enabled_push_messaging", why: GONE },
    NotWritable { name: "remote_created_at", why: "it was renamed `signed_up_at`" },
    NotWritable { name: "segments", why: "Intercom works segments out by itself" },
];

/// Why Intercom's own id is only written to by nobody.
pub(super) const ID_IS_ASSIGNED: &str = "Intercom assigns it; rows can be matched by it with --key id";

/// A field that cannot be written, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotWritable {
    /// Intercom's name of it.
    pub(super) name: &'static str,
    /// Why it cannot be written.
    pub(super) why: &'static str,
}

/// Returns a name in the form in which names are compared: letters and digits only, in lower case.
pub(super) fn fold(name: &str) -> String {
    name.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Returns the field that a mapping addresses by this exact name: `email`, `custom.plan`, `custom_attributes.plan`.
pub(super) fn field(name: &str) -> Option<Field> {
    let attribute = name.strip_prefix("custom_attributes.").or_else(|| name.strip_prefix("custom."));
    match attribute {
        Some("") => None,
        Some(attribute) => Some(Field::Custom(attribute.into())),
        None => Field::STANDARD.into_iter().find(|field| field.api_name() == name),
    }
}

/// Returns the field that is usually meant by a column of this name.
pub(super) fn alias(column: &str) -> Option<Field> {
    let folded = fold(column);
    // `company_1`, `Company ID 2`: one company a column.
    let unnumbered = folded.trim_end_matches(|character: char| character.is_ascii_digit());
    if unnumbered != folded && matches!(unnumbered, "company" | "companyid") {
        return Some(Field::Companies);
    }
    ALIASES.iter().find(|(alias, _)| *alias == folded).map(|(_, field)| field.clone())
}

/// Returns what a field that the engine cannot write is best written to instead.
pub(super) fn stand_in(field: &Field) -> String {
    match field {
        Field::LastRequestAt => Field::LastSeenAt.to_string(),
        Field::UpdateLastRequestAt => format!("{}:now", Field::LastSeenAt),
        field => format!("custom.{field}"),
    }
}

/// Returns whether this is exactly Intercom's name of something that it reports and does not take.
pub(super) fn is_read_only(name: &str) -> bool {
    READ_ONLY.contains(&name)
}

/// Returns what is known of a field that people expect to be able to write, and cannot.
pub(super) fn not_writable(column: &str) -> Option<NotWritable> {
    let folded = fold(column);
    NOT_WRITABLE.into_iter().find(|candidate| fold(candidate.name) == folded)
}

/// Walks every folded name of a standard field that a suggestion may be compared with.
pub(super) fn suggestible() -> impl Iterator<Item = (&'static str, &'static Field)> {
    ALIASES.iter().chain(&HINTS).map(|(name, field)| (*name, field))
}

/// Returns the standard field that a column misspells by one slip (`emial`, `phones`, `signed_up_att`).
pub(super) fn slip_of(column: &str) -> Option<Field> {
    let folded = fold(column);
    ALIASES.iter().find(|(name, _)| is_slip(name, &folded)).map(|(_, field)| field.clone())
}

/// Returns whether two folded names are one slip apart.
///
/// Names of fewer than five letters are too close to each other (`game`, `name`) to call it a slip.
pub(super) fn is_slip(one: &str, other: &str) -> bool {
    one.len().max(other.len()) >= 5 && strsim::damerau_levenshtein(one, other) == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_alias(column: &str, expected: &str) {
        assert_eq!(expected, alias(column).map_or(String::new(), |field| field.to_string()));
    }

    #[test]
    fn usual_names_are_recognised_whatever_their_spelling() {
        for column in ["email", "Email", "E-mail", "E-mail address", "Email address", "mail", "EMAIL_ADDRESS"]
        {
            check_alias(column, "email");
        }
        for column in ["user_id", "User ID", "userid", "external_id", "External ID", "User.Id"] {
            check_alias(column, "external_id");
        }
        for column in ["name", "Full name", "FULL_NAME"] {
            check_alias(column, "name");
        }
        for column in ["phone", "Phone number", "Mobile", "Telephone"] {
            check_alias(column, "phone");
        }
        for column in
            ["Signed up", "signed_up", "signed_up_at", "Sign up date", "signup_date", "signed_up_date"]
        {
            check_alias(column, "signed_up_at");
        }
        for column in ["Last seen", "last_seen_at", "Last seen (date)"] {
            check_alias(column, "last_seen_at");
        }
        check_alias("unsubscribed", "unsubscribed_from_emails");
        check_alias("Unsubscribed from emails", "unsubscribed_from_emails");
        check_alias("Owner", "owner_id");
        check_alias("Avatar image", "avatar");
        check_alias("avatar_url", "avatar");
        check_alias("Role", "role");
        for column in ["company_id", "Company ID", "company_1", "Company 2", "company_id_3", "companies"] {
            check_alias(column, "companies");
        }
        check_alias("Tags", "tags");
        check_alias("UTM source", "utm_source");
    }

    #[test]
    fn a_name_that_could_be_something_else_is_not_recognised() {
        for column in ["id", "ID", "uid", "username", "first name", "", "---", "company"] {
            check_alias(column, "");
        }
    }

    #[test]
    fn aliases_are_folded_and_the_standard_names_are_among_them() {
        for (name, _) in suggestible() {
            assert_eq!(fold(name), name);
        }
        for field in Field::STANDARD.iter().filter(|field| **field != Field::Id) {
            assert_eq!(alias(field.api_name()).as_ref(), Some(field));
        }
    }

    #[track_caller]
    fn check_slip(column: &str, expected: &str) {
        assert_eq!(expected, slip_of(column).map_or(String::new(), |field| field.to_string()));
    }

    #[test]
    fn one_slip_away_from_a_field_is_a_slip() {
        check_slip("emial", "email");
        check_slip("emails", "email");
        check_slip("Phnoe", "phone");
        check_slip("signed_up_att", "signed_up_at");
        check_slip("game", "");
        check_slip("plan", "");
        check_slip("signed_in_at", "");
    }

    #[test]
    fn fields_are_addressed_by_their_exact_name() {
        assert_eq!(field("email"), Some(Field::Email));
        assert_eq!(field("Email"), None);
        assert_eq!(field("custom.plan"), Some(Field::Custom("plan".into())));
        assert_eq!(field("custom_attributes.plan.tier"), Some(Field::Custom("plan.tier".into())));
        assert_eq!(field("custom."), None);
    }
}
