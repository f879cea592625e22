use sendoff::{App, handler, routes, send};

#[handler(GET "/")]
async fn show() {
    let count = std::rc::Rc::new(1);
    tokio::task::yield_now().await;
    send!(200, count.to_string());
}

fn app() -> App {
    App::new(()).routes(routes![show])
}

fn main() {}
