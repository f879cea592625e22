//! Which route answers this request?
//!
//! A radix tree of path patterns (matchit); at each leaf the methods that the pattern answers. What
//! no pattern matches goes to the fallback or the service with the longest prefix of it.

use std::sync::Arc;

use axum_core::extract::Request;
use http::Method;

use crate::format::Format;
use crate::layer::Layers;
use crate::parameter::Captures;
use crate::prefix;
use crate::route::{HandlerFuture, RouteInfo};
use crate::settings::Settings;
use crate::site::SendSites;
use crate::spelling;

mod fallthrough;
mod prefixes;

use fallthrough::Methods;
pub(crate) use fallthrough::Refusal;
use prefixes::{Fallback, Place};

/// What makes a response: a handler with the state of its app, or a service.
pub(crate) type Respond = Arc<dyn Fn(Request, Captures) -> HandlerFuture + Send + Sync>;

/// A service that needs no state.
pub(crate) type Call = Arc<dyn Fn(Request) -> HandlerFuture + Send + Sync>;

/// What answers, and what is around it.
#[derive(Clone)]
pub(crate) struct Endpoint {
    pub(crate) info: RouteInfo,
    pub(crate) sends: SendSites,
    pub(crate) settings: &'static Settings,
    pub(crate) respond: Respond,
    pub(crate) layers: Layers,
    /// The format of problems of the nested app that it comes from.
    pub(crate) format: Option<Format>,
}

/// The routes of an app, those of the apps nested in it included.
#[derive(Clone, Default)]
pub(crate) struct Table {
    tree: matchit::Router<usize>,
    leaves: Vec<Leaf>,
    methods: Methods,
    /// The longest prefix first.
    fallbacks: Vec<Fallback>,
    /// What could not be added, a line each.
    faults: Vec<String>,
}

/// One path pattern.
#[derive(Clone)]
struct Leaf {
    /// With its parameters numbered: `/users/{0}`.
    pattern: String,
    /// Where its first parameter is, if it has one.
    fixed: usize,
    /// Its last parameter is the rest of the path.
    takes_rest: bool,
    routes: Vec<Route>,
    /// The layers and the format that all its routes share: those of its 405.
    layers: Layers,
    format: Option<Format>,
}

/// One of the requests that a handler answers.
#[derive(Clone)]
struct Route {
    method: Method,
    /// Which of the handler's requests it is.
    number: u16,
    /// As written, behind the prefixes of the apps around it.
    pattern: String,
    endpoint: Arc<Endpoint>,
}

/// What the table says about a request.
pub(crate) enum Matched<'a> {
    /// With its whole pattern; a handler for all other paths has none.
    Route(&'a Arc<Endpoint>, Captures, Option<&'a str>),
    MethodNotAllowed(Refusal),
    /// An endpoint and what is around it come from two apps.
    Fallback(Arc<Endpoint>, Captures, Option<&'a str>),
    NotFound,
}

impl Table {
    /// Adds a route at each of its patterns.
    pub(crate) fn mount(&mut self, endpoint: &Arc<Endpoint>) {
        let RouteInfo {
            requests, handler, ..
        } = endpoint.info;
        for (number, (method, pattern)) in (0..).zip(requests) {
            match Method::from_bytes(method.as_bytes()) {
                Ok(method) => self.insert(Route {
                    method,
                    number,
                    pattern: (*pattern).to_owned(),
                    endpoint: Arc::clone(endpoint),
                }),
                // `#[handler]` lets only methods through.
                Err(_) => self
                    .faults
                    .push(format!("`{method}` of {handler} is no HTTP method")),
            }
        }
    }

    fn insert(&mut self, route: Route) {
        let numbered = spelling::numbered(&route.pattern);
        let known = self.leaves.iter().position(|leaf| leaf.pattern == numbered);
        let at = known.unwrap_or(self.leaves.len());
        if known.is_none() {
            if let Err(conflict) = self.tree.insert(&numbered, at) {
                self.faults.push(self.overlap(&route, &conflict));
                return;
            }
            self.leaves.push(Leaf {
                fixed: numbered.find('{').unwrap_or(usize::MAX),
                takes_rest: numbered.contains("{*"),
                pattern: numbered,
                routes: Vec::new(),
                layers: route.endpoint.layers.clone(),
                format: route.endpoint.format.clone(),
            });
        }
        let Some(leaf) = self.leaves.get_mut(at) else {
            return;
        };
        match leaf.routes.iter().find(|it| it.method == route.method) {
            Some(other) => {
                let fault = conflict(other, &route, "answer the same request");
                self.faults.push(fault);
            }
            None => {
                self.methods.add(&route.method, &leaf.pattern, at);
                leaf.add(route);
            }
        }
    }

    /// All routed handlers, each once.
    pub(crate) fn endpoints(&self) -> impl Iterator<Item = &Endpoint> {
        let routes = self.leaves.iter().flat_map(|leaf| &leaf.routes);
        let firsts = routes.filter(|route| route.number == 0);
        firsts.map(|route| &*route.endpoint)
    }

