//! In which order does a handler become code?
//!
//! parse (attribute, signature; the body stays raw tokens) → check what belongs together →
//! expand. Every stage reports into one [`Diagnostics`] sink, so that all independent mistakes
//! show in one run. With a mistake on record the output is the fallback: the messages, and the
//! function as it was, so that the editor keeps its knowledge of the body.

use proc_macro2::TokenStream;

use crate::diagnose::Diagnostics;
use crate::{expand, parse};

/// `#[handler]` and `#[handler(METHOD "/pattern", ..)]`.
pub(crate) fn handler(attribute: TokenStream, item: &TokenStream) -> TokenStream {
    let mut problems = Diagnostics::default();
    let options = parse::attribute(attribute, &mut problems);
    let function = match parse::function(item.clone()) {
        Ok(function) => function,
        Err(problem) => {
            problems.push(problem);
            return expand::unparsed(&problems, item);
        }
    };
    parse::check_signature(&function, &options, &mut problems);
    let route = options
        .route
        .as_ref()
        .map(|route| parse::bind(route, &function, &mut problems));

    if !problems.is_empty() {
        return expand::fallback(&problems, &function, &options);
    }
    expand::handler(&function, &options, route.as_ref())
}
