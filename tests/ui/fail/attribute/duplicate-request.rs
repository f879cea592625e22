use sendoff::{handler, send};

#[handler(GET | GET "/a")]
async fn method() {
    send!("a");
}

#[handler(GET | POST "/users/{id}", POST "/users/{name}")]
async fn pattern(id: Option<u64>, name: Option<String>) {
    send!(200, format!("{id:?} {name:?}"));
}

fn main() {}
