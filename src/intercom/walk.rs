//! A walk over all contacts: cursors in 2.x, a scroll in 1.x. Each contact comes once.
//!
//! A scroll has one parameter to its end, so that a lost answer is a lost page: it is never asked for twice, the walk
//! begins again and leaves out what it has shown. A workspace has one scroll at a time; one that was left open ends a
//! minute after its last page [D 1.4, I intercom-ruby#452].

use std::time::Duration;

use reqwest::Method;

use super::call::Effect;
use super::listing::{Listing, UserList};
use super::seen::SeenIds;
use super::{ApiError, Client, Cursor, Engine, Raw, Role, Trace};

/// How long a scroll that nobody goes on with keeps others out [D 1.4], and a second for the clocks.
const SCROLL_RESTS: Duration = Duration::from_secs(61);
/// How often a walk begins again before it gives up.
const MOST_RESTARTS: u32 = 3;

/// One step of a walk.
#[derive(Debug, Clone)]
pub enum Step {
    /// The next contacts; those that came before are left out, from `contacts` only.
    Page(Box<Listing>),
    /// The answer to a step of the scroll was lost: the walk begins again.
    Restart(ApiError),
    /// Somebody's scroll is open: the next step waits so long first.
    Wait(Duration),
}

/// A walk over the contacts of a workspace, or over those with a role. See [`Client::walk`].
#[must_use = "a walk asks for nothing until its first step"]
pub struct Walk<'a> {
    client: &'a Client,
    role: Option<Role>,
    page_size: Option<u32>,
    place: Place,
    seen: SeenIds,
    restarts: u32,
    has_waited: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Beginning,
    /// At the beginning, after a wait.
    AfterWait,
    At(Cursor),
    End,
}

impl Client {
    /// Walks over all contacts, or those with a role; in 1.x over the users unless leads are asked for.
    pub fn walk(&self, role: Option<Role>) -> Walk<'_> {
        Walk {
            client: self,
            role,
            page_size: None,
            place: Place::Beginning,
            seen: SeenIds::default(),
            restarts: 0,
            has_waited: false,
        }
    }

    /// Returns the next hundred users of a scroll, or begins one. It is sent once.
    fn scroll(&self, role: Role, param: Option<&Cursor>, trace: &mut Trace) -> Result<Listing, ApiError> {
        let path = [role.resource_1_x(), "scroll"];
        let mut call = self.call(Method::GET, Effect::Reads, &path).never_twice();
        if let Some(param) = param {
            call = call.query("scroll_param", param.as_str());
        }
        let Raw { value, json } = self.send_raw::<UserList>(&call, trace)?;
        // The last page is the one with nobody on it.
        let next = value.scroll_param.clone().filter(|_| !value.users.is_empty()).map(Cursor::new);
        Ok(Listing::of_users(value, next, json))
    }
}

impl Iterator for Walk<'_> {
    type Item = Result<Step, ApiError>;

    fn next(&mut self) -> Option<Self::Item> {
        let cursor = match &self.place {
            Place::End => return None,
            Place::Beginning => None,
            Place::AfterWait => {
                self.client.limiter().back_off(SCROLL_RESTS);
                None
            }
            Place::At(cursor) => Some(cursor.clone()),
        };
        Some(match self.fetch(cursor.as_ref()) {
            Ok(listing) => Ok(Step::Page(self.taken(listing).into())),
            Err(error) => self.settled(error),
        })
    }
}

impl Walk<'_> {
    /// Walks with pages of this size, if one is given; a scroll's is fixed.
    pub fn by(self, page_size: Option<u32>) -> Self {
        Self { page_size, ..self }
    }

    fn fetch(&self, cursor: Option<&Cursor>) -> Result<Listing, ApiError> {
        // Each page may be the last before somebody's Ctrl-C.
        let trace = &mut Trace::default();
        match self.client.engine() {
            Engine::Contacts | Engine::Bulk => {
                let n = self.page_size.unwrap_or(Client::PAGE_SIZE);
                self.client.listing(self.role, n, cursor, trace)
            }
            Engine::Users => self.client.scroll(self.role.unwrap_or_default(), cursor, trace),
        }
    }

    fn taken(&mut self, mut listing: Listing) -> Listing {
        self.has_waited = false;
        // A cursor that comes twice would come for ever; a scroll's always does.
        let repeats =
            |next: &Cursor| self.client.engine() != Engine::Users && self.place == Place::At(next.clone());
        self.place = match &listing.next {
            Some(next) if !repeats(next) => Place::At(next.clone()),
            _ => Place::End,
        };
        listing.contacts.retain(|contact| self.seen.insert(&contact.value.id));
        listing
    }

    /// Decides whether an error ends the walk.
    fn settled(&mut self, error: ApiError) -> Result<Step, ApiError> {
        let code = error.refusal().map(|refusal| refusal.code.as_str());
        if code == Some("scroll_exists") && !self.has_waited {
            self.has_waited = true;
            self.place = Place::AfterWait;
            return Ok(Step::Wait(SCROLL_RESTS));
        }
        // A scroll that has expired is not found.
        let is_lost = matches!(error, ApiError::AnswerLost { .. })
            || (error.is_not_found() && matches!(self.place, Place::At(_)));
        if self.client.engine() == Engine::Users && is_lost && self.restarts < MOST_RESTARTS {
            self.restarts += 1;
            self.place = Place::Beginning;
            return Ok(Step::Restart(error));
        }
        self.place = Place::End;
        Err(error)
    }
}
