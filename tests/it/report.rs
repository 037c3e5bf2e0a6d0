//! What a run leaves behind: report.json, rejects.csv and retry.csv, for scripts and for the next run.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{FakeServer, Run, TestEnv, redact};

/// Three rows: a good one, one without a date, one that the server refuses.
const MIXED: &str = "external_id,Signed up,Owner\n1,2026-01-31,\n2,yesterday,\n3,2026-01-31,999999\n";

fn import_mixed(env: &TestEnv) -> Run {
    env.write("users.csv", MIXED);
    env.run(["import", "users.csv", "--json"])
}

/// Replaces what differs from run to run by its kind.
fn stable(report: &mut Value) {
    for key in ["run_id", "started_at", "finished_at", "version"] {
        report[key] = json!("[STRING]");
    }
    report["http"]["latency_ms"] =
        report["http"]["latency_ms"].as_object().unwrap().keys().cloned().collect();
    for (_, path) in report["files"].as_object_mut().unwrap() {
        *path = json!(path.as_str().unwrap().rsplit('/').next());
    }
    for error in report["errors"].as_array_mut().unwrap() {
        if error["request_id"].is_string() {
            error["request_id"] = json!("[STRING]");
        }
    }
    let next = report["next_command"].as_str().map(|next| next.split_whitespace().next().unwrap().to_owned());
    report["next_command"] = json!(next);
}

