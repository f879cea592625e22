//! Is a handler in a handler, a function or a module checked and mounted on its own?

#![allow(clippy::never_loop, reason = "odd code is what is tested")]

use sendoff::{App, Reply, handler, routes, send};
use tower::ServiceExt;

use crate::support::answer::{check, check_async, run};

#[handler]
async fn outer(n: u8) {
    #[handler]
    async fn inner(n: u8) {
        if n == 1 {
            send!(409, "inner");
        }
        #[handler]
        fn innermost() {
            send!(410, "innermost");
        }
        let answer = innermost();
        send!(answer);
    }

    struct Local;

    impl Local {
        #[handler]
        fn method(&self) {
            send!(418, "method");
        }
    }

    if n == 0 {
        send!(404, "outer");
    }
    if n == 3 {
        send!(Local.method());
    }
    let answer = inner(n).await;
    send!(answer);
}

#[handler]
fn users_own_label(n: u8) {
    let word = 'send: {
        if n == 0 {
            break 'send "own";
        }
        if n == 1 {
            send!(404, "none");
        }
        'label: loop {
            if n == 2 {
                send!(409, "two");
            }
            break 'label;
        }
        "last"
    };
    'send: loop {
        for _ in 0..1 {
            break 'send;
        }
    }
    send!(word);
}

mod users {
    use sendoff::{handler, send};

    #[handler(GET "/users")]
    pub(crate) async fn list() {
        send!("list");
    }

    pub(crate) mod admin {
        use super::super::guard;

        #[sendoff::handler(GET "/admin/{name}")]
        pub(in super::super) async fn show(name: String) {
            guard(&name)?;
            sendoff::send!(name);
        }
    }
}

fn guard(name: &str) -> Result<(), Reply> {
    if name != "root" {
        send!(403, "root only");
    }
    Ok(())
}

#[track_caller]
fn check_path<S: Clone + Send + Sync + 'static>(app: &App<S>, path: &str, status: u16, body: &str) {
    let request = http::Request::get(path)
        .body(sendoff::Body::empty())
        .expect("a request");
    check(
        run(app.clone().oneshot(request)).expect("no error"),
        status,
        body,
    );
}

#[test]
fn handlers_in_handlers() {
    check_async(outer(0), 404, "outer");
    check_async(outer(1), 409, "inner");
    check_async(outer(2), 410, "innermost");
    check_async(outer(3), 418, "method");
    check(users_own_label(0), 200, "own");
    check(users_own_label(1), 404, "none");
    check(users_own_label(2), 409, "two");
    check(users_own_label(3), 200, "last");
}

#[test]
fn handlers_in_modules_and_functions() {
    #[handler(GET "/local/{n}")]
    async fn local(n: u8) {
        send!(200, n.to_string());
    }

    let app = App::new(()).routes(routes![users::list, users::admin::show, local,]);
    check_path(&app, "/users", 200, "list");
    check_path(&app, "/admin/root", 200, "root");
    check_path(&app, "/admin/joe", 403, "root only");
    check_path(&app, "/local/7", 200, "7");
    check_async(users::list(), 200, "list");
}
