//! Does a route take a name that is taken?
//!
//! A route is a type of the handler's name. Where that is the name of a type of the language, or of
//! a module beside the handler, rustc would speak of a `struct` that nobody wrote.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};

use syn::{Attribute, File, Item, ItemFn, ItemMod};

use super::bind::PRIMITIVES;
use super::{Function, cfgs, is_ours};
use crate::diagnose::{self, Diagnostics};
use crate::span::file;

/// Reports a handler of such a name. Can a type of that name be there?
pub(crate) fn check_name(function: &Function, problems: &mut Diagnostics) -> bool {
    let ident = &function.signature.ident;
    let name = ident.to_string();
    if name == "str" || PRIMITIVES.contains(&&*name) {
        problems.push(diagnose::name_of_a_type(ident.span(), &name));
    } else if file(ident.span()).is_some_and(|file| is_a_module_beside(&name, &file)) {
        problems.push(diagnose::name_of_a_module(ident.span(), &name));
        return false;
    }
    true
}

/// Does the file have a module of this name where it has the handler? Certain or silent: the file
/// is only parsed if its text has both, and the handler once.
fn is_a_module_beside(name: &str, file: &Path) -> bool {
    thread_local! {
        // The handlers of one file come one after another.
        static LAST: RefCell<(PathBuf, String)> = RefCell::default();
    }
    LAST.with_borrow_mut(|(last, text)| {
        if last != file {
            *text = fs::read_to_string(file).unwrap_or_default();
            *last = file.to_owned();
        }
        is_clash(name, text)
    })
}

fn is_clash(name: &str, text: &str) -> bool {
    if !text.contains(&format!("mod {name}")) || text.matches(&format!("fn {name}")).count() != 1 {
        return false;
    }
    syn::parse_file(text).is_ok_and(|File { items, .. }| clashes(name, &items))
}

/// Are both among these items, or among those of a module in them?
fn clashes(name: &str, items: &[Item]) -> bool {
    let is_handler = |item: &Item| {
        matches!(item, Item::Fn(ItemFn { attrs, sig, .. })
            if sig.ident == name && attrs.iter().any(is_ours) && is_always_there(attrs))
    };
    let is_module = |item: &Item| {
        matches!(item, Item::Mod(ItemMod { attrs, ident, .. })
            if ident == name && is_always_there(attrs))
    };
    let inner = |item: &Item| match item {
        Item::Mod(ItemMod {
            content: Some((_, items)),
            ..
        }) => clashes(name, items),
        _ => false,
    };
    (items.iter().any(is_handler) && items.iter().any(is_module)) || items.iter().any(inner)
}

fn is_always_there(attributes: &[Attribute]) -> bool {
    cfgs(attributes).is_empty()
}

#[cfg(test)]
mod tests {
    use super::is_clash;

    #[test]
    fn a_module_beside_the_handler_is_seen() {
        let handler = "#[handler(GET \"/\")] async fn users() {}";
        let clashes = |text: &str| is_clash("users", text);
        assert!(clashes(&format!("mod users; {handler}")));
        assert!(clashes(&format!(
            "mod a {{ pub mod users {{}} {handler} }}"
        )));
        for other in [
            format!("mod users2; {handler}"),
            format!("mod a {{ mod users {{}} }} {handler}"),
            format!("#[cfg(test)] mod users {{}} {handler}"),
            format!("// mod users\n{handler}"),
            format!("mod users {{ {handler} }}"),
            format!("mod users {{ fn users() {{}} }} {handler}"),
            "mod users; #[handler] #[cfg(x)] async fn users() {}".to_owned(),
            "mod users; async fn users() {}".to_owned(),
            format!("mod users; {handler} }}"),
        ] {
            assert!(!clashes(&other), "{other}");
        }
    }
}
