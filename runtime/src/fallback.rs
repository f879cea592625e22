//! Who answers a path that no route has? A handler without a route: its arguments are extractors.

use std::future::Future;
use std::sync::Arc;

use axum_core::extract::{FromRequest, FromRequestParts, Request};
use axum_core::response::{IntoResponse, Response};
use http::StatusCode;

use crate::problem::Problem;
use crate::rejection::rejected;
use crate::route::{HandlerFuture, State};

/// A function that [`App::fallback`](crate::App::fallback) takes: `async`, with up to eight
/// extractors for arguments, the last of which may take the body. `M` tells rustc which.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the fallback of an app with the state `{S}`",
    label = "this is no fallback",
    note = "a fallback is an `async fn` under plain `#[handler]`",
    note = "each of its arguments is an extractor; only the last can take the body"
)]
pub trait Fallback<S, M>: Clone + Send + Sync + 'static {
    #[doc(hidden)]
    fn respond(self, request: Request, state: Arc<S>) -> HandlerFuture;
}

#[diagnostic::do_not_recommend]
impl<F, A, S> Fallback<S, ()> for F
where
    F: FnOnce() -> A + Clone + Send + Sync + 'static,
    A: Future<Output: IntoResponse> + Send,
    S: State,
{
    fn respond(self, _: Request, _: Arc<S>) -> HandlerFuture {
        Box::pin(async move { self().await.into_response() })
    }
}

macro_rules! fallback_of {
    ($($first:ident)*; $last:ident) => {
        #[diagnostic::do_not_recommend]
        impl<F, A, S, M, $($first,)* $last> Fallback<S, (M, $($first,)* $last)> for F
        where
            F: FnOnce($($first,)* $last) -> A + Clone + Send + Sync + 'static,
            A: Future<Output: IntoResponse> + Send,
            S: State,
            $($first: FromRequestParts<S, Rejection: 'static> + Send,)*
            $last: FromRequest<S, M, Rejection: 'static> + Send,
        {
            #[allow(non_snake_case, unused_mut)]
            fn respond(self, request: Request, state: Arc<S>) -> HandlerFuture {
                Box::pin(async move {
                    let (mut parts, body) = request.into_parts();
                    $(let $first = match $first::from_request_parts(&mut parts, &*state).await {
                        Ok(value) => value,
                        Err(rejection) => return rejected(rejection),
                    };)*
                    let request = Request::from_parts(parts, body);
                    let $last = match $last::from_request(request, &*state).await {
                        Ok(value) => value,
                        Err(rejection) => return rejected(rejection),
                    };
                    self($($first,)* $last).await.into_response()
                })
            }
        }
    };
}

fallback_of!(; T1);
fallback_of!(T1; T2);
fallback_of!(T1 T2; T3);
fallback_of!(T1 T2 T3; T4);
fallback_of!(T1 T2 T3 T4; T5);
fallback_of!(T1 T2 T3 T4 T5; T6);
fallback_of!(T1 T2 T3 T4 T5 T6; T7);
fallback_of!(T1 T2 T3 T4 T5 T6 T7; T8);

/// The answer where there is no fallback.
pub(crate) fn not_found() -> Response {
    let problem = Problem::new(StatusCode::NOT_FOUND).detail("nothing has this path");
    problem.into_response()
}
