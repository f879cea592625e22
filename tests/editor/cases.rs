//! What is asked about handlers that are being typed, and what must be in the answer?
//!
//! Not asked, since rust-analyzer does not know it in any function, with no handler around: what
//! follows the dot in `=> { let a = user. }` of `select!` and in `vec![user.]`. With a letter of
//! the name behind the dot it does.

/// What it is, a handler with a cursor, `$0`, and what must be among the completions.
pub(crate) type Case = (&'static str, &'static str, &'static [&'static str]);

/// Stands before every handler.
pub(crate) const PRELUDE: &str = r#"use sendoff::{guard, handler, send};
/// Who asks.
#[derive(Clone)]
pub struct User {
    pub name: &'static str,
    pub banned: bool,
}
impl User {
    pub fn age(&self) -> u8 {
        7
    }
}
pub async fn find(_: u64) -> User {
    loop {}
}
fn main() {}
"#;

/// A handler with nothing wrong.
pub(crate) const KNOWN_HANDLER: &str = r#"#[handler]
async fn hello(user: User) {
    send!(200, user.name);
}
"#;

/// What is asked about it, before which text, and what must be in the answer.
pub(crate) const KNOWN: &[(&str, &str, &str)] = &[
    ("textDocument/definition", "end!(200", "runtime/src/send.rs"),
    ("textDocument/definition", "name);", "src/main.rs"),
    ("textDocument/definition", "ser: User", "src/main.rs"),
    (
        "textDocument/hover",
        "ello(",
        "async fn hello(user: User) -> ::sendoff::Answer",
    ),
    ("textDocument/hover", "end!(200", "and leaves"),
    ("textDocument/hover", "ser.name", "user: User"),
    ("textDocument/hover", "ame);", "name: &'static str"),
];

const USER: &[&str] = &["age", "banned", "name"];

