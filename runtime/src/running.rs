//! How does a handler run to its end? Its panic is contained, its time may be limited, and when its
//! client leaves it runs on without one.

use std::any::Any;
use std::future::{Future, pending};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum_core::extract::Request;
use axum_core::response::{IntoResponse, Response};
use http::StatusCode;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, TryAcquireError};
use tokio::time::{Sleep, sleep};

use crate::body;
use crate::endpoint::Ending;
use crate::failed;
use crate::framing;
use crate::length;
use crate::problem::Problem;
use crate::route::HandlerFuture;
use crate::settings::{OnDisconnect, Settings};

/// Who runs, and is to blame for a panic.
#[derive(Clone, Copy)]
pub(crate) enum Who {
    Handler(&'static str, &'static Settings),
    Layer(&'static str),
}

/// A handler, or a layer around it, that has been called.
pub(crate) struct Running {
    future: HandlerFuture,
    who: Who,
    timer: Option<Box<Timer>>,
    ending: Ending,
    is_started: bool,
}

/// How long does a handler go on whose client has closed its side?
pub(crate) enum Stay {
    /// Until it has sent: it is one of those that may.
    ToTheEnd { _room: OwnedSemaphorePermit },
    /// For as long as something comes of it.
    ForAMoment,
    /// Not at all: the handler is dropped.
    Not,
}

impl Running {
    pub(crate) fn new(
        future: HandlerFuture,
        who: Who,
        timer: Option<Box<Timer>>,
        ending: Ending,
    ) -> Self {
        Running {
            future,
            who,
            timer,
            ending,
            is_started: false,
        }
    }

    pub(crate) fn name(&self) -> &'static str {
        self.who.name()
    }

    /// As the host gets it. Not to be polled again once it is ready.
    pub(crate) fn poll_response(&mut self, context: &mut Context<'_>) -> Poll<Response> {
        let response = ready!(self.poll(context));
        let who = self.who;
        let mut response = failed::settled_of(response, None, || who.place());
        framing::drop_connection_fields(&mut response, who.name());
        if self.ending.is_sent_with_body(response.status()) {
            response = length::checked(response, self.who.name());
        }
        Poll::Ready(self.ending.apply(response))
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Response> {
        self.is_started = true;
        let observation = self.ending.observation.as_ref();
        let span = observation.map(|observation| observation.span().clone().entered());
        match catch_unwind(AssertUnwindSafe(|| self.future.as_mut().poll(context))) {
            Ok(Poll::Ready(response)) => return Poll::Ready(response),
            Ok(Poll::Pending) => {}
            Err(panic) => {
                self.who.panicked(&*panic);
                return Poll::Ready(Problem::failed().into_response());
            }
        }
        drop(span);
        let Some(timer) = &mut self.timer else {
            return Poll::Pending;
        };
        ready!(timer.poll(context));
        Poll::Ready(self.timed_out())
    }

    #[cold]
    fn timed_out(&mut self) -> Response {
        let waited_for_body = self.timer.as_deref().is_some_and(Timer::waits_for_body);
        // Dropped here, since that may panic, too.
        let late = std::mem::replace(&mut self.future, Box::pin(pending()));
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| drop(late))) {
            self.who.panicked(&*panic);
        }
        let (name, at) = (self.who.name(), self.who.place());
        if waited_for_body {
            tracing::debug!(handler = name, at, "a request body did not come in time");
            let problem = Problem::new(StatusCode::REQUEST_TIMEOUT);
            return problem
                .detail("the body did not come in time")
                .into_response();
        }
        let timeout = self.timer.as_deref().map(|timer| timer.timeout);
        let timeout = timeout.map(tracing::field::debug);
        tracing::error!(
            handler = name,
            at,
            timeout,
            "handler took too long; dropped it"
        );
        let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE);
        problem
            .detail("the handler took too long to answer")
            .into_response()
    }

    /// The client has closed its side. It may still read; but as far as is known it has left.
    #[cold]
    pub(crate) fn client_leaves(&mut self) -> Stay {
        self.ending.client_left();
        let settings = match self.who {
            Who::Handler(_, settings) => Some(settings),
            Who::Layer(_) => self
                .ending
                .entered
                .as_ref()
                .and_then(|it| it.get().copied()),
        };
        match settings.map(|settings| settings.on_disconnect) {
            Some(OnDisconnect::Finish) => match self.ending.serving.room_to_finish() {
                Ok(room) => Stay::ToTheEnd { _room: room },
                Err(_) => Stay::Not,
            },
            Some(OnDisconnect::Cancel) => Stay::Not,
            Some(OnDisconnect::Service) | None => Stay::ForAMoment,
        }
    }

    /// Is it a handler that has begun, and is to end although nobody waits for it?
    pub(crate) fn is_to_finish(&self) -> bool {
        self.is_started && self.who.finishes()
    }

    /// Runs on in a task of its own.
    #[cold]
    pub(crate) fn finish(self) {
        let handler = self.who.name();
        let Ok(runtime) = Handle::try_current() else {
            tracing::warn!(
                handler,
                "the client of a handler left where no runtime is; dropped it"
            );
            return;
        };
        let serving = self.ending.serving.clone();
        let room = match serving.room_to_finish() {
            Ok(room) => room,
            // It is the server that ended the connection, and says so.
            Err(TryAcquireError::Closed) => return,
            Err(TryAcquireError::NoPermits) => {
                let limit = serving.defaults().finishing_limit;
                tracing::warn!(
                    handler,
                    limit,
                    "the client of a handler left, and too many run on already; dropped it"
                );
                return;
            }
        };
        serving.spawn(
            &runtime,
            Finishing {
                running: self,
                _room: room,
            },
        );
    }
}

