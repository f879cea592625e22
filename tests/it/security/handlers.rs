//! Do handlers that answer in an `if` and go on do harm? They do not go on.
//!
//! Each is the control flow of a published hole, statement by statement, in one handler.

use sendoff::{HeaderMap, Redirect, Reply, State, handler, send};

use super::{SECRET, cases};
use crate::guard::Counter;

fn is_admin(headers: &HeaderMap) -> bool {
    headers.get("token").is_some_and(|token| token == "admin")
}

/// What an application does for those who may.
fn work(harm: &Counter) -> &'static str {
    harm.add();
    SECRET
}

cases! {
    /// The page-load guard redirects the visitor, and the page goes on loading.
    cve_2026_2699(GET, 303) {
        #[handler(GET "/")]
        async fn page(headers: HeaderMap, State(harm): State<Counter>) {
            if !is_admin(&headers) {
                send!(Redirect::to("/login"));
            }
            let page = work(&harm);
            send!(page);
        }
    }

    /// The login flow sets `Location`, and the session is opened all the same.
    cve_2026_73696(POST, 303) {
        #[handler(POST "/")]
        async fn page(headers: HeaderMap, State(sessions): State<Counter>) {
            let login = headers.get("token");
            if login.is_none_or(|login| login != "admin") {
                send!(Redirect::to("/login?failed"));
            }
            send!(work(&sessions));
        }
    }

    /// An administration page redirects, and goes on to the form handler (four records).
    cve_2024_2569(POST, 307) {
        #[handler(POST "/")]
        async fn page(headers: HeaderMap, State(tasks): State<Counter>, form: String) {
            if !is_admin(&headers) {
                send!(Redirect::temporary("/"));
            }
            if form.is_empty() {
                send!(work(&tasks));
            }
            send!(422, "a task has no text");
        }
    }

    /// The configuration page redirects, and goes on.
    cve_2024_3376(POST, 303) {
        #[handler(POST "/")]
        async fn page(headers: HeaderMap, State(config): State<Counter>) {
            if !is_admin(&headers) {
                send!(303, [("location", "/admin/login")], "go away");
            }
            send!(work(&config));
        }
    }

    /// The console redirects, and prints the configuration behind the redirect.
    cve_2013_1402(GET, 303) {
        #[handler(GET "/")]
        async fn page(headers: HeaderMap, State(reads): State<Counter>) {
            let mut page = String::new();
            if !is_admin(&headers) {
                send!(Redirect::to("/console"));
            }
            page.push_str(work(&reads));
            send!(page);
        }
    }

    /// A library file redirects who calls it directly, then includes what the request names.
    cve_2009_1936(GET, 303) {
        #[handler(GET "/")]
        async fn page(headers: HeaderMap, State(included): State<Counter>) {
            let direct = !headers.contains_key("token");
            if direct {
                send!(Redirect::to("/index"));
            }
            let file = work(&included);
            send!(file);
        }
    }

    /// The code behind the redirect evaluates what the client has sent.
    cve_2007_2713(POST, 303) {
        #[handler(POST "/")]
        async fn page(headers: HeaderMap, State(evaluated): State<Counter>, code: String) {
            match headers.get("token") {
                None => send!(Redirect::to("/")),
                Some(token) if token != "admin" => send!(403),
                Some(_) => {}
            }
            let mut result = "";
            for _ in code.lines().chain(["end"]) {
                result = work(&evaluated);
            }
            send!(result);
        }
    }

    /// Administrative functions run for who was redirected.
    cve_2007_4932(POST, 303) {
        #[handler(POST "/")]
        async fn page(headers: HeaderMap, State(harm): State<Counter>) {
            let Some(_) = headers.get("token") else {
                send!(Redirect::to("/login"));
            };
            send!(work(&harm));
        }
    }

    /// The step behind the redirect is the one that authentication protects.
    cve_2007_5578(GET, 303) {
        #[handler(GET "/")]
        async fn page(headers: HeaderMap, State(harm): State<Counter>) {
            let authenticated = is_admin(&headers);
            if !authenticated {
                send!(Redirect::to("/step1"));
            }
            let step = work(&harm);
            send!(step);
        }
    }

    /// The write to a code file stands behind the redirect.
    cve_2007_6652(POST, 303) {
        #[handler(POST "/")]
        async fn page(headers: HeaderMap, State(written): State<Counter>) {
            if !is_admin(&headers) {
                send!(Redirect::to("/"));
            }
            let saved = work(&written);
            send!(saved);
        }
    }

    /// Two failed checks answer, and fall into the success.
    golang_samples_1941(POST, 400) {
        #[handler(POST "/")]
        async fn page(headers: HeaderMap, State(harm): State<Counter>) {
            let token = headers.get("token").map(|token| token.to_str());
            if token.is_none() {
                send!(400, "no token");
            }
            if !is_admin(&headers) {
                send!(403, "wrong token");
            }
            send!(work(&harm));
        }
    }

    /// Seven pages whose guard only sets a header.
    food_waste_management_12(GET, 303) {
        #[handler(GET "/")]
        async fn page(headers: HeaderMap, State(harm): State<Counter>) {
            if headers.get("token").is_none() {
                send!(303, [("location", "/signin")], "");
            }
            send!(work(&harm));
        }
    }

    /// The redirect stands above the handling of the form.
    mofhy_lite_60(POST, 303) {
        #[handler(POST "/")]
        async fn page(headers: HeaderMap, State(settings): State<Counter>, _form: String) {
            if !is_admin(&headers) {
                send!(Redirect::to("/login"));
            }
            let updated = work(&settings);
            send!(updated);
        }
    }

    /// A wrong password is answered, and the code below runs.
    cslug_site_4(POST, 403) {
        #[handler(POST "/")]
        async fn page(headers: HeaderMap, State(harm): State<Counter>) {
            let password = headers.get("token").map_or(&b""[..], |token| token.as_bytes());
            if password != b"admin" {
                send!(403, "wrong password");
            }
            send!(work(&harm));
        }
    }

    /// Who is no administrator is redirected, and reaches the manager.
    php_apache2_basic_auth_manager_3(GET, 303) {
        #[handler(GET "/")]
        async fn page(headers: HeaderMap, State(harm): State<Counter>) {
            if !is_admin(&headers) {
                send!(Redirect::to("/user"));
            }
            let manager = work(&harm);
            send!(manager);
        }
    }

    /// The second factor was wrong, and the login goes on.
    two_factor_786(POST, 303) {
        #[handler(POST "/")]
        async fn page(headers: HeaderMap, State(logins): State<Counter>) {
            let code_is_right = is_admin(&headers);
            if !code_is_right {
                tracing::info!("a wrong code");
                send!(Redirect::to("/login?action=validate_2fa"));
            }
            send!(work(&logins));
        }
    }

    /// The refusal is a message for the next page; the search goes on.
    metasmoke_768(GET, 303) {
        #[handler(GET "/")]
        async fn page(headers: HeaderMap, State(searches): State<Counter>) {
            if !is_admin(&headers) {
                send!(303, [("location", "/search"), ("set-cookie", "flash=no")], "");
            }
            send!(work(&searches));
        }
    }

    /// `redirect_to`, then more code, in six controllers.
    redmine_r5613(POST, 303) {
        #[handler(POST "/")]
        async fn page(headers: HeaderMap, State(issues): State<Counter>) {
            if headers.is_empty() || !is_admin(&headers) {
                send!(Redirect::to("/issues"));
            }
            let moved = work(&issues);
            if moved.is_empty() {
                send!(404);
            }
            send!(moved);
        }
    }
}

/// A helper that answers returns what `?` carries out, and what a compiler warns about where it is
/// dropped.
#[test]
fn a_helper_says_that_it_may_have_answered() {
    fn admins_only(headers: &HeaderMap) -> Result<(), Reply> {
        if !is_admin(headers) {
            send!(403);
        }
        Ok(())
    }
    let denied = admins_only(&HeaderMap::new()).expect_err("a reply");
    assert_eq!(denied.status(), 403);
}
