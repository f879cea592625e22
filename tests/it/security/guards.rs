//! Do guards that answer in an `if` and go on do harm? They do not go on, and neither does the
//! request.
//!
//! In the originals the check is in a middleware, a filter or an include, and the page behind it
//! runs all the same. Here the check is a guard (or middleware that is a handler), and the page
//! asks for it.

use sendoff::{HeaderMap, Redirect, State, guard, handler, send};

use super::{SECRET, cases};
use crate::guard::Counter;

fn token(headers: &HeaderMap) -> Option<&str> {
    headers.get("token").and_then(|token| token.to_str().ok())
}

fn work(harm: &Counter) -> &'static str {
    harm.add();
    SECRET
}

cases! {
    /// `http.Error(401)` inside the `if`, then `next.ServeHTTP`.
    dolt_mcp_52(POST, 401) {
        #[guard(Jwt)]
        async fn jwt(headers: HeaderMap) -> String {
            let claims = token(&headers);
            if claims != Some("admin") {
                send!(401, "invalid token");
            }
            claims.unwrap_or_default().to_owned()
        }

        #[handler(POST "/")]
        async fn page(Jwt(claims): Jwt, State(harm): State<Counter>) {
            assert_eq!(claims, "admin");
            send!(work(&harm));
        }
    }

    /// The include sets a 302, and the page that includes it has no idea.
    netsus_154(POST, 303) {
        #[guard(Session)]
        async fn session(headers: HeaderMap) {
            if token(&headers) != Some("admin") {
                send!(Redirect::to("/index"));
            }
        }

        #[handler(POST "/")]
        async fn page(_: Session, State(users): State<Counter>) {
            let added = work(&users);
            send!(added);
        }
    }

    /// The same, with a customer list behind it.
    core_php_admin_panel_43(GET, 303) {
        #[guard(Authenticated)]
        fn authenticated(headers: HeaderMap) {
            if token(&headers).is_none() {
                send!(303, [("location", "/login")], "");
            }
        }

        #[handler(GET "/")]
        async fn page(State(customers): State<Counter>, _: Authenticated) {
            send!(work(&customers));
        }
    }

    /// The error middleware sends a 401, and then always calls `next()`.
    runnerty_76(GET, 401) {
        #[guard(Checked)]
        async fn checked(headers: HeaderMap) {
            let verified = token(&headers).ok_or("UnauthorizedError");
            if let Err(fault) = verified {
                send!(401, fault);
            }
        }

        #[handler(GET "/")]
        async fn page(_: Checked, State(harm): State<Counter>) {
            send!(work(&harm));
        }
    }

    /// `next()` stands behind the 400 and the 401.
    egghead_jwt_1(GET, 400) {
        #[guard(Authenticate)]
        async fn authenticate(headers: HeaderMap) {
            let Some(name) = token(&headers) else {
                send!(400, "must provide a token");
            };
            if name != "admin" {
                send!(401, "wrong token");
            }
        }

        #[handler(GET "/")]
        async fn page(_: Authenticate, State(harm): State<Counter>) {
            send!(work(&harm));
        }
    }

    /// The status is set to 401, and `next()` is called anyway. Here no status can be set: there
    /// is no response until one is sent.
    express_oauth_server_2(GET, 401) {
        #[guard(OAuth)]
        async fn oauth(headers: HeaderMap) -> usize {
            let token = token(&headers).map(str::len);
            match token {
                Some(length) => length,
                None => send!(401),
            }
        }

        #[handler(GET "/")]
        async fn page(OAuth(_): OAuth, State(harm): State<Counter>) {
            send!(work(&harm));
        }
    }

    /// `next(unauthorized)` without a `return`, and `authorize` goes on to the next check.
    oddworks_175(GET, 401) {
        #[guard(Identified)]
        async fn identified(headers: HeaderMap) -> String {
            let Some(name) = token(&headers) else {
                send!(401, "unauthorized");
            };
            name.to_owned()
        }

        #[guard(Authorized)]
        async fn authorized(Identified(name): Identified, State(harm): State<Counter>) {
            assert_eq!(harm.count(), 0, "authorization goes first");
            if name != "admin" {
                send!(403);
            }
        }

        #[handler(GET "/")]
        async fn page(_: Authorized, State(harm): State<Counter>) {
            send!(work(&harm));
        }
    }

    /// A plug redirects without `halt()`, and the action runs.
    code_stats_26(GET, 303) {
        #[guard(AuthRequired)]
        async fn auth_required(headers: HeaderMap) -> String {
            let user = token(&headers);
            if user.is_none() {
                send!(Redirect::to("/login"));
            }
            user.unwrap_or("nobody").to_owned()
        }

        #[handler(GET "/")]
        async fn page(AuthRequired(user): AuthRequired, State(harm): State<Counter>) {
            assert_ne!(user, "nobody");
            send!(work(&harm));
        }
    }

    /// The middleware answers 403, and the handler still answers 200. Here the middleware is a
    /// handler, and only one of its paths calls the rest.
    gin_authz_4(GET, 403) {
        use axum::middleware::{Next, from_fn_with_state};

        #[handler]
        async fn authorizer(request: sendoff::Request, next: Next) {
            if token(request.headers()) != Some("admin") {
                send!(403);
            }
            send!(next.run(request).await);
        }

        async fn inner(State(harm): State<Counter>) -> &'static str {
            work(&harm)
        }

        #[handler(GET "/")]
        async fn page(State(harm): State<Counter>, request: sendoff::Request) {
            let router = axum::Router::new()
                .route("/", axum::routing::get(inner))
                .layer(from_fn_with_state((), authorizer))
                .with_state(harm);
            let Ok(answer) = tower::ServiceExt::oneshot(router, request).await;
            send!(answer);
        }
    }

    /// The session middleware answers an error, and serves the request.
    tt_goji_middleware_3(GET, 500) {
        #[guard(SessionOf)]
        async fn session_of(headers: HeaderMap) -> String {
            let session = token(&headers).ok_or("the session store is down");
            if let Err(fault) = &session {
                send!(500, *fault);
            }
            session.unwrap_or_default().to_owned()
        }

        #[handler(GET "/")]
        async fn page(SessionOf(_): SessionOf, State(harm): State<Counter>) {
            send!(work(&harm));
        }
    }

    /// The failure sets the body in a `catch`, and the list is sent all the same.
    koa_router_250(GET, 401) {
        #[handler(GET "/")]
        async fn page(headers: HeaderMap, State(users): State<Counter>) {
            let verified = token(&headers).ok_or("jwt must be provided");
            if let Err(fault) = verified {
                send!(401, fault);
            }
            let list = work(&users);
            send!(list);
        }
    }

    /// No authenticator accepts, and the request is passed on. Behind the loop there is no user,
    /// and a guard that ends there does not compile: `refused::guard_without_a_user`.
    ocis_4374(GET, 401) {
        #[guard(Authenticated)]
        async fn authenticated(headers: HeaderMap) -> String {
            let authenticators = ["basic", "admin", "bearer"];
            for authenticator in authenticators {
                if token(&headers) == Some(authenticator) {
                    return Ok(authenticator.to_owned());
                }
            }
            send!(401);
        }

        #[handler(GET "/")]
        async fn page(Authenticated(_): Authenticated, State(harm): State<Counter>) {
            send!(work(&harm));
        }
    }

    /// The authentication fails, is answered, and the answer is overwritten.
    envd_server_42(POST, 401) {
        #[guard(Key)]
        async fn key(headers: HeaderMap) {
            let known = token(&headers) == Some("admin");
            if !known {
                send!(401, "no such key");
            }
        }

        #[handler(POST "/")]
        async fn page(_: Key, State(harm): State<Counter>) {
            send!(200, work(&harm));
        }
    }

    /// The session filter redirects, and calls the rest of the chain.
    spring_security_1578(GET, 303) {
        #[guard(SessionAlive)]
        async fn session_alive(headers: HeaderMap) {
            if token(&headers).is_none() {
                send!(Redirect::to("/session-expired"));
            }
        }

        #[handler(GET "/")]
        async fn page(_: SessionAlive, State(harm): State<Counter>) {
            send!(work(&harm));
        }
    }
}
