//! What does a client get whose request an extractor refuses? A [`Problem`] that says where.

use std::any::Any;
use std::error::Error;
use std::fmt::Write as _;
use std::io;

use axum::extract::rejection::{
    BytesRejection, FailedToBufferBody, FormRejection, JsonRejection, QueryRejection,
    RawFormRejection, StringRejection,
};
#[cfg(feature = "ws")]
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum_core::response::{IntoResponse, Response};
use http::StatusCode;
#[cfg(feature = "ws")]
use http::{HeaderValue, header};
use percent_encoding::{AsciiSet, utf8_percent_encode};
use serde_path_to_error::{Path, Segment};

use crate::body::too_large;
use crate::extract::media_type;
#[cfg(feature = "ws")]
use crate::extract::websocket::upgrade_required;
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
        Some(unread(rejection))
    } else if let Some(rejection) = rejection.downcast_ref() {
        text(rejection)
    } else {
        known_of_websocket(rejection)
    }
}

#[cfg(feature = "ws")]
fn known_of_websocket(rejection: &dyn Any) -> Option<Problem> {
    rejection.downcast_ref().map(of_websocket)
}

#[cfg(not(feature = "ws"))]
fn known_of_websocket(_: &dyn Any) -> Option<Problem> {
    None
}

/// The problem of a handshake that axum refuses, with what an RFC says that the refusal carries.
#[cfg(feature = "ws")]
pub(crate) fn of_websocket(rejection: &WebSocketUpgradeRejection) -> Problem {
    match rejection {
        WebSocketUpgradeRejection::MethodNotGet(_) => Problem::new(405)
            .detail("a WebSocket is opened by GET")
            .header(header::ALLOW, HeaderValue::from_static("GET")),
        WebSocketUpgradeRejection::MethodNotConnect(_)
        | WebSocketUpgradeRejection::InvalidProtocolPseudoheader(_) => Problem::new(400)
            .detail("over HTTP/2 a WebSocket is opened by CONNECT with the protocol websocket"),
        WebSocketUpgradeRejection::InvalidConnectionHeader(_)
        | WebSocketUpgradeRejection::InvalidUpgradeHeader(_) => {
            upgrade_required("this path answers WebSockets only")
        }
        WebSocketUpgradeRejection::InvalidWebSocketVersionHeader(_) => {
            let version = HeaderValue::from_static("13");
            Problem::new(400)
                .detail("the version of WebSockets that is spoken here is 13")
                .header(header::SEC_WEBSOCKET_VERSION, version)
        }
        WebSocketUpgradeRejection::WebSocketKeyHeaderMissing(_) => Problem::new(400)
            .detail("a WebSocket is asked for with one Sec-WebSocket-Key of 16 bytes in base64"),
        // Something in between has taken the connection, or cannot give it away.
        _ => upgrade_required("this connection cannot become a WebSocket"),
    }
}

fn json(rejection: &JsonRejection) -> Option<Problem> {
    Some(match rejection {
        JsonRejection::JsonDataError(error) => of_json(error),
        JsonRejection::JsonSyntaxError(error) => of_json(error),
        JsonRejection::MissingJsonContentType(_) => media_type::unsupported("application/json"),
        JsonRejection::BytesRejection(rejection) => unread(rejection),
        _ => return None,
    })
}

fn query(rejection: &QueryRejection) -> Option<Problem> {
    let problem = Problem::new(rejection.status());
    match rejection {
        QueryRejection::FailedToDeserializeQueryString(error) => Some(of_fields(
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
            of_fields(problem.detail(detail), "query", error)
        }
        FormRejection::FailedToDeserializeFormBody(error) => {
            of_fields(problem.detail(detail), "body", error)
        }
        FormRejection::InvalidFormContentType(_) => no_form(),
        FormRejection::BytesRejection(rejection) => unread(rejection),
        _ => return None,
    })
}

fn raw_form(rejection: &RawFormRejection) -> Option<Problem> {
    match rejection {
        RawFormRejection::InvalidFormContentType(_) => Some(no_form()),
        RawFormRejection::BytesRejection(rejection) => Some(unread(rejection)),
        _ => None,
    }
}

fn no_form() -> Problem {
    media_type::unsupported("application/x-www-form-urlencoded")
}

fn text(rejection: &StringRejection) -> Option<Problem> {
    match rejection {
        StringRejection::FailedToBufferBody(failure) => Some(unbuffered(failure)),
        StringRejection::InvalidUtf8(_) => {
            let problem = Problem::new(rejection.status());
            Some(problem.detail("the body is not valid UTF-8"))
        }
        _ => None,
    }
}

/// The problem of a body that could not be read to its end.
#[cold]
pub(crate) fn unread(rejection: &BytesRejection) -> Problem {
    match rejection {
        BytesRejection::FailedToBufferBody(failure) => unbuffered(failure),
        _ => Problem::new(rejection.status()),
    }
}

