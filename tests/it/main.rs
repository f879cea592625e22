//! One integration binary, a module per question.

mod corpus_accept;
mod corpus_reject;
mod diagnostics;
mod expansion;
mod notes;
mod readme;
mod support;
mod ui;
