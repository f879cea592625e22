//! Do the user's own `macro_rules!` and `send!` get on, in both directions?

use sendoff::{App, Reply, handler, routes, send};

use crate::support::answer::{check, check_async, run};

macro_rules! deny {
    () => { send!(403, "denied") };
    ($status:literal) => { send!($status) };
    ($status:literal, $body:expr) => { send!($status, $body) };
    (by path $status:expr) => { sendoff::send!($status, "path") };
    (returning $($reply:tt)*) => { return send!($($reply)*) };
    (unless $ok:expr, $($reply:tt)*) => {
        if !$ok {
            send!($($reply)*);
        }
    };
}

macro_rules! unwrap_or {
    ($value:expr, $otherwise:expr) => {
        match $value {
            Some(value) => value,
            None => $otherwise,
        }
    };
}

macro_rules! forward {
    ($($tokens:tt)*) => { $($tokens)* };
}

#[handler]
fn wrapped(n: u8) {
    match n {
        0 => deny!(),
        1 => deny!(404),
        2 => deny!(404, "body"),
        3 => deny!(by path 409),
        5 => deny!(unless n == 0, 422, "not {}"),
        _ => {}
    }
    send!(
        200,
        unwrap_or!(n.checked_sub(7), send!(400, "less than 7")).to_string()
    );
}

#[handler]
fn passed_on(n: u8) {
    let value = unwrap_or!(n.checked_sub(1), send!(404, "none"));
    let value = forward!(if value == 0 { send!(409, "one") } else { value });
    forward! {
        if value == 1 {
            return send!(410, "two");
        }
    }
    let value = forward!(forward!(unwrap_or!(value.checked_sub(2), send!(500))));
    forward!(send!(200, value.to_string()))
}

#[handler]
fn defined_inside(n: u8) {
    macro_rules! deny {
        ($status:literal) => { send!($status, "inside") };
        (sum $($n:expr),*) => {
            if [$($n),*].iter().sum::<u8>() > 9 {
                send!(422, "sum")
            }
        };
    }
    if n == 0 {
        deny!(403);
    }
    deny!(sum n, n);
    macro_rules! finish {
        () => {
            send!(200, n.to_string())
        };
    }
    finish!()
}

fn helper(n: u8) -> Result<u8, Reply> {
    deny!(unless n > 0, 404, "none");
    Ok(n)
}

#[handler]
fn uses_helper(n: u8) {
    send!(200, helper(n)?.to_string());
}

#[test]
fn a_send_in_a_macro() {
    check(wrapped(0), 403, "denied");
    check(wrapped(1), 404, "");
    check(wrapped(2), 404, "body");
    check(wrapped(3), 409, "path");
    check(wrapped(4), 400, "less than 7");
    check(wrapped(5), 422, "not {}");
    check(wrapped(9), 200, "2");
    check(defined_inside(0), 403, "inside");
    check(defined_inside(5), 422, "sum");
    check(defined_inside(1), 200, "1");
    check(uses_helper(0), 404, "none");
    check(uses_helper(1), 200, "1");
}

#[test]
fn a_send_passed_to_a_macro() {
    check(passed_on(0), 404, "none");
    check(passed_on(1), 409, "one");
    check(passed_on(2), 410, "two");
    check(passed_on(3), 200, "0");
    check(passed_on(4), 200, "1");
}

macro_rules! handlers {
    ($($name:ident => $status:literal),* $(,)?) => {$(
        #[handler]
        fn $name() {
            send!($status, stringify!($name));
        }
    )*};
}

handlers!(made_one => 201, made_two => 202);

