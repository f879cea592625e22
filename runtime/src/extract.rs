//! What can a handler take? axum's extractors, under the names axum gives them.
//!
//! The common ones are at the root of the crate too. `Path` and `MatchedPath` are not here: they
//! read what axum's own router leaves behind. In a routed handler a path parameter is an argument
//! of its name.
//!
//! [`Json`], [`Form`], [`RawForm`], [`Query`], `Multipart` and `WebSocketUpgrade` are our own types.
//! They work on an axum `Router` as they do here, and axum's types of these names are arguments as
//! well.
//!
//! In a routed handler a body of more than 2 MiB is refused with 413, whoever reads it:
//! [`Request`] and [`Body`](crate::Body) hold the limit as `Bytes`, `String`, [`Json`], [`Form`] and
//! `Multipart` do. `body_limit = ..` of the route and
//! [`Server::body_limit`](crate::Server::body_limit) are other limits. On an axum router axum's
//! [`DefaultBodyLimit`] holds, which [`Request`] and [`Body`](crate::Body) do not know.
//!
#![doc = include_str!("../input.md")]

mod fields;
mod form;
mod json;
pub(crate) mod media_type;
mod query;
#[cfg(feature = "ws")]
pub(crate) mod websocket;

pub use self::form::{Form, RawForm};
pub use self::json::Json;
pub use self::query::Query;
pub use axum::extract::{ConnectInfo, DefaultBodyLimit, OriginalUri, RawQuery, State};
pub use axum_core::extract::{
    FromRef, FromRequest, FromRequestParts, OptionalFromRequest, OptionalFromRequestParts, Request,
};

pub use axum::extract::rejection;

#[cfg(feature = "multipart")]
pub mod multipart;
#[cfg(feature = "multipart")]
pub use self::multipart::Multipart;

/// WebSockets: the socket and its messages. Needs the feature `ws`.
#[cfg(feature = "ws")]
pub mod ws {
    pub use super::websocket::WebSocketUpgrade;
    pub use axum::extract::ws::{
        CloseCode, CloseFrame, DefaultOnFailedUpgrade, Message, OnFailedUpgrade, Utf8Bytes,
        WebSocket, close_code,
    };
}
#[cfg(feature = "ws")]
pub use self::websocket::WebSocketUpgrade;
