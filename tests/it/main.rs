//! One integration binary, a module per question.

mod abuse;
mod client;
mod corpus_accept;
mod corpus_reject;
mod diagnostics;
mod errors;
mod expansion;
mod generated;
mod guard;
mod language;
mod many_routes;
mod members;
mod notes;
mod on_axum;
mod proof;
mod readme;
mod routes;
mod security;
mod socket;
mod support;
mod ui;
mod work;
