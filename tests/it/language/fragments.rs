//! Does a fragment of a `macro_rules!` mean in a handler what it means in a plain function?
//!
//! rustc drops the invisible groups around fragments from what a procedural macro returns. Each
//! fragment below is put into each form twice, in a handler and in a plain `fn`.

use sendoff::http::HeaderMap;
use sendoff::{guard, handler, send};

use crate::support::answer::{check, check_async};

const YES: bool = true;
const NO: bool = false;
const THREE: i32 = 3;

/// Defines a macro for each form, which compares a handler with a function for each fragment.
macro_rules! forms {
    ($d:tt $e:ident $($name:ident($kind:ident) => { $($form:tt)* })*) => { $(
        macro_rules! $name {
            ($d($d $e:$kind),* $d(,)?) => { $d({
                #[allow(warnings, clippy::all)]
                fn plain() -> String {
                    let answer = $($form)*;
                    format!("{answer:?}")
                }
                #[allow(warnings, clippy::all)]
                #[handler]
                fn handled() {
                    let answer = $($form)*;
                    send!(format!("{answer:?}"));
                }
                check(handled(), 200, &plain());
            })* };
        }
    )* };
}

forms! { $ e
    negated(expr) => { -$e }
    factor(expr) => { $e * 2 }
    right_factor(expr) => { 2 * $e }
    dividend(expr) => { 100 / $e }
    remainder(expr) => { 100 % $e }
    subtrahend(expr) => { 10 - $e }
    minuend(expr) => { $e - 1 }
    sum(expr) => { 1 + $e + 1 }
    shifted(expr) => { 1 << $e }
    masked(expr) => { 6 & $e }
    either_bits(expr) => { 8 | $e }
    exclusive(expr) => { 5 ^ $e }
    compared(expr) => { 3 == $e }
    smaller(expr) => { $e < 4 }
    cast(expr) => { $e as u8 }
    method(expr) => { $e.pow(2) }
    shown(expr) => { $e.to_string() }
    borrowed(expr) => { *&$e }
    range(expr) => { (0..$e, $e..) }
    range_inclusive(expr) => { 0..=$e }
    element(expr) => { [10, 20, 30, 40, 50, 60, 70][$e as usize] }
    list(expr) => { vec![$e, $e * 2] }
    repeated(expr) => { vec![$e * 2; 2] }
    field(expr) => { Some(1 - $e) }
    scrutinee(expr) => { match $e { 3 => "three", _ => "another" } }
    arm(expr) => { match THREE { 3 => $e, _ => $e - 1 } }
    last(expr) => { { let _ = 1; $e - 1 } }
    after_block(expr) => { { if NO { let _ = 1; } $e } }
    assigned(expr) => { { let mut n = 1; n += $e; n -= $e * 2; n } }
    printed(expr) => { format!("{} {}", $e, $e * 2) }
    nested(expr) => { ((($e * 2) - $e) * { $e - 1 }) }
    tested(expr) => { matches!($e, 3) }
    counted(expr) => { { let mut n = 0; while n < $e { n += 1; } n } }
    each(expr) => { { let mut n = 0; for _ in 0..$e { n += 1; } n } }
    returned(expr) => { (|| { return $e * 2; })() }
    broken(expr) => { loop { break $e * 2; } }

    not(expr) => { !$e }
    both(expr) => { $e && NO }
    both_right(expr) => { NO && $e }
    any(expr) => { $e || YES }
    any_right(expr) => { YES || $e }
    equal(expr) => { $e == NO }
    if_not(expr) => { if !$e { "denied" } else { "secret" } }
    if_so(expr) => { if $e { "secret" } else { "denied" } }
    when(expr) => { match 3 { 3 if !$e => "denied", _ if $e => "secret", _ => "neither" } }
    while_not(expr) => { { let mut n = 0; while !$e && n < 3 { n += 1; } n } }
    bool_method(expr) => { $e.then_some(1) }
    asserted(expr) => { std::panic::catch_unwind(|| { assert!(!$e) }).is_ok() }

    called(expr) => { $e(3) }
    called_twice(expr) => { $e($e(3)) }

    matched(expr) => { match $e { Point { x, y } => x - y } }
    if_let(expr) => { if let Point { x: 1, y } = $e { y } else { 0 } }
    if_equal(expr) => { if $e == (Point { x: 1, y: 2 }) { "same" } else { "other" } }
    for_fields(expr) => { { let mut n = 0; for i in $e { n += i; } n } }
    field_of(expr) => { $e.x }

    pattern_arm(pat) => { match THREE { $e => 1, _ => 2 } }
    pattern_guarded(pat) => { match THREE { $e if YES => 1, _ => 2 } }
    pattern_behind_block(pat) => { match THREE { 100 => { 0 } $e => 1, _ => 2 } }
    pattern_borrowed(pat) => { match &THREE { &$e => 1, _ => 2 } }
    pattern_bound(pat) => { match THREE { n @ $e => n, _ => 0 } }
    pattern_in(pat) => { match Some(THREE) { Some($e) => 1, _ => 2 } }
    pattern_let(pat) => { if let $e = THREE { 1 } else { 2 } }
    pattern_else(pat) => { { let $e = THREE else { panic!() }; 1 } }
    pattern_matches(pat) => { matches!(THREE, $e) }

    literal_method(literal) => { $e.abs() }
    literal_negated(literal) => { -$e }
    literal_range(literal) => { match THREE { $e..=7 => 1, _ => 2 } }

    type_borrowed(ty) => { std::any::type_name::<&$e>() }
    type_pointer(ty) => { std::any::type_name::<*const $e>() }
    type_boxed(ty) => { std::any::type_name::<Box<$e>>() }
    type_of_cast(ty) => { (THREE as $e < 4, THREE as $e << 1) }
    type_path(ty) => { <$e>::new().len() }

    block_branch(block) => { if YES $e else $e }
    block_value(block) => { { let n = $e; n } }
    statement(stmt) => { { $e; THREE } }
    statement_before(stmt) => { { $e; let n = -THREE; n } }
    named(ident) => { -$e * 2 }
    token(tt) => { -$e * 2 }
    path_called(path) => { $e(THREE) }
}

