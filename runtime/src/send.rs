//! How does a handler answer? [`send!`](crate::send)

/// Answers the request **and leaves** the handler.
///
/// `send!` has the type `!`: nothing after it runs, and it fits wherever a value is expected
/// (`let .. else`, a `match` arm, a `select!` arm). Locals are dropped as on any other exit.
///
/// | form | the response |
/// |---|---|
/// | `send!(value)` | any [`IntoResponse`](crate::IntoResponse) |
/// | `send!(404)` | a bare status; an integer literal only |
/// | `send!(status, body)` | the status is an integer literal, a [`StatusCode`](crate::StatusCode) or a `u16` |
/// | `send!(status, parts.., body)` | with headers, cookies, work for [`after`](crate::after()), or any other [`IntoResponseParts`](crate::IntoResponseParts) between the two |
///
/// A status literal outside 200..=599 is a compile error; a `u16` that is no such status when the
/// handler runs becomes a 500 and an error in the log.
///
/// ```
/// use sendoff::{Html, Json, StatusCode, handler, send};
///
/// #[handler]
/// async fn show(id: u64) {
///     if id == 0 {
///         send!(404, "no such page");
///     }
///     let format = match id % 3 {
///         0 => "json",
///         1 => "html",
///         _ => send!(StatusCode::NOT_ACCEPTABLE),
///     };
///     if format == "json" {
///         send!(200, [("cache-control", "no-store")], Json(id));
///     }
///     send!(Html("<p>hello</p>"));
/// }
///
/// # use sendoff::IntoResponse;
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # for (id, status) in [(0, 404), (1, 200), (2, 406), (3, 200)] {
/// #     assert_eq!(runtime.block_on(show(id)).into_response().status(), status);
/// # }
/// ```
///
/// # Outside a handler
///
/// In a function that returns `Result<T, `[`Reply`](crate::Reply)`>`, `send!` ends that function,
/// and `?` in the handler carries the response out. So does a `send!` in a `macro_rules!` of
/// yours, inside a handler or a helper.
///
/// ```
/// use sendoff::{HeaderMap, Reply, handler, send};
///
/// fn bearer(headers: &HeaderMap) -> Result<&str, Reply> {
///     let Some(value) = headers.get("authorization") else {
///         send!(401, "log in first");
///     };
///     let Some(token) = value.to_str().ok().and_then(|text| text.strip_prefix("Bearer ")) else {
///         send!(400, "not a bearer token");
///     };
///     Ok(token)
/// }
///
/// #[handler]
/// async fn length(headers: HeaderMap) {
///     let token = bearer(&headers)?;
///     send!(200, format!("a token of {} bytes", token.len()));
/// }
///
/// # use sendoff::IntoResponse;
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # assert_eq!(runtime.block_on(length(HeaderMap::new())).into_response().status(), 401);
/// ```
#[macro_export]
macro_rules! send {
    // In a handler that has been refused: the arguments stay alive for the editor.
    (@ 'fail # $form:ident $($reply:tt)*) => {{
        let _ = ($($reply)*);
        $crate::__private::refused()
    }};
    (@ 'fail $($reply:tt)*) => {{
        let _ = ($($reply)*);
        $crate::__private::refused()
    }};
    // In a handler: `#[handler]` has added the label of its block, which is the only way out, and
    // a word where it sees the form. The first arms are what most sends are, and the shortest way
    // for rustc; the last one does all the others. Those of `$half` are for what is half-typed: no
    // expression yet, but an editor completes it where the whole one would be.
    (@ $label:lifetime #status $status:literal $(,)?) => {
        break $label $crate::__private::sent_status($status)
    };
    (@ $label:lifetime #status $status:literal, $body:expr $(,)?) => {
        break $label $crate::__private::sent_with($status, $body)
    };
    (@ $label:lifetime #status $status:literal, $part:expr, $($rest:tt)+) => {
        break $label $crate::__private::sent!($status, $part, $($rest)+)
    };
    (@ $label:lifetime #status $status:literal, $($half:tt)*) => {
        break $label $crate::__private::sent_with($status, ($($half)*))
    };
    (@ $label:lifetime #value ($first:expr, $($rest:tt)+)) => {
        break $label $crate::__private::sent!(($first, $($rest)+))
    };
    (@ $label:lifetime #value $value:expr) => {
        break $label $crate::__private::sent_value($value)
    };
    (@ $label:lifetime #value $($half:tt)*) => {
        break $label $crate::__private::sent_value(($($half)*))
    };
    (@ $label:lifetime $($reply:tt)*) => {
        break $label $crate::__private::sent!($($reply)*)
    };
    // Anywhere else: the early exit of a function that returns `Result<_, Reply>`. Generic in what
    // is returned, so that a closure or task that does not say it is a `Result` is an error, not a
    // lost answer.
    ($($reply:tt)*) => {
        return $crate::__private::LeaveWith::leave_with($crate::reply!($($reply)*))
    };
}
