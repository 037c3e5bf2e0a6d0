//! The access token, which nothing may show.

use std::fmt;

/// An access token of a workspace. It has no `Display`, and its `Debug` never shows the value.
#[derive(Clone)]
pub struct AccessToken(String);

impl AccessToken {
    /// Takes a token as it was configured; surrounding white space is not part of one. `None` when nothing is left, or
    /// when it holds a character that no HTTP header can carry.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        let is_sendable = text.bytes().all(|byte| byte.is_ascii_graphic());
        (!text.is_empty() && is_sendable).then(|| Self(text.into()))
    }

    /// Returns the `Authorization` header's value, marked so that no log shows it.
    pub(super) fn authorization(&self) -> reqwest::header::HeaderValue {
        let mut value = reqwest::header::HeaderValue::from_str(&format!("Bearer {}", self.0))
            .expect("a token is graphic ASCII, which a header can carry");
        value.set_sensitive(true);
        value
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessToken(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_never_shows_itself() {
        let token = AccessToken::new(" canary-4711\n").unwrap();
        assert_eq!("AccessToken(redacted)", format!("{token:?}"));
        assert_eq!("Sensitive", format!("{:?}", token.authorization()));
    }

    #[test]
    fn what_no_header_can_carry_is_no_token() {
        assert!(AccessToken::new("  ").is_none());
        assert!(AccessToken::new("two words").is_none());
        assert!(AccessToken::new("dG9r\u{e9}").is_none());
    }
}
