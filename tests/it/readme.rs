//! The README is run, not believed: every command in a `console` block, in order, with the output that it shows.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use crate::support::{TestEnv, redact};

/// A command and the output that the README shows for it.
struct Example {
    command: String,
    output: String,
}

fn examples(readme: &str) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    let mut is_console = false;
    for line in readme.lines() {
        match line.strip_prefix("$ ") {
            _ if line.starts_with("```") => is_console = line == "```console",
            _ if !is_console => {}
            Some(command) => examples.push(Example { command: command.into(), output: String::new() }),
            None => examples.last_mut().expect("a command comes first").output += &format!("{line}\n"),
        }
    }
    examples
}

fn run(command: &str, env: &TestEnv) -> String {
    let command = command.replace("cargo run --release --", "intercom-bulk");
    let output = Command::new("sh")
        .args(["-c", &format!("{{ {command}; }} 2>&1")])
        .current_dir(env.path(""))
        .env_clear()
        .env("HOME", env.path(""))
        .env("PATH", format!("{}:/usr/bin:/bin", env.path("").display()))
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_command_of_the_readme_prints_what_the_readme_shows() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let env = TestEnv::offline();
    symlink(root.join("samples"), env.path("samples")).unwrap();
    symlink(env!("CARGO_BIN_EXE_intercom-bulk"), env.path("intercom-bulk")).unwrap();
    let examples = examples(&fs::read_to_string(root.join("README.md")).unwrap());
    assert!(examples.len() >= 10, "only {} commands were found", examples.len());
    for Example { command, output } in examples {
        if command.starts_with("cargo test") {
            continue;
        }
        let shown = redact(&output.replace("/home/ann/", &env.path("").display().to_string()), &env);
        assert_eq!(shown, redact(&run(&command, &env), &env), "$ {command}");
    }
}