macro_rules! handler_of_body {
    ($(#[$meta:meta])* $vis:vis fn $name:ident($($argument:ident: $ty:ty),*) $body:block) => {
        $(#[$meta])*
        #[handler]
        $vis async fn $name($($argument: $ty),*) $body
    };
}

handler_of_body! {
    /// A handler that a macro makes from parts.
    #[inline]
    pub(crate) fn from_parts(n: u8) {
        let Some(n) = n.checked_sub(1) else {
            send!(404, "none");
        };
        send!(200, n.to_string());
    }
}

macro_rules! handler_of_statements {
    (fn $name:ident($argument:pat => $ty:ty) { $($statement:stmt;)* }) => {
        #[handler]
        fn $name($argument: $ty) {
            $($statement;)*
        }
    };
}

handler_of_statements!(fn from_statements((n, _) => (u8, u8)) {
    let text = n.to_string();
    if n == 0 { send!(404) };
    send!(200, text);
});

macro_rules! handler_of_item {
    ($item:item) => {
        #[handler]
        $item
    };
}

handler_of_item! {
    fn from_item(n: u8) {
        if n == 0 {
            send!(404);
        }
        send!("one");
    }
}

macro_rules! route {
    ($(#[$meta:meta])* $method:ident $pattern:literal $vis:vis $name:ident($($argument:tt)*) $body:block) => {
        #[handler($method $pattern)]
        $(#[$meta])*
        $vis async fn $name($($argument)*) $body
    };
}

route! {
    /// A route that a macro makes.
    GET "/made/{id}" pub(crate) made_route(id: u8) {
        deny!(unless id > 0, 404, "none");
        send!(200, id.to_string());
    }
}

#[test]
fn handlers_that_macros_make() {
    check(made_one(), 201, "made_one");
    check(made_two(), 202, "made_two");
    check_async(from_parts(0), 404, "none");
    check_async(from_parts(2), 200, "1");
    check(from_statements((0, 0)), 404, "");
    check(from_statements((7, 0)), 200, "7");
    check(from_item(0), 404, "");
    check(from_item(1), 200, "one");
    check_async(made_route(0), 404, "none");
    let mut app = App::new(()).routes(routes![made_route]);
    let request = sendoff::Request::get("/made/7")
        .body(sendoff::Body::empty())
        .expect("a request");
    let answer = run(tower::Service::call(&mut app, request)).expect("no error");
    check(answer, 200, "7");
}

macro_rules! block {
    ($answer:expr) => {{
        let _one = 1;
        $answer
    }};
}

macro_rules! branches {
    ($answer:expr) => {
        match 3 {
            3 => $answer,
            _ => {
                $answer;
            }
        }
    };
}

macro_rules! endless {
    ($answer:expr) => {
        loop {
            $answer
        }
    };
}

#[handler]
fn in_what_a_macro_makes(n: u8) {
    match n {
        0 => block!(send!("block")),
        1 => branches!(send!("branches")),
        2 => endless!(send!("endless")),
        3 => forward!(block!(branches!(send!("all")))),
        4 => {
            block!(send!("dropped"));
        }
        _ => forward!(send!(404)),
    }
}

#[test]
fn a_send_may_end_what_a_macro_makes() {
    let texts = ["block", "branches", "endless", "all", "dropped"];
    for (n, text) in (0..).zip(texts) {
        check(in_what_a_macro_makes(n), 200, text);
    }
}

macro_rules! deny_with {
    ($status:expr) => {
        send!($status)
    };
}

/// What a `#[cfg]` takes away is not there, and what one keeps is.
#[handler]
fn returns_of_macros(n: u8) {
    #[cfg(any())]
    return deny_with!(403);
    if n == 1 {
        return deny_with!(401);
    }
    #[cfg(test)]
    if n == 2 {
        return deny_with!(402);
    }
    send!(200, "all of it")
}

#[test]
fn a_return_of_a_macro_keeps_its_attributes() {
    check(returns_of_macros(0), 200, "all of it");
    check(returns_of_macros(1), 401, "");
    check(returns_of_macros(2), 402, "");
}

/// Each configuration has its send.
#[handler]
fn sends_in_each_configuration(n: u8) {
    if n > 4 {
        send!(404);
    }
    #[cfg(not(test))]
    send!(200, "in earnest");
    #[cfg(test)]
    send!(200, "in tests");
}

#[test]
fn a_send_for_each_configuration_is_enough() {
    check(sends_in_each_configuration(0), 200, "in tests");
    check(sends_in_each_configuration(5), 404, "");
}
