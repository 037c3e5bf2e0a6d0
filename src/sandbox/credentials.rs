//! The token that a request carries.

use axum::http::HeaderMap;
use axum::http::header;

use super::base64::from_base64;

/// Returns the token of `Bearer`, or the user name of `Basic`: clients of the 1.x days send it there, with an empty
/// password [C intercom-node 2.x, hull-intercom].
pub(super) fn token(headers: &HeaderMap) -> Option<String> {
    let authorization = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let token = match authorization.split_once(' ')? {
        ("Bearer", token) => token.trim().to_owned(),
        ("Basic", credentials) => user_name(credentials.trim())?,
        _ => return None,
    };
    Some(token).filter(|token| !token.is_empty())
}

fn user_name(credentials: &str) -> Option<String> {
    let decoded = String::from_utf8(from_base64(credentials)?).ok()?;
    decoded.split_once(':').map(|(user_name, _)| user_name.to_owned())
}
