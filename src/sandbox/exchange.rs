//! One request from its head to its answer: who asks, is there quota, does something go wrong, what is meant, wait.
//!
//! The order is the one that the recordings allow: an unauthenticated request has no rate headers, any other spends one
//! request of its window, whatever becomes of it [D][R].

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::body::Bytes;
use axum::body::to_bytes;
use axum::extract::ConnectInfo;
use axum::extract::Request;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::http::header;
use axum::http::request::Parts;
use axum::response::Response;

use super::clock::Moment;
use super::connection::Breaker;
use super::credentials;
use super::errors::Refusal;
use super::fault::Fault;
use super::fault::FaultKind;
use super::headers::Heading;
use super::limiter::Quota;
use super::limiter::Verdict;
use super::log::Asked;
use super::log::Entry;
use super::recorder::Exchange;
use super::reply::Answer;
use super::reply::Reply;
use super::routes::Ask;
use super::routes::Route;
use super::scenario::Fate;
use super::strict;
use super::versions::Version;
use super::world::World;

/// The largest body that is read; the real limit is [X].
const MAX_BODY_BYTES: usize = 10 * 1024 * 1024;

/// A request of someone who may ask.
struct Call {
    parts: Parts,
    body: Body,
    request_id: String,
    token_id: Arc<str>,
    version: Result<Version, Refusal>,
    route: Route,
}

/// What became of a request.
#[derive(Default)]
struct Told {
    /// `None` if the connection dies instead.
    reply: Option<Reply>,
    version: Option<Version>,
    quota: Option<Quota>,
    fault: Option<FaultKind>,
    committed: bool,
    token_id: Option<Arc<str>>,
    /// The request's body; empty if it was not read.
    body: Bytes,
}

/// Answers a request on any path but the control ones.
pub(super) async fn exchange(
    State(world): State<Arc<World>>,
    ConnectInfo(breaker): ConnectInfo<Breaker>,
    request: Request,
) -> Response {
    let started = world.clock.now();
    let (parts, body) = request.into_parts();
    let request_id = world.new_request_id();
    let version = version(&world, &parts.headers);
    let assumed = version.as_ref().map_or(world.settings.version, |version| *version);
    let route = Route::find(&parts.method, parts.uri.path(), assumed, world.unknowns());
    let asked = asked(&parts, &route, started);
    let told = match authenticate(&world, &parts.headers) {
        Ok(token_id) => {
            let request_id = request_id.clone();
            admitted(&world, Call { parts, body, request_id, token_id, version, route }).await
        }
        Err(refusal) => Told { reply: Some(Reply::refused(&refusal, &request_id)), ..Told::default() },
    };
    let entry = told.entry(asked);
    record(&world, &entry, &told);
    world.log().note(entry);
    let Told { reply, quota, version, fault, .. } = told;
    match reply {
        Some(reply) => {
            let (now, clock) = (world.clock.now(), &world.clock);
            let runtime = now.since(started);
            reply.into_response(&Heading { request_id: &request_id, now, runtime, clock, quota, version })
        }
        // Until the client has had enough.
        None if fault == Some(FaultKind::Stall) => std::future::pending().await,
        None => {
            breaker.trip();
            Response::default()
        }
    }
}

/// Keeps the exchange for who asked to see it.
fn record(world: &World, entry: &Entry, told: &Told) {
    let mut recorder = world.recorder();
    if recorder.is_on() {
        let response = told.reply.as_ref().map(|reply| Bytes::copy_from_slice(reply.body()));
        let (entry, request) = (entry.clone(), told.body.clone());
        recorder.note(Exchange { entry, request, response: response.unwrap_or_default() });
    }
}

fn asked(parts: &Parts, route: &Route, now: Moment) -> Asked {
    Asked {
        at: now.0 as f64 / 1000.0,
        method: parts.method.clone(),
        path: parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
        pattern: route.pattern(),
    }
}

impl Told {
    fn entry(&self, asked: Asked) -> Entry {
        Entry {
            asked,
            version: self.version,
            status: self.reply.as_ref().map(|reply| reply.status),
            committed: self.committed,
            fault: self.fault.map(FaultKind::name),
            token_id: self.token_id.clone(),
        }
    }

    /// Adds a fault, whose answer takes the place of any other.
    fn struck(self, kind: FaultKind, request_id: &str) -> Told {
        let reply = Reply::of_fault(kind, self.quota, request_id);
        let quota = self.quota.filter(|_| kind.knows_the_quota());
        Told { reply, quota, fault: Some(kind), ..self }
    }

    /// Adds a fault that lets the answer be, and spoils how it comes.
    fn spoilt(self, kind: FaultKind, delay: Duration) -> Told {
        let reply = self.reply.map(|reply| reply.spoilt(kind, delay));
        Told { reply, fault: Some(kind), ..self }
    }
}

/// Returns a short hash of the token. Any token that is not empty is accepted unless one is asked for.
fn authenticate(world: &World, headers: &HeaderMap) -> Result<Arc<str>, Refusal> {
    let only = world.settings.token.as_deref();
    let accepted = credentials::token(headers).filter(|token| only.is_none_or(|only| only == token));
    let token = accepted.ok_or_else(Refusal::unauthorized)?;
    Ok(world.token_id(&token))
}

