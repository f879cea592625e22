//! How does a mistake become an error?
//!
//! [`Diagnostics`] is the sink every stage reports into; `catalogue` holds every text, with
//! `flow` and `guard`.

mod catalogue;
mod flow;
mod guard;

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, TokenStream, TokenTree};
use quote::{ToTokens, quote};

pub(crate) use self::catalogue::*;
pub(crate) use self::flow::{flow, invalid_status};
pub(crate) use self::guard::*;
use crate::span::Place;

/// One error: a headline that ends in its slug, and what to do about it.
#[derive(Debug)]
pub(crate) struct Diagnostic {
    place: Place,
    slug: &'static str,
    headline: String,
    help: Option<String>,
    note: Option<String>,
}

/// The mistakes found so far, in the order they were found.
#[derive(Debug, Default)]
pub(crate) struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    pub(crate) fn extend(&mut self, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        self.0.extend(diagnostics);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Diagnostic {
    fn new(place: Place, slug: &'static str, headline: impl Into<String>) -> Self {
        Diagnostic {
            place,
            slug,
            headline: headline.into(),
            help: None,
            note: None,
        }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    fn text(&self) -> String {
        let mut text = format!("{} [{}]", self.headline, self.slug);
        for (kind, line) in [("help", &self.help), ("note", &self.note)] {
            if let Some(line) = line {
                text.push_str(&format!("\n{kind}: {line}"));
            }
        }
        text
    }
}

impl ToTokens for Diagnostics {
    /// One `compile_error!` each, as items.
    fn to_tokens(&self, tokens: &mut TokenStream) {
        for diagnostic in &self.0 {
            diagnostic.to_tokens(tokens);
        }
    }
}

impl ToTokens for Diagnostic {
    /// `::core::compile_error! { "text" }`. rustc underlines from the first token of a macro call
    /// to its last, so these two carry the place. With the user's own spans: in the hygiene of this
    /// macro, rustc would add that the error "originates in the attribute macro".
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Place { start, end } = self.place;
        let text = self.text();
        let mut message = proc_macro2::Literal::string(&text);
        message.set_span(end);
        for part in ["core", "compile_error"] {
            for spacing in [Spacing::Joint, Spacing::Alone] {
                let mut colon = Punct::new(':', spacing);
                colon.set_span(start);
                tokens.extend([TokenTree::from(colon)]);
            }
            tokens.extend([TokenTree::from(Ident::new(part, start))]);
        }
        let mut bang = Punct::new('!', Spacing::Alone);
        bang.set_span(start);
        let mut group = Group::new(Delimiter::Brace, quote!(#message));
        group.set_span(end);
        tokens.extend([TokenTree::from(bang), TokenTree::from(group)]);
    }
}
