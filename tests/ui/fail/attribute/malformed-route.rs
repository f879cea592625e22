use sendoff::{handler, send};

#[handler("/a")]
async fn no_method() { send!("hello") }

#[handler(GET, "/a")]
async fn comma() { send!("hello") }

#[handler(GET("/a/{id}"))]
async fn call(id: u64) { send!(200, id.to_string()) }

#[handler(method = "POST", path = "/a")]
async fn options() { send!("hello") }

#[handler("DELETE /a", timeout = 5s)]
async fn one_string() { send!("hello") }

fn main() {}
