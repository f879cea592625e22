use sendoff::{App, handler, routes, send};

struct Id;

#[handler(GET "/{id}")]
async fn show(id: Id) {
    send!("hello");
}

fn app() -> App {
    App::new(()).routes(routes![show])
}

fn main() {}
