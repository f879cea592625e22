//! Who answers a method that the most specific pattern does not have? The next pattern that matches the
//! path and has it: `GET /users/me` does not take `DELETE /users/me` from `DELETE /users/{id}`.
//!
//! Only what would be a 405 comes here, so all patterns are looked at.

use axum_core::extract::Request;
use http::{HeaderValue, Method, header};

use super::{Leaf, Matched, Route, Table, allow, opens_websocket};
use crate::format::Format;
use crate::layer::Layers;
use crate::parameter::Captures;
use crate::spelling;

/// A 405, and what is around it.
pub(crate) struct Refusal {
    /// All methods that the path has, with whatever pattern.
    pub(crate) allow: HeaderValue,
    pub(crate) layers: Layers,
    pub(crate) format: Option<Format>,
}

/// A pattern that matches the path, with its parameters.
struct Other<'a, 'p> {
    leaf: &'a Leaf,
    values: Vec<&'p str>,
}

impl Table {
    /// What answers, where `leaf` has the path but not the method.
    #[cold]
    pub(super) fn fall_through<'a>(
        &'a self,
        request: &Request,
        path: &str,
        leaf: &'a Leaf,
    ) -> Matched<'a> {
        let others = self.all_that_match(path);
        for other in &others {
            if let Some(route) = other.leaf.answers(request) {
                let captures = Captures::of(path, other.values.iter().copied(), route.number);
                return Matched::Route(&route.endpoint, captures, Some(&route.pattern));
            }
        }
        let routes = others.iter().flat_map(|other| &other.leaf.routes);
        let allow = allow(routes.map(|route| route.method.as_str()).collect());
        // A browser asks before it sends, and what is around the route that it asks for answers.
        let (layers, format) = match asked_for(request, &others) {
            Some(route) => (&route.endpoint.layers, &route.endpoint.format),
            None => (&leaf.layers, &leaf.format),
        };
        Matched::MethodNotAllowed(Refusal {
            allow,
            layers: layers.clone(),
            format: format.clone(),
        })
    }

    /// The patterns that match a path, the most specific first.
    fn all_that_match<'a, 'p>(&'a self, path: &'p str) -> Vec<Other<'a, 'p>> {
        let matched = |leaf: &'a Leaf| {
            let values = spelling::matched(&leaf.pattern, path)?;
            (!self.is_behind_a_service(leaf, path)).then_some(Other { leaf, values })
        };
        let mut others: Vec<_> = self.leaves.iter().filter_map(matched).collect();
        others.sort_by_cached_key(|other| spelling::rank(&other.leaf.pattern));
        others
    }
}

/// The route of the method that a CORS preflight asks for (Fetch Standard, section 3.3.6).
fn asked_for<'a>(request: &Request, others: &[Other<'a, '_>]) -> Option<&'a Route> {
    if *request.method() != Method::OPTIONS || opens_websocket(request) {
        return None;
    }
    let method = request
        .headers()
        .get(header::ACCESS_CONTROL_REQUEST_METHOD)?;
    let method = Method::from_bytes(method.as_bytes()).ok()?;
    others
        .iter()
        .find_map(|other| other.leaf.route_for(&method))
}
