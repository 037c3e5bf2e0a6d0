//! The choke point: limit, authentication, sending, headers, decoding and retry of every request.
//!
//! Nothing else in the program sends HTTP. Each attempt takes one ticket of the limiter; a 429 counts as no attempt.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use reqwest::blocking as http;
use reqwest::{Url, header, redirect};
use serde::de::DeserializeOwned;

use super::answer::{Answer, Decode, Failed, Verdict};
use super::bulk::Learnt;
use super::call::Call;
use super::call::Effect;
use super::companies::{CompanyBook, CompanyIds, NoBook};
use super::leads::Memory;
use super::names::NameBook;
use super::tags::TagIds;
use super::traffic::Meter;
use super::users_engine::Newborns;
use super::{ApiError, Connection, Dialect, Engine, LeadJournal, Raw, Traffic};
use crate::pace::Again;
use crate::pace::Failure;
use crate::pace::Heard;
use crate::pace::Limiter;
use crate::pace::Outages;
use crate::pace::Outset;
use crate::pace::Spent;
use crate::pace::Turn;

/// A connection to one workspace. Shared by all threads of a run.
pub struct Client {
    http: http::Client,
    connection: Connection,
    limiter: Limiter,
    /// `None` if nobody waits for a server that is away.
    pub(super) outages: Option<Outages>,
    meter: Meter,
    /// The newest `Date` of any answer, seconds since 1970; 0 before the first.
    server_time: AtomicU64,
    pub(super) companies: CompanyIds,
    pub(super) company_book: Box<dyn CompanyBook>,
    pub(super) tags: TagIds,
    pub(super) names: NameBook,
    pub(super) leads: Box<dyn LeadJournal>,
    pub(super) newborns: Newborns,
    pub(super) bulk: Learnt,
}

/// What one row, or one page, has cost so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trace {
    /// Attempts sent, retries and throttled ones included.
    pub requests: u32,
    /// Attempts of the last request, throttled ones excluded.
    pub attempts: u32,
    /// Intercom's id of the last answer.
    pub request_id: Option<String>,
    /// A write may have been carried out although its answer was lost.
    pub is_uncertain: bool,
    /// The id that an earlier run had remembered is nobody's by now, or somebody else's.
    pub is_id_stale: bool,
    /// The server's clock when the first request started, seconds since 1970; 0 if it has not told.
    pub begun_at: u64,
    /// This machine's clock at that moment.
    begun: Option<Duration>,
}

impl Trace {
    /// Returns the trace of a row that goes on after its first requests: what is in flight ends, even in a run that was
    /// told to stop.
    #[must_use]
    pub fn following() -> Self {
        Self { requests: 1, ..Self::default() }
    }

    /// Returns the trace of a row that may have been written since that time of the server's, in seconds since 1970.
    #[must_use]
    pub fn uncertain_since(begun_at: u64) -> Self {
        Self { is_uncertain: true, begun_at, ..Self::following() }
    }
}

/// What the attempts of one request came to.
enum Sent<T> {
    Value(T),
    Failed(Failed),
}

