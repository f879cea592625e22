//! What arrives of what a handler has sent? Its fields, all of them; and where it cannot be sent, a
//! 500 that says nothing of why.

use sendoff::http::header::{HeaderMap, HeaderValue};
use sendoff::http::response::Builder;
use sendoff::{App, Body, IntoResponse, Problem, Redirect, Reply, Response, StatusCode};
use sendoff::{after, handler, reply, routes, send};

use crate::socket::http2;
use crate::support::log::Log;
use crate::support::wire::{Answer, Running};

const COOKIES: [(&str, &str); 2] = [("set-cookie", "a=1"), ("set-cookie", "b=2")];

#[handler(GET "/array")]
async fn array() {
    send!(200, COOKIES, "x");
}

#[handler(GET "/parts")]
async fn parts() {
    send!(
        200,
        [("set-cookie", "a=1")],
        Some([("set-cookie", "b=2")]),
        "x"
    );
}

#[handler(GET "/map")]
async fn map() {
    let map = HeaderMap::from_iter([(
        "set-cookie".parse().expect("a name"),
        HeaderValue::from_static("b=2"),
    )]);
    send!(200, [("set-cookie", "a=1")], map, "x");
}

#[handler(GET "/tuple")]
async fn tuple() {
    send!((
        StatusCode::OK,
        [("set-cookie", "a=1"), ("set-cookie", "b=2")],
        "x"
    ));
}

#[handler(GET "/tuple-without-status")]
async fn tuple_without_status() {
    send!(([("set-cookie", "a=1")], [("set-cookie", "b=2")], "x"));
}

#[handler(GET "/body")]
async fn body() {
    send!(200, [("set-cookie", "b=2")], ([("set-cookie", "a=1")], "x"));
}

#[handler(GET "/helper")]
async fn helper() {
    let denied: Result<(), Reply> = Err(reply!(200, COOKIES, "x"));
    denied?;
    send!(204);
}

#[handler(GET "/lists")]
async fn lists() {
    send!(
        200,
        [
            ("vary", "accept"),
            ("link", "</a>"),
            ("www-authenticate", "Basic")
        ],
        [
            ("vary", "origin"),
            ("link", "</b>"),
            ("www-authenticate", "Bearer")
        ],
        [
            ("content-type", "text/css"),
            ("etag", "\"1\""),
            ("location", "/1")
        ],
        [("etag", "\"2\""), ("location", "/2"), ("x-own", "1")],
        "x"
    );
}

/// A head that a tuple of axum's may begin with.
#[handler(GET "/head")]
async fn head() {
    let head = Builder::new()
        .status(202)
        .header("x-own", "1")
        .body(())
        .expect("it can be made");
    send!((head, [("x-other", "2")], "x"));
}

fn with(answer: &Answer, name: &str) -> Vec<String> {
    let of_name = answer.headers.iter().filter(|(other, _)| other == name);
    of_name.map(|(_, value)| value.clone()).collect()
}

async fn ask(running: &Running, path: &str) -> Answer {
    let mut wire = running.connect().await;
    wire.request(&format!("GET {path}"), &[], "").await;
    wire.answer(false).await
}

#[tokio::test]
async fn repeatable_fields_are_added_and_others_replace() {
    let app = App::new(()).routes(routes![
        array,
        parts,
        map,
        tuple,
        tuple_without_status,
        body,
        helper,
        lists,
        head
    ]);
    let running = Running::start(app).await;
    for path in [
        "/array",
        "/parts",
        "/map",
        "/tuple",
        "/tuple-without-status",
        "/body",
        "/helper",
    ] {
        let answer = ask(&running, path).await;
        assert_eq!((answer.status, &*answer.body), (200, "x"), "{path}");
        assert_eq!(with(&answer, "set-cookie"), ["a=1", "b=2"], "{path}");
    }
    let answer = ask(&running, "/lists").await;
    assert_eq!(with(&answer, "vary"), ["accept", "origin"]);
    assert_eq!(with(&answer, "link"), ["</a>", "</b>"]);
    assert_eq!(with(&answer, "www-authenticate"), ["Basic", "Bearer"]);
    assert_eq!(with(&answer, "content-type"), ["text/css"]);
    assert_eq!(with(&answer, "etag"), ["\"2\""]);
    assert_eq!(with(&answer, "location"), ["/2"]);
    let answer = ask(&running, "/head").await;
    assert_eq!(answer.status, 202);
    assert_eq!(
        (with(&answer, "x-own"), with(&answer, "x-other")),
        (vec!["1".into()], vec!["2".into()])
    );
}

