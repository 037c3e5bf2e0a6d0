//! Cases of `fault.rs`.

use super::*;

#[track_caller]
fn check(field: &str, kind: FaultKind, value: &str, expected: &str) {
    let fault = Fault {
        column: Some("Col".into()),
        field: super::super::names::field(field),
        kind,
        value: shorten(value),
    };
    assert_eq!(expected, fault.hint().map_or(fault.to_string(), |hint| format!("{fault}\n{hint}")));
}

#[test]
fn dates_are_refused_with_the_flag_that_reads_them() {
    let usual = FaultKind::NotADate { format: None };
    check(
        "signed_up_at",
        usual.clone(),
        "31/02/2024",
        "column `Col`: `31/02/2024` is not a date\ndates are read as YYYY-MM-DD; say otherwise with \
             --map 'Col=signed_up_at:date(%d/%m/%Y)'",
    );
    check(
        "custom.bought",
        usual,
        "02/31/24",
        "column `Col`: `02/31/24` is not a date\ndates are read as YYYY-MM-DD; say otherwise with \
             --map 'Col=custom.bought:date(%m/%d/%y)'",
    );
    check(
        "signed_up_at",
        FaultKind::NotADate { format: Some(DateFormat::Strptime("%d/%m/%Y".into())) },
        "soon",
        "column `Col`: `soon` is not a date of the form `%d/%m/%Y`",
    );
    check(
        "signed_up_at",
        FaultKind::Milliseconds,
        "1706696430000",
        "column `Col`: `1706696430000` is milliseconds, where seconds are expected\n\
             divide by 1000, or say that it is milliseconds with --map 'Col=signed_up_at:date(ms)'",
    );
    check(
        "signed_up_at",
        FaultKind::AmbiguousDate,
        "20240131",
        "column `Col`: `20240131` could be a date or seconds since 1970\n\
             say which: --map 'Col=signed_up_at:date(%Y%m%d)' or --map 'Col=signed_up_at:date(%s)'",
    );
}

#[test]
fn numbers_and_booleans_are_refused_with_what_to_write() {
    check(
        "custom.seats",
        FaultKind::FormattedNumber { plain: Some("1234".into()) },
        "1,234",
        "column `Col`: `1,234` is not a plain number\nwrite `1234`",
    );
    check(
        "custom.score",
        FaultKind::FormattedNumber { plain: None },
        "1,234",
        "column `Col`: `1,234` is not a plain number\n\
             write it without separators, and with a point for the decimals",
    );
    check("custom.seats", FaultKind::NotAnInteger, "many", "column `Col`: `many` is not a whole number");
    check("custom.seats", FaultKind::TooLarge, "9e9", "column `Col`: `9e9` is too large for a whole number");
    check(
        "unsubscribed_from_emails",
        FaultKind::NotABoolean,
        "perhaps",
        "column `Col`: `perhaps` is neither yes nor no\nwrite true, yes, y, on, 1 or false, no, n, off, 0",
    );
}

#[test]
fn a_value_beside_the_options_is_refused_with_the_nearest() {
    let kind = FaultKind::NotAnOption { options: ["Basic".to_owned(), "Gold".to_owned()].into() };
    check(
        "custom.tier",
        kind.clone(),
        "gold",
        "column `Col`: `gold` is not an option of this list\ndid you mean `Gold`? the options are `Basic`, `Gold`",
    );
    check(
        "custom.tier",
        kind,
        "x",
        "column `Col`: `x` is not an option of this list\n\
             the options are `Basic`, `Gold`; another one is added in Intercom",
    );
    let options: Vec<String> = (1..=14).map(|n| format!("option {n}")).collect();
    let hint = options_hint("x", &options);
    assert!(
        hint.starts_with("the options are `option 1`, ") && hint.contains("`option 12` and 2 more"),
        "{hint}"
    );
}

#[test]
fn fields_with_rules_of_their_own_say_them() {
    check("email", FaultKind::NotAnEmail, "bob", "column `Col`: `bob` is not an email address");
    check(
        "avatar",
        FaultKind::NotHttps,
        "http://x",
        "column `Col`: `http://x` is not an https URL\ngive an address that begins with https://",
    );
    check(
        "role",
        FaultKind::NotARole,
        "admin",
        "column `Col`: `admin` is not a role\nwrite `user` or `lead`, or leave the cell empty",
    );
    check(
        "role",
        FaultKind::LeadByExternalId,
        "lead",
        "column `Col`: a lead cannot be matched by external_id: Intercom gives each lead one of its own\n\
             match by email: --key auto",
    );
    check(
        "phone",
        FaultKind::NotAPhone,
        "n/a",
        "column `Col`: `n/a` is not a telephone number\nwrite it as in +442071838750, or send whatever is there, \
             as it is, with --lenient",
    );
    check(
        "tags",
        FaultKind::CommaInList,
        "vip, beta",
        "column `Col`: `vip, beta` may be one name or several\nseveral names: --map 'Col=tags:list(,)'; one name: \
             write it as `[\"vip, beta\"]`",
    );
    check(
        "owner_id",
        FaultKind::NotAnOwnerId,
        "Ann",
        "column `Col`: `Ann` is not the id of an admin\ngive the number of an admin of the workspace",
    );
    check(
        "external_id",
        FaultKind::NotClearable,
        r"\N",
        "column `Col`: Intercom does not clear this field\nleave the cell empty instead of `\\N`",
    );
    check(
        "name",
        FaultKind::TooLong { length: 300, limit: 255 },
        &"x".repeat(300),
        &format!("column `Col`: `{}…` has 300 characters, and Intercom keeps 255", "x".repeat(39)),
    );
    check("name", FaultKind::NotOneValue, r#"{"a":1}"#, "column `Col`: `{\"a\":1}` is not one value");
}

#[test]
fn bytes_that_are_not_text_suggest_another_encoding() {
    let error = CellError::Undecodable { byte: 0xe9, offset: 3, encoding: "UTF-8" };
    check(
        "name",
        FaultKind::NotText(error),
        "",
        "column `Col`: byte 0xe9 at offset 3 of the cell is not UTF-8\n\
             say which encoding the file has: --encoding windows-1252",
    );
    let nul = FaultKind::NotText(CellError::Nul { offset: 0 });
    check("name", nul, "", "column `Col`: the cell holds a NUL byte at offset 0");
}

#[track_caller]
fn check_no_key(key: Key, expected: &str) {
    let fault = Fault { column: None, field: None, kind: FaultKind::NoKey { key }, value: String::new() };
    assert_eq!(expected, fault.hint().map_or(fault.to_string(), |hint| format!("{fault}\n{hint}")));
    assert_eq!(fault.code(), "no_key");
}

#[test]
fn a_row_without_a_key_says_which_field_it_lacks() {
    check_no_key(Key::Auto, "no `external_id` and no `email`, so there is nothing to match on");
    check_no_key(
        Key::ExternalId,
        "no `external_id`, so there is nothing to match on\nmatch by email where there is none: --key auto",
    );
    check_no_key(
        Key::Email,
        "no `email`, so there is nothing to match on\nmatch by external_id where there is one: --key auto",
    );
    check_no_key(Key::Id, "no `id`, so there is nothing to match on");
}

#[test]
fn long_values_are_shortened_and_control_characters_do_not_reach_the_terminal() {
    assert_eq!(shorten(&"é".repeat(40)), "é".repeat(40));
    assert_eq!(shorten(&"é".repeat(41)), format!("{}…", "é".repeat(39)));
    assert_eq!(shorten("a\u{1b}[31m\nb"), "a [31m b");
}
