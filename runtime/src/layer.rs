//! What runs around a handler? tower's layers, in a chain that travels with the request.
//!
//! A layer is applied once, to [`InnerService`], which knows nothing: the request carries, in its
//! extensions, what is further inside. So one instance of a layer is around any number of routes,
//! and what it limits it limits for all of them together. A request that meets no layer carries
//! nothing.

use std::any::type_name;
use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::sync::Arc;
use std::task::{Context, Poll};

use axum_core::extract::Request;
use axum_core::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderValue, Uri};
use tower_layer::Layer;
use tower_service::Service;

use crate::app::{dispatch, erase, method_not_allowed};
use crate::body;
use crate::endpoint::{AppFuture, Ending, Entered};
use crate::format::Format;
use crate::parameter::{Captures, MatchedUri};
use crate::problem::Problem;
use crate::router::{Call, Endpoint, Table};
use crate::serving::Serving;

/// What a layer wraps: the layers inside it, and at last the handler.
///
/// It is the `S` of a [`Layer<S>`](tower_layer::Layer), which [`App::layer`](crate::App::layer) and
/// [`Routes::layer`](crate::Routes::layer) take. A panic inside it is answered 500 already, and a
/// [`Problem`] has the app's format.
///
/// The way on is kept in the request's extensions: a layer that makes a new request must keep them.
#[derive(Clone, Debug)]
pub struct InnerService(());

impl<B> Service<http::Request<B>> for InnerService
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<axum_core::BoxError>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = AppFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> AppFuture {
        let request = request.map(erase);
        let passage = request.extensions().get::<Passage>();
        let (format, serving, entered) = match passage {
            Some(passage) => (
                passage.format.clone(),
                passage.serving.clone(),
                Some(Arc::clone(&passage.entered)),
            ),
            None => (None, Serving::default(), None),
        };
        let ending = Ending {
            to_head: request.method() == http::Method::HEAD,
            is_last: false,
            format,
            serving,
            observation: None,
            has_left: false,
            entered,
        };
        proceed(request, ending)
    }
}

/// A service that answers requests: what a layer makes, and what
/// [`App::nest_service`](crate::App::nest_service) takes.
///
/// That is every [`tower::Service`](tower_service::Service) that takes a
/// [`Request`](crate::Request), answers with an [`IntoResponse`], never fails, and can be cloned,
/// sent and shared: an axum `Router`, tower-http's `ServeDir`, an [`App`](crate::App).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no service that answers requests",
    label = "this is, or makes, a `{Self}`",
    note = "it must be a `tower::Service<sendoff::Request, Error = Infallible>` that is `Clone`, `Send` and `Sync`, and whose response is an `IntoResponse`",
    note = "a service that can fail needs a layer outside it that answers errors, such as axum's `HandleErrorLayer`"
)]
pub trait HttpService: Clone + Send + Sync + 'static {
    #[doc(hidden)]
    fn respond(self, request: Request) -> impl Future<Output = Response> + Send + 'static;
}

#[diagnostic::do_not_recommend]
impl<T> HttpService for T
where
    T: Service<Request, Error = Infallible, Response: IntoResponse, Future: Send + 'static>
        + Clone
        + Send
        + Sync
        + 'static,
{
    async fn respond(mut self, request: Request) -> Response {
        let Ok(()) = poll_fn(|context| self.poll_ready(context)).await;
        let Ok(response) = self.call(request).await;
        response.into_response()
    }
}

/// A layer around something.
#[derive(Clone)]
struct Layered {
    /// The type of its service.
    name: &'static str,
    call: Call,
}

/// The layers around something, the outermost first.
#[derive(Clone, Default)]
pub(crate) struct Layers(Arc<[Layered]>);

impl Layers {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// One layer.
    pub(crate) fn new<L>(layer: &L) -> Self
    where
        L: Layer<InnerService, Service: HttpService>,
    {
        let call = shared(layer.layer(InnerService(())));
        let name = type_name::<L>();
        Layers(Arc::new([Layered { name, call }]))
    }

    /// These outside, those inside.
    pub(crate) fn around(&self, inner: &Self) -> Self {
        match (self.is_empty(), inner.is_empty()) {
            (true, _) => inner.clone(),
            (_, true) => self.clone(),
            _ => Layers(self.0.iter().chain(&*inner.0).cloned().collect()),
        }
    }

    /// The outer layers that both have.
    pub(crate) fn shared(&self, other: &Self) -> Self {
        let pairs = self.0.iter().zip(&*other.0);
        let same = |pair: &(&Layered, &Layered)| Arc::ptr_eq(&pair.0.call, &pair.1.call);
        let shared = pairs.take_while(same).map(|(layer, _)| layer.clone());
        Layers(shared.collect())
    }

    /// Sends a request through them, to what is inside.
    pub(crate) fn enter(
        &self,
        mut request: Request,
        target: Target,
        mut ending: Ending,
    ) -> AppFuture {
        let entered = ending.entered.get_or_insert_default();
        let passage = Passage {
            layers: self.clone(),
            next: 0,
            target,
            uri: request.uri().clone(),
            format: ending.format.clone(),
            serving: ending.serving.clone(),
            entered: Arc::clone(entered),
        };
        request.extensions_mut().insert(passage);
        proceed(request, ending)
    }
}

/// A service that many requests share: each gets a clone, in its own future, where a panic is
/// contained.
pub(crate) fn shared(service: impl HttpService) -> Call {
    let service = Arc::new(service);
    Arc::new(move |request| {
        let service = Arc::clone(&service);
        Box::pin(async move { (*service).clone().respond(request).await })
    })
}

/// What is inside all layers.
#[derive(Clone)]
pub(crate) enum Target {
    /// An app: the request is not routed yet.
    App(Arc<Table>),
    Endpoint(Arc<Endpoint>, Captures),
    /// The value of `Allow`.
    MethodNotAllowed(HeaderValue),
}

/// How far a request has come.
#[derive(Clone)]
struct Passage {
    layers: Layers,
    next: usize,
    target: Target,
    /// As it was when it was routed: a layer may write another into the request.
    uri: Uri,
    format: Option<Format>,
    serving: Serving,
    entered: Entered,
}

/// Calls what is next on the request's way.
fn proceed(mut request: Request, ending: Ending) -> AppFuture {
    let passage = request.extensions_mut().get_mut::<Passage>();
    if let Some(passage) = passage
        && let Some(layer) = passage.layers.0.get(passage.next)
    {
        let Layered { name, call } = layer.clone();
        passage.next += 1;
        return AppFuture::layer(call(request), name, ending);
    }
    let Some(passage) = request.extensions_mut().remove::<Passage>() else {
        tracing::error!("a layer has dropped the extensions of a request; answered 500");
        return AppFuture::ready(Problem::failed().into_response(), ending);
    };
    match passage.target {
        Target::App(table) => dispatch(&table, request, ending, None),
        Target::Endpoint(endpoint, mut captures) => {
            if passage.uri.path() != request.uri().path() {
                captures.are_elsewhere();
                request.extensions_mut().insert(MatchedUri(passage.uri));
            }
            let limit = ending.serving.body_limit_of(endpoint.settings);
            body::limit_body(&mut request, limit);
            AppFuture::call(&endpoint, request, captures, ending)
        }
        Target::MethodNotAllowed(allow) => AppFuture::ready(method_not_allowed(allow), ending),
    }
}
