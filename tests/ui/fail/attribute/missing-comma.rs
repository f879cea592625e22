use sendoff::{StatusCode, handler, send};

#[handler(GET "/l" timeout = 5s)]
async fn late() { send!("hello") }

#[handler(GET "/a" POST "/b", error = StatusCode body_limit = 1MB)]
async fn more(body: String) { send!(body) }

fn main() {}
