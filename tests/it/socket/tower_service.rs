//! Is an app a `tower::Service` for whoever hosts it?

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Empty, Full, StreamBody};
use hyper::body::Frame;
use sendoff::{App, Body, Response, State, handler, routes, send};
use tower::{Service, ServiceExt};

use crate::support::answer::check;

#[handler(POST "/echo/{n}")]
async fn echo(n: usize, State(prefix): State<&'static str>, body: String) {
    send!(200, format!("{prefix}{}", body.repeat(n)));
}

fn app() -> App<&'static str> {
    App::new("> ").routes(routes![echo])
}

fn post<B>(body: B) -> Request<B> {
    Request::post("/echo/2").body(body).expect("a request")
}

fn checked(answer: Result<Response, std::convert::Infallible>, status: u16, body: &str) {
    match answer {
        Ok(response) => check_in_thread(response, status, body),
        Err(never) => match never {},
    }
}

/// `check` brings a runtime of its own.
fn check_in_thread(response: Response, status: u16, body: &str) {
    std::thread::scope(|scope| {
        scope.spawn(|| check(response, status, body));
    });
}

#[tokio::test]
async fn any_body_goes_in() {
    checked(app().oneshot(post(Full::from("ab"))).await, 200, "> abab");
    checked(app().oneshot(post(Body::from("ab"))).await, 200, "> abab");
    checked(app().oneshot(post(Empty::<Bytes>::new())).await, 200, "> ");
    let frames = [Ok::<_, std::io::Error>(Frame::data(Bytes::from("a")))];
    let stream = StreamBody::new(futures_util::stream::iter(frames));
    checked(app().oneshot(post(stream)).await, 200, "> aa");
    let boxed = Full::from("b").map_err(std::io::Error::other).boxed();
    checked(app().oneshot(post(boxed)).await, 200, "> bb");
}

#[tokio::test]
async fn a_body_that_fails_is_refused() {
    let frames = [Err::<Frame<Bytes>, _>(std::io::Error::other("cut"))];
    let stream = StreamBody::new(futures_util::stream::iter(frames));
    let answer = app().oneshot(post(stream)).await.expect("no error");
    assert_eq!(answer.status(), 400);
}

#[tokio::test]
async fn it_is_called_again_and_cloned() {
    let mut app = app();
    let ready = ServiceExt::<Request<Full<Bytes>>>::ready(&mut app).await;
    let ready = ready.expect("always ready");
    checked(ready.call(post(Full::from("1"))).await, 200, "> 11");
    let mut other = app.clone();
    let (first, second) = tokio::join!(
        app.call(post(Full::from("2"))),
        other.call(post(Full::from("3")))
    );
    checked(first, 200, "> 22");
    checked(second, 200, "> 33");
}
