//! What does a failed request get?
//!
//! What the client can mend says how, as JSON. What it cannot is a bare 500; the log has the rest.

use std::error::Error;

use sendoff::{IntoResponse, Json, Reply, Response, StatusCode};
use serde::Serialize;

use crate::store::StoreError;

/// The body of an answer that says what is wrong.
#[derive(Serialize)]
pub(crate) struct ErrorBody {
    error: String,
}

/// `{"error":".."}`
pub(crate) fn error(text: impl Into<String>) -> Json<ErrorBody> {
    Json(ErrorBody { error: text.into() })
}

/// What is wrong with one field of the input.
#[derive(Serialize)]
pub(crate) struct FieldError {
    pub(crate) field: &'static str,
    pub(crate) problem: String,
}

/// The body of a 422.
#[derive(Serialize)]
pub(crate) struct Invalid {
    error: &'static str,
    fields: Vec<FieldError>,
}

/// `{"error":"the input is not valid","fields":[{"field":"..","problem":".."}]}`
pub(crate) fn invalid(fields: Vec<FieldError>) -> Json<Invalid> {
    Json(Invalid {
        error: "the input is not valid",
        fields,
    })
}

/// What `?` leaves a handler with.
pub(crate) enum AppError {
    /// A helper has answered.
    Reply(Reply),
    /// The database failed.
    Store(StoreError),
}

impl From<Reply> for AppError {
    fn from(reply: Reply) -> Self {
        AppError::Reply(reply)
    }
}

impl From<StoreError> for AppError {
    fn from(fault: StoreError) -> Self {
        AppError::Store(fault)
    }
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        match self {
            AppError::Reply(reply) => reply.into_response(),
            AppError::Store(fault) => {
                let fault: &(dyn Error + 'static) = &fault;
                tracing::error!(fault, "a request failed");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}
