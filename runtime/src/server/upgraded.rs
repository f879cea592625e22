//! What becomes of an upgraded connection when the server ends? Its transport fails.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use super::activity::Activity;

/// The end of the server, as a transport waits for it that another protocol has taken over: the
/// connection's task has ended, and nobody but the handler can drop it.
#[derive(Default)]
pub(super) struct Cutoff {
    /// The transport may be read and written by two tasks, and both are to be woken.
    reader: Option<Reached>,
    writer: Option<Reached>,
    has_come: bool,
}

type Reached = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Who waits for it?
#[derive(Clone, Copy)]
pub(super) enum Side {
    Reader,
    Writer,
}

impl Cutoff {
    /// Ready, with what the transport answers from then on, when the server has ended.
    pub(super) fn poll(
        &mut self,
        side: Side,
        activity: &Activity,
        context: &mut Context<'_>,
    ) -> Poll<io::Error> {
        if !self.has_come {
            let reached = match side {
                Side::Reader => &mut self.reader,
                Side::Writer => &mut self.writer,
            };
            let reached = reached.get_or_insert_with(|| Box::pin(activity.reached_cut()));
            ready!(reached.as_mut().poll(context));
            self.has_come = true;
            activity.cut_upgraded();
        }
        let fault = io::Error::new(io::ErrorKind::ConnectionAborted, "the server has ended");
        Poll::Ready(fault)
    }
}
