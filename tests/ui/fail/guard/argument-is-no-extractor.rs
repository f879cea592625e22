use sendoff::{App, guard, handler, routes, send};

struct Db;

#[guard(LoggedIn)]
async fn logged_in(_db: Db) {
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
