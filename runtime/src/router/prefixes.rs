//! What answers a path by its prefix, and which paths are not for it?
//!
//! A service may decode the path that it gets, and leave out empty segments. So that no spelling leads
//! around a guard, a layer or a longer prefix, it gets no path that it could read as one for them.

use std::sync::Arc;

use super::{Call, Endpoint, Leaf, Matched, Respond, Route, Table};
use crate::fallback::not_found;
use crate::format::Format;
use crate::layer::Layers;
use crate::parameter::Captures;
use crate::prefix;
use crate::settings::Settings;
use crate::spelling;

/// What answers below a prefix, where no route does.
#[derive(Clone, Default)]
pub(super) struct Fallback {
    /// Empty for the app's own.
    pub(super) prefix: String,
    /// `None` is the answer of the app around it.
    pub(super) endpoint: Option<Arc<Endpoint>>,
    /// What the endpoint gets to see is without the prefix.
    pub(super) service: Option<Call>,
    /// The pattern of what it answers, if it is a service.
    pub(super) pattern: Option<String>,
    pub(super) layers: Layers,
    pub(super) format: Option<Format>,
}

impl Fallback {
    /// An app with layers has no route for the path: they are around that of the app around it.
    #[cold]
    pub(super) fn around<'a>(&self, route: &'a Route, captures: Captures) -> Matched<'a> {
        let mut endpoint = Endpoint::clone(&route.endpoint);
        endpoint.layers = self.layers.around(&endpoint.layers);
        endpoint.format = self.format.clone().or(endpoint.format);
        Matched::Fallback(Arc::new(endpoint), captures, Some(&route.pattern))
    }
}

/// Where a path stands that a pattern matches.
pub(super) enum Place<'a> {
    /// Nothing says more of the path than the pattern.
    Own,
    /// A service or an app's fallback does: `/old` does, and `/{*rest}` does not, whose parameter is
    /// where the other has text.
    Behind,
    /// An app that has layers, but no fallback, does: they are around the answer.
    Inside(usize, &'a Fallback),
}

/// Who answers a path, whatever the method: the number of a leaf, and that of the prefix around it.
#[derive(PartialEq, Eq)]
struct Owner {
    leaf: Option<usize>,
    fallback: Option<usize>,
}

impl Table {
    /// Sets what answers the paths that no route has.
    pub(crate) fn set_fallback(&mut self, name: &'static str, respond: Respond) {
        self.insert_fallback(Fallback {
            endpoint: Some(Arc::new(Endpoint::new(
                name,
                &Settings::OF_A_FALLBACK,
                respond,
            ))),
            ..Fallback::default()
        });
    }

    /// Gives the paths below a prefix that no route has to a service, without the prefix.
    pub(crate) fn add_service(
        &mut self,
        prefix: &str,
        name: &'static str,
        settings: &'static Settings,
        service: Call,
    ) {
        let respond = prefix::stripping(prefix, &service);
        self.insert_fallback(Fallback {
            prefix: prefix.to_owned(),
            endpoint: Some(Arc::new(Endpoint::new(name, settings, respond))),
            service: Some(service),
            pattern: Some(format!("{prefix}/{{*rest}}")),
            ..Fallback::default()
        });
    }

    pub(super) fn insert_fallback(&mut self, fallback: Fallback) {
        let of_prefix = |other: &&Fallback| other.prefix == fallback.prefix;
        let same = self.fallbacks.iter().filter(of_prefix);
        let other = same.filter_map(|other| other.endpoint.as_ref()).next();
        if let (Some(other), Some(endpoint)) = (other, &fallback.endpoint) {
            let paths = match &*fallback.prefix {
                "" => "the paths that no route has".to_owned(),
                prefix => format!("the paths below {prefix} that no route has"),
            };
            let (one, two) = (other.info.handler, endpoint.info.handler);
            self.faults
                .push(format!("{one} and {two} both answer {paths}"));
            return;
        }
        // Behind those with a longer prefix, and what answers before what does not.
        let rank = |it: &Fallback| (it.prefix.len(), it.endpoint.is_some());
        let rank_here = rank(&fallback);
        let at = self.fallbacks.partition_point(|it| rank(it) >= rank_here);
        self.fallbacks.insert(at, fallback);
    }

