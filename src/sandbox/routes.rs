//! Finds what a method, a path and a version mean. Pure.
//!
//! Each room (`contacts`, `companies`, `tags`, …) says itself what can be asked of it, one [`Endpoint`] a line; here they
//! are put together.

use axum::http::HeaderMap;
use axum::http::Method;
use axum::http::Uri;
use axum::http::header;
use serde_json::Map;
use serde_json::Value;

use super::admins;
use super::attribute_routes;
use super::bulk;
use super::clock::Moment;
use super::companies;
use super::contacts;
use super::errors::Refusal;
use super::legacy;
use super::limiter::Verdict;
use super::notes;
use super::reply::Answer;
use super::segments;
use super::subscriptions;
use super::tags;
use super::unknowns::Unknowns;
use super::unknowns::UsersOn2x;
use super::versions::Version;
use super::world::World;

/// Every room's endpoints. Of two that fit a path, the first one counts.
const ROOMS: &[&[Endpoint]] = &[
    bulk::ENDPOINTS,
    contacts::ENDPOINTS,
    attribute_routes::ENDPOINTS,
    companies::ENDPOINTS,
    tags::ENDPOINTS,
    notes::ENDPOINTS,
    segments::ENDPOINTS,
    subscriptions::ENDPOINTS,
    admins::ENDPOINTS,
    legacy::ENDPOINTS,
];

/// Returns every endpoint, room by room.
pub(super) fn endpoints() -> impl Iterator<Item = &'static Endpoint> {
    ROOMS.iter().copied().flatten()
}

/// Something that can be asked for.
#[derive(Debug)]
pub(super) struct Endpoint {
    pub(super) method: &'static str,
    /// The path with names for ids, under which requests are counted.
    pub(super) pattern: &'static str,
    pub(super) since: Version,
    /// The first version that does not have it any more.
    pub(super) until: Option<Version>,
    pub(super) effect: Effect,
    pub(super) room: fn(&Ask<'_>) -> Result<Answer, Refusal>,
}

/// Whether success changes the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    Reads,
    Writes,
    /// It writes as many things as the body says, and may spend as many requests.
    WritesMany,
}

/// A request as a room sees it.
pub(super) struct Ask<'a> {
    pub(super) world: &'a World,
    pub(super) version: Version,
    /// The ids in the path, decoded.
    pub(super) ids: &'a [String],
    pub(super) uri: &'a Uri,
    pub(super) headers: &'a HeaderMap,
    pub(super) token_id: &'a str,
    pub(super) body: &'a [u8],
    pub(super) now: Moment,
}

/// What a request asks for.
#[derive(Debug)]
pub(super) enum Route {
    Found {
        endpoint: &'static Endpoint,
        ids: Vec<String>,
    },
    /// The path is known, but not in this version.
    OtherVersion {
        pattern: &'static str,
        refusal: Refusal,
    },
    Unknown,
}

impl Endpoint {
    /// Describes something that is read, on every 2.x version.
    pub(super) const fn reads(
        method: &'static str,
        pattern: &'static str,
        room: fn(&Ask<'_>) -> Result<Answer, Refusal>,
    ) -> Endpoint {
        Endpoint { method, pattern, since: Version::V2_0, until: None, effect: Effect::Reads, room }
    }

    /// Describes something that is written, on every 2.x version.
    pub(super) const fn writes(
        method: &'static str,
        pattern: &'static str,
        room: fn(&Ask<'_>) -> Result<Answer, Refusal>,
    ) -> Endpoint {
        Endpoint { method, pattern, since: Version::V2_0, until: None, effect: Effect::Writes, room }
    }

    /// Describes something that is written many at a time.
    pub(super) const fn writes_many(
        method: &'static str,
        pattern: &'static str,
        room: fn(&Ask<'_>) -> Result<Answer, Refusal>,
    ) -> Endpoint {
        Endpoint { method, pattern, since: Version::V2_0, until: None, effect: Effect::WritesMany, room }
    }

    /// Has it in 1.x, and not in 2.x.
    pub(super) const fn only_in_1_x(self) -> Endpoint {
        Endpoint { since: Version::V1_0, until: Some(Version::V2_0), ..self }
    }

    pub(super) const fn since(self, since: Version) -> Endpoint {
        Endpoint { since, ..self }
    }

    /// Returns the method and the path with names for ids.
    pub(super) fn of(&self) -> (&'static str, &'static str) {
        (self.method, self.pattern)
    }

    fn is_in(&self, version: Version) -> bool {
        self.since <= version && self.until.is_none_or(|until| version < until)
    }

    /// Returns the ids of a path that has this endpoint's form.
    fn ids<'a>(&self, segments: &[&'a str]) -> Option<Vec<&'a str>> {
        let names = self.pattern.split('/').skip(1);
        if names.clone().count() != segments.len() {
            return None;
        }
        let is_id = |name: &str| name.starts_with('{');
        let fits = names.clone().zip(segments).all(|(name, segment)| is_id(name) || name == *segment);
        let ids = names.zip(segments).filter(|(name, _)| is_id(name)).map(|(_, segment)| *segment);
        fits.then(|| ids.collect())
    }

