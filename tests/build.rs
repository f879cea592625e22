//! Which modules and tests do the accepted corpus files become?
//!
//! For each `corpus/accept/*.rs`: a module with the prelude, the file and a way to call its
//! handlers by name, and a test. What a response line means is not decided here but where it can
//! be tested, in `it/support/responses.rs`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use syn::{FnArg, Item, ItemFn, Pat};

/// What the corpus allows a file to cause itself (see its README).
const CAUSED_BY_A_FILE: &str = "unused_variables, dead_code, unused_mut, unused_macros, \
     unused_assignments, unused_must_use, redundant_semicolons";
/// What comes of including the prelude in a module of a test, under this workspace's own lints.
const CAUSED_BY_INCLUDING: &str = "unreachable_pub, clippy::diverging_sub_expression, \
     clippy::manual_let_else, clippy::semicolon_if_nothing_returned, \
     clippy::short_circuit_statement, clippy::todo";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=corpus/accept");
    let corpus = PathBuf::from(variable("CARGO_MANIFEST_DIR")).join("corpus");
    let output = PathBuf::from(variable("OUT_DIR")).join("corpus_accept.rs");

    let mut generated = String::new();
    let mut cases = String::new();
    for file in rust_files(&corpus.join("accept")) {
        let name = stem(&file);
        generated.push_str(&case(&corpus.join("prelude.rs"), &file, &name));
        writeln!(cases, "    case_{name}::harness::CASE,").expect("a string");
    }
    writeln!(generated, "const CASES: &[Case] = &[\n{cases}];").expect("a string");
    fs::write(&output, generated).unwrap_or_else(|fault| panic!("{}: {fault}", output.display()));
}

/// The module and the test of one file.
fn case(prelude: &Path, file: &Path, name: &str) -> String {
    let source =
        fs::read_to_string(file).unwrap_or_else(|fault| panic!("{}: {fault}", file.display()));
    let syntax =
        syn::parse_file(&source).unwrap_or_else(|fault| panic!("{}: {fault}", file.display()));
    let arms: String = syntax.items.iter().filter_map(handler).map(arm).collect();
    assert!(!arms.is_empty(), "{}: no handler", file.display());
    format!(
        "\
#[deny(warnings)]
#[allow({CAUSED_BY_A_FILE})]
#[allow({CAUSED_BY_INCLUDING})]
mod case_{name} {{
    include!({prelude:?});
    include!({file:?});
    pub(super) mod harness {{
        use crate::support::responses::{{Call, Case, Query}};
        pub(in super::super) const CASE: Case =
            Case {{ name: {name:?}, source: include_str!({file:?}), call }};
        fn call(handler: &str, query: &mut Query) -> Result<Call, String> {{
            match handler {{
{arms}                other => Err(format!(\"no handler is named `{{other}}`\")),
            }}
        }}
    }}
}}
#[test]
fn case_{name}() {{
    check(&case_{name}::harness::CASE);
}}
"
    )
}

/// How a handler is called with arguments from a query.
fn arm(function: &ItemFn) -> String {
    let name = &function.sig.ident;
    let arguments: Vec<String> = function
        .sig
        .inputs
        .iter()
        .map(|argument| format!("query.take({:?})?", argument_name(name, argument)))
        .collect();
    let arguments = arguments.join(", ");
    let wrapper = match function.sig.asyncness {
        Some(_) => "asynchronous",
        None => "synchronous",
    };
    format!("                \"{name}\" => Ok(Call::{wrapper}(super::{name}({arguments}))),\n")
}

fn argument_name(handler: &syn::Ident, argument: &FnArg) -> String {
    if let FnArg::Typed(typed) = argument
        && let Pat::Ident(pattern) = &*typed.pat
    {
        return pattern.ident.to_string();
    }
    panic!("`{handler}` has an argument without a plain name");
}

fn handler(item: &Item) -> Option<&ItemFn> {
    match item {
        Item::Fn(function) if function.attrs.iter().any(|a| a.path().is_ident("handler")) => {
            Some(function)
        }
        _ => None,
    }
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap_or_else(|fault| panic!("{}: {fault}", folder.display()))
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    files.sort();
    files
}

fn stem(file: &Path) -> String {
    let stem = file.file_stem().expect("a file has a name");
    stem.to_str().expect("a name in ASCII").to_owned()
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("cargo sets {name}"))
}