    pub(super) fn place(&self, leaf: &Leaf, path: &str) -> Place<'_> {
        let mut place = Place::Own;
        for (at, fallback) in self.fallbacks.iter().enumerate() {
            // The longest is first.
            if fallback.prefix.len() <= leaf.fixed {
                break;
            }
            if !prefix::is_below(path, &fallback.prefix) {
                continue;
            }
            if fallback.endpoint.is_some() {
                return Place::Behind;
            }
            if let Place::Own = place {
                place = Place::Inside(at, fallback);
            }
        }
        place
    }

    fn owner(&self, path: &str) -> Owner {
        let found = self.tree.at(path).ok().map(|found| *found.value);
        if let Some(at) = found
            && let Some(leaf) = self.leaves.get(at)
        {
            let leaf_of = |fallback| Owner {
                leaf: Some(at),
                fallback,
            };
            match self.place(leaf, path) {
                Place::Own => return leaf_of(None),
                Place::Inside(fallback, _) => return leaf_of(Some(fallback)),
                Place::Behind => {}
            }
        }
        let mut prefixes = self.fallbacks.iter().map(|it| &it.prefix);
        Owner {
            leaf: None,
            fallback: prefixes.position(|prefix| prefix::is_below(path, prefix)),
        }
    }

    /// Could what answers this path by its prefix read it as one for somebody else? It may decode the
    /// path, and then `/private%2Fx` is `/private/x`.
    fn is_read_as_another(&self, path: &str) -> bool {
        let readings = spelling::readings(path);
        readings.iter().any(|it| self.owner(it) != self.owner(path))
    }

    /// Could the handler of `/{*rest}`, which gets its text decoded, read the path as one below it that
    /// another route, a service or an app with layers has?
    pub(super) fn is_read_as_more(&self, leaf: &Leaf, path: &str) -> bool {
        let literal = leaf.pattern.get(..leaf.fixed).unwrap_or_default();
        let is_more = |reading: &String| {
            let owner = self.owner(reading);
            let fallback = owner.fallback.and_then(|at| self.fallbacks.get(at));
            let says_more = fallback.is_some_and(|it| it.prefix.len() > leaf.fixed);
            reading.starts_with(literal)
                && (owner.leaf.is_some() || says_more)
                && owner != self.owner(path)
        };
        spelling::readings(path).iter().any(is_more)
    }

    /// What has the longest prefix of the path; if that is an app with layers, but without a
    /// fallback, the answer is that of the app around it.
    pub(super) fn find_fallback(&self, path: &str) -> Matched<'_> {
        if spelling::hides_dots(path) || self.is_read_as_another(path) {
            return Matched::NotFound;
        }
        let is_below = |it: &&Fallback| prefix::is_below(path, &it.prefix);
        let mut below = self.fallbacks.iter().filter(is_below);
        let Some(first) = below.next() else {
            return Matched::NotFound;
        };
        if let Some(endpoint) = &first.endpoint {
            return Matched::Route(endpoint, Captures::default(), first.pattern.as_deref());
        }
        let outer = below.find(|it| it.endpoint.is_some());
        let pattern = outer.and_then(|outer| outer.pattern.as_deref());
        let outer = outer.and_then(|outer| outer.endpoint.as_deref().cloned());
        let endpoint = Endpoint {
            layers: first.layers.clone(),
            format: first.format.clone(),
            ..outer.unwrap_or_else(default_answer)
        };
        Matched::Fallback(Arc::new(endpoint), Captures::default(), pattern)
    }
}

/// The 404 of an app that has layers, and no fallback.
fn default_answer() -> Endpoint {
    let respond: Respond = Arc::new(|_, _| Box::pin(async { not_found() }));
    Endpoint::new("the answer 404", &Settings::OF_A_FALLBACK, respond)
}
