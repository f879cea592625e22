use sendoff::{App, State, guard, handler, routes, send};

#[derive(Clone)]
struct Db;

#[guard(LoggedIn)]
async fn logged_in(State(_): State<Db>) {
    send!(401);
}

#[handler(GET "/")]
async fn me(_: LoggedIn) {
    send!("me");
}

fn app() -> App {
    App::new(()).routes(routes![me])
}

fn main() {}
