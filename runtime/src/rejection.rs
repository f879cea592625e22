//! What does a client get whose request an extractor refuses? A [`Problem`] that says where.

use std::any::Any;
use std::error::Error;
use std::fmt::Write as _;
use std::io;

use axum::extract::rejection::{
    BytesRejection, FailedToBufferBody, FormRejection, JsonRejection, QueryRejection,
    RawFormRejection, StringRejection,
};
use axum_core::response::{IntoResponse, Response};
use http::StatusCode;
use percent_encoding::{AsciiSet, utf8_percent_encode};
use serde_path_to_error::{Path, Segment};

use crate::format::as_problem;
use crate::link::SEGMENT;
use crate::problem::Problem;
use crate::reply::Reply;

/// The response for a rejection: in our words for axum's, as a problem for what others say in plain
/// text, and as it is for all else.
pub fn rejected<R: IntoResponse + 'static>(rejection: R) -> Response {
    let any: &dyn Any = &rejection;
    if let Some(problem) = known(any) {
        return problem.into_response();
    }
    // What `send!` or `reply!` has made is what the user wants it to be.
    let is_reply = any.is::<Reply>();
    let response = rejection.into_response();
    if is_reply {
        response
    } else {
        as_problem(response, std::any::type_name::<R>())
    }
}

/// The problem for a rejection of the extractors that sendoff exports.
fn known(rejection: &dyn Any) -> Option<Problem> {
    if let Some(rejection) = rejection.downcast_ref() {
        json(rejection)
    } else if let Some(rejection) = rejection.downcast_ref() {
        query(rejection)
    } else if let Some(rejection) = rejection.downcast_ref() {
        form(rejection)
    } else if let Some(rejection) = rejection.downcast_ref() {
        raw_form(rejection)
    } else if let Some(rejection) = rejection.downcast_ref() {
        bytes(rejection)
    } else if let Some(rejection) = rejection.downcast_ref() {
        text(rejection)
    } else {
        None
    }
}

fn json(rejection: &JsonRejection) -> Option<Problem> {
    let problem = Problem::new(rejection.status());
    Some(match rejection {
        JsonRejection::JsonDataError(error) => located(
            problem.detail("the JSON body does not have the expected form"),
            "body",
            error,
        ),
        JsonRejection::JsonSyntaxError(error) => {
            located(problem.detail("the body is not JSON"), "body", error)
        }
        JsonRejection::MissingJsonContentType(_) => {
            problem.detail("the body must have the content type application/json")
        }
        JsonRejection::BytesRejection(rejection) => return bytes(rejection),
        _ => return None,
    })
}

fn query(rejection: &QueryRejection) -> Option<Problem> {
    let problem = Problem::new(rejection.status());
    match rejection {
        QueryRejection::FailedToDeserializeQueryString(error) => Some(located(
            problem.detail("the query does not have the expected form"),
            "query",
            error,
        )),
        _ => None,
    }
}

fn form(rejection: &FormRejection) -> Option<Problem> {
    let problem = Problem::new(rejection.status());
    let detail = "the form does not have the expected form";
    Some(match rejection {
        // The form of a GET is its query.
        FormRejection::FailedToDeserializeForm(error) => {
            located(problem.detail(detail), "query", error)
        }
        FormRejection::FailedToDeserializeFormBody(error) => {
            located(problem.detail(detail), "body", error)
        }
        FormRejection::InvalidFormContentType(_) => no_form(problem),
        FormRejection::BytesRejection(rejection) => return bytes(rejection),
        _ => return None,
    })
}

fn raw_form(rejection: &RawFormRejection) -> Option<Problem> {
    match rejection {
        RawFormRejection::InvalidFormContentType(_) => {
            Some(no_form(Problem::new(rejection.status())))
        }
        RawFormRejection::BytesRejection(rejection) => bytes(rejection),
        _ => None,
    }
}

fn no_form(problem: Problem) -> Problem {
    problem.detail("the body must have the content type application/x-www-form-urlencoded")
}

fn bytes(rejection: &BytesRejection) -> Option<Problem> {
    match rejection {
        BytesRejection::FailedToBufferBody(failure) => unread(failure),
        _ => None,
    }
}

fn text(rejection: &StringRejection) -> Option<Problem> {
    match rejection {
        StringRejection::FailedToBufferBody(failure) => unread(failure),
        StringRejection::InvalidUtf8(_) => {
            let problem = Problem::new(rejection.status());
            Some(problem.detail("the body is not valid UTF-8"))
        }
        _ => None,
    }
}

fn unread(failure: &FailedToBufferBody) -> Option<Problem> {
    let problem = Problem::new(failure.status());
    match failure {
        FailedToBufferBody::LengthLimitError(_) => {
            Some(problem.detail("the body is larger than the limit"))
        }
        FailedToBufferBody::UnknownBodyError(error) if is_late(error) => {
            let problem = Problem::new(StatusCode::REQUEST_TIMEOUT);
            Some(problem.detail("the body did not come in time"))
        }
        FailedToBufferBody::UnknownBodyError(error) => {
            // The text is the transport's, which is none of the client's business.
            tracing::debug!(%error, "a request body could not be read");
            Some(problem.detail("the body could not be read to its end"))
        }
        _ => None,
    }
}

/// Has the client paused for longer than `Server::body_timeout`?
fn is_late(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(error) = error.downcast_ref::<io::Error>() {
            return error.kind() == io::ErrorKind::TimedOut;
        }
        next = error.source();
    }
    false
}

/// Adds where and why serde refused a part of the request.
fn located(problem: Problem, part: &'static str, error: &(dyn Error + 'static)) -> Problem {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(fault) = error.downcast_ref::<serde_path_to_error::Error<serde_json::Error>>() {
            return problem.fault(part, pointer(fault.path()), fault.inner().to_string());
        }
        // Of queries and forms.
        type OfText = serde_path_to_error::Error<serde::de::value::Error>;
        if let Some(fault) = error.downcast_ref::<OfText>() {
            return problem.fault(part, pointer(fault.path()), fault.inner().to_string());
        }
        // After the end of a JSON value there is no path.
        if let Some(fault) = error.downcast_ref::<serde_json::Error>() {
            return problem.fault(part, "#", fault.to_string());
        }
        next = error.source();
    }
    problem
}

/// What a URI fragment cannot hold: it may hold `/` and `?` (RFC 3986 section 3.5).
const NOT_IN_A_FRAGMENT: &AsciiSet = &SEGMENT.remove(b'/').remove(b'?');

/// A JSON pointer as a URI fragment (RFC 6901 section 6).
fn pointer(path: &Path) -> String {
    let mut pointer = "#".to_owned();
    for segment in path {
        let key = match segment {
            Segment::Seq { index } => {
                // Writing to a `String` never fails.
                let _ = write!(pointer, "/{index}");
                continue;
            }
            Segment::Map { key } => key,
            Segment::Enum { variant } => variant,
            Segment::Unknown => break,
        };
        let key = key.replace('~', "~0").replace('/', "~1");
        pointer.push('/');
        pointer.extend(utf8_percent_encode(&key, NOT_IN_A_FRAGMENT));
    }
    pointer
}

/// The problem of a path parameter that has no value of its type.
pub(crate) fn invalid_parameter(name: &str, detail: &'static str) -> Problem {
    // A parameter's name is a Rust identifier: no character of ASCII in it needs an escape.
    let pointer = format!("#/{}", utf8_percent_encode(name, NOT_IN_A_FRAGMENT));
    Problem::new(400)
        .detail(format!("the path parameter `{name}` is not valid"))
        .fault("path", pointer, detail)
}