impl Who {
    fn finishes(self) -> bool {
        matches!(self, Who::Handler(_, settings) if settings.on_disconnect == OnDisconnect::Finish)
    }

    fn name(self) -> &'static str {
        match self {
            Who::Handler(name, _) | Who::Layer(name) => name,
        }
    }

    /// Where it is, if it is a handler.
    #[cold]
    fn place(self) -> Option<String> {
        match self {
            Who::Handler(_, settings) => settings.place(),
            Who::Layer(_) => None,
        }
    }

    #[cold]
    fn panicked(self, panic: &(dyn Any + Send)) {
        let panic = message(panic);
        let (name, at) = (self.name(), self.place());
        match self {
            Who::Handler(..) => tracing::error!(handler = name, at, panic, "handler panicked"),
            Who::Layer(_) => tracing::error!(layer = name, panic, "layer panicked"),
        }
    }
}

/// What a panic said.
pub(crate) fn message(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&'static str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}

/// A handler whose client has left.
struct Finishing {
    running: Running,
    _room: OwnedSemaphorePermit,
}

impl Future for Finishing {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let response = ready!(self.running.poll(context));
        self.running.ending.discard(response);
        Poll::Ready(())
    }
}

/// The time that a handler has.
pub(crate) struct Timer {
    timeout: Duration,
    /// Set when the handler first waits: most never do.
    sleep: Option<Pin<Box<Sleep>>>,
    /// The body of the request is what the handler waits for.
    waits_for_body: Arc<AtomicBool>,
}

impl Timer {
    /// For a request, whose body tells when it is waited for.
    pub(crate) fn of(request: Request, timeout: Duration) -> (Request, Box<Self>) {
        let timer = Box::new(Timer {
            timeout,
            sleep: None,
            waits_for_body: Arc::default(),
        });
        (body::watched(request, &timer.waits_for_body), timer)
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let timeout = self.timeout;
        let sleep = self.sleep.get_or_insert_with(|| Box::pin(sleep(timeout)));
        sleep.as_mut().poll(context)
    }

    fn waits_for_body(&self) -> bool {
        self.waits_for_body.load(Ordering::Relaxed)
    }
}
