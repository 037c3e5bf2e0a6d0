//! Cases of `compile.rs`.

use super::*;
use crate::mapping::AttributeType;

/// A case: columns, rules, and what else differs from the usual.
#[derive(Clone, Copy)]
struct Case<'a> {
    columns: &'a [&'a str],
    rules: &'a [&'a str],
    ignore: &'a [&'a str],
    attributes: &'a [&'a str],
    unknown: Unknown,
    key: Key,
}

const USUAL: Case<'_> = Case {
    columns: &[],
    rules: &[],
    ignore: &[],
    attributes: &["plan", "seats", "Mobile", "~old"],
    unknown: Unknown::Refuse,
    key: Key::Auto,
};

/// Compiles; an attribute that begins with `~` is archived.
fn compile(case: Case<'_>) -> Result<Mapping, MappingError> {
    let columns: Vec<String> = case.columns.iter().map(ToString::to_string).collect();
    let attributes: Vec<Attribute> = case
        .attributes
        .iter()
        .map(|name| Attribute {
            name: name.trim_start_matches('~').into(),
            data_type: AttributeType::String,
            archived: name.starts_with('~'),
            options: Vec::new(),
        })
        .collect();
    let spec = MappingSpec {
        rules: case.rules.iter().map(|rule| rule.parse().unwrap()).collect(),
        ignore: case.ignore.iter().map(ToString::to_string).collect(),
        unknown: case.unknown,
        ..MappingSpec::default()
    };
    Mapping::compile(&columns, &spec, &attributes, case.key)
}

#[track_caller]
fn check(case: Case<'_>, expected: &str) {
    let actual = match compile(case) {
        Ok(mapping) => {
            let columns: Vec<String> =
                mapping.columns().map(|(column, field)| format!("{column}={field}")).collect();
            let notices: String = mapping.notices().iter().map(|notice| format!("\n{notice}")).collect();
            format!("{}{notices}", columns.join(" "))
        }
        Err(error) => error.hint().map_or(error.to_string(), |hint| format!("{error}\n{hint}")),
    };
    assert_eq!(expected, actual);
}

