//! One integration binary, a module per question.

mod corpus_accept;
mod corpus_reject;
mod diagnostics;
mod expansion;
mod support;
mod ui;
