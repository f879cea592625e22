use sendoff::{App, Request};
use tower::service_fn;

async fn fails(_: Request) -> Result<String, std::fmt::Error> {
    Err(std::fmt::Error)
}

fn main() {
    let _ = App::new(()).nest_service("/old", service_fn(fails));
    let _ = App::new(()).nest_service("/number", 5);
}
