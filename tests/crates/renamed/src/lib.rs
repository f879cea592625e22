//! Does sendoff work under another name? In this crate `::sendoff` does not exist.

use my_sendoff::{App, Reply, State, guard, handler, reply, routes};

/// Another place to find it.
pub mod vocabulary {
    pub use my_sendoff as web;
}

fn helper(n: u8) -> Result<u8, Reply> {
    if n == 0 {
        my_sendoff::send!(404, "none");
    }
    Ok(n)
}

/// A plain one.
#[handler(crate = my_sendoff)]
pub async fn plain(n: u8) {
    let n = helper(n)?;
    if n == 1 {
        Err(reply!(409, "one"))?;
    }
    my_sendoff::send!(200, n.to_string());
}

/// A guard.
#[guard(Positive, crate = my_sendoff)]
pub async fn positive(State(n): State<u8>) -> u8 {
    let n = helper(n)?;
    if n == 1 {
        my_sendoff::send!(409, "one");
    }
    n
}

/// A guard that uses it, by a longer path.
#[guard(Even, error = Reply, crate = crate::vocabulary::web)]
pub async fn even(Positive(n): Positive) -> u8 {
    if n % 2 == 1 {
        my_sendoff::send!(409, "odd");
    }
    n
}

/// A routed one, by a longer path.
#[handler(GET "/{id}", crate = crate::vocabulary::web)]
pub async fn routed(id: u8, State(n): State<u8>) {
    crate::vocabulary::web::send!(200, (id + n).to_string());
}

/// With every option.
#[handler(crate = ::my_sendoff, error = Reply, GET "/all")]
pub fn options() {
    helper(0)?;
    my_sendoff::send!(204);
}

/// Their app.
pub fn app() -> App<u8> {
    App::new(7).routes(routes![routed, options])
}

#[cfg(test)]
mod tests {
    use my_sendoff::IntoResponse;

    use super::*;

    #[tokio::test]
    async fn handlers_answer() {
        for (n, status) in [(0, 404), (1, 409), (2, 200)] {
            assert_eq!(plain(n).await.into_response().status(), status);
        }
        assert_eq!(options().into_response().status(), 404);
        assert!(app().check().is_ok());
    }
}
