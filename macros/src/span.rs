//! Where do generated tokens and messages point?
//!
//! The one file that makes spans. A generated token keeps the place of the user's token it belongs
//! to, so that an error lands there, but resolves names where the macro is defined, so that no
//! user code can capture it.

use std::path::PathBuf;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

/// The hygiene of this macro at the place of `user`.
///
/// `user` itself would make rustc advise about tokens nobody wrote ("remove these parentheses");
/// `call_site()` would end every error in "originates in the attribute macro".
pub(crate) fn at(user: Span) -> Span {
    Span::mixed_site().located_at(user)
}

/// The same tokens at another place, with its hygiene.
pub(crate) fn moved_to(span: Span, tokens: &TokenStream) -> TokenStream {
    let moved = tokens.clone().into_iter().map(|mut token| {
        token.set_span(span);
        token
    });
    moved.collect()
}

/// The same tokens at another place, with their own hygiene: for `$crate`.
pub(crate) fn at_place_of(user: Span, tokens: TokenStream) -> TokenStream {
    let moved = tokens.into_iter().map(|mut token| {
        token.set_span(token.span().located_at(user));
        token
    });
    moved.collect()
}

/// A line and a column, both from 1.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LineColumn {
    pub(crate) line: u32,
    pub(crate) column: u32,
}

/// Where a token begins, as `Location::caller` has it.
pub(crate) fn line_and_column(span: Span) -> LineColumn {
    #[cfg(not(test))]
    let (line, column) = {
        let span = span.unwrap();
        (span.line(), span.column())
    };
    // There is no compiler to ask.
    #[cfg(test)]
    let (line, column) = (span.start().line, span.start().column + 1);
    let narrow = |count| u32::try_from(count).unwrap_or(u32::MAX);
    LineColumn {
        line: narrow(line),
        column: narrow(column),
    }
}

/// The file that a token is written in, if it is one.
pub(crate) fn file(span: Span) -> Option<PathBuf> {
    #[cfg(not(test))]
    {
        span.unwrap().local_file()
    }
    // There is no compiler to ask.
    #[cfg(test)]
    {
        let _ = span;
        None
    }
}

/// A stretch of the user's source: what a message underlines.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    /// The first token.
    pub(crate) start: Span,
    /// The last token.
    pub(crate) end: Span,
}

impl Place {
    /// The place of a single token.
    pub(crate) fn token(span: Span) -> Self {
        Place {
            start: span,
            end: span,
        }
    }

    /// From the first to the last token of a piece of syntax; `None` where it has no tokens.
    pub(crate) fn of(syntax: &impl ToTokens) -> Option<Self> {
        Self::of_tokens(syntax.to_token_stream())
    }

    /// From the first to the last of these tokens; `None` where there are none.
    pub(crate) fn of_tokens(tokens: TokenStream) -> Option<Self> {
        let mut tokens = tokens.into_iter();
        let start = tokens.next()?.span();
        let end = tokens.last().map_or(start, |last| last.span());
        Some(Place { start, end })
    }
}
