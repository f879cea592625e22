//! At which places in a body does a `send!` leave?

#![allow(
    clippy::never_loop,
    clippy::unnecessary_lazy_evaluations,
    clippy::useless_vec,
    clippy::while_let_on_iterator,
    reason = "odd code is what is tested"
)]

use std::future::{pending, ready};

use sendoff::{IntoResponse, Response, handler, send};

use crate::support::answer::{check, check_async};

#[handler]
fn let_else(value: Option<u8>) {
    let Some(value) = value else {
        send!(404, "none");
    };
    send!(200, value.to_string());
}

#[handler]
fn arm(value: Option<u8>) {
    let value = match value {
        Some(0) | None => send!(404, "none"),
        Some(n) if n > 9 => send!(422, "large"),
        Some(n) => n,
    };
    send!(200, value.to_string());
}

#[handler]
fn branches(n: u8) {
    if n == 0 {
        send!(404, "none")
    } else if n > 9 {
        send!(422, "large")
    } else {
        send!(200, n.to_string())
    }
}

#[handler]
fn loops(values: &[u8]) {
    let mut values = values.iter();
    'outer: loop {
        while let Some(value) = values.next() {
            if *value == 0 {
                continue 'outer;
            }
            if *value > 9 {
                send!(422, "large");
            }
        }
        for _ in 0..2 {
            send!("done");
        }
        break 'outer;
    }
    send!(500, "never");
}

#[handler]
fn loop_value(limit: u8) {
    let mut n = 0;
    let found = loop {
        n += 1;
        if n > limit {
            send!(404, "none");
        }
        if n == 3 {
            break n;
        }
    };
    send!(200, found.to_string());
}

#[handler]
fn operands(value: Option<u8>) {
    let sum = 1 + value.map_or_else(|| 0, u8::from) + if value == Some(0) { send!(422) } else { 0 };
    let pair = (sum, [if sum > 9 { send!(409, "large") } else { sum }; 2]);
    let fits = pair.0 < 5 || send!(400, "middle");
    let both = fits && pair.1[0] > 0;
    send!(200, both.to_string());
}

#[handler]
fn conditions(value: Option<u8>) {
    if let Some(value) = value
        && value > 3
        && let Some(rest) = value.checked_sub(5)
    {
        send!(200, rest.to_string());
    }
    while value.unwrap_or_else(|| 9) < 3 {
        send!("small");
    }
    send!(404, "none");
}

#[handler]
fn block_value(n: u8) {
    let text = 'text: {
        if n == 0 {
            break 'text "zero";
        }
        if n == 1 {
            send!(409, "one");
        }
        "many"
    };
    send!(text);
}

#[handler]
fn argument(n: u8) {
    send!(200, if n == 0 { send!(404, "inner") } else { "outer" });
}

#[handler]
fn index_and_field(n: usize) {
    let list = ["a", "b"];
    let word = list[if n < 2 { n } else { send!(404, "out") }];
    struct Pair {
        left: usize,
    }
    let pair = Pair {
        left: match n {
            1 => send!(409, "one"),
            n => n,
        },
    };
    send!(200, format!("{word}{}", pair.left));
}

#[test]
fn branches_and_loops() {
    check(let_else(None), 404, "none");
    check(let_else(Some(1)), 200, "1");
    check(arm(None), 404, "none");
    check(arm(Some(10)), 422, "large");
    check(arm(Some(1)), 200, "1");
    check(branches(0), 404, "none");
    check(branches(10), 422, "large");
    check(branches(1), 200, "1");
    check(loops(&[1, 0, 99]), 422, "large");
    check(loops(&[1, 0]), 200, "done");
    check(loop_value(2), 404, "none");
    check(loop_value(3), 200, "3");
}

#[test]
fn parts_of_expressions() {
    check(operands(Some(0)), 422, "");
    check(operands(Some(9)), 409, "large");
    check(operands(Some(5)), 400, "middle");
    check(operands(Some(1)), 200, "true");
    check(conditions(Some(7)), 200, "2");
    check(conditions(Some(1)), 200, "small");
    check(conditions(None), 404, "none");
    check(block_value(0), 200, "zero");
    check(block_value(1), 409, "one");
    check(block_value(2), 200, "many");
    check(argument(0), 404, "inner");
    check(argument(1), 200, "outer");
    check(index_and_field(0), 200, "a0");
    check(index_and_field(1), 409, "one");
    check(index_and_field(2), 404, "out");
}

/// An error that a `send!` without the handler's label cannot become.
struct NoReplies;

