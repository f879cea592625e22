//! Can there be a type of the handler's name beside it?
//!
//! That is what a route is. Where it is the name of a type of the language, or of a module beside the
//! handler, or the handler stands in an `impl`, rustc would speak of a `struct` that nobody wrote.

use std::collections::HashSet;

use syn::visit::{self, Visit};
use syn::{Attribute, File, ImplItemFn, Item, ItemFn, ItemMod, TraitItemFn};

use super::bind::PRIMITIVES;
use super::source::{Source, with_source};
use super::{Function, cfgs, is_ours};
use crate::diagnose::{self, Diagnostics};
use crate::span::{Place, file, line_and_column};

/// Reports a handler of such a name. Can a type of that name be there?
pub(crate) fn check_name(function: &Function, problems: &mut Diagnostics) -> bool {
    let ident = &function.signature.ident;
    let name = ident.to_string();
    if name == "str" || PRIMITIVES.contains(&&*name) {
        problems.push(diagnose::name_of_a_type(ident.span(), &name));
        return true;
    }
    // With `self` it is a method, which is on record.
    if function.signature.receiver().is_some() {
        return true;
    }
    let Some(file) = file(ident.span()) else {
        return true;
    };
    let start = Place::of(&function.visibility).or_else(|| Place::of(&function.signature));
    let is_indented = start.is_some_and(|place| line_and_column(place.start).column > 1);
    match with_source(&file, |source| source.obstacle(&name, is_indented)) {
        Some(Obstacle::Module) => problems.push(diagnose::name_of_a_module(ident.span(), &name)),
        Some(Obstacle::Impl) => problems.push(diagnose::route_in_impl(ident.span())),
        None => return true,
    }
    false
}

/// What keeps a type from standing beside a handler.
enum Obstacle {
    /// A module of its name.
    Module,
    /// The `impl` that it stands in.
    Impl,
}

impl Source {
    /// Certain or silent: the file is only parsed if there may be one.
    fn obstacle(&mut self, name: &str, is_indented: bool) -> Option<Obstacle> {
        if is_clash(name, &self.text) {
            return Some(Obstacle::Module);
        }
        let may_be_method = is_indented && self.text.contains("impl");
        (may_be_method && self.methods().contains(name)).then_some(Obstacle::Impl)
    }

    fn methods(&mut self) -> &HashSet<String> {
        let text = &self.text;
        self.methods.get_or_insert_with(|| {
            let mut methods = Methods::default();
            if let Ok(file) = syn::parse_file(text) {
                methods.visit_file(&file);
            }
            // Of two with one name it is not known which is asked for.
            methods.of_impls.retain(|name| !methods.free.contains(name));
            methods.of_impls
        })
    }
}

/// The handlers of a file.
#[derive(Default)]
struct Methods {
    of_impls: HashSet<String>,
    free: HashSet<String>,
}

impl Visit<'_> for Methods {
    fn visit_item_fn(&mut self, function: &ItemFn) {
        if function.attrs.iter().any(is_ours) {
            self.free.insert(function.sig.ident.to_string());
        }
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &ImplItemFn) {
        if function.attrs.iter().any(is_ours) {
            self.of_impls.insert(function.sig.ident.to_string());
        }
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &TraitItemFn) {
        if function.attrs.iter().any(is_ours) {
            self.of_impls.insert(function.sig.ident.to_string());
        }
        visit::visit_trait_item_fn(self, function);
    }
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
