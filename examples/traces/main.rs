//! A trace of every request, in the format of OpenTelemetry.
//!
//! ```console
//! $ cargo run --bin traces
//! $ curl http://127.0.0.1:3000/orders/7 \
//!     -H 'traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
//! ```
//!
//! It needs no collector: spans are printed to standard output when they end. A service that has a
//! collector puts the exporter of `opentelemetry-otlp` in place of [`SpanExporter`].

use std::process::ExitCode;

use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::TracerProvider;
use opentelemetry_http::HeaderExtractor;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use opentelemetry_stdout::SpanExporter;
use sendoff::{App, Request, handler, routes, send};
use sendoff_examples::{Program, run};
use tracing::{Span, instrument};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::prelude::*;

const PROGRAM: Program = Program {
    name: "traces",
    about: "Traces requests with OpenTelemetry.",
    flags: &[],
};

#[tokio::main]
async fn main() -> ExitCode {
    let provider = SdkTracerProvider::builder()
        .with_resource(Resource::builder().with_service_name("traces").build())
        .with_simple_exporter(SpanExporter::default())
        .build();
    // The request's span is sendoff's; those of the service are its own.
    let traced = Targets::new()
        .with_target("sendoff::request", LevelFilter::INFO)
        .with_target("traces", LevelFilter::INFO);
    let spans = tracing_opentelemetry::layer().with_tracer(provider.tracer("traces"));
    tracing_subscriber::registry()
        .with(
            tracing_subscriber::fmt::layer()
                .with_writer(std::io::stderr)
                .with_filter(LevelFilter::INFO),
        )
        .with(spans.with_filter(traced))
        .init();
    let code = run(&PROGRAM, |_| {
        Ok(App::new(()).routes(routes![order]).span(join_trace))
    })
    .await;
    if let Err(fault) = provider.shutdown() {
        eprintln!("error: the last spans were not exported: {fault}");
    }
    code
}

/// Makes the request a part of the caller's trace (W3C Trace Context).
fn join_trace(span: &Span, request: &Request) {
    let caller = TraceContextPropagator::new().extract(&HeaderExtractor(request.headers()));
    if let Err(fault) = span.set_parent(caller) {
        tracing::warn!(%fault, "the request has a trace of its own");
    }
}

#[handler(GET "/orders/{id}")]
async fn order(id: u32) {
    let Some(order) = find(id).await else {
        send!(404, "no such order");
    };
    send!(order);
}

/// A span inside the request's.
#[instrument]
async fn find(id: u32) -> Option<String> {
    tracing::info!("looking it up");
    (id == 7).then(|| "two lemons".to_owned())
}
