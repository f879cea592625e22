//! Does a `send!` in a helper end the helper, and its `?` the handler?

use sendoff::response::ErrorResponse;
use sendoff::{IntoResponse, Reply, Response, StatusCode, handler, reply, send};

use crate::support::answer::{check, check_async};

fn positive(n: i32) -> Result<u32, Reply> {
    let Ok(n) = u32::try_from(n) else {
        send!(422, [("x-why", "sign")], "negative");
    };
    if n == 0 {
        send!(409);
    }
    Ok(n)
}

async fn even(n: i32) -> Result<u32, Reply> {
    let n = positive(n)?;
    match n % 2 {
        0 => Ok(n),
        _ => send! { StatusCode::CONFLICT, "odd" },
    }
}

fn only_sends() -> Result<(), Reply> {
    send!(410, "always")
}

#[allow(clippy::result_large_err)] // The size is that of axum-core's error.
fn with_axums_error(n: u8) -> Result<u8, ErrorResponse> {
    if n == 0 {
        send!(404, "none");
    }
    Ok(n)
}

fn as_a_value(n: u8) -> Option<Reply> {
    (n == 0).then(|| reply!(404, "none"))
}

struct Service;

impl Service {
    fn check(&self, n: u8) -> Result<&Self, Reply> {
        if n == 0 {
            send!(403, "no");
        }
        Ok(self)
    }
}

trait Check {
    fn check(&self) -> Result<u8, Reply> {
        send!(501, "default")
    }
}

impl Check for u8 {}

#[handler]
async fn uses(n: i32) {
    let n = even(n).await?;
    send!(200, n.to_string());
}

#[handler]
fn uses_all(n: u8) {
    match n {
        0 => only_sends()?,
        1 => {
            with_axums_error(0)?;
        }
        2 => {
            if let Some(reply) = as_a_value(0) {
                send!(reply);
            }
        }
        3 => {
            Service.check(1)?.check(0)?;
        }
        4 => {
            n.check()?;
        }
        _ => {}
    }
    send!("end");
}

/// A helper in a closure says what it returns.
#[handler]
fn uses_closure(n: u8) {
    let check = |n: u8| -> Result<u8, Reply> {
        if n == 0 {
            Err(reply!(404, "none"))
        } else {
            Ok(n)
        }
    };
    let n = check(n)?;
    send!(200, n.to_string());
}

struct AppError(Response);

impl From<Reply> for AppError {
    fn from(reply: Reply) -> Self {
        AppError((StatusCode::IM_A_TEAPOT, reply).into_response())
    }
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        self.0
    }
}

#[handler(error = AppError)]
fn converts(n: i32) {
    let n = positive(n)?;
    send!(200, n.to_string());
}

#[test]
fn a_send_ends_the_helper() {
    check_async(uses(-1), 422, "negative");
    check_async(uses(0), 409, "");
    check_async(uses(1), 409, "odd");
    check_async(uses(2), 200, "2");
    check(uses_all(0), 410, "always");
    check(uses_all(1), 404, "none");
    check(uses_all(2), 404, "none");
    check(uses_all(3), 403, "no");
    check(uses_all(4), 501, "default");
    check(uses_all(5), 200, "end");
    check(uses_closure(0), 404, "none");
    check(uses_closure(1), 200, "1");
    check(converts(-1), 418, "negative");
    check(converts(1), 200, "1");
}
