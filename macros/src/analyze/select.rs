//! What is in a `select!` of tokio or futures?

use proc_macro2::Span;
use syn::parse::{Parse, ParseStream};
use syn::{Expr, ExprBlock, Ident, Pat, Result, Token, token};

/// The branches of a `select!`, in order.
pub(super) struct Select {
    pub(super) branches: Vec<Branch>,
}

/// `pattern = future, if condition => handler`, or `else => handler`.
pub(super) struct Branch {
    future: Option<Expr>,
    condition: Option<Expr>,
    /// The `=>`.
    pub(super) arrow: Span,
    pub(super) handler: Expr,
}

impl Select {
    pub(super) fn conditions(&self) -> impl Iterator<Item = &Expr> {
        self.branches.iter().flat_map(|branch| &branch.condition)
    }

    pub(super) fn futures(&self) -> impl Iterator<Item = &Expr> {
        self.branches.iter().flat_map(|branch| &branch.future)
    }

    /// Every expression in it.
    pub(super) fn expressions(&self) -> impl Iterator<Item = &Expr> {
        self.branches.iter().flat_map(|branch| {
            let before = branch.condition.iter().chain(&branch.future);
            before.chain(std::iter::once(&branch.handler))
        })
    }
}

impl Parse for Select {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        if input.peek(Ident) && input.peek2(Token![;]) {
            // `biased;`
            input.parse::<Ident>()?;
            input.parse::<Token![;]>()?;
        }
        let mut branches = Vec::new();
        while !input.is_empty() {
            branches.push(input.parse()?);
        }
        if branches.is_empty() {
            return Err(input.error("expected a branch"));
        }
        Ok(Select { branches })
    }
}

impl Parse for Branch {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let (future, condition) = if takes_no_future(input) {
            input.step(|cursor| {
                let after = cursor.ident().map(|(_, after)| after);
                after
                    .map(|after| ((), after))
                    .ok_or_else(|| cursor.error("expected `else`"))
            })?;
            (None, None)
        } else {
            Pat::parse_multi_with_leading_vert(input)?;
            input.parse::<Token![=]>()?;
            let future = input.parse()?;
            let condition = match input.parse::<Option<Token![,]>>()? {
                Some(_) => {
                    input.parse::<Token![if]>()?;
                    Some(input.parse()?)
                }
                None => None,
            };
            (Some(future), condition)
        };
        let arrow = input.parse::<Token![=>]>()?;
        let handler = handler(input)?;
        Ok(Branch {
            future,
            condition,
            arrow: arrow.spans[0],
            handler,
        })
    }
}

/// `else =>` of tokio; `complete =>` and `default =>` of futures.
fn takes_no_future(input: ParseStream<'_>) -> bool {
    (input.peek(Token![else]) || input.peek(Token![default]) || input.peek(Ident))
        && input.peek2(Token![=>])
}

fn handler(input: ParseStream<'_>) -> Result<Expr> {
    if input.peek(token::Brace) {
        let block = Expr::Block(ExprBlock {
            attrs: Vec::new(),
            label: None,
            block: input.parse()?,
        });
        input.parse::<Option<Token![,]>>()?;
        return Ok(block);
    }
    let handler = Expr::parse_with_earlier_boundary_rule(input)?;
    if !input.is_empty() {
        input.parse::<Option<Token![,]>>()?;
    }
    Ok(handler)
}
