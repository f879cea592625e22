//! What runs after the response? [`after`] and [`after_with`], started when the response has left
//! or can leave no more.
//!
//! The work rides in the response's extensions until the response is made, and then in its body,
//! which the host drops when it is done with it, one way or the other.

use std::cell::Cell;
use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::panic::{AssertUnwindSafe, Location, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use axum_core::body::Body;
use axum_core::response::{IntoResponse, IntoResponseParts, Response, ResponseParts};
use bytes::Bytes;
use http::{Extensions, header};
use http_body::{Body as _, Frame, SizeHint};
use tokio::runtime::Handle;
use tokio_util::task::task_tracker::TaskTrackerToken;

use crate::running::message;
use crate::serving::Serving;

/// How a response ended, as far as the server can know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// All of it was handed to the host's HTTP library, which writes it to the connection.
    Complete,
    /// It was dropped before its end, or the client had closed its side of an HTTP/1.1 connection
    /// before there was a response: most often, the client has left.
    Aborted,
}

/// Work for after the response: a part of a response, made by [`after`] or [`after_with`].
#[must_use = "work that is not sent with a response never starts"]
pub struct After(Job);

struct Job {
    start: Box<dyn FnOnce(Outcome) -> Running + Send>,
    /// Where it was made, for the log.
    at: &'static Location<'static>,
}

type Running = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Runs a future after the response, whether it was sent or the client has left.
///
/// It stands between the status and the body, in [`send!`](crate::send) and
/// [`reply!`](crate::reply), in a routed handler and in a plain one on another host:
///
/// ```
/// use sendoff::{App, Json, after, handler, routes, send};
///
/// async fn index(document: String) {
///     println!("indexed {} bytes", document.len());
/// }
///
/// #[handler(POST "/documents")]
/// async fn store(document: String) {
///     let length = document.len();
///     send!(202, after(index(document)), Json(length));
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// # use sendoff::IntoResponse;
/// # assert_eq!(store("text".into()).await.into_response().status(), 202);
/// # }
/// ```
///
/// # When it starts
///
/// When the host has taken the last of the response ([`Outcome::Complete`]), or drops it before its
/// end ([`Outcome::Aborted`]), because the connection is gone, or because something between the
/// handler and the host threw it away. [`after_with`] is told which.
///
/// "Complete" is what a server can know: the HTTP library has all of the response, and writes it to
/// the connection. It does not say that the client has received it; no server can. The library may
/// still hold the last part for a slow client: with [`Server`](crate::Server) about 128 KiB, with
/// `axum::serve` on HTTP/1.1 about 500 kB. Behind it are the buffers of the kernel and the network.
///
/// The response to `HEAD`, and one without a body, are complete when the host takes their heads. An
/// axum `Router` throws away the body in its answers to `HEAD`, so there they count as aborted.
///
/// # When it does not start
///
/// **Work that was sent runs once**, whatever becomes of its response: it runs after the response, or
/// after the 500 that is sent in its stead, and is told how that one ended. So it does where another
/// part of the same `send!` is no header, the body cannot be serialized, the status is none, or the
/// `Content-Length` is wrong; where it stands among the parts makes no difference. What it does has to
/// be right for a client that got a 500, too, as it has to be for one that got nothing
/// ([`Outcome::Aborted`]).
///
/// Work that was not sent does not run: that of a [`Reply`](crate::Reply) that is dropped, or of a
/// handler that panics, runs out of time, or is cancelled before its `send!`.
///
/// # How it runs
///
/// In a task of its own, at the same time as the other work of its response, once. A panic in it is logged, and harms nothing else. A [`Server`](crate::Server) that stops waits for
/// it, until its deadline; no other host does. It needs a tokio runtime.
///
/// Nothing limits how much of it runs at once: clients who ask and leave can pile it up. What takes
/// long, or a connection to elsewhere, takes a permit of a `Semaphore` first.
///
/// What it needs of the handler it takes with it (`async move`). It does not hold up the client, nor
/// the next request of the same connection.
#[track_caller]
pub fn after(work: impl Future<Output = ()> + Send + 'static) -> After {
    After::new(move |_| work, Location::caller())
}

