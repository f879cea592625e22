use sendoff::{IntoResponse, Response, guard, send};

struct Failed;

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        "failed".into_response()
    }
}

#[guard(LoggedIn, error = Failed)]
async fn logged_in() {
    send!(401);
}

fn main() {}
