//! A crate may forbid what is said of names that are not used, and demands documentation.
#![forbid(missing_docs, unused_mut, unused_variables)]
use sendoff::{App, HeaderMap, State, guard, handler, routes, send};

/// Asks nothing.
#[guard(Anyone)]
pub async fn anyone() {}

/// Asks the state.
#[guard(Small)]
pub fn small(State(n): State<u8>) -> u8 { if n > 9 { send!(403) } n }

/// Takes nothing.
#[handler(GET "/nothing")]
pub async fn nothing() { send!("nothing") }

/// Takes a parameter of the path, and a guard last.
#[handler(GET "/{id}")]
pub async fn one(id: u8, Small(n): Small) { send!(200, (id + n).to_string()) }

/// Takes a parameter alone, the head alone, or both and the body.
#[handler(GET "/id/{id}")]
pub fn id(id: u8) { send!(200, id.to_string()) }
/// Takes the head and the body.
#[handler(POST "/{id}")]
pub async fn all(id: u8, _: Anyone, _headers: HeaderMap, body: String) { send!(200, format!("{id}{body}")) }

fn main() { drop(App::new(1_u8).routes(routes![nothing, one, id, all])); }
