//! How many requests a second does the sandbox answer, and is it the sandbox or the asker that is the limit?
//!
//! `cargo bench --bench sandbox_throughput [-- REQUESTS]`. Eight keep-alive connections, one thread each, ask a sandbox
//! without quota, lag and latency over raw sockets, so that asking costs little; both share the machine's cores. What
//! matters is the CPU time of the sandbox for one request: two cores answer 10,000 a second if it is below 0.2 ms.
#![allow(clippy::print_stdout)]
#![allow(clippy::disallowed_methods, reason = "a bench measures time")]

mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::ops::Range;
use std::thread;
use std::time::{Duration, Instant};

use support::{SandboxProcess, thread_cpu};

const REQUESTS: usize = 40_000;
const CONNECTIONS: usize = 8;
/// The workspace has so many users when it starts.
const USERS: usize = 10_000;

/// What one connection used.
struct Asker {
    cpu: Duration,
    bytes: usize,
}

fn main() {
    let n_requests = support::argument(REQUESTS);
    let sandbox = SandboxProcess::start(&["--quota", "0", "--users", &USERS.to_string()]);
    let id = first_id(&sandbox);
    let path = format!("/contacts/{id}");
    println!("{n_requests} requests of each kind, {CONNECTIONS} connections, {USERS} users");
    measure("read by id", &sandbox, n_requests, &|_| request("GET", &path, ""));
    measure("search email", &sandbox, n_requests, &|n| {
        let filter = format!(r#"{{"field":"email","operator":"=","value":"user{n}@example.com"}}"#);
        request("POST", "/contacts/search", &format!(r#"{{"query":{filter}}}"#))
    });
    measure("create", &sandbox, n_requests, &|n| {
        let user = format!(r#""external_id":"bench-{n}","email":"bench{n}@x.test","name":"Bench {n}""#);
        request("POST", "/contacts", &format!(r#"{{{user},"custom_attributes":{{"plan":"pro"}}}}"#))
    });
    measure("update", &sandbox, n_requests, &|n| {
        request("PUT", &path, &format!(r#"{{"name":"Bench {n}"}}"#))
    });
    measure("list of 50", &sandbox, n_requests / 10, &|_| request("GET", "/contacts?per_page=50", ""));
    measure("scan", &sandbox, (n_requests / 1_000).max(CONNECTIONS), &|_| {
        let filter = r#"{"field":"name","operator":"~","value":"z"}"#;
        request("POST", "/contacts/search", &format!(r#"{{"query":{filter}}}"#))
    });
}

/// Asks on all connections, and says what it took.
fn measure(deed: &str, sandbox: &SandboxProcess, n_requests: usize, ask: &(dyn Fn(usize) -> String + Sync)) {
    let (cpu_before, begun) = (sandbox.cpu(), Instant::now());
    let share = n_requests / CONNECTIONS;
    let askers: Vec<Asker> = thread::scope(|scope| {
        let asker = |n: usize| scope.spawn(move || asker(sandbox, n * share..(n + 1) * share, ask));
        let threads: Vec<_> = (0..CONNECTIONS).map(asker).collect();
        threads.into_iter().map(|thread| thread.join().expect("the sandbox answers")).collect()
    });
    let (wall, served) = (begun.elapsed(), sandbox.cpu() - cpu_before);
    let asked: Duration = askers.iter().map(|asker| asker.cpu).sum();
    let bytes: usize = askers.iter().map(|asker| asker.bytes).sum();
    let n_requests = share * CONNECTIONS;
    let each = |time: Duration| time.as_secs_f64() * 1e6 / n_requests as f64;
    println!(
        "{deed:<13} {:>7.0} requests/s  sandbox {:>6.1} us CPU each (two cores: {:>6.0}/s)  asker {:>5.1} us, {:>2.0} % of all  {} bytes",
        n_requests as f64 / wall.as_secs_f64(),
        each(served),
        2e6 / each(served),
        each(asked),
        100.0 * asked.as_secs_f64() / (asked + served).as_secs_f64(),
        bytes / n_requests,
    );
}

/// Sends one request after the other on one connection.
fn asker(sandbox: &SandboxProcess, numbers: Range<usize>, ask: &dyn Fn(usize) -> String) -> Asker {
    let before = thread_cpu();
    let mut stream = BufReader::with_capacity(256 * 1024, connect(sandbox));
    let (mut line, mut body, mut bytes) = (String::new(), Vec::new(), 0);
    for n in numbers {
        stream.get_mut().write_all(ask(n).as_bytes()).expect("the sandbox listens");
        bytes += read_answer(&mut stream, &mut line, &mut body);
    }
    Asker { cpu: thread_cpu() - before, bytes }
}

fn connect(sandbox: &SandboxProcess) -> TcpStream {
    let stream =
        TcpStream::connect(sandbox.url().trim_start_matches("http://")).expect("the sandbox listens");
    stream.set_nodelay(true).expect("a socket takes the option");
    stream
}

fn request(method: &str, path: &str, body: &str) -> String {
    format!(
        "{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer bench\r\nAccept: application/json\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Reads one answer, which must be a good one, and returns the length of its body.
fn read_answer(stream: &mut BufReader<TcpStream>, line: &mut String, body: &mut Vec<u8>) -> usize {
    let mut length = 0;
    line.clear();
    stream.read_line(line).expect("the sandbox answers");
    assert!(line.starts_with("HTTP/1.1 200"), "{line}");
    loop {
        line.clear();
        stream.read_line(line).expect("the sandbox answers");
        if line.trim().is_empty() {
            break;
        }
        if let Some(text) = line.strip_prefix("content-length: ") {
            length = text.trim().parse().expect("a length is a number");
        }
    }
    body.resize(length, 0);
    stream.read_exact(body).expect("the body is whole");
    length
}

/// Returns the id of a contact.
fn first_id(sandbox: &SandboxProcess) -> String {
    let mut stream = BufReader::new(connect(sandbox));
    stream.get_mut().write_all(request("GET", "/contacts?per_page=1", "").as_bytes()).expect("it listens");
    let (mut line, mut body) = (String::new(), Vec::new());
    read_answer(&mut stream, &mut line, &mut body);
    let page: serde_json::Value = serde_json::from_slice(&body).expect("a list is JSON");
    page["data"][0]["id"].as_str().expect("a contact has an id").to_owned()
}
