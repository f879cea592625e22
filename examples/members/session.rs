//! What is a session, and what does its cookie say?

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sendoff::HeaderMap;
use sendoff::http::header::COOKIE;

/// `__Host-` makes browsers refuse the cookie unless it is `Secure`, for every path, and for this
/// host alone: no other host of the domain can set it. They take `localhost` for secure.
const NAME: &str = "__Host-session";
const LIFETIME: Duration = Duration::from_secs(12 * 60 * 60);

/// The sessions, by their ids. They end with the process.
#[derive(Default)]
pub(crate) struct Sessions(Mutex<HashMap<String, Session>>);

struct Session {
    member: String,
    ends: Instant,
}

impl Sessions {
    /// Opens a session; the result is its id, which nobody can guess.
    pub(crate) fn open(&self, member: &str) -> Result<String, getrandom::Error> {
        let mut random = [0; 32];
        getrandom::fill(&mut random)?;
        let id: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        let now = Instant::now();
        let session = Session {
            member: member.to_owned(),
            ends: now + LIFETIME,
        };
        let mut sessions = self.lock();
        sessions.retain(|_, session| session.ends > now);
        sessions.insert(id.clone(), session);
        Ok(id)
    }

    /// Whose session is it, if it has not ended?
    pub(crate) fn member(&self, id: &str) -> Option<String> {
        let sessions = self.lock();
        let session = sessions.get(id)?;
        (session.ends > Instant::now()).then(|| session.member.clone())
    }

    /// Ends a session.
    pub(crate) fn close(&self, id: &str) {
        self.lock().remove(id);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Session>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The id in the request's cookie.
pub(crate) fn of(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all(COOKIE).into_iter();
    let cookies = cookies.filter_map(|cookies| cookies.to_str().ok());
    let mut pairs = cookies.flat_map(|cookies| cookies.split("; "));
    let id = pairs.find_map(|pair| pair.strip_prefix(NAME)?.strip_prefix('='))?;
    Some(id.to_owned())
}

/// The value of `Set-Cookie` for a session. Scripts do not see it, and forms of other sites are
/// sent without it.
pub(crate) fn cookie(id: &str) -> String {
    let age = LIFETIME.as_secs();
    format!("{NAME}={id}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={age}")
}

/// The value of `Set-Cookie` that makes the browser forget the session.
pub(crate) fn no_cookie() -> String {
    format!("{NAME}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0")
}
