//! New custom attributes of contacts: made once, and waited for until the server lists them.

use std::time::Duration;

use reqwest::Method;
use serde::{Deserialize, Serialize};

use super::attributes::{DataAttribute, Model};
use super::call::Effect;
use super::{ApiError, Client, Trace};
use crate::pace::Limiter;

// Nothing says how long it takes [X]; lists of contacts were as they should be after 120 s at the latest [R].
/// How long a new attribute may take until it is listed.
const PATIENCE: Duration = Duration::from_secs(120);
/// The wait before the second listing; each one after it waits twice as long.
const FIRST_WAIT: Duration = Duration::from_millis(250);
/// The longest wait between two listings.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// A custom attribute to be created.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewAttribute {
    /// The name, case-sensitive; letters, digits, currency symbols, hyphens and underscores.
    pub name: String,
    /// `string`, `integer`, `float`, `boolean` or `date`; can never be changed.
    pub data_type: String,
}

/// What became of an attribute that was to be created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Creation {
    /// It is new.
    Created,
    /// Contacts have one of this name, which came in the meantime.
    WasThere,
}

/// Why new attributes cannot be written to yet.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotListed {
    /// The listing failed.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// They were not listed in time.
    #[error("Intercom does not list {} after {} s", listed(.names), .waited.as_secs())]
    Late {
        /// Those that are missing.
        names: Vec<String>,
        /// How long they were waited for.
        waited: Duration,
    },
}

#[derive(Serialize)]
struct Body<'a> {
    model: Model,
    #[serde(flatten)]
    attribute: &'a NewAttribute,
}

/// The answer to a creation; the listing tells the rest.
#[derive(Deserialize)]
struct Created {}

impl Client {
    /// Creates a custom attribute of contacts, unless there is one of this name.
    ///
    /// # Errors
    /// As [`ApiError`]; a name that companies have is refused with `parameter_invalid`.
    pub fn create_attribute(
        &self,
        attribute: &NewAttribute,
        trace: &mut Trace,
    ) -> Result<Creation, ApiError> {
        let call = self
            .call(Method::POST, Effect::Writes, &["data_attributes"])
            .in_2_x_if_1_x(self.engine())
            .json(&Body { model: Model::Contact, attribute });
        match self.send::<Created>(&call, trace) {
            Ok(Created {}) => Ok(Creation::Created),
            // The answer to an earlier attempt was lost.
            Err(error) if is_there(&error) && trace.is_uncertain => Ok(Creation::Created),
            Err(error) if is_there(&error) => Ok(Creation::WasThere),
            Err(error) => Err(error),
        }
    }

    /// Lists the custom attributes of contacts until all of these are among them.
    ///
    /// # Errors
    /// As [`NotListed`], after two minutes at the latest; a stopped run waits no longer.
    pub fn await_attributes(&self, names: &[String]) -> Result<Vec<DataAttribute>, NotListed> {
        until_listed(names, self.limiter(), || self.custom_attributes(&mut Trace::default()))
    }
}

// The words are the only sign [S]: the code is `parameter_invalid`, as for everything else.
/// Returns whether a creation was refused because contacts have the attribute; one of companies does not count.
fn is_there(error: &ApiError) -> bool {
    error.refusal().is_some_and(|refusal| {
        refusal.message.starts_with("You already have '")
            && !refusal.message.contains("' in your company data")
    })
}

fn until_listed(
    names: &[String],
    limiter: &Limiter,
    mut list: impl FnMut() -> Result<Vec<DataAttribute>, ApiError>,
) -> Result<Vec<DataAttribute>, NotListed> {
    let begun = limiter.clock().now();
    let mut wait = FIRST_WAIT;
    loop {
        let attributes = list()?;
        let is_missing = |name: &&String| !attributes.iter().any(|attribute| attribute.name == **name);
        let missing: Vec<String> = names.iter().filter(is_missing).cloned().collect();
        let waited = limiter.clock().now() - begun;
        if missing.is_empty() {
            return Ok(attributes);
        }
        if waited >= PATIENCE {
            return Err(NotListed::Late { names: missing, waited });
        }
        limiter.back_off(wait.min(PATIENCE - waited));
        wait = (wait * 2).min(LONGEST_WAIT);
    }
}

fn listed(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intercom::Refusal;
    use crate::pace::{Allowance, Clock, Halt};

    /// Waits for an attribute that is listed at the `n`th listing; returns the listings and the seconds waited.
    fn wait_for(n: u32) -> (u32, u64, Result<usize, String>) {
        let (clock, mut listings) = (Clock::fake(Duration::ZERO), 0);
        let limiter = Limiter::new(Allowance::UNLIMITED, clock.clone(), Halt::default());
        let seats: DataAttribute = serde_json::from_str(r#"{"name":"seats"}"#).unwrap();
        let result = until_listed(&["seats".into()], &limiter, || {
            listings += 1;
            Ok(if listings < n { Vec::new() } else { vec![seats.clone()] })
        });
        let result = result.map(|attributes| attributes.len()).map_err(|error| error.to_string());
        (listings, clock.now().as_secs(), result)
    }

    #[test]
    fn what_is_listed_at_once_is_not_waited_for() {
        assert_eq!((1, 0, Ok(1)), wait_for(1));
    }

    #[test]
    fn what_is_listed_later_is_waited_for_less_and_less_often() {
        assert_eq!((5, 3, Ok(1)), wait_for(5));
        assert_eq!((10, 27, Ok(1)), wait_for(10));
    }

    #[test]
    fn what_is_never_listed_is_given_up() {
        let (listings, seconds, result) = wait_for(u32::MAX);
        assert_eq!((29, 120), (listings, seconds));
        assert_eq!(Err("Intercom does not list `seats` after 120 s".into()), result);
    }

    #[track_caller]
    fn check(message: &str, expected: bool) {
        let refusal = Refusal {
            status: 400,
            code: "parameter_invalid".into(),
            message: message.into(),
            field: None,
            request_id: None,
            canonical: None,
            list: None,
        };
        assert_eq!(expected, is_there(&ApiError::Refused(Box::new(refusal))));
    }

    #[test]
    fn only_an_attribute_of_contacts_is_there_already() {
        let rest = "To save this as new people data, use a different name.";
        check(&format!("You already have 'seats' in your people data. {rest}"), true);
        check(&format!("You already have 'seats' in your company data. {rest}"), false);
        check(&format!("'name' is one of our standard attributes. {rest}"), false);
    }
}
