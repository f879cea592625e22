//! Has the server something to complain about? Whatever it logs as a warning or an error.

use std::fmt::Debug;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// Lines that should not be.
static UNEXPECTED: AtomicUsize = AtomicUsize::new(0);

/// Fails if there was a line that should not be. They were printed.
pub(crate) fn check() -> io::Result<()> {
    match UNEXPECTED.load(SeqCst) {
        0 => Ok(()),
        lines => Err(io::Error::other(format!("{lines} unexpected lines"))),
    }
}

/// A handler of ours panics on purpose; all else is printed.
pub(crate) struct Log;

#[derive(Default)]
struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0 += &format!("{field}: {value:?} ");
    }
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("sendoff") && *metadata.level() <= Level::WARN
    }

    fn event(&self, event: &Event<'_>) {
        let mut line = Line::default();
        event.record(&mut line);
        if !line.0.contains("handler panicked") {
            UNEXPECTED.fetch_add(1, SeqCst);
            eprintln!("{}", line.0);
        }
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
