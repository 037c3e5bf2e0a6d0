//! The sandbox, asked by raw HTTP: JSON as text, none of the crate's types, no clock but a fixed one.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

mod activities;
mod attributes;
mod bulk_1x;
mod bulk_preview;
mod companies;
mod control;
mod create;
mod data;
mod faults;
mod head;
mod headers;
mod lag;
mod leads;
mod leads_1x;
mod life;
mod limits;
mod list;
mod merge;
mod objects_1x;
mod people;
mod scenario;
mod scroll_1x;
mod search;
mod seed;
mod shape;
mod start;
mod strict;
mod tags;
mod unknowns;
mod update;
mod upsert_1x;
mod users_1x;

use intercom_bulk::sandbox::Config;
use intercom_bulk::sandbox::Lag;
use intercom_bulk::sandbox::Sandbox;
use intercom_bulk::sandbox::SandboxClock;
use reqwest::blocking::Client;
use reqwest::blocking::RequestBuilder;
use serde_json::Value;

use crate::contract;

/// Where the fixed clock stands: 2023-11-14 22:13:20 UTC, the start of a window.
const NOW: u64 = 1_700_000_000;

/// A running sandbox and a client of it.
struct Api {
    sandbox: Sandbox,
    http: Client,
    clock: SandboxClock,
}

/// What a request was told.
struct Told {
    status: u16,
    headers: reqwest::header::HeaderMap,
    text: String,
}

/// A sandbox without lag, at a fixed time.
fn prompt() -> Config {
    Config { lag: Lag::NONE, clock: SandboxClock::fixed(NOW), ..Config::default() }
}

impl Api {
    fn start() -> Api {
        Api::with(prompt())
    }

    fn with(config: Config) -> Api {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let clock = config.clock.clone();
        let http = Client::builder().no_proxy().build().unwrap();
        let api = Api { sandbox: Sandbox::start(config).unwrap(), http, clock };
        api.control("exchanges", r#"{"keep":1000000}"#);
        api
    }

    /// A request with the headers that every client sends.
    fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.sandbox.url());
        self.http
            .request(method.parse().unwrap(), url)
            .header("Authorization", "Bearer secret")
            .header("Accept", "application/json")
    }

    fn get(&self, path: &str) -> Told {
        told(self.request("GET", path))
    }

    fn delete(&self, path: &str) -> Told {
        told(self.request("DELETE", path))
    }

    fn post(&self, path: &str, body: &str) -> Told {
        told(self.with_body("POST", path, body))
    }

    fn put(&self, path: &str, body: &str) -> Told {
        told(self.with_body("PUT", path, body))
    }

    fn with_body(&self, method: &str, path: &str, body: &str) -> RequestBuilder {
        self.request(method, path).header("Content-Type", "application/json").body(body.to_owned())
    }

    /// Creates a contact and returns its path.
    fn create(&self, body: &str) -> String {
        let told = self.post("/contacts", body);
        assert_eq!(told.status, 200, "{}", told.text);
        format!("/contacts/{}", told.str("/id"))
    }

    /// Asks a control path.
    fn control(&self, path: &str, body: &str) {
        let url = format!("{}/__sandbox/{path}", self.sandbox.url());
        let told = told(self.http.post(url).body(body.to_owned()));
        assert_eq!(told.status, 200, "{}", told.text);
    }

    /// Reads NDJSON from a control path.
    fn lines(&self, path: &str) -> Vec<Value> {
        let told = told(self.http.get(format!("{}/__sandbox/{path}", self.sandbox.url())));
        told.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn stored(&self) -> Vec<Value> {
        self.lines("contacts")
    }

    /// Emails of the first page of the list.
    fn listed(&self) -> Vec<String> {
        let page = self.get("/contacts?per_page=150").json();
        page["data"].as_array().unwrap().iter().map(|contact| contact["email"].to_string()).collect()
    }
}

impl Drop for Api {
    /// Nothing was answered that the description of the API does not know.
    fn drop(&mut self) {
        if !std::thread::panicking() && contract::is_possible() {
            contract::check(&self.lines("exchanges"), "nobody's");
        }
    }
}

fn told(request: RequestBuilder) -> Told {
    let response = request.send().unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Told { status, headers, text: response.text().unwrap() }
}

impl Told {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {}", self.text))
    }

    /// The value at a pointer.
    fn at(&self, pointer: &str) -> Value {
        self.json().pointer(pointer).cloned().unwrap_or_else(|| panic!("no {pointer} in {}", self.text))
    }

    fn str(&self, pointer: &str) -> String {
        self.at(pointer).as_str().unwrap_or_else(|| panic!("{pointer} is not text")).to_owned()
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Asserts a refusal: status, code, message.
    #[track_caller]
    fn refused(&self, status: u16, code: &str, message: &str) {
        assert_eq!(self.status, status, "{}", self.text);
        assert_eq!(self.str("/type"), "error.list");
        assert_eq!(
            (self.str("/errors/0/code"), self.str("/errors/0/message")),
            (code.into(), message.into())
        );
    }

    #[track_caller]
    fn ok(self) -> Told {
        assert_eq!(self.status, 200, "{}", self.text);
        self
    }
}