    /// Refuses a version that does not have this. 400 and 404 have both been seen [I]: it is 400 between 1.x, 2.x and
    /// Preview [I python-intercom#234], and 404 within 2.x [I intercom-node#265].
    fn refusal(&self, version: Version, unknowns: &Unknowns) -> Refusal {
        let is_of_1_x = self.until.is_some();
        if is_of_1_x && unknowns.users_on_2_x == UsersOn2x::NotFound || self.since.is_of_the_kind_of(version)
        {
            Refusal::path_not_found()
        } else {
            Refusal::not_in_this_version()
        }
    }
}

impl Route {
    /// Finds what a method and a path mean in a version.
    pub(super) fn find(method: &Method, path: &str, version: Version, unknowns: &Unknowns) -> Route {
        let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
        let mut elsewhere = None;
        for endpoint in endpoints().filter(|endpoint| endpoint.method == method.as_str()) {
            let Some(ids) = endpoint.ids(&segments) else { continue };
            if endpoint.is_in(version) {
                return Route::Found { endpoint, ids: ids.into_iter().map(percent_decoded).collect() };
            }
            elsewhere = elsewhere.or(Some(endpoint));
        }
        match elsewhere {
            Some(endpoint) => {
                let refusal = endpoint.refusal(version, unknowns);
                Route::OtherVersion { pattern: endpoint.pattern, refusal }
            }
            None => Route::Unknown,
        }
    }

    /// Returns the path with names for ids.
    pub(super) fn pattern(&self) -> &'static str {
        match self {
            Route::Found { endpoint, .. } => endpoint.pattern,
            Route::OtherVersion { pattern, .. } => pattern,
            Route::Unknown => "(unknown path)",
        }
    }

    /// Says whether success changes the store.
    pub(super) fn writes(&self) -> bool {
        matches!(self, Route::Found { endpoint, .. } if endpoint.effect != Effect::Reads)
    }

    /// Says whether the answer may have spent more than one request.
    pub(super) fn writes_many(&self) -> bool {
        matches!(self, Route::Found { endpoint, .. } if endpoint.effect == Effect::WritesMany)
    }
}

impl Ask<'_> {
    /// Returns the first id of the path.
    pub(super) fn id(&self) -> &str {
        self.ids.first().map_or("", String::as_str)
    }

    /// Returns the second id of the path.
    pub(super) fn second_id(&self) -> &str {
        self.ids.get(1).map_or("", String::as_str)
    }

    /// Reads the body as an object.
    pub(super) fn object(&self) -> Result<Map<String, Value>, Refusal> {
        serde_json::from_slice(self.body).map_err(|_| Refusal::malformed_json())
    }

    /// Returns a path as an address that the client can follow: on this sandbox, under the name that it used.
    pub(super) fn url(&self, path: &str) -> String {
        let host = self.headers.get(header::HOST).and_then(|host| host.to_str().ok());
        host.map_or_else(|| format!("https://api.intercom.io{path}"), |host| format!("http://{host}{path}"))
    }

    /// Spends the quota of many things; the request itself has paid for the first one.
    pub(super) fn spend_items(&self, n_items: usize) -> Result<(), Refusal> {
        let more = u32::try_from(n_items.saturating_sub(1)).unwrap_or(u32::MAX / 2);
        match self.world.limiter().take_more(self.token_id, more, self.now) {
            Verdict::Admitted => Ok(()),
            Verdict::Exceeded(limit) => Err(Refusal::rate_limited(limit)),
        }
    }

    /// Reads the query; one that cannot be read counts as empty.
    pub(super) fn query<T: serde::de::DeserializeOwned + Default>(&self) -> T {
        axum::extract::Query::try_from_uri(self.uri).map(|query| query.0).unwrap_or_default()
    }
}

/// Decodes `%41`; what is not such an escape stays as it is.
fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut place = 0;
    while place < bytes.len() {
        match escape_at(bytes, place) {
            Some(byte) => {
                decoded.push(byte);
                place += 3;
            }
            None => {
                decoded.push(bytes[place]);
                place += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

fn escape_at(bytes: &[u8], place: usize) -> Option<u8> {
    let [b'%', high, low] = *bytes.get(place..place + 3)? else { return None };
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}
