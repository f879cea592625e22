//! What does each route answer?
//!
//! Who may ask is in the arguments: a handler runs for those its guards let through.

use sendoff::http::header::{CACHE_CONTROL, SET_COOKIE};
use sendoff::{Form, HeaderMap, Html, Json, OrSend, Redirect, State, handler, send};
use serde::Deserialize;

use crate::Site;
use crate::guards::{Admin, Has, LoggedIn, SameSite};
use crate::member::Role;
use crate::session;

const LOGIN: &str = r#"<!doctype html><title>Members</title>
<form method="post" action="/login">
<label>Name <input name="name" autocomplete="username"></label>
<label>Password <input name="password" type="password" autocomplete="current-password"></label>
<button>Log in</button>
</form>
"#;

/// For everybody: `Option` of a guard is `None` for those it denies.
#[handler(GET "/")]
pub(crate) async fn home(login: Option<LoggedIn>) {
    let private = [(CACHE_CONTROL, "no-store")];
    let Some(LoggedIn(login)) = login else {
        send!(200, private, Html(LOGIN));
    };
    let page = format!(
        "<!doctype html><title>Members</title>\n<p>Hello, {}.\n\
         <form method=\"post\" action=\"/logout\"><button>Log out</button></form>\n",
        escaped(&login.member.name)
    );
    send!(200, private, Html(page));
}

/// Text for HTML, between tags or in an attribute with quotes. A site with more pages than this one
/// leaves that to its templates.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(character),
        }
    }
    escaped
}

#[derive(Deserialize)]
pub(crate) struct Credentials {
    name: String,
    password: String,
}

/// Opens a session, under a new id whatever the browser had: one that was planted there is of no
/// use. Another site may not log anybody in, either.
#[handler(POST "/login")]
pub(crate) async fn log_in(
    _: SameSite,
    headers: HeaderMap,
    State(Site(site)): State<Site>,
    Form(credentials): Form<Credentials>,
) {
    let Credentials { name, password } = credentials;
    let Some(member) = site.members.log_in(&name, password).await else {
        send!(401, "wrong name or password");
    };
    if let Some(old) = session::of(&headers) {
        site.sessions.close(&old);
    }
    let session = site.sessions.open(&member.name).or_500()?;
    let cookie = [(SET_COOKIE, session::cookie(&session))];
    send!(303, cookie, Redirect::to("/"));
}

#[handler(POST "/logout")]
pub(crate) async fn log_out(LoggedIn(login): LoggedIn, State(Site(site)): State<Site>) {
    site.sessions.close(&login.session);
    let cookie = [(SET_COOKIE, session::no_cookie())];
    send!(303, cookie, Redirect::to("/"));
}

#[handler(GET "/members")]
pub(crate) async fn list(_: Has<Admin>, State(Site(site)): State<Site>) {
    send!(200, [(CACHE_CONTROL, "no-store")], Json(site.members.all()));
}

#[derive(Deserialize)]
pub(crate) struct NewRole {
    role: Role,
}

#[handler(POST "/members/{name}/role")]
pub(crate) async fn change_role(
    name: String,
    Has(admin): Has<Admin>,
    State(Site(site)): State<Site>,
    Form(NewRole { role }): Form<NewRole>,
) {
    if name == admin.name {
        send!(409, "ask another administrator to change your own role");
    }
    if !site.members.change_role(&name, role) {
        send!(404, format!("nobody is called {name}"));
    }
    send!(Redirect::to("/members"));
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn a_name_is_no_html() {
        assert_eq!(escaped("ann"), "ann");
        assert_eq!(
            escaped("<a href=\"x\" title='é'>&amp;"),
            "&lt;a href=&quot;x&quot; title=&#39;é&#39;&gt;&amp;amp;"
        );
    }
}