#[derive(Debug, PartialEq)]
struct Point {
    x: i32,
    y: i32,
}

impl Point {
    fn itself(self) -> Self {
        self
    }
}

macro_rules! each_form {
    ([$($form:ident)*] $fragments:tt) => { $( each_form!(@ $form $fragments); )* };
    (@ $form:ident { $($fragments:tt)* }) => { $form! { $($fragments)* } };
}

#[test]
fn numbers() {
    each_form! {
        [
            negated factor right_factor dividend remainder subtrahend minuend sum shifted masked
            either_bits exclusive compared smaller cast shown borrowed range
            range_inclusive element list repeated field scrutinee assigned printed tested counted
            each returned broken
        ] {
            3, 1 + 2, 5 - 2, 9 / 3, 7 & 3, 1 | 2, 5 ^ 6, 6 >> 1, THREE, *&THREE, -(-THREE),
            if YES { 3 } else { 4 }, match THREE { 3 => 3, n => n }, { THREE }, THREE as i32,
            i32::from(YES) + 2, THREE.min(9), [3][0], (1, 3).1 + 0, loop { break 3 },
        }
    }
    // Where a statement begins, one that ends in a block is a statement to rustc, too.
    each_form! {
        [after_block arm last nested] {
            3, THREE, 1 + 2, -THREE, *&THREE, THREE - 1, THREE as i32,
        }
    }
    each_form! { [method] { 3_i32, THREE, 1_i32 + 2, -THREE, *&THREE, THREE - 1 } }
}

