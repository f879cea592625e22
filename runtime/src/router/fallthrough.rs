//! Who answers a method that the most specific pattern does not have? The next pattern that matches the
//! path and has it: `GET /users/me` does not take `DELETE /users/me` from `DELETE /users/{id}`.
//!
//! Each method has a tree of its own patterns, in which only what would be a 405 is looked up.

use axum_core::extract::Request;
use http::{HeaderValue, Method, header};

use super::{Fallback, Leaf, Matched, Place, Table, opens_websocket};
use crate::format::Format;
use crate::layer::Layers;
use crate::parameter::Captures;

/// A 405, and what is around it.
pub(crate) struct Refusal {
    /// All methods that the path has, with whatever pattern.
    pub(crate) allow: HeaderValue,
    pub(crate) layers: Layers,
    pub(crate) format: Option<Format>,
}

/// For each method the patterns that answer it, as the numbers of their leaves.
#[derive(Clone, Default)]
pub(super) struct Methods(Vec<(Method, matchit::Router<usize>)>);

impl Methods {
    /// A pattern that is in the tree of all patterns can stand in that of a method, too.
    pub(super) fn add(&mut self, method: &Method, pattern: &str, leaf: usize) {
        let tree = match self.0.iter().position(|(known, _)| known == method) {
            Some(at) => self.0.get_mut(at),
            None => {
                self.0.push((method.clone(), matchit::Router::new()));
                self.0.last_mut()
            }
        };
        if let Some((_, tree)) = tree {
            // It may be there: GET answers HEAD.
            tree.insert(pattern, leaf).ok();
        }
        if *method == Method::GET {
            self.add(&Method::HEAD, pattern, leaf);
        }
    }
}

impl Table {
    /// What answers, where `leaf` has the path but not the method.
    #[cold]
    pub(super) fn fall_through<'a>(&'a self, request: &Request, leaf: &'a Leaf) -> Matched<'a> {
        let path = request.uri().path();
        let answered = |method: &Method| {
            let (leaf, values) = self.pattern_of(method, path)?;
            let route = leaf.route_for(method)?;
            let values = values.iter().map(|(_, value)| value);
            let captures = Captures::of(path, values, route.number);
            Some((route, captures, self.around(leaf, path)))
        };
        let other = match answered(request.method()) {
            None if opens_websocket(request) => answered(&Method::GET),
            other => other,
        };
        if let Some((route, captures, around)) = other {
            return match around {
                Some(fallback) => fallback.around(route, captures),
                None => Matched::Route(&route.endpoint, captures, Some(&route.pattern)),
            };
        }
        // A browser asks before it sends, and what is around the route that it asks for answers.
        let (layers, format, around) = match asked_for(request).as_ref().and_then(answered) {
            Some((route, _, around)) => (&route.endpoint.layers, &route.endpoint.format, around),
            None => (&leaf.layers, &leaf.format, self.around(leaf, path)),
        };
        Matched::MethodNotAllowed(Refusal {
            allow: self.allow(path),
            layers: around.map_or_else(|| layers.clone(), |it| it.layers.around(layers)),
            format: around.and_then(|it| it.format.clone()).or(format.clone()),
        })
    }

    /// The app whose layers are around the answer, though it has no route for the path.
    fn around(&self, leaf: &Leaf, path: &str) -> Option<&Fallback> {
        match self.place(leaf, path) {
            Place::Inside(_, fallback) => Some(fallback),
            _ => None,
        }
    }

    /// The most specific pattern of the path that has the method, with its parameters.
    fn pattern_of<'a, 'p>(
        &'a self,
        method: &Method,
        path: &'p str,
    ) -> Option<(&'a Leaf, matchit::Params<'a, 'p>)> {
        let (_, tree) = self.methods.0.iter().find(|(known, _)| known == method)?;
        let found = tree.at(path).ok()?;
        let leaf = self.leaves.get(*found.value)?;
        let is_elsewhere = matches!(self.place(leaf, path), Place::Behind)
            || leaf.takes_rest && self.is_read_as_more(leaf, path);
        (!is_elsewhere).then_some((leaf, found.params))
    }

    /// The value of `Allow` (RFC 9110 section 10.2.1).
    fn allow(&self, path: &str) -> HeaderValue {
        let methods = self.methods.0.iter().map(|(method, _)| method);
        let methods = methods.filter(|method| self.pattern_of(method, path).is_some());
        let mut methods: Vec<_> = methods.map(Method::as_str).collect();
        methods.sort_unstable();
        HeaderValue::try_from(methods.join(", ")).unwrap_or_else(|_| HeaderValue::from_static(""))
    }
}

/// The method that a CORS preflight asks for (Fetch Standard, section 3.3.6).
fn asked_for(request: &Request) -> Option<Method> {
    if *request.method() != Method::OPTIONS {
        return None;
    }
    let headers = request.headers();
    let method = headers.get(header::ACCESS_CONTROL_REQUEST_METHOD)?;
    Method::from_bytes(method.as_bytes()).ok()
}