fn unbuffered(failure: &FailedToBufferBody) -> Problem {
    match failure {
        FailedToBufferBody::LengthLimitError(_) => too_large(),
        FailedToBufferBody::UnknownBodyError(error) => broken_off(error),
        _ => Problem::new(failure.status()),
    }
}

/// The problem of a body whose reading failed.
pub(crate) fn broken_off(error: &(dyn Error + 'static)) -> Problem {
    if is_late(error) {
        return Problem::new(StatusCode::REQUEST_TIMEOUT).detail("the body did not come in time");
    }
    // The text is the transport's, which is none of the client's business.
    tracing::debug!(%error, "a request body could not be read");
    Problem::new(400).detail("the body could not be read to its end")
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

/// The problem that serde found in a JSON body, from the error of axum's that has it.
fn of_json(error: &(dyn Error + 'static)) -> Problem {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(fault) = error.downcast_ref::<serde_path_to_error::Error<serde_json::Error>>() {
            return invalid_json(fault.inner(), Some(fault.path()));
        }
        // After the end of a JSON value there is no path.
        if let Some(fault) = error.downcast_ref::<serde_json::Error>() {
            return invalid_json(fault, None);
        }
        next = error.source();
    }
    Problem::new(400).detail(NOT_JSON)
}

const NOT_JSON: &str = "the body is not JSON";

/// What serde_json does not read although it is JSON, by the words it has for it: they are all that
/// tells one syntax error from another. A test asks for each.
const LIMITS: [(&str, &str); 4] = [
    (
        "recursion limit exceeded",
        "the JSON body is nested deeper than 127",
    ),
    (
        "number out of range",
        "the JSON body has a number that is out of range",
    ),
    (
        "lone leading surrogate",
        "the JSON body has a lone surrogate, which is no text",
    ),
    (
        "unexpected end of hex escape",
        "the JSON body has a lone surrogate, which is no text",
    ),
];

/// The problem that serde found in a JSON body.
#[cold]
pub(crate) fn invalid_json(fault: &serde_json::Error, path: Option<&Path>) -> Problem {
    let text = fault.to_string();
    let problem = if fault.is_data() {
        Problem::new(422).detail("the JSON body does not have the expected form")
    } else {
        let limit = LIMITS.iter().find(|(words, _)| text.starts_with(words));
        Problem::new(400).detail(limit.map_or(NOT_JSON, |(_, detail)| detail))
    };
    located(problem, "body", path, text)
}

/// Why the fields of a query or a form were refused.
pub(crate) enum Refused {
    /// What is not percent-encoded UTF-8: the value of the field of this name, or a name.
    Undecodable { name: Option<String> },
    /// What is not what serde expects.
    Unfit(serde_path_to_error::Error<serde::de::value::Error>),
}

/// Adds where and why the fields of a part of the request were refused.
pub(crate) fn invalid_fields(problem: Problem, part: &'static str, refused: &Refused) -> Problem {
    match refused {
        Refused::Undecodable { name } => {
            let mut pointer = "#".to_owned();
            if let Some(name) = name {
                push_key(&mut pointer, name);
            }
            problem.fault(part, pointer, NOT_ENCODED)
        }
        Refused::Unfit(fault) => {
            located(problem, part, Some(fault.path()), fault.inner().to_string())
        }
    }
}

/// As [`invalid_fields`], from the error of axum's that has it.
fn of_fields(problem: Problem, part: &'static str, error: &(dyn Error + 'static)) -> Problem {
    type OfText = serde_path_to_error::Error<serde::de::value::Error>;

    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(fault) = error.downcast_ref::<OfText>() {
            return located(problem, part, Some(fault.path()), fault.inner().to_string());
        }
        next = error.source();
    }
    problem
}

/// Adds where and why serde refused a part of the request.
fn located(problem: Problem, part: &'static str, path: Option<&Path>, text: String) -> Problem {
    let mut pointer = path.map_or_else(|| "#".to_owned(), pointer);
    // Of a member that is there twice, serde says the path of the object only.
    if let Some(name) = text.strip_prefix("duplicate field `")
        && let Some((name, _)) = name.split_once('`')
    {
        push_key(&mut pointer, name);
    }
    problem.fault(part, pointer, text)
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
        push_key(&mut pointer, key);
    }
    pointer
}

fn push_key(pointer: &mut String, key: &str) {
    let key = key.replace('~', "~0").replace('/', "~1");
    pointer.push('/');
    pointer.extend(utf8_percent_encode(&key, NOT_IN_A_FRAGMENT));
}

/// What is wrong with a text of a URI or of a form that cannot be decoded.
const NOT_ENCODED: &str = "is not percent-encoded UTF-8";

/// The problem of a path parameter that has no value of its type.
pub(crate) fn invalid_parameter(name: &str, detail: &'static str) -> Problem {
    // A parameter's name is a Rust identifier: no character of ASCII in it needs an escape.
    let pointer = format!("#/{}", utf8_percent_encode(name, NOT_IN_A_FRAGMENT));
    Problem::new(400)
        .detail(format!("the path parameter `{name}` is not valid"))
        .fault("path", pointer, detail)
}