/// As [`after`], told how the response ended.
///
/// ```
/// use sendoff::{Outcome, after_with, handler, send};
///
/// #[handler(GET "/tickets/{id}")]
/// async fn ticket(id: u64) {
///     let back = after_with(move |outcome| async move {
///         if outcome == Outcome::Aborted {
///             println!("ticket {id} is free again");
///         }
///     });
///     send!(200, back, format!("ticket {id}"));
/// }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// # use sendoff::IntoResponse;
/// # assert_eq!(ticket(7).await.into_response().status(), 200);
/// # }
/// ```
#[track_caller]
pub fn after_with<F, W>(work: F) -> After
where
    F: FnOnce(Outcome) -> W + Send + 'static,
    W: Future<Output = ()> + Send + 'static,
{
    After::new(work, Location::caller())
}

impl After {
    fn new<F, W>(work: F, at: &'static Location<'static>) -> Self
    where
        F: FnOnce(Outcome) -> W + Send + 'static,
        W: Future<Output = ()> + Send + 'static,
    {
        let start = move |outcome| -> Running { Box::pin(async move { work(outcome).await }) };
        After(Job {
            start: Box::new(start),
            at,
        })
    }
}

impl fmt::Debug for After {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("After")
    }
}

impl IntoResponseParts for After {
    type Error = Infallible;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Infallible> {
        let waiting = parts.extensions_mut().get_or_insert_default::<Waiting>();
        waiting.jobs().push(self.0);
        Ok(parts)
    }
}

/// An empty response with this work after it: `send!(204, after(..))`.
impl IntoResponse for After {
    fn into_response(self) -> Response {
        (self, ()).into_response()
    }
}

/// The work of a response, until the response has ended. The response's extensions and its body
/// share it; who takes it first has it.
#[derive(Clone, Default)]
struct Waiting(Arc<Mutex<Vec<Job>>>);

impl Waiting {
    fn jobs(&self) -> std::sync::MutexGuard<'_, Vec<Job>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Puts what else a response has into extensions that may have work already: of both nothing is lost.
pub(crate) fn join(mut others: Extensions, extensions: &mut Extensions) {
    if others.is_empty() {
        return;
    }
    if let Some(waiting) = others.get::<Waiting>()
        && let Some(more) = extensions.remove::<Waiting>()
    {
        let more = std::mem::take(&mut *more.jobs());
        waiting.jobs().extend(more);
    }
    others.extend(std::mem::take(extensions));
    *extensions = others;
}

/// Takes the work from the response's body, which may be dropped for that of another one.
pub(crate) fn unbind(response: &mut Response) {
    if let Some(waiting) = response.extensions_mut().get_mut::<Waiting>() {
        let jobs = std::mem::take(&mut *waiting.jobs());
        *waiting = Waiting(Arc::new(Mutex::new(jobs)));
    }
}

/// The response, with its work bound to its body.
pub(crate) fn bind(response: Response) -> Response {
    match response.extensions().get::<Waiting>() {
        None => response,
        Some(waiting) => {
            let waiting = waiting.clone();
            watched(response, waiting, None)
        }
    }
}

/// The work of a response that may get another body.
pub(crate) struct Unbound(Vec<Job>);

impl Unbound {
    /// Takes it from a response.
    pub(crate) fn from(response: &mut Response) -> Option<Self> {
        let waiting = response.extensions_mut().remove::<Waiting>()?;
        let jobs = std::mem::take(&mut *waiting.jobs());
        Some(Unbound(jobs))
    }

    /// Starts it: the client has left.
    pub(crate) fn abort(self, serving: &Serving) {
        drop(self.bind(Response::default(), serving));
    }

