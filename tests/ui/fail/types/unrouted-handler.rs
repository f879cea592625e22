use sendoff::{App, handler, routes, send};

#[handler(GET "/")]
async fn home() {
    send!("home");
}

#[handler]
async fn lost() {
    send!(404);
}

async fn plain() -> &'static str {
    "plain"
}

fn main() {
    let app: App = App::new(()).routes(routes![home, lost]).routes(routes![plain]);
    drop(app);
}