/// Answers a request of someone who may ask.
async fn admitted(world: &World, call: Call) -> Told {
    let now = world.clock.now();
    let (verdict, quota) = {
        let mut limiter = world.limiter();
        (limiter.take(&call.token_id, now), limiter.quota(&call.token_id, now))
    };
    let mut told = Told {
        quota,
        version: call.version.as_ref().ok().copied(),
        token_id: Some(call.token_id.clone()),
        ..Told::default()
    };
    if let Verdict::Exceeded(limit) = verdict {
        told.reply = Some(Reply::refused(&Refusal::rate_limited(limit), &call.request_id));
        return told;
    }
    let fate = world.faults().next(call.parts.method.as_str(), call.parts.uri.path());
    world.clock.advance(fate.advance);
    if fate.settle {
        world.store().settle();
    }
    if fate.fault.is_some_and(|fault| fault.kind.is_free()) {
        let mut limiter = world.limiter();
        limiter.give_back(&call.token_id, now);
        told.quota = limiter.quota(&call.token_id, now);
    }
    carried_out(world, call, fate, told).await
}

/// Waits, carries the request out unless a fault strikes first, and waits again.
async fn carried_out(world: &World, call: Call, fate: Fate, mut told: Told) -> Told {
    let Fate { fault, delay, .. } = fate;
    let half = world.draw_latency() / 2;
    world.clock.wait(half).await;
    let request_id = call.request_id.clone();
    if let Some(Fault { kind: FaultKind::Scroll500, .. }) = fault {
        world.store().scrolls.end_all();
    }
    if let Some(Fault { kind, committed: false }) = fault.filter(|fault| !fault.kind.spoils()) {
        world.clock.wait(delay).await;
        return told.struck(kind, &request_id);
    }
    let (writes, writes_many) = (call.route.writes(), call.route.writes_many());
    let token_id = call.token_id.clone();
    let result = answer(world, call, &mut told.body).await;
    if writes_many {
        told.quota = world.limiter().quota(&token_id, world.clock.now());
    }
    told.committed = writes && result.is_ok();
    world.clock.wait(half).await;
    let kind = fault.map(|fault| fault.kind);
    if let Some(kind) = kind.filter(|kind| kind.spoils()) {
        told.reply = Some(Reply::of(result, &request_id));
        return told.spoilt(kind, delay);
    }
    world.clock.wait(delay).await;
    match (kind, result) {
        // An empty 200 stands for a success, so a refusal is told as it is.
        (Some(FaultKind::Empty200) | None, Err(refusal)) => {
            Told { reply: Some(Reply::refused(&refusal, &request_id)), ..told }
        }
        (Some(kind), _) => told.struck(kind, &request_id),
        (None, Ok(answer)) => Told { reply: Some(Reply::success(answer)), ..told },
    }
}

/// The header beats the workspace's default [D]; an unknown version is refused [C airbyte].
fn version(world: &World, headers: &HeaderMap) -> Result<Version, Refusal> {
    let Some(value) = headers.get("intercom-version") else { return Ok(world.settings.version) };
    let version = value.to_str().ok().and_then(|text| text.parse().ok());
    version.ok_or_else(|| {
        let message = "The requested version could not be found";
        Refusal::new(StatusCode::BAD_REQUEST, "intercom_version_invalid", message)
    })
}

/// Reads the body, checks the rest of the head, and asks the room that answers.
async fn answer(world: &World, call: Call, read: &mut Bytes) -> Result<Answer, Refusal> {
    let body = to_bytes(call.body, MAX_BODY_BYTES).await.map_err(|_| body_too_large())?;
    read.clone_from(&body);
    check_accept(&call.parts.headers)?;
    let version = call.version?;
    let (endpoint, ids) = match call.route {
        Route::Found { endpoint, ids } => (endpoint, ids),
        Route::OtherVersion { refusal, .. } => return Err(refusal),
        Route::Unknown => return Err(Refusal::path_not_found()),
    };
    check_content_type(&call.parts.headers, &body)?;
    let now = world.clock.now();
    let (uri, headers) = (&call.parts.uri, &call.parts.headers);
    if world.settings.strict {
        strict::check(endpoint.of(), version, uri, &body)?;
    }
    let token_id = &call.token_id;
    (endpoint.room)(&Ask { world, version, ids: &ids, uri, headers, token_id, body: &body, now })
}

/// 413; code and text are [X].
fn body_too_large() -> Refusal {
    Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "client_error", "The request body is too large")
}

/// Media types that JSON is. Older clients for Ruby, PHP and OmniAuth ask for the vendor's own [C intercom-ruby][C
/// intercom-php].
const ADMITTED: [&str; 4] = ["application/json", "application/vnd.intercom.3+json", "application/*", "*/*"];

/// 406 unless `Accept` admits JSON; a missing one does not [I intercom-ruby#241][C].
fn check_accept(headers: &HeaderMap) -> Result<(), Refusal> {
    let mut ranges = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let admits = |range: &str| ADMITTED.contains(&range.trim());
    let admitted = ranges.any(|value| {
        value.split(',').any(|range| admits(range.split_once(';').map_or(range, |(range, _)| range)))
    });
    if admitted {
        return Ok(());
    }
    let message = "The Accept header should send a media type of application/json";
    Err(Refusal::new(StatusCode::NOT_ACCEPTABLE, "media_type_not_acceptable", message))
}

/// 415 for a body that says it is not JSON [D HTTP responses]; code and text are [X].
fn check_content_type(headers: &HeaderMap, body: &Bytes) -> Result<(), Refusal> {
    let Some(content_type) = headers.get(header::CONTENT_TYPE).filter(|_| !body.is_empty()) else {
        return Ok(());
    };
    if content_type.to_str().is_ok_and(|text| text.trim_start().starts_with("application/json")) {
        return Ok(());
    }
    let message = "The Content-Type header should be application/json";
    Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media_type_not_supported", message))
}
