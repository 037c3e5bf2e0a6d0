//! Where the client connects to, and how.

use std::str::FromStr;
use std::time::Duration;

use reqwest::Url;

use super::AccessToken;
use super::Dialect;

/// The region that hosts a workspace; a token belongs to one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Region {
    /// <https://api.intercom.io>.
    #[default]
    Us,
    /// <https://api.eu.intercom.io>.
    Eu,
    /// <https://api.au.intercom.io>.
    Au,
}

impl Region {
    /// Returns the base URL of the region's API.
    #[must_use]
    pub fn base_url(self) -> Url {
        let text = match self {
            Self::Us => "https://api.intercom.io",
            Self::Eu => "https://api.eu.intercom.io",
            Self::Au => "https://api.au.intercom.io",
        };
        Url::parse(text).expect("the constant is a URL")
    }
}

impl FromStr for Region {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "us" => Ok(Self::Us),
            "eu" => Ok(Self::Eu),
            "au" => Ok(Self::Au),
            other => Err(format!("`{other}` is not a region; it is one of us, eu, au")),
        }
    }
}

/// What a client needs to reach a workspace.
#[derive(Debug, Clone)]
pub struct Connection {
    /// The API's root, without a path of its own.
    pub base_url: Url,
    /// Sent with every request, to no other host.
    pub token: AccessToken,
    /// How users are written, and the `Intercom-Version` that every request pins.
    pub dialect: Dialect,
    /// How long a connection may take to be made.
    pub connect_timeout: Duration,
    /// How long an answer may take, from the first byte sent to the last byte read.
    pub read_timeout: Duration,
    /// The connections that are kept open between requests.
    pub idle_connections: usize,
}

/// What no connection can be made of.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConnectionError {
    /// The address is none.
    #[error("`{0}` is not the address of an API")]
    NotAnAddress(String),
    /// The token is none.
    #[error("that is no access token: one is a single word of ASCII characters")]
    NotAToken,
}

impl Connection {
    /// The slowest recorded answer took 1.85 s on the server; gateways cut at 60 s.
    const READ_TIMEOUT: Duration = Duration::from_secs(60);

    /// Returns a connection to an API at this address, with this token.
    ///
    /// # Errors
    /// When one of the two is none.
    pub fn to(base_url: &str, token: &str) -> Result<Self, ConnectionError> {
        let url = Url::parse(base_url).ok().filter(|url| url.has_host() && url.scheme().starts_with("http"));
        let url = url.ok_or_else(|| ConnectionError::NotAnAddress(base_url.into()))?;
        Ok(Self::new(url, AccessToken::new(token).ok_or(ConnectionError::NotAToken)?))
    }

    /// Returns a connection with the defaults of this client.
    #[must_use]
    pub fn new(base_url: Url, token: AccessToken) -> Self {
        Self {
            base_url,
            token,
            dialect: Dialect::default(),
            connect_timeout: Duration::from_secs(10),
            read_timeout: Self::READ_TIMEOUT,
            idle_connections: 128,
        }
    }

    /// Returns whether the server is on this machine, where no proxy may stand between.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        match self.base_url.host_str() {
            Some("localhost") => true,
            Some(host) => host
                .trim_matches(['[', ']'])
                .parse::<std::net::IpAddr>()
                .is_ok_and(|address| address.is_loopback()),
            None => false,
        }
    }
}
