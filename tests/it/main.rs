//! One integration binary, a module per question.

mod corpus_accept;
mod corpus_reject;
mod diagnostics;
mod expansion;
mod generated;
mod language;
mod notes;
mod on_axum;
mod proof;
mod readme;
mod socket;
mod support;
mod ui;
