//! What can a handler take? axum's extractors, under the names axum gives them.
//!
//! The common ones are at the root of the crate too. `Path` and `MatchedPath` are not here: they
//! read what axum's own router leaves behind. In a routed handler a path parameter is an argument
//! of its name.

pub use axum::extract::{
    DefaultBodyLimit, Form, Json, OriginalUri, Query, RawForm, RawQuery, State,
};
pub use axum_core::extract::{
    FromRef, FromRequest, FromRequestParts, OptionalFromRequest, OptionalFromRequestParts, Request,
};

pub use axum::extract::rejection;
