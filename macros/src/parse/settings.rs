//! How does a route want to be run? Its options `timeout`, `body_limit` and `on_disconnect`.

use proc_macro2::{Ident, Span, TokenStream};
use syn::parse::Parser;
use syn::{LitInt, Path};

use super::Kind;
use crate::diagnose::{self, Diagnostics};
use crate::span::Place;

/// The options that only a route can have.
pub(crate) const SETTINGS: [&str; 3] = ["timeout", "body_limit", "on_disconnect"];

/// Those options, as far as they are given.
#[derive(Default)]
pub(crate) struct Settings {
    /// In milliseconds.
    pub(crate) timeout: Option<Quantity>,
    /// In bytes.
    pub(crate) body_limit: Option<Quantity>,
    pub(crate) on_disconnect: Option<OnDisconnect>,
    /// The names that are there, whatever their values.
    names: Vec<Ident>,
}

/// A number with a unit, or the constant that has it.
pub(crate) enum Quantity {
    /// In the smallest unit.
    Literal(u64, Span),
    Constant(Path),
}

/// What becomes of a handler whose client leaves.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnDisconnect {
    Finish,
    Cancel,
}

/// A kind of quantity: its units, and the words of its messages.
struct Dimension {
    units: &'static [(&'static str, u64)],
    /// How such a value is written.
    usual: &'static str,
    /// What to do about a zero, where it is refused.
    zero: Option<&'static str>,
}

const TIME: Dimension = Dimension {
    units: &[("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)],
    usual: "write `5s` (the units are ms, s, m and h), or a constant of the type `Duration`",
    zero: Some("give it some time: no handler answers in none"),
};

/// The units of the SI, and those of IEC 80000-13.
const SIZE: Dimension = Dimension {
    units: &[
        ("B", 1),
        ("kB", 1_000),
        ("KB", 1_000),
        ("MB", 1_000_000),
        ("GB", 1_000_000_000),
        ("KiB", 1 << 10),
        ("MiB", 1 << 20),
        ("GiB", 1 << 30),
    ],
    usual: "write `10MB` (the units are B, kB, MB, GB, KiB, MiB and GiB), or a constant of the type `usize`",
    zero: None,
};

impl Settings {
    /// Is this option given already?
    pub(super) fn has(&self, name: &str) -> bool {
        self.names.iter().any(|given| given == name)
    }

    /// Reads one of the [`SETTINGS`].
    pub(super) fn read(&mut self, name: &Ident, value: TokenStream, problems: &mut Diagnostics) {
        self.names.push(name.clone());
        if name == "timeout" {
            self.timeout = quantity(name, value, &TIME, problems);
        } else if name == "body_limit" {
            self.body_limit = quantity(name, value, &SIZE, problems);
        } else {
            self.on_disconnect = on_disconnect(name, value, problems);
        }
    }

    /// Reports the options where no route is that could have them.
    pub(super) fn refuse(&self, kind: Kind, problems: &mut Diagnostics) {
        for name in &self.names {
            problems.push(diagnose::option_without_route(
                kind,
                name.span(),
                &name.to_string(),
            ));
        }
    }
}

fn quantity(
    name: &Ident,
    value: TokenStream,
    dimension: &Dimension,
    problems: &mut Diagnostics,
) -> Option<Quantity> {
    if let Ok(path) = Path::parse_mod_style.parse2(value.clone()) {
        return Some(Quantity::Constant(path));
    }
    let place = Place::of_tokens(value.clone()).unwrap_or_else(|| Place::token(name.span()));
    let mut refuse = |headline: String, help: &str| {
        problems.push(diagnose::invalid_option_value(place, headline, help));
        None
    };
    let usual = dimension.usual;
    let literal = syn::parse2::<LitInt>(value).ok();
    let Some(literal) = literal.filter(|literal| !literal.base10_digits().starts_with('-')) else {
        return refuse(format!("this is no value of `{name}`"), usual);
    };
    let suffix = literal.suffix();
    let unit = dimension.units.iter().find(|(unit, _)| *unit == suffix);
    let Some((_, factor)) = unit else {
        let headline = match suffix {
            "" => format!("this value of `{name}` has no unit"),
            unit => format!("`{unit}` is no unit of `{name}`"),
        };
        return refuse(headline, usual);
    };
    let number = literal.base10_parse::<u64>().ok();
    let Some(number) = number.and_then(|number| number.checked_mul(*factor)) else {
        let headline = format!("this value of `{name}` is too large");
        return refuse(headline, "write a smaller one");
    };
    match dimension.zero {
        Some(why) if number == 0 => refuse(format!("`{name}` is zero"), why),
        _ => Some(Quantity::Literal(number, literal.span())),
    }
}

fn on_disconnect(
    name: &Ident,
    value: TokenStream,
    problems: &mut Diagnostics,
) -> Option<OnDisconnect> {
    let place = Place::of_tokens(value.clone()).unwrap_or_else(|| Place::token(name.span()));
    let word = syn::parse2::<Ident>(value).ok();
    match word.map(|word| word.to_string()).as_deref() {
        Some("finish") => Some(OnDisconnect::Finish),
        Some("cancel") => Some(OnDisconnect::Cancel),
        _ => {
            problems.push(diagnose::invalid_option_value(
                place,
                format!("this is no value of `{name}`"),
                "write `finish` to run on to the send, or `cancel` to stop at the next `.await`",
            ));
            None
        }
    }
}
