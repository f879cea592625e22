//! One integration binary, a module per question.

mod abuse;
mod bodies;
mod client;
mod conditional;
mod corpus_accept;
mod corpus_reject;
mod diagnostics;
mod errors;
mod expansion;
mod generated;
mod guard;
mod language;
mod lints;
#[cfg(unix)]
mod listening;
mod many_routes;
mod members;
mod mistakes;
mod notes;
mod observe;
mod on_axum;
mod proof;
mod readme;
mod routes;
mod security;
mod sent;
mod soak;
mod socket;
mod socket_on_workers;
mod support;
mod telemetry;
mod time;
mod tls;
mod tls_config;
mod ui;
mod work;
