//! Cases of `value.rs`.

use super::*;

/// Converts as a custom attribute of a kind, or as the standard field of a name.
fn convert(what: &str, text: &str) -> String {
    let converter = match super::super::names::field(what) {
        Some(field) => Converter::of_field(&field, None, &MappingSpec::default()).unwrap(),
        None => Converter::of_kind(&what.parse().unwrap()),
    };
    match converter.convert(text, text.trim()) {
        Ok(value) => serde_json::to_string(&value).unwrap(),
        Err(FaultKind::FormattedNumber { plain }) => format!("write {}", plain.unwrap_or_default()),
        Err(kind) => kind.code().to_owned(),
    }
}

#[track_caller]
fn check(what: &str, text: &str, expected: &str) {
    assert_eq!(expected, convert(what, text));
}

#[test]
fn text_stays_as_it_is_and_names_are_trimmed() {
    check("text", " 00123 ", r#"" 00123 ""#);
    check("name", " Ann Lee ", r#""Ann Lee""#);
    check("external_id", " u-1 ", r#""u-1""#);
    check("phone", " +44 20 ", r#""+44 20""#);
    check("text", &"é".repeat(255), &format!("\"{}\"", "é".repeat(255)));
    check("text", &"é".repeat(256), "too_long");
    check("external_id", &"x".repeat(256), "too_long");
    check("name", &"x".repeat(256), "too_long");
}

#[test]
fn addresses_are_folded_and_looked_at() {
    check("email", " Ann@Example.COM ", r#""ann@example.com""#);
    check("email", "ÄNN@x.test", r#""änn@x.test""#);
    check("email", "o'neil+a/b=c@x.test", r#""o'neil+a/b=c@x.test""#);
    check("email", "root@localhost", r#""root@localhost""#);
    check("email", "a@xn--bcher-kva.test", r#""a@xn--bcher-kva.test""#);
    for wrong in [
        "ann",
        "@x.test",
        "ann@",
        "a@b@c",
        "a b@x.test",
        "a@x .test",
        "a@x.test, b",
        "Ann <a@x.test>",
        "a@.test",
        "a@x..test",
        "a@x.test.",
        "a@x.test;",
        "mailto:a@x.test",
        "a\u{200b}@x.test",
        "a\t@x.test",
        "a\u{a0}b@x.test",
    ] {
        check("email", wrong, "not_an_email");
    }
    check("email", &format!("{}@x.test", "a".repeat(249)), "too_long");
}

#[test]
fn avatars_are_https() {
    check("avatar", "https://x.test/a.png", r#""https://x.test/a.png""#);
    check("avatar", "HTTPS://x.test/a.png", r#""HTTPS://x.test/a.png""#);
    for wrong in ["http://x.test/a.png", "x.test/a.png", "https://", "é", "https://x.test/a b.png"] {
        check("avatar", wrong, "not_https");
    }
}

#[test]
fn roles_and_owners_are_what_intercom_takes() {
    check("role", "User", r#""user""#);
    check("role", " LEAD ", r#""lead""#);
    check("role", "contact", "not_a_role");
    check("owner_id", " 123 ", r#""123""#);
    check("owner_id", "Ann", "not_an_owner_id");
    check("owner_id", "-1", "not_an_owner_id");
}

#[test]
fn names_are_split_at_semicolons_and_a_comma_is_asked_about() {
    check("tags", "vip; beta ;", r#"["vip","beta"]"#);
    check("tags", "vip, beta", "comma_in_list");
    check("tags", r#"["vip, beta", "x"]"#, r#"["vip, beta","x"]"#);
    check("companies", "c1", r#"["c1"]"#);
    check("companies", "c1,c2", "comma_in_list");
    check("companies", r#"["c1""#, "not_a_list");
    check("tags", "{a}", "not_a_list");
    let commas = Converter::of_field(&Field::Tags, Some(&Kind::List(",".into())), &MappingSpec::default());
    let mixed = commas.unwrap().convert("vip;beta", "vip;beta").unwrap_err();
    assert_eq!("semicolon_in_list", mixed.code());
}

#[test]
fn a_telephone_number_has_digits_and_no_letters() {
    check("phone", "+44 (0)20 7183-8750", r#""+44 (0)20 7183-8750""#);
    check("phone", "112", r#""112""#);
    check("phone", "n/a", "not_a_phone");
    check("phone", "call me", "not_a_phone");
    check("phone", "1234567890123456", "not_a_phone");
    check("phone", "020 7183 8750 ext. 5", "not_a_phone");
    check("phone", "44+20 718", "not_a_phone");
    let lenient = MappingSpec { phones: Phones::AsTheyAre, ..MappingSpec::default() };
    let converter = Converter::of_field(&Field::Phone, None, &lenient).unwrap();
    assert_eq!(Ok(Value::Text("n/a".into())), converter.convert("n/a", "n/a"));
}

#[test]
fn integers_are_plain() {
    check("integer", "42", "42");
    check("integer", " +42 ", "42");
    check("integer", "-7", "-7");
    check("integer", "007", "7");
    check("integer", "42.00", "42");
    check("integer", "9223372036854775807", "9223372036854775807");
    check("integer", "9223372036854775808", "too_large");
    check("integer", "-99999999999999999999", "too_large");
    check("integer", "1,234", "write 1234");
    check("integer", "1 234 567", "write 1234567");
    check("integer", "1.234.567", "write 1234567");
    check("integer", "1'234", "write 1234");
    for wrong in ["many", "4.2", "1e3", "0x10", "", "+", "-", ".", "4,2", "--1", "１２"] {
        check("integer", wrong, "not_an_integer");
    }
}

#[test]
fn floats_are_finite_and_have_a_point() {
    check("float", "1.5", "1.5");
    check("float", "-0.25", "-0.25");
    check("float", "1e3", "1000.0");
    check("float", "42", "42.0");
    check("float", "1,5", "write 1.5");
    check("float", "1,234.5", "write 1234.5");
    check("float", "1.234,5", "write 1234.5");
    check("float", "1.234.567", "write 1234567");
    check("float", "1,234", "write ");
    for wrong in ["nan", "inf", "1e999", "much", "1.5 EUR", ",", "a,5"] {
        check("float", wrong, "not_a_number");
    }
}

#[track_caller]
fn check_option(text: &str, expected: &str) {
    let options = ["Basic".to_owned(), "Gold".to_owned()];
    let attribute = Attribute {
        name: "tier".into(),
        data_type: crate::mapping::AttributeType::String,
        archived: false,
        options: options.into(),
    };
    let value = Converter::of_attribute(&attribute, None).convert(text, text.trim());
    let shown = value.map_or_else(|kind| kind.code().to_owned(), |value| format!("{value:?}"));
    assert_eq!(expected, shown);
}

#[test]
fn a_list_takes_its_options_as_they_are_written() {
    check_option(" Gold ", "Text(\"Gold\")");
    check_option("gold", "not_an_option");
    check_option("Silver", "not_an_option");
}

#[test]
fn booleans_have_ten_spellings() {
    for yes in ["true", "TRUE", "yes", "Y", "1", "on"] {
        check("boolean", yes, "true");
    }
    for no in ["false", "False", "no", "n", "0", "OFF"] {
        check("unsubscribed_from_emails", no, "false");
    }
    check("boolean", "2", "not_a_boolean");
    check("boolean", "t", "not_a_boolean");
}

#[test]
fn dates_are_seconds() {
    check("signed_up_at", " 2024-01-31 ", "1706659200");
    check("date(%d/%m/%Y)", "31/01/2024", "1706659200");
    check("date", "31/01/2024", "not_a_date");
    check("last_seen_at", "1706659200000", "milliseconds");
}

#[test]
fn lists_are_split_trimmed_and_without_holes() {
    check("list", "a; b;;c ;", r#"["a","b","c"]"#);
    check("list(, )", "a, b,c", r#"["a","b,c"]"#);
    check("list", " ; ", "[]");
    check("list", &format!("a;{}", "x".repeat(256)), "too_long");
}

#[track_caller]
fn check_kind(field: &str, kind: &str, expected: &str) {
    let field = super::super::names::field(field).unwrap();
    let converter = Converter::of_field(&field, Some(&kind.parse().unwrap()), &MappingSpec::default());
    assert_eq!(expected, converter.map_or_else(|why| why, |converter| format!("{converter:?}")));
}

#[test]
fn a_standard_field_has_its_own_type() {
    check_kind("signed_up_at", "date(ms)", "Date(Some(Milliseconds))");
    check_kind("signed_up_at", "integer", "`signed_up_at` is a date, not integer");
    check_kind("unsubscribed_from_emails", "boolean", "Boolean");
    check_kind("unsubscribed_from_emails", "text", "`unsubscribed_from_emails` is a boolean, not text");
    check_kind("email", "text", "Email");
    check_kind("email", "list", "`email` is text, not list(;)");
}