/// On axum, too.
#[tokio::test]
async fn an_axum_router_gets_all_fields() {
    let router = axum::Router::new().route("/", axum::routing::get(array));
    let request = http::Request::get("/")
        .body(Body::empty())
        .expect("it can be made");
    let response: Response = tower::ServiceExt::oneshot(router, request)
        .await
        .expect("it can be made");
    assert_eq!(response.headers().get_all("set-cookie").iter().count(), 2);
}

#[handler(GET "/redirect")]
async fn redirect() {
    send!(Redirect::to("/a\nb"));
}

#[handler(GET "/redirect-in-a-tuple")]
async fn redirect_in_a_tuple() {
    send!((
        StatusCode::CREATED,
        [("x", "y")],
        Redirect::to("/a\r\nset-cookie: b")
    ));
}

#[handler(GET "/redirect-with-a-status")]
async fn redirect_with_a_status() {
    send!(301, Redirect::to("/a\0b"));
}

#[handler(GET "/field")]
async fn field() {
    send!(200, [("x", "a\nb")], "secret");
}

#[handler(GET "/name")]
async fn name() {
    send!(200, [("a b", "x")], "secret");
}

#[handler(GET "/field-in-a-tuple")]
async fn field_in_a_tuple() {
    send!((StatusCode::CREATED, [("x", "a\nb")], "secret"));
}

/// An error type of a user's, whose response is made by axum-core alone.
struct Mine;

impl IntoResponse for Mine {
    fn into_response(self) -> Response {
        (StatusCode::CREATED, [("x", "a\nb")], "secret").into_response()
    }
}

#[handler(GET "/own-type")]
async fn own_type() {
    send!(Mine);
}

#[handler(GET "/question")]
async fn question() {
    Err(Mine)?;
    send!(204);
}

struct Sends;

impl IntoResponse for Sends {
    fn into_response(self) -> Response {
        (StatusCode::CREATED, Redirect::to("/a\nb")).into_response()
    }
}

#[handler(GET "/question-redirect")]
async fn question_redirect() {
    Err(Sends)?;
    send!(204);
}

/// A 500 that is meant keeps its text.
#[handler(GET "/meant")]
async fn meant() {
    send!((
        StatusCode::INTERNAL_SERVER_ERROR,
        [("x", "y")],
        "we are on it"
    ));
}

#[tokio::test]
async fn what_cannot_be_sent_is_a_500_and_in_the_log() {
    let log = Log::of_this_thread();
    let app = App::new(()).routes(routes![
        redirect,
        redirect_in_a_tuple,
        redirect_with_a_status,
        field,
        name,
        field_in_a_tuple,
        own_type,
        question,
        question_redirect,
        meant
    ]);
    let running = Running::start(app).await;
    for path in [
        "/redirect",
        "/redirect-in-a-tuple",
        "/redirect-with-a-status",
        "/field",
        "/name",
        "/field-in-a-tuple",
        "/own-type",
        "/question",
        "/question-redirect",
    ] {
        let answer = ask(&running, path).await;
        assert_eq!(answer.status, 500, "{path}");
        assert_eq!(
            answer.header("content-type"),
            Some("application/problem+json"),
            "{path}"
        );
        assert!(
            !answer.body.contains("header") && !answer.body.contains("secret"),
            "{path}"
        );
        let errors = log.take_errors();
        let [error] = &errors[..] else {
            panic!("{path}: {} errors in the log", errors.len());
        };
        assert!(
            error.field("at").contains("sent.rs"),
            "{path}: {}",
            error.field("at")
        );
    }
    let answer = ask(&running, "/meant").await;
    assert_eq!((answer.status, &*answer.body), (500, "we are on it"));
}

#[tokio::test]
async fn a_location_is_ascii() {
    for (uri, location) in [
        ("/ä b", "/%C3%A4%20b"),
        ("/a%20b?c=d&e#f", "/a%20b?c=d&e#f"),
        ("https://example.com/[x]", "https://example.com/[x]"),
        ("/\\evil.com", "/%5Cevil.com"),
    ] {
        assert_eq!(Redirect::to(uri).location(), location);
        let response = Redirect::permanent(uri).into_response();
        assert_eq!(response.headers()["location"], location);
    }
}