#[test]
#[allow(clippy::too_many_lines)] // The snapshot is the contract.
fn the_report_of_an_import_has_its_keys() {
    let env = TestEnv::prompt();
    import_mixed(&env);
    let mut report = env.report("import");
    stable(&mut report);
    let shown = redact(&serde_json::to_string_pretty(&report).unwrap(), &env);
    assert_snapshot!(shown, @r#"
    {
      "command": "import",
      "errors": [
        {
          "code": "not_a_date",
          "count": 1,
          "field": "signed_up_at",
          "first_line": 3,
          "message": "column `Signed up`: `yesterday` is not a date",
          "request_id": null
        },
        {
          "code": "parameter_invalid",
          "count": 1,
          "field": null,
          "first_line": 4,
          "message": "The owner specified is not a member of the workspace",
          "request_id": "[STRING]"
        }
      ],
      "exit_code": 3,
      "exit_name": "partial",
      "files": {
        "rejects": "rejects.csv",
        "report": "report.json",
        "retry": "retry.csv"
      },
      "finished_at": "[TIME]",
      "http": {
        "by_status": {
          "200": 3,
          "400": 1
        },
        "latency_ms": [
          "max",
          "p50",
          "p90",
          "p99"
        ],
        "requests": 4,
        "retries": 0,
        "throttled_429": 0
      },
      "input": [
        {
          "bytes": 75,
          "path": "users.csv",
          "rows": 3,
          "sha256": "807379cfe590a6a82758c794d5c1fec034c47051a1faf442e1a97e65c921dea9"
        }
      ],
      "lookup": {
        "batch": 15,
        "contacts": null,
        "found": 0,
        "listed": 0,
        "pages": 0,
        "policy": "auto",
        "searched": 0,
        "searches": 0,
        "trouble": null,
        "used": [
          "create"
        ],
        "why": [
          "about 2 of unknown users to come"
        ]
      },
      "next_command": "intercom-bulk",
      "quota": {
        "limit_per_window": null,
        "others_seen": 0,
        "used_by_us": 4,
        "waited_seconds": 0.0
      },
      "retryable": false,
      "rows": {
        "created": 1,
        "invalid": 1,
        "pending": 0,
        "read": 3,
        "rejected": 1,
        "unchanged": 0,
        "unknown": 0,
        "updated": 0
      },
      "run_id": "[STRING]",
      "schema": 1,
      "started_at": "[TIME]",
      "state": "finished",
      "version": "[STRING]",
      "workspace": "sandbox1"
    }
    "#);
}

#[test]
fn the_report_of_an_export_has_its_keys() {
    let env = TestEnv::prompt();
    env.create(r#"{"role":"user","external_id":"1"}"#);
    env.run(["export", "users.csv"]);
    let mut report = env.report("export");
    stable(&mut report);
    assert_snapshot!(serde_json::to_string_pretty(&report).unwrap(), @r#"
    {
      "command": "export",
      "errors": [],
      "exit_code": 0,
      "exit_name": "ok",
      "files": {
        "output": "users.csv",
        "report": "report.json"
      },
      "finished_at": "[STRING]",
      "http": {
        "by_status": {
          "200": 3
        },
        "latency_ms": [
          "max",
          "p50",
          "p90",
          "p99"
        ],
        "requests": 3,
        "retries": 0,
        "throttled_429": 0
      },
      "input": [],
      "next_command": null,
      "quota": {
        "limit_per_window": null,
        "others_seen": 0,
        "used_by_us": 3,
        "waited_seconds": 0.0
      },
      "retryable": false,
      "rows": {
        "changed_meanwhile": 0,
        "complete_until": null,
        "duplicates_dropped": 0,
        "notices": [],
        "older": 0,
        "other_role": 0,
        "server_total": 1,
        "written": 1
      },
      "run_id": "[STRING]",
      "schema": 1,
      "started_at": "[STRING]",
      "state": "finished",
      "version": "[STRING]",
      "workspace": "sandbox1"
    }
    "#);
}

#[test]
fn json_on_stdout_is_the_report_and_nothing_else() {
    let env = TestEnv::prompt();
    let run = import_mixed(&env);
    assert_eq!(run.stdout, env.run_file("import", "report.json"));
    assert_eq!(3, run.code);
}

#[test]
fn json_on_stdout_is_there_when_a_run_stops_early() {
    let env = TestEnv::prompt();
    env.write("users.csv", "email\n");
    let run = env.run(["import", "users.csv", "--json"]);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((json!(6), json!("input")), (report["exit_code"].clone(), report["exit_name"].clone()));
    assert_eq!("users.csv: there are no rows, only a header", report["reason"]);
}

#[test]
fn the_rejects_have_the_columns_that_scripts_read() {
    let env = TestEnv::prompt();
    import_mixed(&env);
    let rejects = env.run_file("import", "rejects.csv");
    let ids = regex::Regex::new("[0-9a-z]{20}").unwrap();
    assert_snapshot!(ids.replace_all(&rejects, "[ID]"), @r#"
    input,line,byte_offset,key,stage,class,code,http_status,field,message,request_id,attempts,retryable,suggestion,src.external_id,src.Signed up,src.Owner
    users.csv,3,42,external_id 2,validate,invalid,not_a_date,,signed_up_at,column `Signed up`: `yesterday` is not a date,,0,false,dates are read as YYYY-MM-DD; say otherwise with --map 'Signed up=signed_up_at:date(%d/%m/%Y)',2,yesterday,
    users.csv,4,55,external_id 3,send,rejected,parameter_invalid,400,,The owner specified is not a member of the workspace,[ID],1,false,"give the id of an admin of this workspace, as in the address of the admin's page in Intercom",3,2026-01-31,999999
    "#);
}

#[test]
fn the_rows_to_retry_are_the_original_ones_byte_for_byte() {
    let env = TestEnv::prompt();
    let bad = "2;\"not, \n\"\"a date\"\"\";x \r\n";
    env.write("users.csv", format!("\u{feff}external_id;Signed up;name\r\n1;2026-01-31;Ann\r\n{bad}"));
    assert_eq!(3, env.run(["import", "users.csv"]).code);
    let retry = env.run_file("import", "retry.csv");
    assert_eq!(format!("external_id;Signed up;name\r\n{bad}"), retry.trim_start_matches('\u{feff}'));
}

#[test]
fn the_rows_to_retry_are_imported_after_they_were_corrected() {
    let env = TestEnv::prompt();
    import_mixed(&env);
    let retry = env.run_file("import", "retry.csv");
    assert_eq!("external_id,Signed up,Owner\n2,yesterday,\n3,2026-01-31,999999\n", retry);
    env.write("retry.csv", retry.replace("yesterday", "2026-01-30").replace("999999", ""));
    assert_snapshot!(env.run(["import", "retry.csv"]), @"
    exit 0
    ---- stderr
    retry.csv: 2 rows in [TIME]: 2 created, 0 updated, 0 unchanged
    4 requests, 0 throttled, 0 retried
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: nothing is left to do
    ");
    assert_eq!(3, env.contacts().len());
}

#[test]
fn many_kinds_of_faults_are_summed_up() {
    let env = TestEnv::prompt();
    let rows: String = (1..=30).map(|n| format!("u-{n},day {n},{n}.5\n")).collect();
    env.write("users.csv", format!("external_id,Signed up,company_size\n{rows}"));
    assert_snapshot!(env.run(["import", "users.csv"]), @"
    exit 3
    ---- stderr
    users.csv: 30 rows in [TIME]: 0 created, 0 updated, 0 unchanged, 30 invalid
    2 requests, 0 throttled, 0 retried
    rejects: [STATE]/sandbox1/runs/[TIME]-import/rejects.csv
      not_a_date signed_up_at: 30 rows, first at line 2: column `Signed up`: `day 1` is not a date; column `company_size`: `1.5` is not a whole number
        hint: dates are read as YYYY-MM-DD; say otherwise with --map 'Signed up=signed_up_at:date(%d/%m/%Y)'
    report: [STATE]/sandbox1/runs/[TIME]-import/report.json
    next: fix and run `intercom-bulk import [STATE]/sandbox1/runs/[TIME]-import/retry.csv`; a re-run of users.csv will not help
    ");
}

#[test]
fn progress_is_json_for_those_who_ask() {
    let env = TestEnv::prompt();
    env.write("users.csv", "email\na@example.com\n");
    let run = env.run(["import", "users.csv", "--progress", "json"]);
    assert_eq!(0, run.code, "{run}");
    assert!(run.stdout.is_empty());
}

#[test]
fn the_files_of_a_run_are_for_the_user_alone() {
    use std::os::unix::fs::PermissionsExt;
    let env = TestEnv::prompt();
    import_mixed(&env);
    let folder = env.run_folder("import");
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(0o700, mode(&folder));
    for name in ["report.json", "rejects.csv", "retry.csv"] {
        assert_eq!(0o600, mode(&folder.join(name)), "{name}");
    }
}

#[test]
fn a_run_folder_of_ones_own_is_used_as_it_is() {
    let env = TestEnv::prompt();
    env.write("users.csv", MIXED);
    assert_snapshot!(env.run(["import", "users.csv", "--run-dir", "tonight"]), @"
    exit 3
    ---- stderr
    users.csv: 3 rows in [TIME]: 1 created, 0 updated, 0 unchanged, 1 invalid, 1 rejected
    4 requests, 0 throttled, 0 retried
    rejects: tonight/rejects.csv
      not_a_date signed_up_at: 1 row, first at line 3: column `Signed up`: `yesterday` is not a date
        hint: dates are read as YYYY-MM-DD; say otherwise with --map 'Signed up=signed_up_at:date(%d/%m/%Y)'
      parameter_invalid: 1 row, first at line 4: The owner specified is not a member of the workspace (request [ID])
        hint: give the id of an admin of this workspace, as in the address of the admin's page in Intercom
    report: tonight/report.json
    next: fix and run `intercom-bulk import tonight/retry.csv`; a re-run of users.csv will not help
    ");
    assert_eq!(
        json!(3),
        serde_json::from_str::<Value>(&env.read("tonight/report.json")).unwrap()["exit_code"]
    );
}

#[test]
fn rejects_of_an_earlier_run_in_the_same_folder_are_not_taken_for_this_ones() {
    let env = TestEnv::prompt();
    env.write("users.csv", MIXED);
    env.run(["import", "users.csv", "--run-dir", "tonight"]);
    env.write("good.csv", "external_id\n1\n");
    assert_eq!(0, env.run(["import", "good.csv", "--run-dir", "tonight"]).code);
    let left: Vec<_> = std::fs::read_dir(env.path("tonight"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(["report.json"], *left);
}

#[test]
fn rows_to_retry_are_not_overwritten_while_they_are_read() {
    let env = TestEnv::prompt();
    env.write("users.csv", MIXED);
    env.run(["import", "users.csv", "--run-dir", "tonight"]);
    let retry = env.read("tonight/retry.csv");
    assert_snapshot!(env.run(["import", "tonight/retry.csv", "--run-dir", "tonight"]), @"
    exit 2
    ---- stderr
    error: `tonight/retry.csv` would be overwritten: it is a file of this run's folder
      hint: choose another folder with --run-dir DIR, or leave the flag out
    ");
    assert_eq!(retry, env.read("tonight/retry.csv"));
}

#[test]
fn the_next_command_of_rows_from_stdin_reads_the_rows_to_retry() {
    let env = TestEnv::prompt();
    let run = env.run_with_stdin(["import", "-", "--key", "external_id"], MIXED.as_bytes());
    assert_snapshot!(run.stderr.lines().last().unwrap().replace(&env.run_folder("import").display().to_string(), "[RUN]"), @"next: fix and run `intercom-bulk import [RUN]/retry.csv --key external_id`; a re-run of stdin will not help");
}

#[test]
fn an_export_that_fails_at_once_still_reports_its_counts() {
    let env = TestEnv::prompt();
    let server =
        FakeServer::intercom(("403 Forbidden", r#"{"errors":[{"code":"forbidden","message":"no"}]}"#));
    assert_eq!(5, env.run(["export", "users.csv", "--base-url", server.url()]).code);
    assert_eq!(0, env.report("export")["rows"]["written"]);
}
