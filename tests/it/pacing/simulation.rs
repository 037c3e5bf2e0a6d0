//! A workspace in virtual time: a server that counts, clients of ours that send all they may, and a neighbour.
//!
//! The server is a model of its own, from the recordings: windows at :00 and :10, a reset two seconds after the end, whole
//! seconds in `Date`; a request is counted when it arrives, half its latency after it started, and a refused one is not.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use intercom_bulk::pace::{Pacer, QuotaHeaders};

/// The recorded median, and a spread by which one in 10,000 takes the longest recorded time, 1.85 s.
const MEDIAN_LATENCY: f64 = 0.25;
const SPREAD: f64 = 0.5;
/// How often a client looks that waits for its turn, as the limiter does.
const SLICE: u64 = 50_000;
const SECOND: u64 = 1_000_000;
/// The server's clock when the simulation begins, seconds since 1970; not the beginning of a window.
const BEGIN: u64 = 1_800_000_003;

/// What is simulated.
#[derive(Debug, Clone, Copy)]
pub struct Situation {
    /// The requests of a window.
    pub limit: u32,
    /// How many processes of ours send all they may.
    pub clients: usize,
    /// The requests that each of them has in flight at most.
    pub in_flight: usize,
    /// The part of the limit that a neighbour uses, evenly.
    pub neighbour: f64,
    /// The part of the limit that each client may use.
    pub share: f64,
    /// How far the server's clock is ahead of ours.
    pub skew_seconds: i64,
    /// How far a reset points behind the end of its window.
    pub reset_after_end: u64,
    /// How long it goes on.
    pub seconds: u64,
    pub seed: u64,
}

/// What came of it, in windows that were simulated from begin to end.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    pub windows: u64,
    pub granted: u64,
    /// What was let in of everybody's requests.
    pub used: u64,
    /// What was let in of each client's.
    pub by_client: Vec<u64>,
    /// What our clients sent, and how much of it was refused.
    pub sent: u64,
    pub throttled: u64,
    /// What the neighbour sent, and how much of it was refused.
    pub neighbours: u64,
    pub neighbours_lost: u64,
}

impl Outcome {
    /// Returns the part of the quota that was used.
    pub fn use_of_quota(&self) -> f64 {
        self.used as f64 / self.granted as f64
    }

    /// Returns the part of our requests that was refused.
    pub fn throttled(&self) -> f64 {
        self.throttled as f64 / self.sent.max(1) as f64
    }

    /// Returns the part of the neighbour's requests that was refused.
    pub fn lost(&self) -> f64 {
        self.neighbours_lost as f64 / self.neighbours.max(1) as f64
    }

    /// Returns what the client that got least got of what the one that got most got.
    pub fn fairness(&self) -> f64 {
        let least = self.by_client.iter().min().copied().unwrap_or(0);
        least as f64 / self.by_client.iter().max().copied().unwrap_or(0).max(1) as f64
    }
}

impl Situation {
    /// One client that has the workspace for itself.
    pub fn alone(limit: u32, seconds: u64, seed: u64) -> Self {
        Self {
            limit,
            clients: 1,
            in_flight: 64,
            neighbour: 0.0,
            share: 1.0,
            skew_seconds: 0,
            reset_after_end: 2,
            seconds,
            seed,
        }
    }

    /// Runs it.
    pub fn simulate(self) -> Outcome {
        let mut world = World::new(self);
        while let Some(Reverse(Event { at, deed, .. })) = world.events.pop() {
            if at >= self.seconds * SECOND {
                break;
            }
            world.now = at;
            world.happen(deed);
        }
        world.outcome
    }
}

/// Something that happens; the order of what happens at once is the order of its planning.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Event {
    at: u64,
    number: u64,
    deed: Deed,
}

#[derive(PartialEq, Eq, PartialOrd, Ord, Clone, Copy)]
enum Deed {
    /// A client looks whether it may start a request, if it has not looked since it planned to.
    Look {
        client: usize,
        planned: u64,
    },
    /// A request arrives; its answer takes as long to come back.
    Arrive {
        client: usize,
        ticket: u64,
        half: u64,
    },
    Answer {
        client: usize,
        ticket: u64,
        told: Told,
    },
    Neighbour,
}

/// What an answer says.
#[derive(PartialEq, Eq, PartialOrd, Ord, Clone, Copy)]
struct Told {
    is_refused: bool,
    remaining: u32,
    window: u64,
    date: u64,
}

struct Client {
    pacer: Pacer,
    in_flight: usize,
    planned: u64,
}

struct World {
    situation: Situation,
    now: u64,
    number: u64,
    events: BinaryHeap<Reverse<Event>>,
    chance: fastrand::Rng,
    clients: Vec<Client>,
    window: u64,
    used: u32,
    outcome: Outcome,
}

