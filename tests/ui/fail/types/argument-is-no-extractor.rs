use sendoff::{App, handler, routes, send};

struct User;

#[handler(GET "/")]
async fn show(user: User) {
    send!("hello");
}

fn app() -> App {
    App::new(()).routes(routes![show])
}

fn main() {}
