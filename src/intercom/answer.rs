//! One answer of the server, and what it means for the request.

use std::time::Duration;

use reqwest::header::{self, HeaderMap};
use reqwest::{Url, blocking};
use serde::de::IgnoredAny;

use super::call::{Call, Effect};
use super::{ApiError, Refusal};
use crate::pace::Failure;
use crate::pace::QuotaHeaders;

/// An answer whose body was read to its end.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) quota: QuotaHeaders,
    pub(super) request_id: Option<String>,
    location: Option<String>,
    link: Option<String>,
    body: Vec<u8>,
}

/// Makes a value of a body.
pub(super) type Decode<T> = fn(&[u8]) -> serde_json::Result<T>;

/// What one attempt came to.
pub(super) enum Verdict<T> {
    Value(T),
    /// 429: the row is not to blame, and everybody waits.
    Throttled,
    Failed(Failed),
}

/// An attempt that brought nothing.
pub(super) struct Failed {
    pub(super) failure: Failure,
    pub(super) error: ApiError,
    /// How long the server asks to be left alone.
    pub(super) told: Option<Duration>,
}

impl Answer {
    pub(super) fn read(response: blocking::Response) -> reqwest::Result<Self> {
        let headers = response.headers();
        Ok(Self {
            status: response.status().as_u16(),
            quota: quota_headers(headers),
            request_id: text(headers, "x-request-id"),
            location: text(headers, header::LOCATION.as_str()),
            link: text(headers, header::LINK.as_str()),
            body: response.bytes()?.into(),
        })
    }

    /// Decides what this answer means for the call that it answers.
    pub(super) fn judge<T>(self, call: &Call, decode: Decode<T>) -> Verdict<T> {
        match self.status {
            429 => Verdict::Throttled,
            200..=299 => match decode(&self.body) {
                Ok(value) => Verdict::Value(value),
                Err(error) => self.unreadable(call, &error),
            },
            300..=399 => {
                Verdict::refused(ApiError::Redirected { location: self.location.unwrap_or_default() })
            }
            408 | 500.. => {
                let reason = format!("HTTP {}", self.status);
                self.uncertain(&reason)
            }
            // A no of Intercom's own is whole; half of one says nothing.
            400..=499 if self.is_broken_json() => self.uncertain("a refusal that is cut off"),
            _ if self.is_html() => Verdict::refused(self.not_intercom(&call.url, "HTML")),
            401..=403 => Verdict::refused(ApiError::NotAllowed(Box::new(self.refusal()))),
            _ => Verdict::refused(ApiError::Refused(Box::new(self.refusal()))),
        }
    }

    /// A success that cannot be read: empty, cut off, or not from Intercom at all.
    fn unreadable<T>(self, call: &Call, error: &serde_json::Error) -> Verdict<T> {
        if let Some(content) = self.foreign_content(error) {
            let failure = match call.effect {
                Effect::Reads => Failure::Refused,
                Effect::Writes => Failure::Uncertain,
            };
            return Verdict::failed(failure, self.not_intercom(&call.url, &content));
        }
        if self.body.is_empty() {
            return self.uncertain("an empty body");
        }
        self.uncertain(&format!("a body that is not what the API describes: {error}"))
    }

    fn uncertain<T>(self, reason: &str) -> Verdict<T> {
        let error = ApiError::AnswerLost {
            attempts: 0,
            reason: reason.into(),
            status: Some(self.status),
            request_id: self.request_id,
        };
        Verdict::Failed(Failed { failure: Failure::Uncertain, error, told: self.quota.retry_after })
    }

    fn refusal(&self) -> Refusal {
        Refusal {
            canonical: self.link.as_deref().and_then(canonical),
            ..Refusal::read(self.status, self.request_id.as_deref(), &self.body)
        }
    }

    fn is_html(&self) -> bool {
        self.body.trim_ascii_start().starts_with(b"<")
    }

    fn is_broken_json(&self) -> bool {
        self.body.trim_ascii_start().starts_with(b"{") && !self.is_whole_json()
    }

    fn is_whole_json(&self) -> bool {
        serde_json::from_slice::<IgnoredAny>(&self.body).is_ok()
    }

    /// Names a whole body that no server of Intercom sends. A body that is cut off may be anybody's.
    fn foreign_content(&self, error: &serde_json::Error) -> Option<String> {
        if self.is_html() {
            return Some("HTML".into());
        }
        (self.is_whole_json() && self.body.trim_ascii() != b"null")
            .then(|| format!("JSON of another shape ({error})"))
    }

