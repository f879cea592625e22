//! Which mistakes of an attribute and a signature are found, and which are none?
//!
//! One line per case. What is found is written `slug: the code it points at`, and several are
//! joined with ` | `.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use crate::pipeline;

fn tokens(source: &str) -> TokenStream {
    source.parse().expect(source)
}

/// The text of each `compile_error! { "text" }`, with the source that it points at.
fn errors(output: TokenStream) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut output = output.into_iter();
    while let Some(token) = output.next() {
        match token {
            TokenTree::Ident(name) if name == "compile_error" => {
                let Some(TokenTree::Group(message)) = output.nth(1) else {
                    continue;
                };
                let message = syn::parse2::<syn::LitStr>(message.stream()).expect("a text");
                let place = name.span().join(message.span());
                let source = place.and_then(|place| place.source_text());
                found.push((message.value(), source.unwrap_or_default()));
            }
            TokenTree::Group(group) => found.extend(errors(group.stream())),
            _ => {}
        }
    }
    found
}

fn found(output: TokenStream) -> String {
    let slug = |text: &str| {
        let headline = text.lines().next().unwrap_or_default();
        let slug = headline.rsplit_once('[').unwrap_or_default().1;
        slug.trim_end_matches(']').to_owned()
    };
    let errors = errors(output).into_iter();
    let found: Vec<_> = errors.map(|(text, source)| format!("{}: {source}", slug(&text))).collect();
    found.join(" | ")
}

/// What is found in `#[handler(..)]` on this function.
#[track_caller]
fn handler(attribute: &str, item: &str, expected: &str) {
    let output = pipeline::handler(tokens(attribute), &tokens(item));
    assert_eq!(found(output), expected, "#[handler({attribute})] {item}");
}

/// What is found in `#[guard(..)]` on this function.
#[track_caller]
fn guard(attribute: &str, item: &str, expected: &str) {
    let output = pipeline::guard(tokens(attribute), &tokens(item));
    assert_eq!(found(output), expected, "#[guard({attribute})] {item}");
}

#[test]
fn arguments_of_a_handler() {
    let check = |attribute, expected| handler(attribute, "async fn f() { send!(201) }", expected);
    check("", "");
    check("GET \"/\"", "");
    check("error = E", "");
    check("error = E<A, B>", "");
    check("error = E<A>, GET \"/\"", "");
    check("crate = a::b, GET \"/\",", "");
    check("error: E", "malformed-option: error");
    check("error(E)", "malformed-option: error");
    check("error =", "malformed-option: error");
    check("error = 5", "malformed-option: 5");
    check("crate = <A>", "malformed-option: <A>");
    check("error = A, error = B", "duplicate-option: error");
    check("crate = a, crate = b", "duplicate-option: crate");
    check("GET \"/a\", GET \"/b\"", "");
    check("GET \"/a\", GET | POST \"/a\"", "duplicate-request: GET");
    check("banana", "unknown-option: banana");
    check("banana(5)", "unknown-option: banana");
    check("banana = 5", "unknown-option: banana");
    check("banana \"/\"", "invalid-method: banana");
    check("GET", "missing-pattern: GET");
    check("GET 5", "missing-pattern: GET");
    check("GET \"a\"", "invalid-pattern: \"a\"");
    check("\"/\"", "malformed-route: \"/\"");
    check("GET, \"/\"", "malformed-route: GET, \"/\"");
    check("GET \"/\" error = E", "missing-comma: error");
    check("banana, error: E", "unknown-option: banana | malformed-option: error");
}

#[test]
fn arguments_of_a_guard() {
    let check = |attribute, expected| guard(attribute, "async fn f() {}", expected);
    check("A", "");
    check("A, error = E", "");
    check("", "guard-without-name: f");
    check("error = E", "guard-without-name: f");
    check("f", "guard-name-of-function: f");
    check("A, B", "second-guard-name: B");
    check("fn", "malformed-option: fn");
    check("error", "malformed-option: error");
    check("A(5)", "malformed-option: A(5)");
    check("A \"/\"", "malformed-option: A \"/\"");
    check("GET \"/\"", "malformed-option: GET \"/\"");
    check("A, banana = 5", "unknown-option: banana");
}

#[test]
fn functions() {
    let check = |item, expected| handler("", item, expected);
    check("fn f() { send!(201) }", "");
    check("fn f(self) { send!(201) }", "");
    check("unsafe fn f() { send!(201) }", "");
    check("fn f() -> A { send!(201) }", "explicit-return-type: -> A");
    check("const fn f() { send!(201) }", "unsupported-qualifier: const");
    check("extern \"C\" fn f() { send!(201) }", "unsupported-qualifier: extern \"C\"");
    check("#[handler] fn f() { send!(201) }", "duplicate-handler: #[handler]");
    check("#[a::handler] fn f() { send!(201) }", "duplicate-handler: #[a::handler]");
    check("#[guard(A)] fn f() { send!(201) }", "handler-and-guard: #[guard(A)]");
    check("struct S;", "not-a-function: struct S;");
    check("fn f();", "not-a-function: fn f();");
    check("fn f() { __tracing_attr_span; }", "instrument-above-handler: f");
    check("fn f() { { let __tracing_attr_span = 5; } }", "instrument-above-handler: f");
    handler("GET \"/\"", "fn f(&self) { send!(201) }", "receiver-in-route: &self");
    handler("GET \"/\"", "unsafe fn f() { send!(201) }", "unsupported-qualifier: unsafe");
    guard("A", "fn f() -> B { b() }", "");
    guard("A", "fn f(&self) {}", "receiver-in-guard: &self");
    guard("A", "unsafe fn f() {}", "unsupported-qualifier: unsafe");
    guard("A", "#[guard(B)] fn f() {}", "duplicate-guard: #[guard(B)]");
    guard("A", "#[handler] fn f() {}", "handler-and-guard: #[handler]");
}