    /// Binds it to the body that will be sent. A server that stops waits for it from here on.
    pub(crate) fn bind(self, mut response: Response, serving: &Serving) -> Response {
        let waiting = Waiting(Arc::new(Mutex::new(self.0)));
        response.extensions_mut().insert(waiting.clone());
        watched(response, waiting, Some(serving))
    }
}

fn watched(response: Response, waiting: Waiting, serving: Option<&Serving>) -> Response {
    let length = response.headers().get(header::CONTENT_LENGTH);
    let left = length.and_then(|length| length.to_str().ok()?.parse().ok());
    response.map(|body| {
        Body::new(Watched {
            body,
            rest: Bytes::new(),
            left,
            has_ended: false,
            is_taken: Cell::new(false),
            waiting,
            runtime: Handle::try_current().ok(),
            serving: serving.map(|serving| (serving.clone(), serving.token())),
        })
    })
}

/// As much of a body as the host gets at once: it takes all that it is given, however little of it
/// the client has taken yet, and would be done with a large body before any of it is sent.
const PART: usize = 64 * 1024;

/// A body that starts the work when it is dropped. Not earlier: the host is then done with what it
/// got, and writes it before the work's task has its turn.
struct Watched {
    body: Body,
    /// What is left of the last part that the body yielded.
    rest: Bytes,
    /// How many bytes are left of what the head says. Who has written those may not ask for an end.
    left: Option<u64>,
    /// It has been read to its end.
    has_ended: bool,
    /// The host has begun with it: it has asked whether there is a body at all.
    is_taken: Cell<bool>,
    waiting: Waiting,
    /// The runtime that the handler ran on: a body may be dropped where there is none.
    runtime: Option<Handle>,
    /// A server that stops waits for the work, from here on.
    serving: Option<(Serving, TaskTrackerToken)>,
}

impl Watched {
    fn outcome(&self) -> Outcome {
        let is_taken = self.is_taken.get();
        if self.has_ended || is_taken && (self.left == Some(0) || self.is_end_stream()) {
            Outcome::Complete
        } else {
            Outcome::Aborted
        }
    }
}

impl http_body::Body for Watched {
    type Data = Bytes;
    type Error = axum_core::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum_core::Error>>> {
        self.is_taken.set(true);
        if self.rest.is_empty() {
            let frame = match ready!(Pin::new(&mut self.body).poll_frame(context)) {
                Some(Ok(frame)) => frame,
                end => {
                    self.has_ended = end.is_none();
                    return Poll::Ready(end);
                }
            };
            match frame.into_data() {
                Ok(data) => self.rest = data,
                // Trailers are the last.
                Err(trailers) => {
                    self.has_ended = true;
                    return Poll::Ready(Some(Ok(trailers)));
                }
            }
        }
        let length = self.rest.len().min(PART);
        let part = self.rest.split_to(length);
        self.left = self.left.map(|left| left.saturating_sub(length as u64));
        Poll::Ready(Some(Ok(Frame::data(part))))
    }

    fn is_end_stream(&self) -> bool {
        self.is_taken.set(true);
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let rest = self.rest.len() as u64;
        let body = self.body.size_hint();
        let mut hint = SizeHint::new();
        hint.set_lower(body.lower() + rest);
        if let Some(upper) = body.upper() {
            hint.set_upper(upper + rest);
        }
        hint
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        let jobs = std::mem::take(&mut *self.waiting.jobs());
        if jobs.is_empty() {
            return;
        }
        let outcome = self.outcome();
        let Some(runtime) = Handle::try_current().ok().or(self.runtime.take()) else {
            tracing::error!("work after a response needs a tokio runtime; dropped it");
            return;
        };
        for Job { start, at } in jobs {
            let work = async move {
                let work = start(outcome);
                Contained { work, at }.await;
            };
            match &self.serving {
                Some((serving, _)) => serving.spawn(&runtime, work),
                None => drop(runtime.spawn(work)),
            }
        }
    }
}

/// Work whose panic is logged.
struct Contained {
    work: Running,
    at: &'static Location<'static>,
}

impl Future for Contained {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        // Work that panicked is not polled again: it has ended.
        match catch_unwind(AssertUnwindSafe(|| self.work.as_mut().poll(context))) {
            Ok(polled) => polled,
            Err(panic) => {
                let panic = message(&*panic);
                tracing::error!(after = %self.at, panic, "work after a response panicked");
                Poll::Ready(())
            }
        }
    }
}