impl World {
    fn new(situation: Situation) -> Self {
        let client = || Client { pacer: Pacer::new(situation.share), in_flight: 0, planned: 0 };
        let mut world = Self {
            situation,
            now: 0,
            number: 0,
            events: BinaryHeap::new(),
            chance: fastrand::Rng::with_seed(situation.seed),
            clients: (0..situation.clients).map(|_| client()).collect(),
            window: 0,
            used: 0,
            outcome: Outcome { by_client: vec![0; situation.clients], ..Outcome::default() },
        };
        for client in 0..situation.clients {
            // People do not start eight programs in the same moment.
            let at = world.chance.u64(0..3 * SECOND);
            world.plan(at, Deed::Look { client, planned: 0 });
        }
        if situation.neighbour > 0.0 {
            world.plan(0, Deed::Neighbour);
        }
        world
    }

    fn plan(&mut self, at: u64, deed: Deed) {
        self.number += 1;
        self.events.push(Reverse(Event { at, number: self.number, deed }));
    }

    fn happen(&mut self, deed: Deed) {
        match deed {
            Deed::Look { client, planned } if self.clients[client].planned == planned => self.look(client),
            Deed::Look { .. } => {}
            Deed::Arrive { client, ticket, half } => {
                let told = self.count(Some(client));
                self.plan(self.now + half, Deed::Answer { client, ticket, told });
            }
            Deed::Answer { client, ticket, told } => self.hear(client, ticket, told),
            Deed::Neighbour => {
                self.count(None);
                let interval = 10.0 / (f64::from(self.situation.limit) * self.situation.neighbour);
                let wait = interval * (0.5 + self.chance.f64());
                self.plan(self.now + (wait * 1e6) as u64, Deed::Neighbour);
            }
        }
    }

    /// Starts what may start, and plans when to look again.
    fn look(&mut self, client: usize) {
        let our_time = Duration::from_micros(self.now);
        loop {
            let half = self.half_latency();
            let it = &mut self.clients[client];
            if it.in_flight == self.situation.in_flight {
                return;
            }
            if let Some(wait) = it.pacer.wait(our_time) {
                it.planned += 1;
                let deed = Deed::Look { client, planned: it.planned };
                let wait = (wait.as_nanos().div_ceil(1_000) as u64).clamp(1, SLICE);
                self.plan(self.now + wait, deed);
                return;
            }
            let ticket = it.pacer.start(our_time);
            it.in_flight += 1;
            self.plan(self.now + half, Deed::Arrive { client, ticket, half });
        }
    }

    fn hear(&mut self, client: usize, ticket: u64, told: Told) {
        let our_time = Duration::from_micros(self.now);
        let reset = (told.window + 1) * 10 + self.situation.reset_after_end;
        let headers = QuotaHeaders {
            limit: Some(self.situation.limit),
            remaining: Some(told.remaining),
            reset: Some(reset.saturating_add_signed(self.situation.skew_seconds)),
            date: Some(told.date.saturating_add_signed(self.situation.skew_seconds)),
            retry_after: None,
        };
        let chance = self.chance.f64();
        let it = &mut self.clients[client];
        it.in_flight -= 1;
        if told.is_refused {
            it.pacer.throttled(ticket, &headers, our_time, chance);
        } else {
            it.pacer.answered(ticket, &headers, our_time);
        }
        self.look(client);
    }

    /// Counts a request of a client, or of the neighbour.
    fn count(&mut self, client: Option<usize>) -> Told {
        let date = BEGIN + self.now / SECOND;
        self.turn_to(date / 10);
        let is_refused = self.used == self.situation.limit;
        self.used += u32::from(!is_refused);
        if self.is_whole() {
            self.note(client, is_refused);
        }
        Told { is_refused, remaining: self.situation.limit - self.used, window: self.window, date }
    }

    fn turn_to(&mut self, window: u64) {
        if window != self.window {
            (self.window, self.used) = (window, 0);
            if self.is_whole() {
                self.outcome.windows += 1;
                self.outcome.granted += u64::from(self.situation.limit);
            }
        }
    }

    /// Whether the present window was there from its beginning, and will be to its end.
    fn is_whole(&self) -> bool {
        BEGIN <= self.window * 10 && (self.window + 1) * 10 <= BEGIN + self.situation.seconds
    }

    fn note(&mut self, client: Option<usize>, is_refused: bool) {
        let (refused, outcome) = (u64::from(is_refused), &mut self.outcome);
        outcome.used += 1 - refused;
        let Some(client) = client else {
            outcome.neighbours += 1;
            outcome.neighbours_lost += refused;
            return;
        };
        outcome.by_client[client] += 1 - refused;
        outcome.sent += 1;
        outcome.throttled += refused;
    }

    /// Draws a lognormal latency, by Box and Muller, and halves it.
    fn half_latency(&mut self) -> u64 {
        let (u, v) = (1.0 - self.chance.f64(), self.chance.f64());
        let normal = (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos();
        (MEDIAN_LATENCY * (SPREAD * normal).exp() * 1e6 / 2.0) as u64
    }
}