    fn not_intercom(&self, url: &Url, content: &str) -> ApiError {
        ApiError::NotIntercom { host: host(url), content: content.into(), status: self.status }
    }
}

impl<T> Verdict<T> {
    pub(super) fn is_uncertain(&self) -> bool {
        matches!(self, Self::Failed(Failed { failure: Failure::Uncertain, .. }))
    }

    pub(super) fn refused(error: ApiError) -> Self {
        Self::failed(Failure::Refused, error)
    }

    pub(super) fn failed(failure: Failure, error: ApiError) -> Self {
        Self::Failed(Failed { failure, error, told: None })
    }
}

impl ApiError {
    /// Writes into an error how often it was tried.
    pub(super) fn after(mut self, tried: u32) -> Self {
        if let Self::Unreachable { attempts, .. }
        | Self::NoSuchHost { attempts, .. }
        | Self::AnswerLost { attempts, .. } = &mut self
        {
            *attempts = tried;
        }
        self
    }
}

pub(super) fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or("the server");
    url.port().map_or_else(|| host.into(), |port| format!("{host}:{port}"))
}

fn quota_headers(headers: &HeaderMap) -> QuotaHeaders {
    QuotaHeaders {
        limit: number(headers, "x-ratelimit-limit"),
        remaining: number(headers, "x-ratelimit-remaining"),
        reset: number(headers, "x-ratelimit-reset"),
        date: date(headers),
        retry_after: retry_after(headers),
    }
}

fn date(headers: &HeaderMap) -> Option<u64> {
    http_date(&text(headers, header::DATE.as_str())?)
}

/// Reads `Retry-After`: seconds, or a moment, which is as far away as the server's own clock says.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let name = header::RETRY_AFTER.as_str();
    let seconds = number(headers, name).or_else(|| {
        let moment = http_date(&text(headers, name)?)?;
        Some(moment.saturating_sub(date(headers)?))
    });
    seconds.map(Duration::from_secs)
}

fn number<N: std::str::FromStr>(headers: &HeaderMap, name: &str) -> Option<N> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(Into::into)
}

/// Returns the id in `</contacts/6064d5c43910cc082d903f6c>; rel="canonical"` (the API's description).
fn canonical(link: &str) -> Option<String> {
    let is_canonical = |link: &&str| link.contains("rel=\"canonical\"") || link.contains("rel=canonical");
    let (_, target) = link.split(',').find(is_canonical)?.split_once('<')?;
    let (path, _) = target.split_once('>')?;
    let id = path.trim_end_matches('/').rsplit('/').next()?;
    (!id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric())).then(|| id.into())
}

/// Reads `Sun, 22 Nov 2026 02:15:00 GMT` as seconds since 1970.
fn http_date(text: &str) -> Option<u64> {
    let parser = jiff::fmt::rfc2822::DateTimeParser::new();
    parser.parse_timestamp(text).ok()?.as_second().try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_merged_contact_links_to_the_one_that_lives_on() {
        let id = Some("6064d5c43910cc082d903f6c".to_owned());
        assert_eq!(id, canonical(r#"</contacts/6064d5c43910cc082d903f6c>; rel="canonical""#));
        assert_eq!(
            id,
            canonical(
                r#"</x>; rel="next", <https://a.test/contacts/6064d5c43910cc082d903f6c>; rel="canonical""#
            )
        );
        assert_eq!(None, canonical(r#"</contacts/6064>; rel="next""#));
        assert_eq!(None, canonical(r#"</contacts/..>; rel="canonical""#));
    }

    #[track_caller]
    fn check_retry_after(text: &str, expected: Option<u64>) {
        let headers = [("date", "Sun, 06 Nov 1994 08:49:37 GMT"), ("retry-after", text)];
        let header = |(name, text): (&'static str, &str)| (name.parse().unwrap(), text.parse().unwrap());
        let actual = retry_after(&headers.map(header).into_iter().collect());
        assert_eq!(expected.map(Duration::from_secs), actual);
    }

    #[test]
    fn retry_after_is_seconds_or_a_moment() {
        check_retry_after("120", Some(120));
        check_retry_after("Sun, 06 Nov 1994 08:51:37 GMT", Some(120));
        check_retry_after("Sun, 06 Nov 1994 08:00:00 GMT", Some(0));
        check_retry_after("soon", None);
    }

    #[test]
    fn the_date_header_is_read_as_seconds() {
        assert_eq!(Some(784_111_777), http_date("Sun, 06 Nov 1994 08:49:37 GMT"));
        assert_eq!(None, http_date("yesterday"));
    }
}
