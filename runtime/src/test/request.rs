//! What does a test ask? [`RequestBuilder`], which is sent when it is awaited.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::net::SocketAddr;
use std::pin::Pin;

use axum::extract::{ConnectInfo, Form, Json};
use axum_core::body::Body;
use axum_core::response::IntoResponse;
use http::header::{CONTENT_TYPE, COOKIE, HOST};
use http::{HeaderName, HeaderValue, Method, Request, Response, Uri};
use serde::Serialize;

use super::{Answer, Client};
use crate::route::State;
use crate::spelling;

/// A request of a [`Client`], sent when it is awaited.
///
/// ```
/// # use sendoff::{App, Form, HeaderMap, handler, routes, send, test::Client};
/// # #[derive(serde::Deserialize)] struct Login { name: String }
/// #[handler(POST "/login")]
/// async fn login(headers: HeaderMap, Form(login): Form<Login>) {
///     assert_eq!(headers["x-forwarded-proto"], "https");
///     send!(200, [("set-cookie", "session=1; HttpOnly")], login.name);
/// }
///
/// # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
/// # runtime.block_on(async {
/// # let client = Client::new(App::new(()).routes(routes![login]));
/// let answer = client
///     .post("/login")
///     .header("x-forwarded-proto", "https")
///     .form(&[("name", "ada")])
///     .await;
/// answer.assert_status(200).assert_text("ada");
/// # });
/// ```
#[must_use = "a request is sent when it is awaited"]
pub struct RequestBuilder<S = ()> {
    client: Client<S>,
    request: Request<Body>,
}

impl<S: State> RequestBuilder<S> {
    #[track_caller]
    pub(super) fn new(client: Client<S>, method: Method, path: &str) -> Self {
        // As a client writes it: `/ä` is `/%C3%A4`.
        let uri: Uri = match spelling::written(path).parse() {
            Ok(uri) => uri,
            Err(fault) => panic!("{path:?} is no path for a request: {fault}"),
        };
        assert!(
            path.starts_with('/'),
            "{path:?} is no path for a request: it begins with `/`"
        );
        let mut request = Request::new(Body::empty());
        *request.method_mut() = method;
        *request.uri_mut() = uri;
        // A request of HTTP/1.1 has one (RFC 9112 section 3.2).
        let host = HeaderValue::from_static("localhost");
        request.headers_mut().insert(HOST, host);
        RequestBuilder { client, request }
    }

    /// Sets a header. A second of the same name replaces it.
    ///
    /// # Panics
    ///
    /// Panics if the name or the value is not valid in a header (RFC 9110 section 5).
    #[track_caller]
    pub fn header(
        mut self,
        name: impl TryInto<HeaderName>,
        value: impl TryInto<HeaderValue>,
    ) -> Self {
        let (Ok(name), Ok(value)) = (name.try_into(), value.try_into()) else {
            panic!("this is no header: the name is a token, the value visible ASCII");
        };
        self.request.headers_mut().insert(name, value);
        self
    }

    /// Sends it from this address, which handlers get as
    /// [`ConnectInfo`](crate::extract::ConnectInfo). It is `127.0.0.1:49152` otherwise.
    ///
    /// ```
    /// # use sendoff::{App, extract::ConnectInfo, handler, routes, send, test::Client};
    /// # use std::net::SocketAddr;
    /// #[handler(GET "/who")]
    /// async fn who(ConnectInfo(client): ConnectInfo<SocketAddr>) {
    ///     send!(200, client.ip().to_string());
    /// }
    ///
    /// # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    /// # runtime.block_on(async {
    /// let client = Client::new(App::new(()).routes(routes![who]));
    /// let from = SocketAddr::from(([203, 0, 113, 7], 4711));
    /// client.get("/who").client_address(from).await.assert_text("203.0.113.7");
    /// # });
    /// ```
    pub fn client_address(mut self, address: SocketAddr) -> Self {
        self.request.extensions_mut().insert(ConnectInfo(address));
        self
    }

    /// Adds a cookie for this request alone. Those that the app has set are sent, too, but for one
    /// of the same name.
    ///
    /// # Panics
    ///
    /// Panics if the name or the value has a character that a header cannot have.
    #[track_caller]
    pub fn cookie(mut self, name: &str, value: &str) -> Self {
        let mut cookies = format!("{name}={value}").into_bytes();
        if let Some(others) = self.request.headers().get(COOKIE) {
            cookies = [others.as_bytes(), b"; ", &cookies].concat();
        }
        let Ok(cookies) = HeaderValue::try_from(cookies) else {
            panic!("{name:?} and {value:?} make no cookie");
        };
        self.request.headers_mut().insert(COOKIE, cookies);
        self
    }

    /// Sends a value as JSON, with its `Content-Type`.
    ///
    /// # Panics
    ///
    /// Panics if the value cannot be serialized.
    #[track_caller]
    pub fn json(self, value: &(impl Serialize + ?Sized)) -> Self {
        self.encoded(Json(value).into_response())
    }

    /// Sends fields as a form (`application/x-www-form-urlencoded`).
    ///
    /// # Panics
    ///
    /// Panics if the value cannot be serialized.
    #[track_caller]
    pub fn form(self, fields: &(impl Serialize + ?Sized)) -> Self {
        self.encoded(Form(fields).into_response())
    }

    /// Sends text (`text/plain; charset=utf-8`).
    pub fn text(self, text: impl Into<String>) -> Self {
        self.encoded(text.into().into_response())
    }

    /// Sends a body as it is, without a `Content-Type`.
    pub fn body(mut self, body: impl Into<Body>) -> Self {
        *self.request.body_mut() = body.into();
        self
    }

    #[track_caller]
    fn encoded(mut self, encoded: Response<Body>) -> Self {
        assert!(
            encoded.status().is_success(),
            "the value cannot be serialized"
        );
        let (parts, body) = encoded.into_parts();
        for value in parts.headers.get_all(CONTENT_TYPE) {
            self.request
                .headers_mut()
                .insert(CONTENT_TYPE, value.clone());
        }
        self.body(body)
    }

    async fn send(mut self) -> Answer {
        let path = self.request.uri().path().to_owned();
        let host = self.request.headers().get(HOST);
        let host = host.and_then(|host| host.to_str().ok()).unwrap_or_default();
        let host = host.to_ascii_lowercase();
        // Without its port, which is no part of a cookie's domain.
        let port = host.rfind(':').filter(|_| !host.ends_with(']'));
        let host = host
            .get(..port.unwrap_or(host.len()))
            .unwrap_or_default()
            .to_owned();
        let headers = self.request.headers_mut();
        let added = headers.get(COOKIE);
        if let Some(all) = self
            .client
            .cookies(|cookies| cookies.of(&host, &path, added))
        {
            headers.insert(COOKIE, all);
        }
        let asked = format!("{} {}", self.request.method(), self.request.uri());
        let response = self.client.call(self.request).await;
        let set = response.headers();
        self.client
            .cookies(|cookies| cookies.set(set, &host, &path));
        Answer::read(asked, response).await
    }
}

impl<S: State> IntoFuture for RequestBuilder<S> {
    type Output = Answer;
    type IntoFuture = Pin<Box<dyn Future<Output = Answer> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

impl<S> fmt::Debug for RequestBuilder<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestBuilder")
            .field("request", &self.request)
            .finish_non_exhaustive()
    }
}
