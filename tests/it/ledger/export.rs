//! What an export teaches the ledger.

use super::{AS_IT_WAS, import};
use crate::support::{TestEnv, users};

#[test]
fn an_export_gives_an_import_the_ids_for_free() {
    let env = TestEnv::prompt();
    for n in 1..=3 {
        env.create(&format!(r#"{{"external_id":"u-{n}","email":"user{n}@example.com","name":"old"}}"#));
    }
    assert_eq!(0, env.run(["export", "out.csv"]).code);
    let run = import(&env, 3, AS_IT_WAS, &[]);
    assert!(run.stderr.contains("0 created, 3 updated, 0 unchanged\n5 requests"), "{run}");
    assert_eq!(0, env.run(["export", "-"]).code);
    let by_email = import(&env, 3, ("User ", "Nobody "), &["--key", "email"]);
    assert!(by_email.stderr.contains("3 updated, 0 unchanged\n5 requests"), "{by_email}");
}

#[test]
fn an_export_leaves_what_was_delivered_as_it_is() {
    let env = TestEnv::prompt();
    import(&env, 3, AS_IT_WAS, &[]);
    assert_eq!(0, env.run(["export", "out.csv"]).code);
    env.write("users.csv", users(3));
    let run = env.run(["import", "users.csv"]);
    assert!(run.stderr.contains("3 unchanged\n2 requests"), "{run}");
}
