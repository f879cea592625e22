use sendoff::{IntoResponse, Problem, StatusCode, handler, response::Redirect, send};

#[handler]
async fn made(id: u64) {
    if id == 0 {
        (StatusCode::UNAUTHORIZED, "no").into_response();
    }
    Problem::new(404).detail("none");
    Redirect::to("/login");
    send!("hello");
}

fn main() {}
