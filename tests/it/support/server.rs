//! A server that is not Intercom: it gives every request the same answer, and counts them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use serde_json::Value;

use super::client;

/// A listener on a port of its own, for as long as the test lives.
pub struct FakeServer {
    url: String,
    requests: Arc<AtomicUsize>,
}

/// An answer: a status line with headers, and a body.
pub struct Said {
    pub head: String,
    pub body: String,
}

impl FakeServer {
    /// Answers with a status line, headers and a body.
    pub fn answering(head: &str, body: &str) -> Self {
        let (head, body) = (head.to_owned(), body.to_owned());
        Self::doing(move |stream, _| answer(stream, &head, &body))
    }

    /// Knows a workspace without attributes; about contacts it has but one answer: a status line and a JSON body.
    pub fn intercom(contacts: (&'static str, &'static str)) -> Self {
        Self::doing(move |stream, request| {
            let path = request.split_whitespace().nth(1).unwrap_or_default();
            let (status, body) = match path {
                "/me" => ("200 OK", r#"{"type":"admin","app":{"id_code":"fake"}}"#),
                path if path.starts_with("/data_attributes") => ("200 OK", r#"{"type":"list","data":[]}"#),
                _ => contacts,
            };
            answer(stream, status, body);
        })
    }

    /// Knows a workspace without attributes, and makes a page of contacts anew each time.
    pub fn intercom_listing(mut page: impl FnMut() -> String + Send + 'static) -> Self {
        Self::doing(move |stream, request| {
            let path = request.split_whitespace().nth(1).unwrap_or_default();
            let body = match path {
                "/me" => r#"{"type":"admin","app":{"id_code":"fake"}}"#.into(),
                path if path.starts_with("/data_attributes") => r#"{"type":"list","data":[]}"#.into(),
                _ => page(),
            };
            answer(stream, "200 OK", &body);
        })
    }

    /// Knows a workspace that answers a creation so, a status line and a JSON body in two lines, and lists `seats` only
    /// in the listing after so many.
    pub fn listing_later(creation: &'static str, listings_before: usize) -> Self {
        let listings = AtomicUsize::new(0);
        Self::doing(move |stream, request| {
            let mut words = request.split_whitespace();
            let (status, body) = match (words.next().unwrap_or_default(), words.next().unwrap_or_default()) {
                ("GET", "/me") => ("200 OK", r#"{"type":"admin","app":{"id_code":"fake"}}"#),
                ("GET", path) if path.contains("model=contact") => {
                    let n = listings.fetch_add(1, Ordering::SeqCst);
                    // The first one is asked for before the creation.
                    let seats =
                        r#"{"type":"list","data":[{"name":"seats","data_type":"string","custom":true}]}"#;
                    let none = r#"{"type":"list","data":[]}"#;
                    ("200 OK", if n > listings_before { seats } else { none })
                }
                ("GET", _) => ("200 OK", r#"{"type":"list","data":[]}"#),
                _ => creation.split_once('\n').unwrap(),
            };
            answer(stream, status, body);
        })
    }

    /// Reads requests and answers none; the receiver hears of each.
    pub fn silent() -> (Self, Receiver<()>) {
        let (heard, hears) = channel();
        let open = std::sync::Mutex::new(Vec::new());
        let server = Self::doing(move |stream, _| {
            open.lock().unwrap().push(stream.try_clone().unwrap());
            let _ = heard.send(());
        });
        (server, hears)
    }

    /// Closes every connection after reading the request; the receiver hears of each.
    pub fn hanging_up() -> (Self, Receiver<()>) {
        let (heard, hears) = channel();
        let server = Self::doing(move |_, _| {
            let _ = heard.send(());
        });
        (server, hears)
    }

    /// Hands every request on to a sandbox, after telling somebody of it, as in `PUT /contacts/6064…`, who may act first.
    pub fn before(sandbox: String, mut act: impl FnMut(&str) + Send + 'static) -> Self {
        Self::doing(move |stream, request| {
            act(request.lines().next().unwrap().rsplit_once(' ').unwrap().0);
            let (head, body) = hand_on(&sandbox, request);
            answer(stream, &head, &body);
        })
    }

    /// Hands every request on to a sandbox, but for those to a path, of which it has never heard.
    pub fn without(sandbox: String, path: &'static str) -> Self {
        Self::doing(move |stream, request| {
            let asked = request.split_whitespace().nth(1).unwrap_or_default();
            let (head, body) = match asked.starts_with(path) {
                true => ("404 Not Found".to_owned(), String::new()),
                false => hand_on(&sandbox, request),
            };
            answer(stream, &head, &body);
        })
    }

    /// Stands before a sandbox and lies: the closure has a request and what the sandbox says to it, a status line with
    /// headers and a body, and returns what is said instead.
    pub fn lying(sandbox: String, mut lie: impl FnMut(&str, Said) -> Said + Send + 'static) -> Self {
        Self::doing(move |stream, request| {
            let (head, body) = hand_on(&sandbox, request);
            let said = lie(request, Said { head, body });
            answer(stream, &said.head, &said.body);
        })
    }

    /// Hands requests on to a sandbox, but for those that are answered instead: by the method with the path and the body, a
    /// head and a body.
    pub fn in_front_of(
        sandbox: String,
        mut instead: impl FnMut(&str, &Value) -> Option<(&'static str, String)> + Send + 'static,
    ) -> Self {
        Self::doing(move |stream, request| {
            let (head, body) = request.split_once("\r\n\r\n").unwrap_or_default();
            let body = serde_json::from_str(body).unwrap_or_default();
            match instead(head.lines().next().unwrap_or_default(), &body) {
                Some((head, body)) => answer(stream, head, &body),
                None => {
                    let (head, body) = hand_on(&sandbox, request);
                    answer(stream, &head, &body);
                }
            }
        })
    }

    fn doing(mut answer: impl FnMut(&mut TcpStream, &str) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&requests);
        thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                counter.fetch_add(1, Ordering::SeqCst);
                let request = read(&stream);
                answer(&mut stream, &request);
            }
        });
        Self { url, requests }
    }

    /// Returns the server's URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns how many connections came.
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

/// Sends a request as it came to a sandbox. Returns the status line with the headers that matter, and the body.
pub(super) fn hand_on(sandbox: &str, request: &str) -> (String, String) {
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let mut lines = head.lines();
    let mut words = lines.next().unwrap().split(' ');
    let (method, path) = (words.next().unwrap(), words.next().unwrap());
    let mut call = client().request(method.parse().unwrap(), format!("{sandbox}{path}"));
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        if !["host", "content-length", "connection"].contains(&name.to_lowercase().as_str()) {
            call = call.header(name, value);
        }
    }
    let response = call.body(body.to_owned()).send().unwrap();
    let mut head = response.status().to_string();
    for name in ["content-type", "date", "link", "x-request-id"] {
        if let Some(value) = response.headers().get(name) {
            head += &format!("\r\n{name}: {}", value.to_str().unwrap());
        }
    }
    (head, response.text().unwrap())
}

/// Reads a request to its end.
pub(super) fn read(stream: impl Read) -> String {
    let (mut reader, mut request, mut length) = (BufReader::new(stream), String::new(), 0);
    while !request.ends_with("\r\n\r\n") {
        let begun = request.len();
        if reader.read_line(&mut request).unwrap_or_default() == 0 {
            return request;
        }
        if let Some(text) = request[begun..].to_lowercase().strip_prefix("content-length:") {
            length = text.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    let _ = reader.read_exact(&mut body);
    request + &String::from_utf8_lossy(&body)
}

pub(super) fn answer(stream: &mut impl Write, head: &str, body: &str) {
    let length = body.len();
    let answer = format!("HTTP/1.1 {head}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}");
    // A client that has gone is the client's story.
    let _ = stream.write_all(answer.as_bytes());
}