impl Client {
    /// Returns a client for a workspace; connects at the first request.
    ///
    /// # Errors
    /// When the machine's TLS roots cannot be read.
    pub fn new(connection: Connection, limiter: Limiter) -> Result<Self, reqwest::Error> {
        // The program's only TLS provider; a second client in one process finds it installed, which is fine.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = http::Client::builder()
            .user_agent(concat!("intercom-bulk/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            // Our own retries take a token each; reqwest's would not.
            .retry(reqwest::retry::never())
            .connect_timeout(connection.connect_timeout)
            .timeout(connection.read_timeout)
            .pool_max_idle_per_host(connection.idle_connections)
            .tcp_nodelay(true)
            .http1_only();
        if connection.is_loopback() {
            builder = builder.no_proxy();
        }
        let http = builder.build()?;
        Ok(Self {
            http,
            connection,
            limiter,
            outages: None,
            meter: Meter::new(),
            server_time: AtomicU64::new(0),
            companies: CompanyIds::default(),
            company_book: Box::new(NoBook),
            tags: TagIds::default(),
            names: NameBook::default(),
            leads: Box::new(Memory::default()),
            newborns: Newborns::default(),
            bulk: Learnt::default(),
        })
    }

    /// Remembers companies from run to run.
    pub fn keep_companies_in(&mut self, book: Box<dyn CompanyBook>) {
        self.company_book = book;
    }

    /// Remembers the leads that are created in this journal rather than in memory.
    pub fn keep_leads_in(&mut self, journal: Box<dyn LeadJournal>) {
        self.leads = journal;
    }

    /// Returns how users are written.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.connection.dialect.engine()
    }

    /// Returns which of Intercom's APIs is spoken, and in which version.
    #[must_use]
    pub fn dialect(&self) -> &Dialect {
        &self.connection.dialect
    }

    /// Returns the newest time that the server told, seconds since 1970; 0 before its first answer.
    #[must_use]
    pub fn server_time(&self) -> u64 {
        self.server_time.load(Ordering::Relaxed)
    }

    /// Returns the requests so far.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        let paused = self.outages.as_ref().and_then(Outages::lasting);
        let (quota, waited) = (self.limiter.quota_use(), self.limiter.waited());
        let (concurrency, bulk) = (self.limiter.concurrency() as u32, self.bulk.toll.bulk_use());
        Traffic { paused, concurrency, bulk, ..self.meter.traffic(quota, waited) }
    }

    /// Returns the API's root.
    pub(super) fn base_url(&self) -> &Url {
        &self.connection.base_url
    }

    /// Returns how long an answer may take.
    pub(super) fn read_timeout(&self) -> Duration {
        self.connection.read_timeout
    }

    /// Waits from now on for a server that is away, up to so long, rather than take a failed request for the last word.
    pub fn outlast_outages(&mut self, longest: Duration) {
        self.outages = Some(self.limiter.outages(longest));
    }

    /// Returns what decides when a request may start, for those who have to wait between two requests.
    pub(super) fn limiter(&self) -> &Limiter {
        &self.limiter
    }

    /// Sends a call until it is answered, refused, or given up. One that meets an outage begins anew after it.
    pub(super) fn send<T: DeserializeOwned>(&self, call: &Call, trace: &mut Trace) -> Result<T, ApiError> {
        self.send_and_decode(call, |body| serde_json::from_slice(body), trace)
    }

    /// Sends a call whose answer is wanted as it was written, too.
    pub(super) fn send_raw<T: DeserializeOwned>(
        &self,
        call: &Call,
        trace: &mut Trace,
    ) -> Result<Raw<T>, ApiError> {
        self.send_and_decode(call, Raw::decode, trace)
    }

    fn send_and_decode<T>(&self, call: &Call, decode: Decode<T>, trace: &mut Trace) -> Result<T, ApiError> {
        loop {
            let outset = self.set_out(call)?;
            match self.send_while_it_helps(call, decode, outset, trace)? {
                Sent::Value(value) => return Ok(value),
                Sent::Failed(failed) => self.outlast(call, outset, failed)?,
            }
        }
    }