/// What a proxy may copy from the response of its upstream.
#[handler(GET "/copied")]
async fn copied() {
    send!(
        200,
        [
            ("transfer-encoding", "chunked"),
            ("content-length", "999"),
            ("connection", "keep-alive, x-hop"),
            ("keep-alive", "timeout=5"),
            ("x-hop", "1"),
            ("te", "trailers"),
            ("upgrade", "h2c"),
            ("x-own", "1"),
        ],
        "copied"
    );
}

#[handler(GET "/closes")]
async fn closes() {
    send!(200, [("connection", "close")], "closes");
}

#[handler(GET "/upgrade")]
async fn upgrade() {
    send!(
        426,
        [("upgrade", "websocket"), ("connection", "upgrade")],
        "x"
    );
}

#[tokio::test]
async fn fields_of_the_connection_are_the_servers() {
    let own = axum::Router::new().fallback(async || {
        (
            [("transfer-encoding", "chunked"), ("content-length", "999")],
            "copied",
        )
    });
    let app = App::new(())
        .routes(routes![copied, closes, upgrade])
        .nest_service("/service", own);
    let running = Running::start(app).await;
    for path in ["/copied", "/service"] {
        let mut wire = running.connect().await;
        // What axum answers to `HEAD` has no body, and so no length.
        let lines = if path == "/copied" {
            &["GET", "HEAD", "GET"][..]
        } else {
            &["GET", "GET"]
        };
        for line in lines {
            wire.request(&format!("{line} {path}"), &[], "").await;
            let answer = wire.answer(*line == "HEAD").await;
            assert_eq!(answer.status, 200, "{line} {path}");
            assert_eq!(answer.header("content-length"), Some("6"), "{line} {path}");
            for name in [
                "transfer-encoding",
                "connection",
                "keep-alive",
                "x-hop",
                "te",
                "upgrade",
            ] {
                assert_eq!(answer.header(name), None, "{line} {path} {name}");
            }
        }
    }
    let client = http2::connect(running.address).await;
    let answer = client.get("/copied").await;
    assert_eq!((answer.0, &*answer.1), (200, "copied"));
    let answer = ask(&running, "/closes").await;
    assert_eq!(answer.header("connection"), Some("close"));
    let answer = ask(&running, "/upgrade").await;
    assert_eq!(answer.header("upgrade"), Some("websocket"));
}

/// Work beside what cannot be sent: it is told of the 500 that was sent instead.
#[tokio::test]
async fn work_after_a_response_that_cannot_be_sent_runs() {
    let (told, mut heard) = tokio::sync::mpsc::unbounded_channel::<&'static str>();
    let tell = move |what: &'static str| {
        let told = told.clone();
        after(async move { told.send(what).expect("a listener") })
    };
    let tell = std::sync::Arc::new(tell);
    #[handler(GET "/{what}")]
    async fn works(
        what: String,
        sendoff::State(tell): sendoff::State<
            std::sync::Arc<dyn Fn(&'static str) -> sendoff::After + Send + Sync>,
        >,
    ) {
        match &*what {
            "before" => send!(200, tell("before"), [("x", "a\nb")], "x"),
            "behind" => send!(200, [("x", "a\nb")], tell("behind"), "x"),
            "redirect" => send!(200, tell("redirect"), Redirect::to("/\n")),
            "status" => send!(u16::MAX, tell("status"), "x"),
            "tuple" => send!((StatusCode::OK, tell("tuple"), [("x", "a\nb")], "x")),
            "problem" => send!(404, tell("problem"), Problem::new(404)),
            _ => send!(200, tell("length"), [("content-length", "9")], "x"),
        }
    }
    let app =
        App::new(tell as std::sync::Arc<dyn Fn(&'static str) -> sendoff::After + Send + Sync>);
    let running = Running::start(app.routes(routes![works])).await;
    for (what, status) in [
        ("before", 500),
        ("behind", 500),
        ("redirect", 500),
        ("status", 500),
        ("tuple", 500),
        ("problem", 404),
        ("length", 500),
    ] {
        assert_eq!(
            ask(&running, &format!("/{what}")).await.status,
            status,
            "{what}"
        );
        let heard = crate::support::wire::in_time(heard.recv()).await;
        assert_eq!(heard, Some(what));
    }
}
