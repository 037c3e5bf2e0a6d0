//! Any bytes behind `HTTP/1.1 ` as an answer: status, `Date`, `Retry-After`, `Link`, quota, error list. A server on the
//! loopback sends them, and the clock is one that nobody waits for.
#![no_main]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{LazyLock, Mutex};
use std::thread;
use std::time::Duration;

use intercom_bulk::intercom::{Client, Connection, Trace};
use intercom_bulk::pace::{Allowance, Clock, Halt, Limiter};
use libfuzzer_sys::fuzz_target;

static ANSWER: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static CLIENT: LazyLock<Client> = LazyLock::new(client);

fuzz_target!(|data: &[u8]| {
    let Some((which, answer)) = data.split_first() else { return };
    *ANSWER.lock().unwrap() = answer.to_vec();
    let mut trace = Trace::default();
    let error = match which % 4 {
        0 => CLIENT.me(&mut trace).err(),
        1 => CLIENT.read("6064d5c43910cc082d903f6c", &mut trace).err(),
        2 => CLIENT.list(150, None, &mut trace).err(),
        _ => CLIENT.tags(&mut trace).err(),
    };
    if let Some(error) = error {
        let _ = (error.to_string(), error.canonical(), error.ends_the_run());
    }
});

fn client() -> Client {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || listener.incoming().flatten().for_each(answer));
    let limiter = Limiter::new(Allowance::UNLIMITED, Clock::fake(Duration::from_secs(1_795_000_000)), Halt::default());
    Client::new(Connection::to(&url, "token").unwrap(), limiter).unwrap()
}

/// A client that goes away is none of the server's business.
fn answer(mut stream: TcpStream) {
    let (mut request, mut part) = (Vec::new(), [0; 4_096]);
    while !request.ends_with(b"\r\n\r\n") {
        match stream.read(&mut part) {
            Ok(0) | Err(_) => return,
            Ok(length) => request.extend_from_slice(&part[..length]),
        }
    }
    let answer = ANSWER.lock().unwrap().clone();
    let _ = stream.write_all(&[b"HTTP/1.1 ", answer.as_slice()].concat());
}