    /// Sends a call as often as its policy and the run's budget allow, and no more while everybody waits for the server.
    fn send_while_it_helps<T>(
        &self,
        call: &Call,
        decode: Decode<T>,
        outset: Option<Outset>,
        trace: &mut Trace,
    ) -> Result<Sent<T>, ApiError> {
        trace.attempts = 1;
        let (begun, mut spent) = (self.limiter.clock().now(), Spent::default());
        loop {
            let failed = match self.attempt(call, decode, trace)? {
                Verdict::Value(value) => {
                    self.limiter.succeeded(&spent);
                    return Ok(Sent::Value(value));
                }
                Verdict::Throttled => {
                    self.limiter.rest_after_429(&mut spent);
                    continue;
                }
                Verdict::Failed(failed) => failed,
            };
            if failed.failure == Failure::Refused {
                self.limiter.succeeded(&spent);
            }
            let delay = call.retry.delay_after(trace.attempts, failed.failure, failed.told, fastrand::f64());
            let lasted = self.limiter.clock().now() - begun;
            let is_bearable =
                |delay: &Duration| failed.told.is_none() || lasted + *delay <= self.longest_pause(outset);
            let may_try =
                |_: &Duration| !self.is_shut() && self.limiter.may_try_again(Again::Failed, &mut spent);
            let Some(delay) = delay.filter(is_bearable).filter(may_try) else {
                return Ok(Sent::Failed(Failed { error: failed.error.after(trace.attempts), ..failed }));
            };
            self.meter.retried();
            self.limiter.back_off(delay);
            trace.attempts += 1;
        }
    }

    /// Sends a call once.
    pub(super) fn attempt<T>(
        &self,
        call: &Call,
        decode: Decode<T>,
        trace: &mut Trace,
    ) -> Result<Verdict<T>, ApiError> {
        let turn = if trace.requests == 0 { Turn::Opening } else { Turn::Following };
        let ticket = self.limiter.acquire(turn)?;
        if trace.requests == 0 {
            trace.begun_at = self.server_time();
            trace.begun = Some(self.limiter.clock().now());
        }
        trace.requests += 1;
        self.meter.started();
        let begun = self.limiter.clock().now();
        let answer = self.request(call).send().and_then(Answer::read);
        let elapsed = self.limiter.clock().now() - begun;
        self.meter.ended(answer.as_ref().ok().map(|answer| answer.status), elapsed);
        match &answer {
            Ok(answer) => {
                trace.request_id.clone_from(&answer.request_id);
                self.server_time.fetch_max(answer.quota.date.unwrap_or(0), Ordering::Relaxed);
                self.tell_beginning(trace, answer.quota.date);
                self.bulk.toll.note(&answer.quota, self.meter.alone());
                self.limiter.answered(ticket, heard(answer.status), &answer.quota, fastrand::f64());
            }
            Err(_) => self.limiter.lost(ticket),
        }
        let verdict = match answer {
            Ok(answer) => answer.judge(call, decode),
            Err(error) => Verdict::of_transport_error(&error, &call.url),
        };
        self.note_presence(&verdict);
        trace.is_uncertain |= call.effect == Effect::Writes && verdict.is_uncertain();
        Ok(verdict)
    }

    /// Works out when the first request started by the server's clock, if it had not told the time by then.
    fn tell_beginning(&self, trace: &mut Trace, date: Option<u64>) {
        let Some((date, begun)) = date.zip(trace.begun).filter(|_| trace.begun_at == 0) else { return };
        // Both clocks are read in whole seconds: rather a second too early, so that what is ours is not denied.
        let since = (self.limiter.clock().now() - begun).as_secs() + 1;
        trace.begun_at = date.saturating_sub(since);
    }

    fn request(&self, call: &Call) -> http::RequestBuilder {
        let request = self
            .http
            .request(call.method.clone(), call.url.clone())
            .header(header::AUTHORIZATION, self.connection.token.authorization())
            .header(header::ACCEPT, "application/json")
            .header("Intercom-Version", call.version.unwrap_or(self.connection.dialect.version()));
        let request = match call.timeout {
            Some(timeout) => request.timeout(timeout),
            None => request,
        };
        match &call.body {
            Some(body) => request.header(header::CONTENT_TYPE, "application/json").body(body.clone()),
            None => request,
        }
    }
}

/// Returns what a status says of the server.
fn heard(status: u16) -> Heard {
    match status {
        429 => Heard::Throttled,
        408 | 500.. => Heard::Trouble,
        _ => Heard::Answer,
    }
}
