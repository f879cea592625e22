//! What does the log say? The events of this thread, each as a map of its fields and those of the
//! spans it is in.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Once;
use std::sync::atomic::{AtomicU64, Ordering};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// One event.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) level: Level,
    target: String,
    fields: BTreeMap<&'static str, String>,
}

impl Line {
    fn of(metadata: &Metadata<'_>) -> Self {
        Line {
            level: *metadata.level(),
            target: metadata.target().to_owned(),
            fields: BTreeMap::new(),
        }
    }

    /// A field, or nothing if the event has none of this name.
    pub(crate) fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.fields.insert(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.fields.insert(field.name(), value.to_owned());
    }
}

thread_local! {
    static SPANS: RefCell<Spans> = RefCell::default();
    static LINES: RefCell<Vec<Line>> = const { RefCell::new(Vec::new()) };
}

/// The log of this thread, which is this test.
pub(crate) struct Log {
    /// It speaks of one thread, so it stays there.
    _here: PhantomData<*const ()>,
}

impl Log {
    /// Forgets what this thread has said so far.
    ///
    /// One listener serves the whole process: `tracing` keeps for each place that logs whether
    /// somebody listens, and with a listener of one thread alone, a thread without one can be
    /// the first to log there and turn the place off for both.
    pub(crate) fn of_this_thread() -> Self {
        static LISTENING: Once = Once::new();
        LISTENING.call_once(|| {
            tracing::subscriber::set_global_default(Listener).expect("the only listener");
        });
        LINES.take();
        Log { _here: PhantomData }
    }

    /// What sendoff has said since the last call.
    pub(crate) fn take(&self) -> Vec<Line> {
        let mut lines = LINES.take();
        lines.retain(|line| line.target.starts_with("sendoff"));
        lines
    }

    /// What sendoff has said of this level since the last call.
    pub(crate) fn take_errors(&self) -> Vec<Line> {
        let mut lines = self.take();
        lines.retain(|line| line.level == Level::ERROR);
        lines
    }
}

/// The spans of this thread: those that are open, and those that it is in.
#[derive(Default)]
struct Spans {
    open: BTreeMap<u64, Line>,
    entered: Vec<u64>,
}

struct Listener;

impl Subscriber for Listener {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        let mut line = Line::of(span.metadata());
        span.record(&mut line);
        SPANS.with_borrow_mut(|spans| spans.open.insert(id, line));
        Id::from_u64(id)
    }

    fn record(&self, id: &Id, values: &Record<'_>) {
        SPANS.with_borrow_mut(|spans| {
            if let Some(span) = spans.open.get_mut(&id.into_u64()) {
                values.record(span);
            }
        });
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line::of(event.metadata());
        SPANS.with_borrow(|spans| {
            for span in spans.entered.iter().filter_map(|id| spans.open.get(id)) {
                line.fields.extend(span.fields.clone());
            }
        });
        event.record(&mut line);
        LINES.with_borrow_mut(|lines| lines.push(line));
    }

    fn enter(&self, id: &Id) {
        SPANS.with_borrow_mut(|spans| spans.entered.push(id.into_u64()));
    }

    fn exit(&self, _: &Id) {
        SPANS.with_borrow_mut(|spans| spans.entered.pop());
    }
}
