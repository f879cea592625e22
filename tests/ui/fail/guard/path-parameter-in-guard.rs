use sendoff::{App, guard, handler, routes, send};

#[guard(Owner)]
async fn owner(id: u64) -> u64 {
    if id == 0 {
        send!(403);
    }
    id
}

#[handler(GET "/users/{id}")]
async fn show(id: u64, Owner(owner): Owner) {
    send!(200, [id, owner].len().to_string());
}

fn app() -> App {
    App::new(()).routes(routes![show])
}

fn main() {}
