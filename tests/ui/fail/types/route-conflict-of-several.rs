use sendoff::{App, handler, routes, send};

#[handler(GET | POST "/search", GET "/find/{what}")]
async fn search(what: Option<String>) {
    send!(200, format!("{what:?}"));
}

#[handler(PUT "/search", GET "/find/{text}")]
async fn find(text: Option<String>) {
    send!(200, format!("{text:?}"));
}

fn app() -> App {
    App::new(()).routes(routes![search, find])
}

fn main() {}
