//! What is to be seen of a request: its span in the log, and what an observer is told.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::Method;
use sendoff::test::Client;
use sendoff::{App, Body, Exchange, Request, handler, routes, send};
use tower_service::Service;

use crate::support::answer::run;
use crate::support::log::{Line, Log};

#[handler(GET "/users/{id}")]
async fn show(id: u8) {
    tracing::info!(target: "sendoff-tests", "inside");
    send!(200, line!().to_string() + &"x".repeat(id.into()))
}

#[handler(GET "/panic")]
async fn panics() {
    panic!("on purpose");
}

#[handler(GET "/slow", on_disconnect = cancel)]
async fn slow() {
    tokio::time::sleep(Duration::MAX).await;
    send!(204);
}

fn users() -> App {
    App::new(()).routes(routes![show, panics, slow])
}

/// The line of the log that says how a request ended.
fn ended(log: &Log) -> Line {
    let mut lines = log.take();
    lines.retain(|line| ["answered", "broke off"].contains(&line.field("message")));
    let [line] = lines.try_into().expect("one line for one request");
    line
}

#[test]
fn every_observer_is_told_and_a_panic_of_one_is_not_the_others() {
    run(async {
        let told = Arc::new(Mutex::new(Vec::new()));
        let tells = |name: &'static str| {
            let told = Arc::clone(&told);
            move |_: &Exchange| told.lock().expect("nobody panicked").push(name)
        };
        let app = users().observe(tells("first"));
        let app = app
            .observe(|_| panic!("on purpose"))
            .observe(tells("third"));
        assert_eq!(Client::new(app).get("/users/3").await.status(), 200);
        assert_eq!(*told.lock().expect("nobody panicked"), ["first", "third"]);
    });
}

#[test]
fn a_request_has_a_span_and_a_line() {
    run(async {
        let log = Log::of_this_thread();
        let client = Client::new(App::new(()).nest("/api", users()));
        let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        let answer = client.get("/api/users/3?x=secret");
        let answer = answer
            .header("traceparent", trace)
            .header("x-request-id", "r1");
        let text = answer.await.text().to_owned();
        let lines = log.take();
        let inside = lines.iter().find(|line| line.field("message") == "inside");
        let inside = inside.expect("the line of the handler");
        let answered = lines
            .iter()
            .find(|line| line.field("message") == "answered");
        let answered = answered.expect("the line of the request");
        for line in [inside, answered] {
            for (name, value) in [
                ("otel.name", "GET /api/users/{id}"),
                ("otel.kind", "server"),
                ("http.request.method", "GET"),
                ("url.path", "/api/users/3"),
                ("client.address", "127.0.0.1"),
                ("client.port", "49152"),
                ("http.route", "/api/users/{id}"),
                ("code.function.name", concat!(module_path!(), "::show")),
                ("trace_id", "0af7651916cd43dd8448eb211c80319c"),
                ("http.request.header.x_request_id", "r1"),
            ] {
                assert_eq!(line.field(name), value, "{name} of {line:?}");
            }
        }
        assert_eq!(inside.field("http.response.status_code"), "");
        assert_eq!(answered.field("http.response.status_code"), "200");
        assert_eq!(answered.field("bytes"), text.len().to_string());
        let size = answered.field("http.response.body.size");
        assert_eq!(size, text.len().to_string());
        let place = format!("{}:{}:5", file!(), text.trim_end_matches('x'));
        assert_eq!(answered.field("sent_at"), place);
        assert!(!answered.field("latency").is_empty());

        client.get("/nothing").await.assert_status(404);
        let line = ended(&log);
        assert_eq!(line.field("http.response.status_code"), "404");
        assert_eq!(
            (line.field("http.route"), line.field("otel.name")),
            ("", "")
        );
    });
}

/// What fails there is its own; the request is answered.
#[test]
fn a_hook_of_spans_that_panics_is_in_the_log() {
    run(async {
        let log = Log::of_this_thread();
        let app = users().span(|_, _| panic!("on purpose"));
        Client::new(app).get("/users/3").await.assert_status(200);
        let lines = log.take_errors();
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert_eq!(lines[0].field("panic"), "on purpose");
    });
}

