//! One integration binary, a module per question.

mod expansion;
mod support;