impl IntoResponse for NoReplies {
    fn into_response(self) -> Response {
        unreachable!("nothing fails")
    }
}

#[handler(error = NoReplies)]
async fn select(n: u8) {
    let wait = n == 1;
    tokio::select! {
        biased;
        () = ready(()), if n == 0 => send!(200, "first"),
        () = pending(), if wait => send!(500, "never"),
        value = ready(n), if n == 2 => {
            if value == 2 {
                send!(200, "third")
            }
        }
        else => send!(404, "else"),
    }
    send!(500, "never");
}

#[handler(error = NoReplies)]
async fn select_value(n: u8) {
    let value = tokio::select! {
        biased;
        () = pending() => send!(500, "never"),
        Some(value) = ready(n.checked_sub(1)) => value,
        _ = tokio::time::sleep(std::time::Duration::ZERO) => send!(408, "late"),
    };
    send!(200, value.to_string());
}

#[handler]
async fn select_pattern_fails(n: Option<u8>) {
    tokio::select! {
        Some(n) = ready(n) => send!(200, n.to_string()),
        else => send!(404, "else"),
    }
}

#[handler]
async fn join(n: u8) {
    let (a, b) = tokio::join!(ready(n), async { n + 1 });
    let Ok((a, b)) = tokio::try_join!(ready(Ok::<_, ()>(a)), async {
        if b > 5 { Err(()) } else { Ok(b) }
    }) else {
        send!(422, "large");
    };
    send!(200, format!("{a}{b}"));
}

#[test]
fn tokio_macros() {
    check_async(select(0), 200, "first");
    check_async(select(2), 200, "third");
    check_async(select(3), 404, "else");
    check_async(select_value(5), 200, "4");
    check_async(select_value(0), 408, "late");
    check_async(select_pattern_fails(Some(1)), 200, "1");
    check_async(select_pattern_fails(None), 404, "else");
    check_async(join(1), 200, "12");
    check_async(join(5), 422, "large");
}

#[handler(error = NoReplies)]
fn std_macros(n: u8) {
    let list = vec![n, if n == 1 { send!(200, "vec") } else { n }];
    let repeated = vec![if n == 2 { send!(200, "vec;") } else { 1 }; 3];
    let text = format!("{}", if n == 3 { send!(200, "format") } else { n });
    println!("{text}{}", if n == 4 { send!(200, "println") } else { n });
    let five = matches!(list[0], 5 if n != 5 || { send!(200, "matches") });
    assert!(n != 6 || { send!(200, "assert") });
    assert_eq!(list.len(), if n == 7 { send!(200, "assert_eq") } else { 2 });
    debug_assert!(n != 8 || { send!(200, "debug_assert") }, "{n}");
    let n = dbg_like!(if n == 9 { send!(200, "own") } else { n });
    let mut out = String::new();
    let written = std::fmt::Write::write_fmt(
        &mut out,
        format_args!(
            "{}",
            if n == 10 {
                send!(200, "format_args")
            } else {
                n
            }
        ),
    );
    send!(
        200,
        [written.is_ok(), repeated.len() == 3, !five]
            .map(|ok| ok.to_string())
            .concat()
    );
}

macro_rules! dbg_like {
    ($value:expr) => {
        match $value {
            value => value,
        }
    };
}
use dbg_like;

#[test]
fn macros_of_std_and_of_ones_own() {
    check(std_macros(0), 200, "truetruetrue");
    check(std_macros(1), 200, "vec");
    check(std_macros(2), 200, "vec;");
    check(std_macros(3), 200, "format");
    check(std_macros(4), 200, "println");
    check(std_macros(5), 200, "matches");
    check(std_macros(6), 200, "assert");
    check(std_macros(7), 200, "assert_eq");
    check(std_macros(8), 200, "debug_assert");
    check(std_macros(9), 200, "own");
    check(std_macros(10), 200, "format_args");
}

#[handler]
async fn awaits(n: u8) {
    let n = ready(n).await;
    if n == 0 {
        never().await;
    }
    let n = match ready(n).await {
        1 => send!(409, "one"),
        n => ready(n).await,
    };
    send!(200, ready(n.to_string()).await);
}

async fn never() -> ! {
    panic!("never returns")
}

#[handler]
async fn stringified() {
    send!(200, concat!(stringify!(send!(404)), "!"));
}

#[test]
fn around_await() {
    check_async(awaits(1), 409, "one");
    check_async(awaits(2), 200, "2");
    check_async(stringified(), 200, "send!(404)!");
}
