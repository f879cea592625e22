//! Who may do what?
//!
//! A handler that takes one of these cannot run for anybody else: the guard's `send!` ends the
//! request.

use sendoff::http::Method;
use sendoff::http::header::{HOST, ORIGIN};
use sendoff::http::uri::{Authority, Uri};
use sendoff::{HeaderMap, State, guard, send};

use crate::Site;
use crate::member::{Member, Role};
use crate::session;

/// The request does not come from a page of another site, which the browser would send with our
/// cookie all the same ("cross-site request forgery").
///
/// Browsers say where a request comes from in `Sec-Fetch-Site`, and older ones in `Origin`; a page
/// can forge neither. Requests that change nothing are left alone, so that links to us work: no
/// handler for `GET` may change anything.
#[guard(SameSite)]
pub(crate) fn same_site(method: Method, uri: Uri, headers: HeaderMap) {
    if method.is_safe() {
        return Ok(());
    }
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    match (headers.get("sec-fetch-site"), text(ORIGIN)) {
        (Some(site), _) if site == "same-origin" || site == "none" => {}
        (Some(_), _) => send!(403, "this request comes from another site"),
        (None, Some(origin)) => {
            let host = text(HOST).or(uri.authority().map(Authority::as_str));
            let origin = origin.split_once("://").map(|(_, host)| host);
            if origin.is_none() || origin != host {
                send!(403, "this request comes from another site");
            }
        }
        (None, None) => send!(403, "say where this request comes from: send `Origin`"),
    }
}

/// A member who is logged in, and the session.
pub(crate) struct Login {
    pub(crate) member: Member,
    pub(crate) session: String,
}

/// Somebody is logged in. What a session allows, it allows to our own pages only: the guard takes
/// [`SameSite`], so that no handler can forget it.
#[guard(LoggedIn)]
pub(crate) async fn logged_in(
    _: SameSite,
    headers: HeaderMap,
    State(Site(site)): State<Site>,
) -> Login {
    let Some(session) = session::of(&headers) else {
        send!(401, "log in first");
    };
    let Some(name) = site.sessions.member(&session) else {
        send!(401, "this session has ended; log in again");
    };
    // Asked of the members each time: who loses a role loses it at once.
    let Some(member) = site.members.find(&name) else {
        send!(401, "this member has left");
    };
    Login { member, session }
}

/// A role that a handler asks for: `Has(member): Has<Admin>`.
pub(crate) trait Needed {
    const ROLE: Role;
}

/// The role of an administrator.
pub(crate) struct Admin;

impl Needed for Admin {
    const ROLE: Role = Role::Admin;
}

/// The member has the role.
#[guard(Has)]
pub(crate) async fn has<R: Needed>(LoggedIn(login): LoggedIn) -> Member {
    if login.member.role != R::ROLE {
        send!(403, format!("only for the role {:?}", R::ROLE));
    }
    login.member
}
