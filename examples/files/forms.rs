//! What does a response say about its other forms?
//!
//! A file is sent as it is, or compressed, whichever the client takes. Caches have to know that
//! there are both, and which of them an `ETag` is of.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use sendoff::http::header::{ACCEPT_ENCODING, ETAG, VARY};
use sendoff::http::{HeaderMap, HeaderValue, Response};
use sendoff::{EntityTag, Request};
use tower_layer::Layer;
use tower_service::Service;

/// The layer to put around tower-http's `CompressionLayer`, which says `Vary` only where it has, or
/// might have, compressed a body: not with 206, 304 and `HEAD`, whose 200 it does say it with (RFC
/// 9110 sections 12.5.5, 9.3.2, 15.3.7 and 15.4.5). And it leaves the strong `ETag` of a file on what
/// it has made of it (section 8.8.3.3).
#[derive(Clone)]
pub(crate) struct FormsLayer;

impl<S> Layer<S> for FormsLayer {
    type Service = Forms<S>;

    fn layer(&self, inner: S) -> Forms<S> {
        Forms(inner)
    }
}

#[derive(Clone)]
pub(crate) struct Forms<S>(S);

impl<S, B> Service<Request> for Forms<S>
where
    S: Service<Request, Response = Response<B>, Future: Send + 'static>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let takes_others = takes_other_forms(request.headers());
        let answer = self.0.call(request);
        Box::pin(async move {
            let mut response = answer.await?;
            describe(response.headers_mut(), takes_others);
            Ok(response)
        })
    }
}

/// Does the client take more than the file as it is? Who does not can put parts of it together, for
/// which it needs a strong tag.
fn takes_other_forms(headers: &HeaderMap) -> bool {
    let is_other = |value: &HeaderValue| !value.as_bytes().eq_ignore_ascii_case(b"identity");
    headers.get_all(ACCEPT_ENCODING).iter().any(is_other)
}

/// The same for every response to such a request, whether it has a body or not: what a 304 says is
/// what the 200 has said.
fn describe(headers: &mut HeaderMap, takes_others: bool) {
    let tag = headers.get(ETAG).map(EntityTag::try_from);
    if let Some(Ok(tag)) = tag
        && takes_others
    {
        headers.insert(ETAG, tag.into_weak().into());
    }
    let names_it = |value: &HeaderValue| {
        let names = value.to_str().unwrap_or_default().split(',');
        let mut names = names.map(str::trim);
        names.any(|name| name == "*" || name.eq_ignore_ascii_case(ACCEPT_ENCODING.as_str()))
    };
    if !headers.get_all(VARY).iter().any(names_it) {
        headers.append(VARY, ACCEPT_ENCODING.into());
    }
}
