use sendoff::{App, handler, routes, send};

struct AppError;

#[handler(GET "/", error = AppError)]
async fn show() {
    Err::<(), _>(AppError)?;
    send!("hello");
}

fn app() -> App {
    App::new(()).routes(routes![show])
}

fn main() {}
