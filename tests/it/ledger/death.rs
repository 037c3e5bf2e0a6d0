//! What a death may not make anybody believe.

use super::{AS_IT_WAS, import};
use crate::support::{TestEnv, signal, users, wait_until};

#[test]
fn a_value_that_was_being_written_when_the_run_died_is_not_taken_for_the_old_one() {
    let env = TestEnv::prompt();
    import(&env, 3, AS_IT_WAS, &[]);
    env.faults(
        r#"{"rules":[{"method":"PUT","path":"/contacts/*","fault":"stall","committed":true,"times":1}]}"#,
    );
    env.write("users.csv", users(3).replace("User 2\n", "User Two\n"));
    let child = env.start(["import", "users.csv"]);
    wait_until(|| env.contacts()[1]["name"] == "User Two");
    signal(&child, "KILL");
    assert_eq!(-1, env.finish(child).code);
    let run = import(&env, 3, AS_IT_WAS, &[]);
    assert!(run.stderr.contains("0 created, 1 updated, 2 unchanged"), "{run}");
    assert_eq!("User 2", env.contacts()[1]["name"]);
}
