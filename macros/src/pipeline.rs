//! In which order does a handler or a guard become code?
//!
//! parse (fragments, attribute, signature; the body stays raw tokens) → analyze (the body as a
//! block, if it parses) → diagnose → expand. Every stage reports into one [`Diagnostics`] sink, so that all
//! independent mistakes show in one run. With a mistake on record the output is the fallback: the
//! messages, and the function as it was, so that the editor keeps its knowledge of the body.

use proc_macro2::TokenStream;

use crate::analyze::{Flow, Mistake, PathEnd};
use crate::diagnose::Diagnostics;
use crate::parse::{Function, Kind, Options, Parsed};
use crate::span::Place;
use crate::{diagnose, expand, parse};

/// `#[handler]` and `#[handler(METHOD "/pattern", ..)]`.
pub(crate) fn handler(attribute: TokenStream, item: &TokenStream) -> TokenStream {
    run(Kind::Handler, attribute, item)
}

/// `#[guard(Name, ..)]`.
pub(crate) fn guard(attribute: TokenStream, item: &TokenStream) -> TokenStream {
    run(Kind::Guard, attribute, item)
}

fn run(kind: Kind, attribute: TokenStream, item: &TokenStream) -> TokenStream {
    let mut problems = Diagnostics::default();
    let attribute = parse::held_together(attribute);
    let item = parse::held_together(item.clone());
    let mut options = parse::attribute(kind, attribute.clone(), &mut problems);
    let mut function = match parse::function(kind, item.clone()) {
        Ok(function) => function,
        Err(problem) => {
            problems.push(problem);
            return expand::unparsed(&problems, &item);
        }
    };
    let renamed = parse::renamed().filter(|_| options.krate.is_none());
    if let Some(name) = &renamed {
        // So that what is beside the message finds it.
        options.krate = syn::parse_str(name).ok();
    }
    // A plain handler is a function with the user's own signature.
    if (options.is_routed || kind == Kind::Guard)
        && let Some(choice) = parse::choice(&function)
    {
        return expand::choice(&choice, &options, &attribute);
    }
    // Beside a module of its name, its type would be a second error.
    if options.route.is_some() && !parse::check_name(&function, &mut problems) {
        options.is_routed = false;
    }
    let moved_by = parse::moved_by(&function);
    if let Some(attribute) = &moved_by {
        let name = function.signature.ident.span();
        problems.push(match attribute.as_str() {
            "#[instrument]" => diagnose::instrument_above_handler(kind, name),
            _ => diagnose::attribute_above_handler(kind, name, attribute),
        });
        // A method has the signature of its trait, which the attribute has rewritten as well.
        if function.signature.receiver().is_some() {
            return expand::without_body(&problems, &function, &options);
        }
        // What the attribute has made of it is not what the user wrote.
        parse::without_what_moved_it(&mut function);
    }
    let passage = (kind == Kind::Guard).then(|| parse::passage(&function, &options, &mut problems));
    parse::check_signature(&function, &options, &mut problems);
    if let Some(name) = &renamed {
        let span = function.signature.ident.span();
        problems.push(diagnose::renamed_crate(kind, span, name));
    }
    let route = options
        .route
        .as_ref()
        .map(|route| parse::bind(route, &function, &mut problems));
    let outside = parse::outside(&function);
    // A half-typed body is rustc's to report.
    let flow = parse::block(&function.body).map(|block| match kind {
        Kind::Handler => Flow::of(block, outside),
        Kind::Guard => Flow::of_guard(block, outside),
    });
    if let Some(flow) = &flow
        && moved_by.is_none()
    {
        report(kind, flow, &function, &options, &mut problems);
    }

    let parsed = Parsed {
        function: &function,
        options: &options,
        route: route.as_ref(),
        passage: passage.as_ref(),
        outside,
    };
    if !problems.is_empty() {
        return expand::fallback(&problems, &parsed, flow);
    }
    expand::expand(&parsed, flow)
}

/// Turns what the walk found into messages.
fn report(
    kind: Kind,
    flow: &Flow,
    function: &Function,
    options: &Options,
    problems: &mut Diagnostics,
) {
    for finding in &flow.report.findings {
        // An error type of the user's may be anyhow's.
        if finding.mistake == Mistake::Bail && options.error.is_some() {
            continue;
        }
        let place = match finding.mistake {
            // There is nothing in the body to point at.
            Mistake::MissingSend(PathEnd::EmptyBody) => Place::of(&function.signature),
            _ => None,
        };
        let place = place.unwrap_or(finding.place);
        problems.push(diagnose::flow(kind, place, &finding.mistake));
    }
}
