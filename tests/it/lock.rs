//! One run at a time on a workspace: two processes, of which one works.

use std::io::{BufRead, BufReader, Read};
use std::process::Child;
use std::sync::mpsc::{Sender, channel};

use insta::assert_snapshot;
use serde_json::Value;

use crate::support::{FakeServer, Run, TestEnv, signal};

/// An import that waits for the answer to its first row.
struct Held {
    child: Child,
    answer: Sender<()>,
}

impl Held {
    /// Starts an import of one user, which is there when this returns, and holds the answer back.
    fn start(env: &TestEnv) -> Self {
        let (reached, reaches) = channel();
        let (answer, answers) = channel();
        let server = FakeServer::before(env.url(), move |what| {
            if what == "POST /contacts" {
                let _ = reached.send(());
                let _ = answers.recv();
            }
        });
        env.write("held.csv", "external_id\nheld\n");
        let child = env.start(["import", "held.csv", "--base-url", server.url()]);
        reaches.recv().unwrap();
        Self { child, answer }
    }

    fn end(self, env: &TestEnv) -> Run {
        self.answer.send(()).unwrap();
        env.finish(self.child)
    }
}

/// A workspace, an import that is held, and a file for another one.
fn busy() -> (TestEnv, Held) {
    let env = TestEnv::prompt();
    env.write("users.csv", "external_id\nu-1\n");
    let held = Held::start(&env);
    (env, held)
}

#[test]
fn of_two_runs_on_one_workspace_one_works_and_one_says_who_does() {
    let (env, held) = busy();
    assert_snapshot!(env.run(["import", "users.csv"]), @"
    exit 8
    ---- stderr
    error: another run holds the lock of workspace sandbox1: import, process [ID] on [HOST], since [TIME] (run [TIME]-import)
      hint: wait for it with --lock-wait 10m, or leave this run out with --if-busy skip
    ");
    assert_eq!(8, env.run(["export", "all.csv"]).code);
    assert!(!env.path("all.csv").exists());
    assert!(env.contacts().is_empty());
    assert_eq!(0, held.end(&env).code);
    assert_eq!(0, env.run(["import", "users.csv"]).code);
    assert_eq!(2, env.contacts().len());
}

#[test]
fn one_user_is_written_while_a_run_is_at_work() {
    let (env, held) = busy();
    assert_eq!(0, env.run(["upsert", "external_id=u-1"]).code);
    assert_eq!(0, held.end(&env).code);
}

#[test]
fn a_run_with_another_state_folder_is_not_waited_for() {
    let (env, held) = busy();
    assert_eq!(0, env.run(["import", "users.csv", "--state-dir", "elsewhere"]).code);
    assert_eq!(0, held.end(&env).code);
}

/// Starts an import that waits for its turn, and reads the line that says so.
fn start_waiting(env: &TestEnv) -> (Child, impl Read) {
    let mut child = env.start(["import", "users.csv", "--lock-wait", "10m"]);
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    stderr.read_line(&mut line).unwrap();
    assert!(line.starts_with("waiting: another run holds the lock of workspace sandbox1: import"), "{line}");
    (child, stderr)
}

#[test]
fn a_run_that_waits_works_when_the_other_has_ended() {
    let (env, held) = busy();
    let (waiting, _stderr) = start_waiting(&env);
    assert_eq!(0, held.end(&env).code);
    assert_eq!(0, env.finish(waiting).code);
    assert_eq!(2, env.contacts().len());
}

#[test]
fn ctrl_c_ends_the_waiting() {
    let (env, held) = busy();
    let (waiting, mut stderr) = start_waiting(&env);
    signal(&waiting, "INT");
    assert_eq!(130, env.finish(waiting).code);
    let mut rest = String::new();
    stderr.read_to_string(&mut rest).unwrap();
    assert!(rest.ends_with("error: stopped before the first row\n  hint: run the same command again\n"));
    assert_eq!(0, held.end(&env).code);
}

#[test]
fn waiting_has_an_end() {
    let (env, held) = busy();
    let run = env.run(["import", "users.csv", "--lock-wait", "1s"]);
    assert_eq!(8, run.code, "{run}");
    assert!(run.stderr.starts_with("waiting: "), "{run}");
    assert_eq!(0, held.end(&env).code);
}

#[test]
fn waiting_is_part_of_the_time_that_a_run_may_take() {
    let (env, held) = busy();
    let run = env.run(["import", "users.csv", "--lock-wait", "10m", "--max-duration", "1s"]);
    assert_snapshot!(run, @"
    exit 10
    ---- stderr
    waiting: another run holds the lock of workspace sandbox1: import, process [ID] on [HOST], since [TIME] (run [TIME]-import)
    error: the time of --max-duration was over before the first row
      hint: run the same command again
    ");
    assert_eq!(0, held.end(&env).code);
}

#[test]
fn a_run_can_be_left_out_when_another_is_at_work() {
    let (env, held) = busy();
    let run = env.run(["import", "users.csv", "--if-busy", "skip", "--json"]);
    assert_eq!(0, run.code, "{run}");
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(("ok", 0), (report["exit_name"].as_str().unwrap(), report["rows"]["read"].as_u64().unwrap()));
    let reason = report["reason"].as_str().unwrap();
    assert!(reason.starts_with("skipped: another run holds the lock of workspace sandbox1"), "{reason}");
    assert_eq!(format!("{reason}\n"), run.stderr);
    assert_eq!(0, held.end(&env).code);
    assert_eq!(1, env.contacts().len());
}

#[test]
fn a_killed_run_blocks_nobody() {
    let (env, mut held) = busy();
    held.child.kill().unwrap();
    held.child.wait().unwrap();
    let state = ".local/state/intercom-bulk/sandbox1";
    let lock: Value = serde_json::from_str(&env.read(&format!("{state}/lock"))).unwrap();
    let report = || -> Value {
        let name = format!("{state}/runs/{}/report.json", lock["run"].as_str().unwrap());
        serde_json::from_str(&env.read(&name)).unwrap()
    };
    assert_eq!("running", report()["state"]);
    let run = env.run(["import", "users.csv"]);
    assert_eq!(0, run.code, "{run}");
    assert_eq!(("died", true), (report()["state"].as_str().unwrap(), report()["exit_code"].is_null()));
}
