//! A sandbox in a process of its own, so that what it uses is not what the program uses.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use super::process::{PROGRAM, cpu};

/// A running sandbox; ended when it is dropped.
pub(crate) struct SandboxProcess {
    child: Child,
    url: String,
}

impl SandboxProcess {
    /// Starts `sandbox serve` without lag, and waits until it serves.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::lagging("0", arguments)
    }

    /// Starts `sandbox serve` with this lag, and waits until it serves.
    pub(crate) fn lagging(lag: &str, arguments: &[&str]) -> Self {
        let mut child = Command::new(PROGRAM)
            .args(["sandbox", "serve", "--lag", lag])
            .args(arguments)
            .env_clear()
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program was built");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("stdout is piped");
        BufReader::new(stdout).read_line(&mut line).expect("a pipe can be read");
        let ready: Value = serde_json::from_str(&line).expect("the sandbox says in JSON that it is ready");
        let url = ready["url"].as_str().expect("the ready line names the URL").to_owned();
        Self { child, url }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Returns the time that the sandbox was on a CPU.
    pub(crate) fn cpu(&self) -> Duration {
        cpu(self.child.id()).expect("the sandbox lives")
    }

    /// Returns what the sandbox counted.
    pub(crate) fn stats(&self) -> Value {
        serde_json::from_str(&self.ask("GET", "/__sandbox/stats", "")).expect("the stats are JSON")
    }

    /// Sends a request, and returns the body of the answer.
    pub(crate) fn ask(&self, method: &str, path: &str, body: &str) -> String {
        let address = self.url.trim_start_matches("http://");
        let mut stream = TcpStream::connect(address).expect("the sandbox listens");
        let mut answer = String::new();
        // HTTP/1.0, so that the answer ends with the connection.
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.0\r\nAuthorization: Bearer other\r\nAccept: application/json\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        stream
            .write_all(request.as_bytes())
            .and_then(|()| stream.read_to_string(&mut answer))
            .expect("the sandbox answers");
        let (_, body) = answer.split_once("\r\n\r\n").expect("an answer has a body");
        body.to_owned()
    }
}

impl Drop for SandboxProcess {
    fn drop(&mut self) {
        let _ = self.child.kill().and_then(|()| self.child.wait());
    }
}
