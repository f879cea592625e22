//! Which route answers this request?
//!
//! A radix tree of path patterns (matchit); at each leaf the methods that the pattern answers.

use axum_core::extract::Request;
use http::{HeaderValue, Method};

use crate::route::{Captures, Endpoint, RouteInfo};

/// The route table of an app.
pub(crate) struct Router<S> {
    tree: matchit::Router<usize>,
    leaves: Vec<Leaf<S>>,
}

// Not derived: a derive would ask for `S: Clone`.
impl<S> Clone for Router<S> {
    fn clone(&self) -> Self {
        Router {
            tree: self.tree.clone(),
            leaves: self.leaves.clone(),
        }
    }
}

/// One path pattern.
struct Leaf<S> {
    /// With its parameters numbered: `/users/{0}`.
    pattern: String,
    endpoints: Vec<Endpoint<S>>,
    allow: HeaderValue,
}

/// What the table says about a request.
pub(crate) enum Matched<'a, S> {
    Route(&'a Endpoint<S>, Captures),
    MethodNotAllowed(&'a HeaderValue),
    NotFound,
}

/// Two routes that answer the same request, or a pattern that cannot stand beside the others.
#[derive(Clone, Debug)]
pub(crate) struct Conflict(pub(crate) String);

impl<S> Router<S> {
    pub(crate) fn new() -> Self {
        Router {
            tree: matchit::Router::new(),
            leaves: Vec::new(),
        }
    }

    pub(crate) fn insert(&mut self, endpoint: Endpoint<S>) -> Result<(), Conflict> {
        let RouteInfo {
            method,
            pattern,
            handler,
        } = endpoint.info;
        let numbered = number_parameters(pattern);
        let at = match self.leaves.iter().position(|leaf| leaf.pattern == numbered) {
            Some(at) => at,
            None => {
                self.tree
                    .insert(&numbered, self.leaves.len())
                    .map_err(|_| {
                        Conflict(format!(
                            "`{pattern}` of {handler} matches paths of another pattern"
                        ))
                    })?;
                self.leaves.push(Leaf {
                    pattern: numbered,
                    endpoints: Vec::new(),
                    allow: HeaderValue::from_static(""),
                });
                self.leaves.len() - 1
            }
        };
        let Some(leaf) = self.leaves.get_mut(at) else {
            return Ok(());
        };
        if let Some(other) = leaf
            .endpoints
            .iter()
            .find(|other| other.method == endpoint.method)
        {
            return Err(Conflict(format!(
                "{handler} and {} both answer {method} {pattern}",
                other.info.handler,
            )));
        }
        leaf.endpoints.push(endpoint);
        leaf.allow = allow(&leaf.endpoints);
        Ok(())
    }

    pub(crate) fn find(&self, request: &Request) -> Matched<'_, S> {
        let path = request.uri().path();
        let Ok(found) = self.tree.at(path) else {
            return Matched::NotFound;
        };
        let Some(leaf) = self.leaves.get(*found.value) else {
            return Matched::NotFound;
        };
        let Some(endpoint) = leaf.answers(request) else {
            return Matched::MethodNotAllowed(&leaf.allow);
        };
        let captures = Captures::of(path, found.params.iter().map(|(_, value)| value));
        Matched::Route(endpoint, captures)
    }
}

impl<S> Clone for Leaf<S> {
    fn clone(&self) -> Self {
        Leaf {
            pattern: self.pattern.clone(),
            endpoints: self.endpoints.clone(),
            allow: self.allow.clone(),
        }
    }
}

impl<S> Leaf<S> {
    /// GET answers HEAD where HEAD has no route of its own (RFC 9110 section 9.3.2), and opens a
    /// WebSocket over HTTP/2 as it does over HTTP/1.1.
    fn answers(&self, request: &Request) -> Option<&Endpoint<S>> {
        let of = |method: &Method| {
            self.endpoints
                .iter()
                .find(|endpoint| endpoint.method == *method)
        };
        match of(request.method()) {
            None if *request.method() == Method::HEAD || opens_websocket(request) => {
                of(&Method::GET)
            }
            found => found,
        }
    }
}

/// An extended CONNECT (RFC 8441 section 4).
#[cfg(feature = "ws")]
fn opens_websocket(request: &Request) -> bool {
    let protocol = request.extensions().get::<hyper::ext::Protocol>();
    *request.method() == Method::CONNECT
        && protocol.is_some_and(|protocol| protocol.as_str() == "websocket")
}

#[cfg(not(feature = "ws"))]
fn opens_websocket(_: &Request) -> bool {
    false
}

/// The value of `Allow` (RFC 9110 section 10.2.1).
fn allow<S>(endpoints: &[Endpoint<S>]) -> HeaderValue {
    let mut methods: Vec<&str> = endpoints
        .iter()
        .map(|endpoint| endpoint.method.as_str())
        .collect();
    if methods.contains(&"GET") && !methods.contains(&"HEAD") {
        methods.push("HEAD");
    }
    methods.sort_unstable();
    HeaderValue::try_from(methods.join(", ")).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// `/users/{id}` becomes `/users/{0}`: two handlers may name the same place differently.
fn number_parameters(pattern: &str) -> String {
    let mut numbered = String::with_capacity(pattern.len());
    let mut count = 0_usize;
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        numbered.push(c);
        if c != '{' && c != '}' {
            continue;
        }
        if chars.next_if_eq(&c).is_some() {
            numbered.push(c);
        } else if c == '{' {
            if chars.next_if_eq(&'*').is_some() {
                numbered.push('*');
            }
            while chars.next_if(|c| *c != '}').is_some() {}
            numbered.push_str(&count.to_string());
            count += 1;
        }
    }
    numbered
}

#[cfg(test)]
mod tests {
    use super::number_parameters;

    #[test]
    fn parameters_are_numbered_and_the_rest_stays() {
        assert_eq!(number_parameters("/"), "/");
        assert_eq!(number_parameters("/a/{id}/b/{name}"), "/a/{0}/b/{1}");
        assert_eq!(number_parameters("/files/{*rest}"), "/files/{*0}");
        assert_eq!(number_parameters("/{{id}}/{id}.png"), "/{{id}}/{0}.png");
    }
}