#[test]
fn conditions() {
    each_form! {
        [
            not both both_right any any_right if_not if_so when while_not bool_method asserted
        ] {
            YES, NO, YES && NO, NO || YES, YES || NO, !YES, !NO && NO, YES & NO,
            if NO { YES } else { NO }, matches!(1, 2) || NO, 1 == 2, 1 < 2 && NO as u8 == 1,
        }
    }
    each_form! { [equal] { YES, NO, YES && NO, YES || NO, !YES, YES & NO } }
}

#[test]
fn closures_and_structs() {
    each_form! { [called called_twice] { |n: i32| n + 1, |n: i32| -> i32 { n * 2 }, i32::abs } }
    each_form! {
        [matched if_let if_equal field_of] {
            Point { x: 1, y: 2 }, Point { x: 1, y: 2 }.itself(), if YES { Point { x: 1, y: 3 } } else { Point { x: 2, y: 3 } },
        }
    }
    each_form! { [for_fields] { Vec::<i32>::from(vec![1, 2]), 1..3, [1, 2].into_iter().rev() } }
}

#[test]
fn patterns() {
    each_form! {
        [
            pattern_arm pattern_guarded pattern_behind_block pattern_borrowed pattern_bound
            pattern_in pattern_matches
        ] { 1 | 3, 1 | 2, 1..=3, 4..=5, 3, -1, -3..=3, 0..3 }
    }
    each_form! { [pattern_let] { 1..=3, 4..=5, 3, -1, n, _ } }
    each_form! { [pattern_else] { 1..=3, n, _ } }
}

#[test]
fn other_fragments() {
    each_form! { [literal_method literal_negated literal_range] { -1_i32, 3_i32, 7_i32 } }
    each_form! { [type_borrowed type_pointer] { dyn Fn() + Send, u8, &'static str, [u8; 2] } }
    each_form! { [type_boxed] { dyn Fn() + Send + Sync, u8, &'static str } }
    each_form! { [type_of_cast] { i64, u8 } }
    each_form! { [type_path] { Vec<u8>, String } }
    each_form! { [block_branch block_value] { { 1 }, { THREE } } }
    each_form! { [statement statement_before] { let _four = 4, drop(THREE), if YES {} } }
    each_form! { [named token] { THREE } }
    each_form! { [path_called] { i32::abs, Some, i32::wrapping_neg } }
}

macro_rules! protected {
    ($page:ident, $guard:ident, $admin:ident, $allowed:expr, $status:literal, $secret:ty) => {
        #[handler]
        async fn $page(headers: HeaderMap) {
            if !$allowed(&headers) {
                send!($status, "log in first");
            }
            send!(<$secret>::from("secret"));
        }

        #[guard($guard)]
        async fn $admin(headers: HeaderMap) -> $secret {
            if !$allowed(&headers) {
                send!($status, "log in first");
            }
            <$secret>::from("secret")
        }
    };
}

macro_rules! checked {
    ($name:ident, $headers:ident, $check:expr) => {
        #[handler]
        fn $name($headers: HeaderMap) {
            if !$check {
                send!(401, "log in first");
            }
            send!(200, "secret");
        }
    };
}

protected!(
    page,
    Admin,
    admin,
    |h: &HeaderMap| h.contains_key("a") && h.contains_key("b"),
    401,
    String
);
checked!(both, h, h.contains_key("a") && h.contains_key("b"));
checked!(one_of, h, h.contains_key("a") || h.contains_key("b"));

#[handler]
fn inside(Admin(secret): Admin) {
    send!(secret);
}

#[test]
fn a_denial_cannot_be_walked_past() {
    check_async(page(HeaderMap::new()), 401, "log in first");
    check_async(
        async { admin(HeaderMap::new()).await.map(|_| ()) },
        401,
        "log in first",
    );
    check(inside(Admin("let in".to_owned())), 200, "let in");
    check(both(HeaderMap::new()), 401, "log in first");
    check(one_of(HeaderMap::new()), 401, "log in first");
}
