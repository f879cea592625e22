//! What has been dropped when the answer is out, and what may still be borrowed at a send?

#![allow(clippy::needless_late_init, reason = "odd code is what is tested")]

use std::cell::RefCell;
use std::sync::{Mutex, RwLock};

use sendoff::{IntoResponse, Response, handler, send};

use crate::support::answer::{check, check_async};

type Log = RefCell<Vec<&'static str>>;

struct Noted<'a>(&'a Log, &'static str);

impl Drop for Noted<'_> {
    fn drop(&mut self) {
        self.0.borrow_mut().push(self.1);
    }
}

impl IntoResponse for Noted<'_> {
    fn into_response(self) -> Response {
        self.0.borrow_mut().push("made");
        self.1.into_response()
    }
}

#[handler]
fn drops(log: &Log, early: bool) {
    let _first = Noted(log, "first");
    let _second = Noted(log, "second");
    if early {
        let _inner = Noted(log, "inner");
        send!(Noted(log, "body"));
    }
    let _third = Noted(log, "third");
    send!("late");
}

#[track_caller]
fn check_log(log: Log, expected: &str) {
    assert_eq!(log.into_inner().join(" "), expected);
}

/// The response is made first, then locals are dropped innermost first, as on a `return`.
#[test]
fn locals_are_dropped_in_order() {
    let log = Log::default();
    check(drops(&log, true), 200, "body");
    check_log(log, "made body inner second first");

    let log = Log::default();
    check(drops(&log, false), 200, "late");
    check_log(log, "third second first");
}

#[handler]
async fn drops_across_await(log: &Log, n: u8) {
    let _first = Noted(log, "first");
    std::future::ready(()).await;
    match Noted(log, "scrutinee").1.len() {
        _ if n == 0 => send!("in match"),
        _ => {}
    }
    let moved = Noted(log, "moved");
    drop(moved);
    send!("end");
}

#[test]
fn locals_are_dropped_across_await() {
    let log = Log::default();
    check_async(drops_across_await(&log, 0), 200, "in match");
    check_log(log, "scrutinee first");

    let log = Log::default();
    check_async(drops_across_await(&log, 1), 200, "end");
    check_log(log, "scrutinee moved first");
}

#[handler]
fn guards(lock: &Mutex<String>, cell: &RwLock<u8>) {
    let mut guard = lock.lock().expect("not poisoned");
    if guard.is_empty() {
        send!(404, "empty");
    }
    let value = cell.read().expect("not poisoned");
    guard.push('!');
    send!(200, format!("{guard}{value}"));
}

#[test]
fn locks_are_free_after_a_send() {
    let (lock, cell) = (Mutex::new(String::new()), RwLock::new(1));
    check(guards(&lock, &cell), 404, "empty");
    lock.try_lock().expect("free").push('a');
    check(guards(&lock, &cell), 200, "a!1");
    assert!(lock.try_lock().is_ok());
    assert!(cell.try_write().is_ok());
}

/// What is moved into a send that leaves can still be used where it does not.
#[handler]
fn moves(text: String, early: bool) {
    if early {
        send!(200, text);
    }
    let mut list = vec![text];
    let first = &mut list[0];
    let Some(last) = first.pop() else {
        send!(404, list.len().to_string());
    };
    let uninitialised;
    match last {
        'a' => uninitialised = 1,
        'b' => send!(409, List(list)),
        _ => send!(422, first.clone()),
    }
    send!(200, format!("{}{uninitialised}", list[0]));
}

struct List(Vec<String>);

impl IntoResponse for List {
    fn into_response(self) -> Response {
        self.0.concat().into_response()
    }
}

#[test]
fn borrows_end_where_a_send_leaves() {
    check(moves("x".into(), true), 200, "x");
    check(moves(String::new(), false), 404, "1");
    check(moves("xa".into(), false), 200, "x1");
    check(moves("xb".into(), false), 409, "x");
    check(moves("xc".into(), false), 422, "x");
}
