//! Counts and times every request, for Prometheus to read.
//!
//! ```console
//! $ cargo run --bin metrics
//! $ curl http://127.0.0.1:3000/rolls/2
//! $ curl http://127.0.0.1:3000/metrics
//! ```
//!
//! The names are those of OpenTelemetry's conventions for HTTP servers, written as Prometheus
//! writes them. The route is a label and the path is not: anybody can think of a new path, and each
//! would be a series that is kept for ever.

use std::process::ExitCode;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use sendoff::http::{Method, header};
use sendoff::{App, Exchange, State, handler, routes, send};
use sendoff_examples::{Program, run};

const PROGRAM: Program = Program {
    name: "metrics",
    about: "Counts and times requests for Prometheus.",
    flags: &[],
};

const DURATION: &str = "http_server_request_duration_seconds";
const SIZE: &str = "http_server_response_body_size_bytes";

/// In seconds: what the conventions advise.
const DURATIONS: [f64; 14] = [
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
];

#[tokio::main]
async fn main() -> ExitCode {
    run(&PROGRAM, |_| {
        let prometheus = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Full(DURATION.to_owned()), &DURATIONS)?
            .install_recorder()?;
        let app = App::new(prometheus).routes(routes![scrape, rolls]);
        Ok(app.observe(count))
    })
    .await
}

/// What Prometheus reads.
#[handler(GET "/metrics")]
async fn scrape(State(prometheus): State<PrometheusHandle>) {
    // Since the last reading; nothing else forgets what is old.
    prometheus.run_upkeep();
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4")];
    send!(200, kind, prometheus.render());
}

/// Something to count.
#[handler(GET "/rolls/{dice}")]
async fn rolls(dice: u8) {
    if !(1..=100).contains(&dice) {
        send!(422, "from 1 to 100 dice");
    }
    send!("6 ".repeat(dice.into()));
}

/// Is called when a response is over.
fn count(exchange: &Exchange) {
    let labels = [
        ("http_request_method", method(&exchange.method)),
        (
            "http_route",
            exchange.route.as_deref().unwrap_or("none").to_owned(),
        ),
        (
            "http_response_status_code",
            exchange
                .status
                .map_or("none".to_owned(), |status| status.as_str().to_owned()),
        ),
    ];
    metrics::histogram!(DURATION, &labels).record(exchange.latency);
    metrics::counter!(SIZE, &labels).increment(exchange.bytes);
}

/// The conventions again: a client can think of methods, too.
fn method(method: &Method) -> String {
    match *method {
        Method::GET
        | Method::HEAD
        | Method::POST
        | Method::PUT
        | Method::PATCH
        | Method::DELETE
        | Method::OPTIONS => method.to_string(),
        _ => "_OTHER".to_owned(),
    }
}
