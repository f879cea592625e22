use sendoff::{App, State, handler, routes, send};

#[derive(Clone)]
struct Db;

#[handler(GET "/")]
async fn show(State(db): State<Db>) {
    send!("hello");
}

fn app() -> App<u8> {
    App::new(5).routes(routes![show])
}

fn main() {}
