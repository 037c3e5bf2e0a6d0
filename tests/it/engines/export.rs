//! Companies and tags in an export: by the names that an import takes back.

use super::import;
use crate::support::TestEnv;

/// Returns the cells of some columns, row by row, sorted.
fn cells(env: &TestEnv, file: &str, columns: [&str; 3]) -> Vec<[String; 3]> {
    let text = env.read(file);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    let place = |name: &str| header.iter().position(|column| column == name).unwrap();
    let places = columns.map(place);
    let mut rows: Vec<[String; 3]> =
        reader.records().map(|row| places.map(|place| row.as_ref().unwrap()[place].to_owned())).collect();
    rows.sort();
    rows
}

#[test]
fn an_export_has_the_names_that_an_import_takes_back() {
    let env = TestEnv::new();
    let file = "external_id,companies,tags\n1,acme;globex,vip\n2,\"[\"\"a, b\"\"]\",\"[\"\"x;y\"\",\"\"vip\"\"]\"\n3,,\n";
    assert_eq!(0, import(&env, file, &[]).code);
    env.settle();
    let run = env.run(["export", "out.csv"]);
    assert_eq!(0, run.code, "{run}");
    let [first, second, third] = &cells(&env, "out.csv", ["external_id", "companies", "tags"])[..] else {
        panic!("{}", env.read("out.csv"));
    };
    assert_eq!(["1", "acme;globex", "vip"], first.each_ref().map(String::as_str));
    assert_eq!(["2", r#"["a, b"]"#, r#"["vip","x;y"]"#], second.each_ref().map(String::as_str));
    assert_eq!(["3", "", ""], third.each_ref().map(String::as_str));
    assert_eq!(1, env.count("GET", "/tags"));
    assert_eq!(2, env.count("GET", "/companies/scroll"), "all companies at once, and the end of them");
    env.forget();
    let again = env.run(["import", "out.csv"]);
    assert!(again.stderr.contains("0 created, 0 updated, 3 unchanged"), "{again}");
}

#[test]
fn lists_beyond_ten_are_whole_only_if_asked_for_and_that_is_said() {
    let env = TestEnv::new();
    let list = |letter: &str| (10..22).map(|n| format!("{letter}{n}")).collect::<Vec<_>>().join(";");
    let file = format!("external_id,companies,tags\n1,{},{}\n", list("c"), list("t"));
    assert_eq!(0, import(&env, &file, &[]).code);
    env.settle();
    let shown = env.run(["export", "shown.csv"]);
    assert!(shown.stderr.contains("cut: 1 user with more than ten companies, tags or notes"), "{shown}");
    let [[_, companies, tags]] = &cells(&env, "shown.csv", ["external_id", "companies", "tags"])[..] else {
        panic!("one user");
    };
    assert_eq!((10, 10), (companies.split(';').count(), tags.split(';').count()));
    let whole = env.run(["export", "whole.csv", "--expand", "companies,tags"]);
    assert!(!whole.stderr.contains("cut:"), "{whole}");
    let sorted = |list: &str| {
        let mut names: Vec<&str> = list.split(';').collect();
        names.sort_unstable();
        names.join(";")
    };
    let [[_, companies, tags]] = &cells(&env, "whole.csv", ["external_id", "companies", "tags"])[..] else {
        panic!("one user");
    };
    assert_eq!((list("c"), list("t")), (sorted(companies), sorted(tags)));
}
