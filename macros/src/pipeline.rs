//! In which order does a handler become code?
//!
//! parse (attribute, signature; the body stays raw tokens) → analyze (the body as a block, if it
//! parses) → diagnose → expand. Every stage reports into one [`Diagnostics`] sink, so that all
//! independent mistakes show in one run. With a mistake on record the output is the fallback: the
//! messages, and the function as it was, so that the editor keeps its knowledge of the body.

use proc_macro2::TokenStream;

use crate::analyze::{Flow, Mistake, PathEnd};
use crate::diagnose::Diagnostics;
use crate::parse::Function;
use crate::span::Place;
use crate::{diagnose, expand, parse};

/// `#[handler]` and `#[handler(METHOD "/pattern", ..)]`.
pub(crate) fn handler(attribute: TokenStream, item: &TokenStream) -> TokenStream {
    let mut problems = Diagnostics::default();
    let options = parse::attribute(attribute, &mut problems);
    let mut function = match parse::function(item.clone()) {
        Ok(function) => function,
        Err(problem) => {
            problems.push(problem);
            return expand::unparsed(&problems, item);
        }
    };
    let instrumented = parse::is_instrumented(function.body.stream());
    if instrumented {
        let name = function.signature.ident.span();
        problems.push(diagnose::instrument_above_handler(name));
        // What `#[instrument]` has made of it is not what the user wrote.
        function.body = parse::without_statements(&function.body);
    }
    parse::check_signature(&function, &options, &mut problems);
    let route = options
        .route
        .as_ref()
        .map(|route| parse::bind(route, &function, &mut problems));
    // A half-typed body is rustc's to report.
    let flow = parse::block(&function.body).map(Flow::of);
    if let Some(flow) = &flow
        && !instrumented
    {
        report(flow, &function, &mut problems);
    }

    if !problems.is_empty() {
        return expand::fallback(&problems, &function, &options, flow);
    }
    expand::handler(&function, &options, route.as_ref(), flow)
}

/// Turns what the walk found into messages.
fn report(flow: &Flow, function: &Function, problems: &mut Diagnostics) {
    for finding in &flow.report.findings {
        let place = match finding.mistake {
            // There is nothing in the body to point at.
            Mistake::MissingSend(PathEnd::EmptyBody) => Place::of(&function.signature),
            _ => None,
        };
        let place = place.unwrap_or(finding.place);
        problems.push(diagnose::flow(place, &finding.mistake));
    }
}
