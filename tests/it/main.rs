//! One integration binary, a module per question.

mod language;
mod support;
