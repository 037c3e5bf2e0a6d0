//! Cases of `spec.rs`.

use super::*;

#[track_caller]
fn check(rule: &str, expected: &str) {
    let actual = match rule.parse::<Rule>() {
        Ok(rule) => {
            assert_eq!(rule.to_string().parse::<Rule>().as_ref(), Ok(&rule), "a rule can be written back");
            format!(
                "{} | {} | {}",
                rule.column,
                rule.field,
                rule.kind.map_or("-".into(), |kind| kind.to_string())
            )
        }
        Err(error) => format!("{error}\n{}", error.hint().unwrap_or_default()),
    };
    assert_eq!(expected, actual);
}

#[test]
fn a_rule_is_a_column_a_field_and_perhaps_a_type() {
    check("Mail=email", "Mail | email | -");
    check(" Mail = email ", "Mail | email | -");
    check("Signed up=signed_up_at:date(%d/%m/%Y %H:%M)", "Signed up | signed_up_at | date(%d/%m/%Y %H:%M)");
    check("Tags=custom.tags:list(;)", "Tags | custom.tags | list(;)");
    check(r"Tags=custom_attributes.tags:list(\t)", r"Tags | custom.tags | list(\t)");
    check("Seats=custom.seats:int", "Seats | custom.seats | integer");
    check("Score=custom.score: float", "Score | custom.score | float");
    check("a=b=custom.Annual plan:bool", "a=b | custom.Annual plan | boolean");
    check("Id=id", "Id | id | -");
    check("Bought=custom.bought:date(ms)", "Bought | custom.bought | date(ms)");
}

#[test]
fn a_bad_rule_says_what_a_good_one_is() {
    let hint = "write --map 'Column=field' or --map 'Column=field:type'; \
                    the types are text, integer, float, boolean, date, date(%d/%m/%Y), list(;)";
    check("email", &format!("`email` is not a mapping: there is no `=` in it\n{hint}"));
    check("=email", &format!("`=email` is not a mapping: there is no column in front of the `=`\n{hint}"));
    check("Mail=", &format!("`Mail=` is not a mapping: there is no field behind the `=`\n{hint}"));
}

#[test]
fn a_field_that_does_not_exist_is_refused_with_the_nearest() {
    check(
        "Mail=emial",
        "column `Mail` is mapped to `emial`, which is not a field\n\
             did you mean --map 'Mail=email'? a custom attribute is written --map 'Mail=custom.emial'",
    );
    check(
        "Plan=plan",
        "column `Plan` is mapped to `plan`, which is not a field\n\
             a custom attribute is written --map 'Plan=custom.plan'",
    );
}

#[test]
fn a_field_that_no_engine_can_write_is_refused_with_the_reason() {
    check(
        "Since=created_at",
        "column `Since` cannot be written to `created_at`: it is read-only in Intercom\n\
             map with --map 'Since=custom.created_at', or leave out with --ignore-column 'Since'",
    );
    check("UTM source=utm_source", "UTM source | utm_source | -");
}

#[test]
fn a_type_that_does_not_exist_is_refused_with_the_nearest() {
    check(
        "Seats=custom.seats:integr",
        "`integr` is not a type\ndid you mean `integer`? it is one of text, integer, float, boolean, date, \
             date(%d/%m/%Y), list(;)",
    );
    check(
        "Tags=custom.tags:list()",
        "`list()` is not a type\ndid you mean `list`? it is one of text, integer, float, boolean, date, \
             date(%d/%m/%Y), list(;)",
    );
}

#[test]
fn what_comes_later_wins() {
    let file = MappingSpec {
        rules: vec!["Mail=email".parse().unwrap(), "Plan=custom.plan".parse().unwrap()],
        ignore: vec!["notes".into(), "Phone".into()],
        empty: Some(Empty::Clear),
        ..MappingSpec::default()
    };
    let flags = MappingSpec {
        rules: vec!["Phone=phone".parse().unwrap()],
        ignore: vec!["Plan".into()],
        unknown: Unknown::CreateAttribute,
        ..MappingSpec::default()
    };
    let merged = file.merge(flags);
    let rules: Vec<String> = merged.rules.iter().map(ToString::to_string).collect();
    assert_eq!(rules, ["Mail=email", "Phone=phone"]);
    assert_eq!(merged.ignore, ["notes", "Plan"]);
    assert_eq!((merged.empty, merged.unknown), (Some(Empty::Clear), Unknown::CreateAttribute));
}

#[test]
fn empty_is_leave_or_clear() {
    assert_eq!("clear".parse(), Ok(Empty::Clear));
    let error = "clean".parse::<Empty>().unwrap_err();
    assert_eq!(error.to_string(), "`clean` is not an answer to empty cells");
    assert_eq!(error.hint().unwrap(), "did you mean `clear`? it is one of leave, clear");
}
