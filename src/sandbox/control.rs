//! `/__sandbox/*`: the way to look behind the API and to change the sandbox while it runs. Outside Intercom's paths, the
//! quota, faults and authentication; never in the request log.
//!
//! | request | does |
//! |---|---|
//! | `GET /__sandbox/requests` | NDJSON, oldest first, the last 200,000: at, method, path, version, status, committed, fault, token_id |
//! | `GET /__sandbox/exchanges` | NDJSON, oldest first: what `requests` shows, and the bodies as `request` and `response`; empty until asked for |
//! | `POST /__sandbox/exchanges` `{"keep":N}` | keeps the last N exchanges from now on; 0 ends it |
//! | `GET /__sandbox/contacts` | NDJSON: every contact as stored, in the form of 2.16; archived ones have `"archived":true`; deleted ones are left out |
//! | `GET /__sandbox/stats` | counts by method and path and by status, 429s, the last 100 windows with use per token |
//! | `POST /__sandbox/reset` | a fresh workspace with its seeded users; the log, windows, faults and neighbour are gone; time stays |
//! | `POST /__sandbox/settle` | the index catches up now |
//! | `POST /__sandbox/neighbour` `{"per_minute":N}` | another integration on the same app and workspace spends N requests a minute, evenly; 0 ends it |
//! | `POST /__sandbox/clock` `{"advance_seconds":N}` | moves time forward |
//! | `POST /__sandbox/faults` `{"rate":P}` | the share of requests that meet a fault from now on |
//! | `POST /__sandbox/faults` `{"next":[{"fault":"html_502","committed":true}],"method":"POST"}` | a fault for each of the next requests (of that method, if one is given) |
//! | `POST /__sandbox/faults` `{"rules":[{"path":"/contacts/*","request":3,"fault":"stall"}]}` | rules as in a scenario's file, which see (`scenario.rs`); they count from now |
//!
//! Faults: `json_500`, `empty_500`, `html_502`, `json_503`, `html_504`, `empty_200`, `reset`, `throttle_429`, `bare_429`,
//! `scroll_500`, `retry_after_503`, `revoked_401`, `stall`; and, with the answer that the request has, `slow_body`, `truncated_body`,
//! `malformed_json`, `wrong_date`. `committed` is whether the request is carried out before its answer is lost; without it, it is not.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::Response;
use axum::routing::get;
use axum::routing::post;
use serde::Deserialize;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::contact::Contact;
use super::contact_json;
use super::contact_json::View;
use super::fault::Fault;
use super::fault::FaultRate;
use super::recorder::Shown;
use super::scenario::Rule;
use super::versions::Version;
use super::world::World;

/// Returns the control routes.
pub(super) fn routes() -> Router<Arc<World>> {
    Router::new()
        .route("/__sandbox/requests", get(requests))
        .route("/__sandbox/exchanges", get(exchanges).post(keep_exchanges))
        .route("/__sandbox/contacts", get(contacts))
        .route("/__sandbox/stats", get(stats))
        .route("/__sandbox/reset", post(reset))
        .route("/__sandbox/settle", post(settle))
        .route("/__sandbox/neighbour", post(neighbour))
        .route("/__sandbox/clock", post(clock))
        .route("/__sandbox/faults", post(faults))
}

async fn requests(State(world): State<Arc<World>>) -> Response {
    let entries = world.log().entries();
    ndjson(entries)
}

async fn exchanges(State(world): State<Arc<World>>) -> Response {
    let kept = world.recorder().kept();
    ndjson(kept.into_iter().map(Shown::from))
}

/// The body of `POST /__sandbox/exchanges`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Keep {
    keep: usize,
}

async fn keep_exchanges(State(world): State<Arc<World>>, bytes: Bytes) -> Response {
    with(&bytes, |Keep { keep }| world.recorder().want(keep))
}

fn ndjson(rows: impl IntoIterator<Item = impl Serialize>) -> Response {
    let mut lines = Vec::new();
    for row in rows {
        serde_json::to_writer(&mut lines, &row).expect("memory takes every byte, and every key is text");
        lines.push(b'\n');
    }
    body("application/x-ndjson", lines)
}

async fn contacts(State(world): State<Arc<World>>) -> Response {
    let kept = world.store().kept();
    let mut lines = Vec::new();
    kept.iter().for_each(|contact| write_line(contact, &world, &mut lines));
    body("application/x-ndjson", lines)
}

fn write_line(contact: &Contact, world: &World, lines: &mut Vec<u8>) {
    contact_json::write(contact, View::of(world, Version::V2_16), lines);
    if !contact.is_live() {
        lines.pop();
        lines.extend_from_slice(br#","archived":true}"#);
    }
    lines.push(b'\n');
}

async fn stats(State(world): State<Arc<World>>) -> Response {
    let counts = world.log().counts();
    let windows = world.limiter().windows();
    let stats = json!({
        "requests": counts.requests,
        "by_route": counts.by_route,
        "by_status": counts.by_status,
        "throttled": counts.throttled,
        "windows": windows,
    });
    body("application/json", stats.to_string().into_bytes())
}

async fn reset(State(world): State<Arc<World>>) -> Response {
    match world.reset() {
        Ok(()) => done(),
        Err(error) => complaint(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    }
}

async fn settle(State(world): State<Arc<World>>) -> Response {
    world.store().settle();
    done()
}

/// The body of `POST /__sandbox/neighbour`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Neighbour {
    per_minute: u32,
}

async fn neighbour(State(world): State<Arc<World>>, bytes: Bytes) -> Response {
    with(&bytes, |Neighbour { per_minute }| world.limiter().set_neighbour(per_minute))
}

/// The body of `POST /__sandbox/clock`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_seconds: u32,
}

async fn clock(State(world): State<Arc<World>>, bytes: Bytes) -> Response {
    with(&bytes, |Advance { advance_seconds }| {
        world.clock.advance(Duration::from_secs(advance_seconds.into()));
    })
}

/// The body of `POST /__sandbox/faults`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultOrder {
    rate: Option<FaultRate>,
    #[serde(default)]
    next: Vec<Fault>,
    method: Option<String>,
    #[serde(default)]
    rules: Vec<Rule>,
}

async fn faults(State(world): State<Arc<World>>, bytes: Bytes) -> Response {
    with(&bytes, |FaultOrder { rate, next, method, rules }| {
        let mut faults = world.faults();
        if let Some(rate) = rate {
            faults.set_rate(rate);
        }
        faults.script(next, method.as_deref());
        faults.rule(rules);
    })
}

/// Reads an order and carries it out; 400 with the reason if it cannot be read.
fn with<T: DeserializeOwned>(bytes: &[u8], carry_out: impl FnOnce(T)) -> Response {
    match serde_json::from_slice(bytes) {
        Ok(order) => {
            carry_out(order);
            done()
        }
        Err(error) => complaint(StatusCode::BAD_REQUEST, &error.to_string()),
    }
}

fn done() -> Response {
    body("application/json", br#"{"ok":true}"#.to_vec())
}

fn complaint(status: StatusCode, error: &str) -> Response {
    let mut response =
        body("application/json", json!({ "ok": false, "error": error }).to_string().into_bytes());
    *response.status_mut() = status;
    response
}

fn body(content_type: &'static str, bytes: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(bytes));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}