#[rustfmt::skip]
pub(crate) const CASES: &[Case] = &[
    ("statement", r#"#[handler]
async fn h(user: User) {
    let a = user.$0;
    send!(200, "x");
}"#, USER),
    ("statement, no semicolon, send after", r#"#[handler]
async fn h(user: User) {
    user.$0
    send!(200, "x");
}"#, USER),
    ("statement, body cut here", r#"#[handler]
async fn h(user: User) {
    user.$0
}"#, USER),
    ("flow error: nothing sent", r#"#[handler]
async fn h(user: User) {
    let a = user.$0;
}"#, USER),
    ("flow error: return", r#"#[handler]
async fn h(user: User) {
    if user.banned { return; }
    let a = user.$0;
    send!(200);
}"#, USER),
    ("flow error: code after send", r#"#[handler]
async fn h(user: User) {
    send!(200);
    let a = user.$0;
}"#, USER),
    ("flow error: send in a closure, completion in it", r#"#[handler]
async fn h(user: User) {
    let f = |u: User| { send!(200, u.$0); };
    send!(200);
}"#, USER),
    ("return value", r#"#[handler]
async fn h(user: User) {
    return user.$0;
}"#, USER),
    ("send argument", r#"#[handler]
async fn h(user: User) {
    send!(200, user.$0);
}"#, USER),
    ("send argument, no semicolon", r#"#[handler]
async fn h(user: User) {
    send!(200, user.$0)
}"#, USER),
    ("send only argument", r#"#[handler]
async fn h(user: User) {
    send!(user.$0);
}"#, USER),
    ("send argument, prefix typed", r#"#[handler]
async fn h(user: User) {
    send!(200, user.na$0);
}"#, &["name"]),
    ("send argument, nested call", r#"#[handler]
async fn h(user: User) {
    send!(200, Some(user.$0));
}"#, USER),
    ("send argument in a branch, nothing sent elsewhere", r#"#[handler]
async fn h(user: User) {
    if user.banned { send!(403, user.$0); }
}"#, USER),
    ("return send", r#"#[handler]
async fn h(user: User) {
    return send!(200, user.$0);
}"#, USER),
    ("local of a let", r#"#[handler]
async fn h(id: u64) {
    let user = User { name: "a", banned: true };
    send!(200, user.$0);
}"#, USER),
    ("awaited local", r#"#[handler]
async fn h(id: u64) {
    let user = find(id).await;
    send!(200, user.$0);
}"#, USER),
    ("let else", r#"#[handler]
async fn h(user: Option<User>) {
    let Some(user) = user else { send!(404) };
    send!(200, user.$0);
}"#, USER),
    ("match arm", r#"#[handler]
async fn h(user: Option<User>) {
    match user { Some(user) => send!(200, user.$0), None => send!(404) }
}"#, USER),
    ("unclosed if", r#"#[handler]
async fn h(user: User) {
    if user.$0
    send!(200);
}"#, USER),
    ("unclosed paren", r#"#[handler]
async fn h(user: User) {
    foo(user.$0
    send!(200);
}"#, USER),
    ("unclosed send", r#"#[handler]
async fn h(user: User) {
    send!(200, user.$0
}"#, USER),
    ("function body not closed", r#"#[handler]
async fn h(user: User) {
    let a = user.$0"#, USER),
    ("routed", r#"#[handler(GET "/users/{id}")]
async fn h(id: u64, sendoff::State(user): sendoff::State<User>) {
    let a = user.$0
    send!(200, id.to_string());
}"#, USER),
    ("routed, error in the pattern", r#"#[handler(GET "/users/{")]
async fn h(id: u64, sendoff::State(user): sendoff::State<User>) {
    let a = user.$0;
    send!(200);
}"#, USER),
    ("routed, attribute half-typed", r#"#[handler(GET )]
async fn h(id: u64, sendoff::State(user): sendoff::State<User>) {
    let a = user.$0;
    send!(200);
}"#, USER),
    ("select arm, send argument", r#"#[handler]
async fn h(user: User) {
    tokio::select! {
        u = find(1) => send!(200, user.$0),
        _ = find(2) => send!(503),
    }
}"#, USER),
    ("names in scope", r#"#[handler]
async fn h(user: User) {
    let a = us$0;
    send!(200);
}"#, &["user"]),
    ("explicit return type", r#"#[handler]
async fn h(user: User) -> String {
    user.$0
}"#, USER),
    ("send in a const", r#"#[handler]
async fn h(user: User) {
    const U: User = send!(200, DEFAULT.$0);
    send!(200);
}
const DEFAULT: User = User { name: "a", banned: true };"#, USER),
    ("after an earlier send", r#"#[handler]
async fn h(user: User) {
    if user.banned { send!(403, "no"); }
    user.$0
    send!(200);
}"#, USER),
    ("after two earlier sends, forms", r#"#[handler]
async fn h(user: User) {
    if user.banned { send!(403); }
    if user.banned { send!("x"); }
    user.$0
    send!(200);
}"#, USER),
    ("if cond, earlier send", r#"#[handler]
async fn h(user: User) {
    if user.banned { send!(403); }
    if user.$0 {
        send!(200);
    }
    send!(201);
}"#, USER),
    ("three arguments", r#"#[handler]
async fn h(user: User) {
    send!(200, [("a", "b")], user.$0);
}"#, USER),
    ("named status", r#"#[handler]
async fn h(user: User) {
    send!(sendoff::StatusCode::OK, user.$0);
}"#, USER),
    ("name in send", r#"#[handler]
async fn h(user: User) {
    send!(us$0);
}"#, &["user"]),
    ("name in send second", r#"#[handler]
async fn h(user: User) {
    send!(200, us$0);
}"#, &["user"]),
    ("nothing after comma", r#"#[handler]
async fn h(user: User) {
    send!(200, $0);
}"#, &["user"]),
    ("nothing, statement", r#"#[handler]
async fn h(user: User) {
    $0
    send!(200);
}"#, &["user"]),
    ("format in send", r#"#[handler]
async fn h(user: User) {
    send!(200, format!("{}", user.$0));
}"#, USER),
    ("method call arg", r#"#[handler]
async fn h(user: User) {
    let s = String::new(); s.push_str(user.$0);
    send!(200);
}"#, USER),
    ("no send at all, delegating", r#"#[handler]
async fn h(user: User) {
    user.$0;
}"#, USER),
    ("return bare", r#"#[handler]
async fn h(user: User) {
    if user.banned { return }
    user.$0
    send!(200);
}"#, USER),
    ("struct path", r#"#[handler]
async fn h(user: User) {
    let a = User::$0;
    send!(200);
}"#, &["clone"]),
    ("select block, flow error", r#"#[handler]
async fn h(user: User) {
    tokio::select! {
        u = find(1) => { let a = user.na$0; }
        _ = find(2) => send!(503),
    }
}"#, &["name"]),
    ("select statement prefix", r#"#[handler]
async fn h(user: User) {
    tokio::select! {
        u = find(1) => { let a = u.na$0; send!(200); }
        _ = find(2) => send!(503),
    }
}"#, &["name"]),
    ("select future prefix", r#"#[handler]
async fn h(user: User) {
    tokio::select! {
        u = find(user.a$0) => send!(200),
        _ = find(2) => send!(503),
    }
}"#, &["age"]),
    ("select arm, name", r#"#[handler]
async fn h(user: User) {
    tokio::select! {
        u = find(1) => us$0,
        _ = find(2) => send!(503),
    }
}"#, &["user"]),
    ("select arm send", r#"#[handler]
async fn h(user: User) {
    tokio::select! {
        u = find(1) => send!(u.$0),
        _ = find(2) => send!(503),
    }
}"#, USER),
    ("println", r#"#[handler]
async fn h(user: User) {
    println!("{}", user.$0);
    send!(200);
}"#, USER),
    ("select own prefix", r#"#[handler]
async fn h(user: User) {
    tokio::select! {
        u = find(1) => { let a = u.na$0; }
        _ = find(2) => {}
    }
}"#, &["name"]),
    ("select send own", r#"#[handler]
async fn h(user: User) {
    tokio::select! {
        u = find(1) => send!(200, u.$0),
        _ = find(2) => send!(503),
    }
}"#, USER),
    ("guard, statement", r#"#[guard(Known)]
async fn known(user: User) -> User {
    if user.banned { send!(403, "no"); }
    user.$0
    user
}"#, USER),
    ("guard, send argument", r#"#[guard(Known)]
async fn known(user: User) -> User {
    if user.banned { send!(403, user.$0); }
    user
}"#, USER),
    ("guard, its value", r#"#[guard(Known)]
async fn known(user: User) -> &'static str {
    if user.banned { send!(403, "no"); }
    user.$0
}"#, USER),
    ("guard, sends nothing", r#"#[guard(Known)]
async fn known(user: User) -> u8 {
    user.$0
}"#, USER),
];
