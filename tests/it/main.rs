//! One integration binary, a module per question.

mod language;
mod on_axum;
mod proof;
mod socket;
mod support;