fn columns<'a>(columns: &'a [&'a str]) -> Case<'a> {
    Case { columns, ..USUAL }
}

#[test]
fn headers_are_the_mapping_that_people_want_first() {
    check(
        columns(&["E-mail", "User ID", "Full name", "Signed up", "plan", "custom.seats"]),
        "E-mail=email User ID=external_id Full name=name Signed up=signed_up_at plan=custom.plan \
             custom.seats=custom.seats",
    );
    check(columns(&["email", "custom_attributes.plan"]), "email=email custom_attributes.plan=custom.plan");
}

#[test]
fn our_own_export_can_be_imported_as_it_is() {
    check(
        columns(&["id", "email", "created_at", "location.city", "tags"]),
        "email=email tags=tags\nignored, read-only in Intercom: id, created_at, location.city",
    );
    check(Case { key: Key::Id, ..columns(&["id", "email"]) }, "id=id email=email");
}

#[test]
fn exact_names_of_intercom_then_attributes_then_usual_names() {
    let attributes = ["email", "Mail", "tags"];
    check(
        Case { attributes: &attributes, ..columns(&["email", "Mail", "tags"]) },
        "email=email Mail=custom.Mail tags=tags",
    );
    check(
        Case { attributes: &["utm_source"], ..columns(&["email", "utm_source"]) },
        "email=email utm_source=custom.utm_source",
    );
}

#[test]
fn a_rule_beats_everything() {
    check(
        Case {
            rules: &["email=custom.plan", "tags=custom.seats", "X=email", "X=external_id"],
            ignore: &["X"],
            ..columns(&["email", "tags", "X"])
        },
        "email=custom.plan tags=custom.seats X=external_id",
    );
}

#[test]
fn a_column_can_be_left_out() {
    check(Case { ignore: &["Foo"], ..columns(&["email", "Foo"]) }, "email=email");
    check(columns(&["email", "", " "]), "email=email\nignored, without a name: columns: 2, 3");
}

#[test]
fn a_typo_in_a_column_to_be_left_out_writes_nothing() {
    check(
        Case { ignore: &["phnoe"], ..columns(&["email", "phone"]) },
        "the file has no column `phnoe`, which is to be left out\ndid you mean --ignore-column 'phone'?",
    );
    check(
        Case { ignore: &["zebra", "phnoe", "phone"], ..columns(&["email", "phone"]) },
        "email=email\nto be left out, but not in the file: zebra, phnoe",
    );
}

#[test]
fn unknown_columns_are_reported_all_at_once_with_the_flags_that_settle_them() {
    check(
        columns(&["email", "Plan", "Emial", "Favourite colour"]),
        "3 columns have no field in Intercom: `Plan` (the workspace has `plan`, the column is `Plan`), `Emial` (did you mean `email`?), \
             `Favourite colour`\n\
             map with --map 'Plan=custom.plan' --map 'Emial=email' --map 'Favourite colour=FIELD', or leave out with \
             --ignore-column 'Plan' --ignore-column 'Emial' --ignore-column 'Favourite colour', or make new custom attributes with --create-attributes",
    );
    check(
        columns(&["email", "Favourite colour"]),
        "1 column has no field in Intercom: `Favourite colour`\n\
             map with --map 'Favourite colour=FIELD', or leave out with --ignore-column 'Favourite colour', or make new custom attributes with --create-attributes",
    );
    check(
        Case { rules: &["P=custom.plann"], ..columns(&["email", "P"]) },
        "1 column has no field in Intercom: `P` (there is no custom attribute `plann`; did you mean `custom.plan`?)\n\
             map with --map 'P=custom.plan', or leave out with --ignore-column 'P', or make new custom attributes with \
             --create-attributes",
    );
    check(
        Case { attributes: &[], rules: &["P=custom.plan"], ..columns(&["email", "P"]) },
        "1 column has no field in Intercom: `P` (there is no custom attribute `plan`)\n\
             map with --map 'P=FIELD', or leave out with --ignore-column 'P', or make new custom attributes with --create-attributes",
    );
}

#[test]
fn a_rule_for_an_attribute_in_another_case_names_it() {
    check(
        Case { rules: &["P=custom.Plan"], ..columns(&["email", "P"]) },
        "1 column has no field in Intercom: `P` (the workspace has `plan`, the rule is `Plan`)\n\
             map with --map 'P=custom.plan', or leave out with --ignore-column 'P', or make new custom attributes with \
             --create-attributes",
    );
}

#[test]
fn what_intercom_cannot_write_is_not_lost_silently() {
    check(
        columns(&["email", "UTM source"]),
        "1 column has no field in Intercom: `UTM source` (Intercom's contacts take no campaign fields)\n\
             map with --map 'UTM source=custom.utm_source' (make the attribute, if there is none, with \
         --create-attributes), or leave out with --ignore-column 'UTM source', or write it \
             through the users of 1.x with --engine users",
    );
    check(
        Case { unknown: Unknown::CreateAttribute, ..columns(&["email", "session_count"]) },
        "1 column has no field in Intercom: `session_count` (Intercom dropped it with version 2.0 of the API)\n\
             map with --map 'session_count=custom.session_count' (make the attribute, if there is none, with \
         --create-attributes), or leave out with --ignore-column 'session_count', or \
             write it through the users of 1.x with --engine users",
    );
    check(
        columns(&["email", "update_last_request_at", "Language override"]),
        "2 columns have no field in Intercom: `update_last_request_at` (Intercom dropped it with version 2.0 of the \
             API), `Language override` (only the Preview version of the API takes it)\n\
             map with --map 'update_last_request_at=last_seen_at:now' --map \
             'Language override=custom.language_override' (make the attribute, if there is none, with \
         --create-attributes), or leave out with --ignore-column 'update_last_request_at' \
             --ignore-column 'Language override', or write it through the users of 1.x with --engine users",
    );
}

#[test]
fn companies_and_tags_may_have_several_columns() {
    check(
        columns(&["email", "company_id", "Company 2", "tags", "Tag"]),
        "email=email company_id=companies Company 2=companies tags=tags Tag=tags",
    );
}

#[test]
fn a_usual_name_that_is_also_nearly_an_attribute_is_asked_about() {
    check(
        columns(&["email", "mobile"]),
        "1 column has no field in Intercom: `mobile` (the workspace has `Mobile`, the column is `mobile`)\n\
             map with --map 'mobile=custom.Mobile', or leave out with --ignore-column 'mobile'",
    );
}

#[test]
fn without_a_workspace_unknown_columns_are_taken_on_trust_but_not_slips() {
    let assume = Case { unknown: Unknown::AssumeAttribute, attributes: &[], ..USUAL };
    check(
        Case { columns: &["email", "plan", "custom.seats"], ..assume },
        "email=email plan=custom.plan custom.seats=custom.seats\n\
             taken for custom attributes, unchecked without a workspace: plan, seats",
    );
    check(
        Case { columns: &["emial", "plan", "User ID"], ..assume },
        "1 column has no field in Intercom: `emial` (did you mean `email`?)\n\
             map with --map 'emial=email', or leave out with --ignore-column 'emial'",
    );
    check(
        Case { columns: &["emial", "email"], rules: &["emial=custom.emial"], ..assume },
        "emial=custom.emial email=email\ntaken for custom attributes, unchecked without a workspace: emial",
    );
}

#[test]
fn columns_without_an_attribute_are_listed_for_creation() {
    let mapping = compile(Case {
        unknown: Unknown::CreateAttribute,
        rules: &["Bought=custom.bought:date(%d/%m/%Y)"],
        ..columns(&["email", "Colour", "plan", "Bought"])
    })
    .unwrap();
    let new: Vec<String> = mapping
        .new_attributes()
        .iter()
        .map(|new| format!("{} {} {} {:?}", new.index, new.column, new.name, new.data_type))
        .collect();
    assert_eq!(new, ["1 Colour Colour None", "3 Bought bought Some(Date)"]);
    assert_eq!(mapping.column(&Field::Custom("bought".into())), Some("Bought"));
    assert!(mapping.notices().is_empty());
}

#[test]
fn two_columns_for_one_field_are_refused() {
    check(
        columns(&["E-mail", "Mail"]),
        "columns `E-mail` and `Mail` are both `email`\n\
             keep one of them: --ignore-column 'Mail' or --ignore-column 'E-mail'",
    );
    check(
        columns(&["email", "email"]),
        "two columns are named `email`, and a user has one `email`\nrename one of them in the file",
    );
    check(
        columns(&["email", "plan", "custom.plan"]),
        "columns `plan` and `custom.plan` are both `custom.plan`\nkeep one of them: \
             --ignore-column 'custom.plan' or --ignore-column 'plan'",
    );
}

#[test]
fn a_rule_for_a_column_that_is_not_there_is_refused() {
    check(
        Case { rules: &["E-Mial=email"], ..columns(&["E-Mail", "plan"]) },
        "the file has no column `E-Mial`, which is mapped to `email`\ndid you mean --map 'E-Mail=email'?",
    );
    check(
        Case { rules: &["Seats=custom.seats"], ..columns(&["email", "plan"]) },
        "the file has no column `Seats`, which is mapped to `custom.seats`\nthe columns are `email`, `plan`",
    );
}

#[test]
fn an_archived_attribute_takes_no_values() {
    check(
        columns(&["email", "old"]),
        "column `old`: the custom attribute `old` is archived\n\
             unarchive it in Intercom, or leave the column out with --ignore-column 'old'",
    );
}

#[test]
fn a_file_without_a_key_is_refused() {
    check(
        columns(&["name", "plan"]),
        "no column is `external_id` or `email`, so there is nothing to match on; the columns are `name`, `plan`\n\
             say which column it is: --map 'COLUMN=email'",
    );
    check(
        Case { key: Key::ExternalId, ..columns(&["email", "name"]) },
        "no column is `external_id`, so there is nothing to match on; the columns are `email`, `name`\n\
             say which column it is: --map 'COLUMN=external_id'",
    );
    check(
        Case { key: Key::Id, ignore: &["Contact"], ..columns(&["Contact"]) },
        "no column is `id`, so there is nothing to match on; the columns are `Contact`\n\
             say which column it is: --map 'COLUMN=id'",
    );
}

#[test]
fn the_id_is_not_written_unless_it_is_the_key() {
    check(
        Case { rules: &["ID=id"], ..columns(&["ID", "email"]) },
        "column `ID` cannot be written to `id`: Intercom assigns it; rows can be matched by it with --key id\n\
             map with --map 'ID=custom.id', or leave out with --ignore-column 'ID'",
    );
    check(Case { rules: &["ID=id"], key: Key::Id, ..columns(&["ID", "email"]) }, "ID=id email=email");
}

#[test]
fn a_type_must_suit_the_field() {
    check(
        Case { rules: &["Mail=email:integer"], ..columns(&["Mail"]) },
        "`Mail=email:integer` is not a mapping: `email` is text, not integer\n\
             write --map 'Column=field' or --map 'Column=field:type'; the types are text, integer, float, boolean, \
             date, date(%d/%m/%Y), list(;)",
    );
}
#[test]
fn a_column_that_may_be_the_key_is_proposed_and_a_long_header_is_cut() {
    let names: Vec<String> = (1..=25).map(|n| format!("a{n}")).chain(["xemailx".into()]).collect();
    let mut header: Vec<&str> = names.iter().map(String::as_str).collect();
    header.rotate_right(1);
    let error = compile(Case { ignore: &header, ..columns(&header) }).unwrap_err();
    assert!(error.to_string().ends_with("`a18`, `a19` and 6 more"), "{error}");
    assert_eq!(error.hint().unwrap(), "say which column it is: --map 'xemailx=email'");
}

#[test]
fn a_rule_that_disagrees_with_the_workspace_is_followed_with_a_notice() {
    check(
        Case {
            rules: &["plan=custom.plan:integer", "seats=custom.seats:list"],
            ..columns(&["email", "plan", "seats"])
        },
        "email=email plan=custom.plan seats=custom.seats\n\
             column `plan` is read as integer, and the custom attribute `plan` is string",
    );
}

#[test]
fn a_new_attribute_is_never_a_slip_of_an_old_one() {
    check(
        Case { unknown: Unknown::CreateAttribute, ..columns(&["email", "PLAN", "colour"]) },
        "1 column has no field in Intercom: `PLAN` (the workspace has `plan`, the column is `PLAN`)\n\
             map with --map 'PLAN=custom.plan', or leave out with --ignore-column 'PLAN'",
    );
    check(
        Case {
            unknown: Unknown::CreateAttribute,
            rules: &["PLAN=custom.PLAN"],
            ..columns(&["email", "PLAN"])
        },
        "email=email PLAN=custom.PLAN",
    );
}
