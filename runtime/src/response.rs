//! What can a handler send? axum's responses, under the names axum gives them.
//!
//! The common ones are at the root of the crate too. Text, bytes, `Option` and `Result` of
//! responses, tuples of a status, headers and a body are responses as they are.

pub use axum::response::{AppendHeaders, Form, Html, Json, NoContent, Redirect};
pub use axum_core::response::{
    ErrorResponse, IntoResponse, IntoResponseParts, Response, ResponseParts,
};

pub use crate::site::SendSite;
