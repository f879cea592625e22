//! Do the expansions read well?
//!
//! `snapshots/NAME.rs` is what a user writes, `snapshots/NAME.expanded.rs` what comes out. The
//! crate of the integration tests compiles both and demands the same answers.
//! `UPDATE_EXPECT=1 cargo test -p sendoff-macros` writes them anew.

use expect_test::expect_file;
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Item, Meta};

use crate::{parse, pipeline};

/// Expands every handler and guard of a file and prints the file.
fn expanded(source: &str) -> String {
    let file: syn::File = syn::parse_str(source).expect("a snapshot's source parses");
    let mut handlers = 0;
    let mut tokens = TokenStream::new();
    for item in file.items {
        let Item::Fn(mut function) = item else {
            item.to_tokens(&mut tokens);
            continue;
        };
        let Some(position) = function.attrs.iter().position(parse::is_ours) else {
            function.to_tokens(&mut tokens);
            continue;
        };
        let attribute = function.attrs.remove(position);
        let expand = match attribute.path().is_ident("guard") {
            true => pipeline::guard,
            false => pipeline::handler,
        };
        let arguments = match attribute.meta {
            Meta::List(list) => list.tokens,
            _ => TokenStream::new(),
        };
        tokens.extend(expand(arguments, &function.into_token_stream()));
        handlers += 1;
    }
    assert!(handlers > 0, "a snapshot without a handler shows nothing");
    let file = syn::parse2(tokens).expect("what comes out parses");
    prettyplease::unparse(&file)
}

macro_rules! snapshots {
    ($($name:ident),* $(,)?) => {$(
        #[test]
        fn $name() {
            let source = include_str!(concat!("snapshots/", stringify!($name), ".rs"));
            expect_file![concat!("snapshots/", stringify!($name), ".expanded.rs")]
                .assert_eq(&expanded(source));
        }
    )*};
}

snapshots! {
    plain, routed, requests, generic, question_mark, select, wrapper, sync, error_option, let_else,
    inner_attribute, cfg, helper, never_sends, guard,
    guard_generic,
}
