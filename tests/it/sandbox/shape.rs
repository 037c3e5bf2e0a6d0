//! How a contact looks: keys, their order, and what changes with the version.

use super::Api;
use super::told;

/// The top-level keys in their order, read from the text.
fn keys(text: &str) -> Vec<String> {
    let (mut depth, mut keys) = (0, Vec::new());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        match letter {
            '{' | '[' => depth += 1,
            '}' | ']' => depth -= 1,
            '"' => {
                let end = rest[1..].find('"').unwrap() + 1;
                if depth == 1 && rest[end + 1..].starts_with(':') {
                    keys.push(rest[1..end].to_owned());
                }
                rest = &rest[end..];
            }
            _ => {}
        }
        rest = &rest[letter.len_utf8()..];
    }
    keys
}

#[test]
fn a_contact_has_the_recorded_keys_in_the_recorded_order() {
    let api = Api::start();
    let path = api.create(r#"{"email":"a@example.com"}"#);
    let contact = told(api.request("GET", &path).header("Intercom-Version", "2.3")).text;
    let expected = "type id workspace_id external_id role email email_domain phone name avatar owner_id \
        social_profiles has_hard_bounced marked_email_as_spam unsubscribed_from_emails created_at updated_at \
        signed_up_at last_seen_at last_replied_at last_contacted_at last_email_opened_at last_email_clicked_at \
        language_override browser browser_version browser_language os location android_app_name \
        android_app_version android_device android_os_version android_sdk_version android_last_seen_at \
        ios_app_name ios_app_version ios_device ios_os_version ios_sdk_version ios_last_seen_at \
        custom_attributes tags notes companies";
    assert_eq!(keys(&contact).join(" "), expected);
}

#[test]
fn nested_lists_say_where_the_rest_is() {
    let api = Api::start();
    let path = api.create(r#"{"email":"a@example.com"}"#);
    let tags = api.get(&path).at("/tags");
    let url = format!("{path}/tags");
    let expected = serde_json::json!({"type":"list","data":[],"url":url,"total_count":0,"has_more":false});
    assert_eq!(tags, expected);
}

#[test]
fn an_owner_is_a_number_up_to_2_15_and_text_since_2_16() {
    let api = Api::start();
    let path = api.create(r#"{"email":"a@example.com","owner_id":814860}"#);
    let owner = |version: &str| {
        told(api.request("GET", &path).header("Intercom-Version", version.to_owned())).at("/owner_id")
    };
    assert_eq!((owner("2.15"), owner("2.16")), (814_860.into(), "814860".into()));
}

#[test]
fn an_avatar_is_written_as_text_and_read_as_an_object() {
    let api = Api::start();
    let path = api.create(r#"{"email":"a@example.com","avatar":"https://x.test/a.png"}"#);
    let expected = serde_json::json!({"type":"avatar","image_url":"https://x.test/a.png"});
    assert_eq!(api.get(&path).at("/avatar"), expected);
}

#[test]
fn text_with_quotes_and_other_scripts_survives() {
    let api = Api::start();
    let path = api.create(r#"{"external_id":"\"\\\u0001","name":"Zoë \"日本\"\n"}"#);
    let read = api.get(&path);
    assert_eq!(read.str("/external_id"), "\"\\\u{1}");
    assert_eq!(read.str("/name"), "Zoë \"日本\"\n");
}