/// A body that nests deeper is left to rustc.
#[test]
fn deep_bodies() {
    let nested = |levels| format!("fn f() {{ {}{} }}", "{".repeat(levels), "}".repeat(levels));
    handler("", &nested(48), "missing-send: {}");
    handler("", &nested(49), "");
}

/// `$body:block`, once or twice passed on by a `macro_rules!`.
#[test]
fn bodies_in_invisible_groups() {
    let mut body = tokens("{ x = 5; }");
    for _ in 0..2 {
        body = TokenTree::from(Group::new(Delimiter::None, body)).into();
        let mut item = tokens("fn f()");
        item.extend(body.clone());
        assert_eq!(found(pipeline::handler(TokenStream::new(), &item)), "missing-send: x = 5");
    }
}

#[test]
fn arguments_of_a_routed_function() {
    let check = |arguments: &str, expected| {
        handler("PUT \"/{id}\"", &format!("fn f(id: u64, {arguments}) {{ send!(201) }}"), expected);
    };
    check("", "");
    check("a: A, b: Json<B>", "");
    check("mut a: A, b: String", "");
    check("a: &'static str, b: fn(&str)", "");
    check("a: my::Path<u64>", "");
    check("a: Path", "");
    check("a: Path<u64>", "path-extractor-in-route: Path<u64>");
    check("a: axum::extract::Path<u64>", "path-extractor-in-route: axum::extract::Path<u64>");
    check("a: impl A", "impl-trait-in-route: impl A");
    check("a: &str", "borrowed-argument-in-route: &str");
    check("a: A<&str>", "borrowed-argument-in-route: &str");
    check("a: Cow<'a, str>", "borrowed-argument-in-route: 'a");
    check("a: u64", "argument-without-path-parameter: a");
    // Only types decide.
    check("a: Json<A>, b: B", "");
    check("_: u64", "argument-without-path-parameter: _");
    handler("GET \"/{id}\"", "fn f() { send!(201) }", "path-parameter-without-argument: \"/{id}\"");
    handler("GET \"/{type}\"", "fn f(r#type: u64) { send!(201) }", "");
    handler("GET \"/{id}\"", "fn f(_id: u64) { send!(201) }", "");
    handler("GET \"/{_id}\"", "fn f(_id: u64) { send!(201) }", "");
    handler("GET \"/{idd}\"", "fn f(id: u64) { send!(201) }", "argument-of-another-name: id");
    handler("GET \"/{userId}\"", "fn f(user_id: A) { send!(201) }", "argument-of-another-name: user_id");
    handler("GET \"/{id}\"", "fn f(_: u64) { send!(201) }", "argument-of-another-name: _");
    handler("GET \"/:id\"", "fn f(id: String) { send!(201) }", "invalid-pattern: \"/:id\"");
    handler("GET \"/\"", "fn str() { send!(201) }", "name-of-a-type: str");
    handler("", "fn str() { send!(201) }", "");
    handler("PUT \"/{id}\"", "fn f(a: Json<A>, id: u64) { send!(201) }", "");
}

#[test]
fn arguments_of_a_guards_function() {
    let check = |signature: &str, expected| guard("A", &format!("fn f{signature} {{ b() }}"), expected);
    check("(a: A, b: State<B>) -> C", "");
    check("(a: &'static str) -> &'static str", "");
    check("(a: impl A)", "impl-trait-in-guard: impl A");
    check("() -> impl A", "impl-trait-in-guard: impl A");
    check("(a: &str)", "borrow-in-guard: &str");
    check("() -> &str", "borrow-in-guard: &str");
    // Only types decide.
    check("(a: Json<A>)", "");
    check("(a: u64)", "path-parameter-in-guard: a");
}

/// Or `routes![f]` would be a second error.
#[test]
fn a_route_with_a_mistake_is_still_one() {
    let is_route = |attribute, expected: bool| {
        let output = pipeline::handler(tokens(attribute), &tokens("fn f() {}"));
        assert_eq!(output.to_string().contains(":: Route <"), expected, "{attribute}");
    };
    is_route("", false);
    is_route("error = E", false);
    is_route("GET \"/\"", true);
    is_route("GTE \"/\", error = E", true);
    is_route("GET \"a\"", true);
}

#[test]
fn texts_that_depend_on_the_mistake() {
    let says = |output: TokenStream, expected: &str| {
        let errors = errors(output);
        let is_said = errors.iter().any(|(text, _)| text.contains(expected));
        assert!(is_said, "{errors:?} does not say {expected:?}");
    };
    let attribute = TokenStream::new;
    says(pipeline::guard(attribute(), &tokens("fn r#logged_in() {}")), "`#[guard(LoggedIn)]`");
    says(pipeline::handler(attribute(), &tokens("fn f() { a(send!(201)) }")), "it leaves the handler");
    says(pipeline::handler(attribute(), &tokens("fn f() { send!(201); a() }")), "`send!` leaves the handler");
}
