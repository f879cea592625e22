//! Which fields of a response are the server's to say? Those of the connection, of which a handler knows
//! nothing: one that passes on the head of an upstream's response says how *that* was framed.

use axum_core::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

/// Fields that end at the next hop (RFC 9110 section 7.6.1).
fn is_of_the_connection(name: &HeaderName) -> bool {
    matches!(
        name.as_str(),
        "connection" | "keep-alive" | "proxy-connection" | "te" | "transfer-encoding" | "upgrade"
    )
}

/// Drops the fields of the connection from what `handler` has sent, and what `Connection` names.
///
/// `Connection: close` stays, which closes the connection after the response, and so does what a
/// response that changes the protocol needs (RFC 9110 sections 15.2.2 and 15.5.22).
pub(crate) fn drop_connection_fields(response: &mut Response, handler: &'static str) {
    if response.headers().keys().any(is_of_the_connection) {
        drop_them(response, handler);
    }
}

#[cold]
fn drop_them(response: &mut Response, handler: &'static str) {
    let status = response.status();
    if status == StatusCode::SWITCHING_PROTOCOLS {
        return;
    }
    let headers = response.headers_mut();
    let (closes, named) = options(headers);
    let upgrade = (status == StatusCode::UPGRADE_REQUIRED)
        .then(|| headers.remove(header::UPGRADE))
        .flatten();
    // A length beside it is that of the upstream's body at best (RFC 9112 section 6.3).
    if headers.contains_key(header::TRANSFER_ENCODING) {
        headers.remove(header::CONTENT_LENGTH);
    }
    let own = headers.keys().filter(|name| is_of_the_connection(name));
    let dropped: Vec<HeaderName> = own.cloned().chain(named).collect();
    for name in &dropped {
        headers.remove(name);
    }
    if let Some(upgrade) = upgrade {
        headers.insert(header::UPGRADE, upgrade);
        headers.append(header::CONNECTION, HeaderValue::from_static("upgrade"));
    }
    if closes {
        headers.append(header::CONNECTION, HeaderValue::from_static("close"));
    }
    tracing::debug!(
        handler,
        ?dropped,
        "dropped fields of the connection, which the server says"
    );
}

/// Does `Connection` close, and which other fields does it name?
fn options(headers: &HeaderMap) -> (bool, Vec<HeaderName>) {
    let lines = headers.get_all(header::CONNECTION).iter();
    let texts = lines.filter_map(|line| line.to_str().ok());
    let options = texts.flat_map(|text| text.split(','));
    let names = options.filter_map(|option| HeaderName::try_from(option.trim()).ok());
    let (closes, named): (Vec<_>, Vec<_>) = names.partition(|name| name.as_str() == "close");
    // What says how the body is to be read goes to the end (RFC 9110 section 7.6.1).
    let is_end_to_end = |name: &HeaderName| {
        [
            header::CONTENT_TYPE,
            header::CONTENT_ENCODING,
            header::CACHE_CONTROL,
        ]
        .contains(name)
    };
    let named = named.into_iter().filter(|name| !is_end_to_end(name));
    (!closes.is_empty(), named.collect())
}
