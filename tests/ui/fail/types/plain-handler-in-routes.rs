use sendoff::{App, handler, routes, send};

#[handler]
async fn show() {
    send!("hello");
}

fn app() -> App {
    App::new(()).routes(routes![show])
}

fn main() {}