    /// What to say of a pattern that cannot stand beside another one.
    fn overlap(&self, route: &Route, fault: &matchit::InsertError) -> String {
        let matchit::InsertError::Conflict { with } = fault else {
            return format!("`{}` is no path pattern: {fault}", route.pattern);
        };
        let leaf = self.leaves.iter().find(|leaf| leaf.pattern == *with);
        match leaf.and_then(|leaf| leaf.routes.first()) {
            Some(other) => conflict(other, route, "match the same paths"),
            None => format!(
                "{} ({} {}) matches paths of another pattern, {with}",
                route.endpoint.info.handler, route.method, route.pattern
            ),
        }
    }

    /// Remembers why something could not be added.
    pub(crate) fn fault(&mut self, fault: String) {
        self.faults.push(fault);
    }

    /// What could not be added.
    pub(crate) fn faults(&self) -> &[String] {
        &self.faults
    }

    /// Takes the routes of another table, below a prefix if there is one.
    pub(crate) fn absorb(&mut self, prefix: &str, other: Table) {
        for leaf in other.leaves {
            for route in leaf.routes {
                self.insert(Route {
                    pattern: prefix::join(prefix, &route.pattern),
                    ..route
                });
            }
        }
        for mut fallback in other.fallbacks {
            fallback.prefix.insert_str(0, &spelling::escaped(prefix));
            if let Some(pattern) = &mut fallback.pattern {
                pattern.insert_str(0, prefix);
            }
            // What stands for the answer of the app around it adds nothing to that app itself.
            if fallback.endpoint.is_none() && fallback.prefix.is_empty() {
                continue;
            }
            if let (Some(endpoint), Some(service)) = (&mut fallback.endpoint, &fallback.service) {
                Arc::make_mut(endpoint).respond = prefix::stripping(&fallback.prefix, service);
            }
            self.insert_fallback(fallback);
        }
        self.faults.extend(other.faults);
    }

    /// Puts layers around everything, and gives the problems a format, for a table whose app goes
    /// into another.
    pub(crate) fn wrap(&mut self, layers: &Layers, format: Option<&Format>) {
        if layers.is_empty() && format.is_none() {
            return;
        }
        for route in self.leaves.iter_mut().flat_map(|leaf| &mut leaf.routes) {
            Arc::make_mut(&mut route.endpoint).wrap(layers, format);
        }
        if self.fallbacks.iter().all(|it| !it.prefix.is_empty()) {
            self.insert_fallback(Fallback::default());
        }
        for fallback in &mut self.fallbacks {
            match &mut fallback.endpoint {
                Some(endpoint) => Arc::make_mut(endpoint).wrap(layers, format),
                None => {
                    fallback.layers = layers.around(&fallback.layers);
                    fallback.format = fallback.format.take().or_else(|| format.cloned());
                }
            }
        }
    }

    /// What answers this request, whose path is in the one spelling.
    pub(crate) fn find(&self, request: &Request) -> Matched<'_> {
        let path = request.uri().path();
        let Ok(found) = self.tree.at(path) else {
            return self.find_fallback(path);
        };
        let Some(leaf) = self.leaves.get(*found.value) else {
            return Matched::NotFound;
        };
        let place = self.place(leaf, path);
        if let Place::Behind = place {
            return self.find_fallback(path);
        }
        if leaf.takes_rest && self.is_read_as_more(leaf, path) {
            return Matched::NotFound;
        }
        let Some(route) = leaf.answers(request) else {
            return self.fall_through(request, leaf);
        };
        let values = found.params.iter().map(|(_, value)| value);
        let captures = Captures::of(path, values, route.number);
        match place {
            Place::Inside(_, fallback) => fallback.around(route, captures),
            _ => Matched::Route(&route.endpoint, captures, Some(&route.pattern)),
        }
    }
}

impl Endpoint {
    fn new(name: &'static str, settings: &'static Settings, respond: Respond) -> Self {
        Endpoint {
            info: RouteInfo::unrouted(name),
            sends: SendSites::default(),
            settings,
            respond,
            layers: Layers::default(),
            format: None,
        }
    }

    fn wrap(&mut self, layers: &Layers, format: Option<&Format>) {
        self.layers = layers.around(&self.layers);
        self.format = self.format.take().or_else(|| format.cloned());
    }
}

impl Leaf {
    fn add(&mut self, route: Route) {
        self.layers = self.layers.shared(&route.endpoint.layers);
        if self.format != route.endpoint.format {
            self.format = None;
        }
        self.routes.push(route);
    }

    /// GET answers HEAD where HEAD has no route of its own (RFC 9110 section 9.3.2), and opens a
    /// WebSocket over HTTP/2 as it does over HTTP/1.1.
    fn answers(&self, request: &Request) -> Option<&Route> {
        match self.route_for(request.method()) {
            None if opens_websocket(request) => self.route_for(&Method::GET),
            found => found,
        }
    }

    fn route_for(&self, method: &Method) -> Option<&Route> {
        let of = |method: &Method| self.routes.iter().find(|route| route.method == *method);
        match of(method) {
            None if *method == Method::HEAD => of(&Method::GET),
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

/// What to say of two routes: `do_what` is what both do.
fn conflict(a: &Route, b: &Route, do_what: &str) -> String {
    format!(
        "{} and {} {do_what} ({} {} and {} {})",
        a.endpoint.info.handler, b.endpoint.info.handler, a.method, a.pattern, b.method, b.pattern
    )
}