/// What no route has goes to a service: its route is all that is below the prefix.
#[test]
fn a_service_has_a_route() {
    run(async {
        let files = || tower_http::services::ServeDir::new("/nowhere");
        let inner = App::new(()).nest_service("/files", files());
        let app = App::new(()).nest("/api", inner).nest_service("/", files());
        let (app, exchanges) = observed(app);
        let log = Log::of_this_thread();
        let client = Client::new(app);
        for (path, route) in [
            ("/api/files/a.txt", "/api/files/{*rest}"),
            ("/api/files", "/api/files/{*rest}"),
            ("/other", "/{*rest}"),
        ] {
            client.get(path).await.assert_status(404);
            let told = std::mem::take(&mut *exchanges.lock().expect("no panic"));
            let [told] = told.try_into().expect("one request");
            assert_eq!(told.route.as_deref(), Some(route), "{path}");
            let handler = told.handler.expect("the service's name");
            assert!(handler.contains("ServeDir"), "{handler}");
            let line = ended(&log);
            assert_eq!(line.field("http.route"), route);
            assert_eq!(line.field("otel.name"), format!("GET {route}"));
        }
    });
}

/// Keeps what it is told.
fn observed(app: App) -> (App, Arc<Mutex<Vec<Exchange>>>) {
    let exchanges = Arc::<Mutex<Vec<Exchange>>>::default();
    let kept = Arc::clone(&exchanges);
    let keep = move |exchange: &Exchange| kept.lock().expect("no panic").push(exchange.clone());
    (app.observe(keep), exchanges)
}

#[test]
fn an_observer_is_told_of_every_request_once() {
    run(async {
        let (app, exchanges) = observed(users());
        let client = Client::new(app);
        let text = client.get("/users/3").await.text().to_owned();
        client.head("/users/3").await.assert_status(200);
        client.get("/panic").await.assert_status(500);
        client.post("/users/3").await.assert_status(405);
        client.get("/nothing").await.assert_status(404);
        let told = std::mem::take(&mut *exchanges.lock().expect("no panic"));
        let told: Vec<_> = told
            .iter()
            .map(|it| {
                assert!(it.is_complete);
                let status = it.status.map(|status| status.as_u16());
                (it.method.clone(), it.route.as_deref(), status, it.bytes)
            })
            .collect();
        let length = text.len() as u64;
        let bare = "{\"type\":\"about:blank\",\"title\":\"Internal Server Error\",\"status\":500}";
        assert_eq!(told.len(), 5);
        assert_eq!(
            told[0],
            (Method::GET, Some("/users/{id}"), Some(200), length)
        );
        assert_eq!(told[1], (Method::HEAD, Some("/users/{id}"), Some(200), 0));
        assert_eq!(
            told[2],
            (Method::GET, Some("/panic"), Some(500), bare.len() as u64)
        );
        assert_eq!((told[3].1, told[3].2), (None, Some(405)));
        assert_eq!((told[4].1, told[4].2), (None, Some(404)));
    });
}

#[test]
fn what_is_not_read_to_its_end_is_not_complete() {
    run(async {
        let (mut app, exchanges) = observed(users());
        let request = |path: &str| Request::get(path).body(Body::empty()).expect("a request");
        // The body is dropped unread.
        let Ok(response) = app.call(request("/users/3")).await;
        assert!(exchanges.lock().expect("no panic").is_empty());
        drop(response);
        // The client leaves while the handler runs.
        let started = app.call(request("/slow"));
        assert!(futures_util::FutureExt::now_or_never(started).is_none());
        let told = exchanges.lock().expect("no panic").clone();
        let told: Vec<_> = told.iter().map(|it| (it.status, it.is_complete)).collect();
        assert_eq!(
            told,
            [(Some(sendoff::StatusCode::OK), false), (None, false)]
        );
    });
}

#[test]
fn a_panic_of_the_observer_is_contained() {
    run(async {
        let log = Log::of_this_thread();
        let client = Client::new(users().observe(|_| panic!("on purpose")));
        client.get("/users/3").await.assert_status(200);
        let errors = log.take_errors();
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert_eq!(
            errors[0].field("message"),
            "the observer of an app panicked"
        );
    });
}
